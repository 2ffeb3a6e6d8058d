"""Who may come in, and how."""

from __future__ import annotations

from village.settings.form import IS_HTTPS, SITE_URL, env
from village.settings.outside import SMS_CARRIER, SMS_URL

AUTH_USER_MODEL = "residents.Resident"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email", "phone"} if SMS_URL or SMS_CARRIER else {"email"}
# As whom people dial who write a number without its country, and to where codes are sent.
PHONE_REGION = env.str("PHONE_REGION", default="DE")
PHONE_COUNTRIES = env.list(
    "PHONE_COUNTRIES",
    default=["AT", "BE", "CH", "CZ", "DE", "DK", "FR", "IT", "JP", "LI", "LU", "NL", "PL"],
)
# Codes to numbers that nobody here has yet, in a day: somebody may earn by such messages.
NEW_PHONES_PER_DAY = env.int("NEW_PHONES_PER_DAY", default=200)
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_SIGNUP_FORM_CLASS = "village.auth.accounts.NameForm"
ACCOUNT_ADAPTER = "village.auth.accounts.AccountAdapter"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 10 * 60
# Per network alone: counted per address, a stranger could lock an elder out. See signing_in.
ACCOUNT_RATE_LIMITS = {
    "request_login_code": "60/m/ip",
    "verify_phone": "60/m/ip",
    "change_phone": "20/m/user",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
# An unknown address gets a letter as well: neither the answer nor its time tells who lives here.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_PREVENT_ENUMERATION = True
# Digits, because an elder reads them aloud or types them from a letter.
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
# A second factor for those whose roles reach other people, passkeys for everybody.
MFA_ADAPTER = "village.auth.accounts.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS
MFA_RECOVERY_CODES_SHOW_ONCE = True
# One step of thirty seconds to either side: the clocks of phones are not all right.
MFA_TOTP_TOLERANCE = 1
HEADLESS_ONLY = True
HEADLESS_CLIENTS = ("app", "browser")
HEADLESS_FRONTEND_URLS = {"account_signup": f"{SITE_URL}/sign-up"}
LOGIN_URL = "/sign-in"
SESSION_ENGINE = "village.core.sessions"
HEADLESS_TOKEN_STRATEGY = "village.auth.tokens.SessionTokens"
SESSION_COOKIE_NAME = "__Host-village" if IS_HTTPS else "village"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_AGE = 60 * 60 * 24 * 60
