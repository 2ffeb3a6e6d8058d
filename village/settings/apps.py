"""What the village is made of, and what a request goes through."""

from __future__ import annotations

INSTALLED_APPS = [
    "daphne",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.headless",
    "allauth.mfa",
    "allauth.usersessions",
    "village",
    "village.core",
    "village.journal",
    "village.realtime",
    "village.residents",
    "village.entrance",
    "village.stewardship",
    "village.institutions",
    "village.federation",
    "village.assist",
    "village.acting",
    "village.messaging",
    "village.alerts",
    "village.bulletin",
    "village.web",
    "events",
    "news",
    "carpool",
    "notifications",
    "demo",
]
MIDDLEWARE = [
    "village.core.requests.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "village.core.problem.ProblemMiddleware",
    "village.core.sessions.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "village.auth.signing_in.SignInMiddleware",
    "village.auth.ActorMiddleware",
    "village.core.etags.EtagMiddleware",
    "village.core.idempotency.UnsafeRequestMiddleware",
]
ROOT_URLCONF = "village.urls"
ASGI_APPLICATION = "village.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "village.web.context.page",
            ],
        },
    }
]
