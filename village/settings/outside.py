"""What the village meets: sockets, mail, feeds, pushes, who reads its logs."""

from __future__ import annotations

from email.utils import parseaddr

from village.settings.form import DEBUG, PORT, VILLAGE_DEMO, env

# --- Sockets -------------------------------------------------------------------------------------
# What one process opens in a second; the others are told when to come again.
HANDSHAKES_PER_SECOND = env.int("HANDSHAKES_PER_SECOND", default=200)
# What one process holds open to one network (an address, or a household's network of IPv6); 0 sets
# no bound. A hall, or a carrier that puts many phones behind one address, needs more.
SOCKETS_PER_NETWORK = env.int("SOCKETS_PER_NETWORK", default=64)
# "wire" writes to one socket after the other; "asgi" never past the server.
VILLAGE_PORT = env.str("VILLAGE_PORT", default="fastest")

# --- The outside ---------------------------------------------------------------------------------
if env.str("EMAIL_URL", default=""):
    vars().update(env.email("EMAIL_URL"))
else:
    # Without a mail server every letter is kept and shown at /outbox.
    EMAIL_BACKEND = "notifications.transports.outbox.OutboxEmailBackend"
# A provider's HTTP gateway for text messages: docs/settings.md says how its fields are named.
SMS_URL = env.str("SMS_URL", default="")
SMS_AUTHORIZATION = env.str("SMS_AUTHORIZATION", default="")
SMS_FORMAT = env.str("SMS_FORMAT", default="json")
SMS_FIELDS = env.dict("SMS_FIELDS", default={})
SMS_EXTRA = env.dict("SMS_EXTRA", default={})
SMS_FROM = env.str("SMS_FROM", default="")
SMS_PLUS = env.bool("SMS_PLUS", default=True)
SMS_ANSWER_ID = env.str("SMS_ANSWER_ID", default="id")
SMS_ANSWER_ERROR = env.str("SMS_ANSWER_ERROR", default="error")
SMS_ANSWER_TAKEN = env.str("SMS_ANSWER_TAKEN", default="")
SMS_BAD_NUMBERS = env.list("SMS_BAD_NUMBERS", default=[])
SMS_SECONDS = env.float("SMS_SECONDS", default=10.0)
# Without a gateway, text messages of the demo are kept and shown at /outbox.
SMS_CARRIER = "notifications.transports.outbox.keep_text_message" if VILLAGE_DEMO else ""
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default="village@localhost")
# host:port pairs that feeds may be pulled from although they are not public: tests, and the demo,
# which serves its own outlet's feed.
OUTBOUND_ALLOWED_HOSTS = env.list(
    "OUTBOUND_ALLOWED_HOSTS", default=[f"127.0.0.1:{PORT}"] if VILLAGE_DEMO else []
)
# A server of our own that knows the roads and speaks OSRM's protocol; its host is trusted.
OSRM_URL = env.str("OSRM_URL", default="")
# The path of a Google service account file; without it, pushes are shown at /outbox.
FCM_CREDENTIALS = env.str("FCM_CREDENTIALS", default="")
FCM_BASE_URL = env.str("FCM_BASE_URL", default="")
# The key that push services of browsers know us by, as PEM; without it, it is made from SECRET_KEY.
VAPID_PRIVATE_KEY = env.str("VAPID_PRIVATE_KEY", default="", multiline=True)
# Whom a push service may write to when something is wrong with our pushes.
VAPID_CONTACT = env.str("VAPID_CONTACT", default=f"mailto:{parseaddr(DEFAULT_FROM_EMAIL)[1]}")
# A worker that dies with letters in its hands is followed by another after this long.
LETTER_LEASE_SECONDS = env.float("LETTER_LEASE_SECONDS", default=25.0)
# By which way so many letters go in a minute at most: well below what the providers allow. For
# phones that is 600,000: https://firebase.google.com/docs/cloud-messaging/throttling-and-quotas.
LETTERS_PER_MINUTE: dict[str, int] = {"push": 300_000, "email": 600, "sms": 120} | env.dict(
    "LETTERS_PER_MINUTE", cast={"value": int}, default={}
)
# Other carpooling services that may search here, each by its key.
CARPOOL_OPERATORS = env.dict("CARPOOL_OPERATORS", default={})
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# --- Logs ----------------------------------------------------------------------------------------
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOGGING_CONFIG = "village.core.logs.configure"
LOGGING = {"level": LOG_LEVEL, "json": env.bool("LOG_JSON", default=not DEBUG)}
