"""Every address, by the room that answers it."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from village.api import api

# Also what fails outside a view, such as the first word to a database that is away.
handler500 = "village.core.pages.failed"
urlpatterns = [
    path("api/v1/", api.urls),
    path("_allauth/", include("village.auth.ways_in")),
    path("_allauth/", include("allauth.headless.urls")),
    path("accounts/", include("allauth.urls")),
    path("operate/", admin.site.urls),
    path("", include("village.web.urls")),
    path("", include("village.entrance.urls")),
    path("", include("news.urls")),
    path("", include("events.urls")),
    path("", include("carpool.urls")),
    path("", include("notifications.urls")),
    path("", include("village.messaging.urls")),
    path("", include("village.alerts.urls")),
    path("", include("village.bulletin.urls")),
    path("", include("village.residents.urls")),
    path("", include("village.assist.urls")),
    path("", include("village.acting.urls")),
    path("", include("village.stewardship.urls")),
    path("", include("village.institutions.urls")),
    path("", include("village.federation.urls")),
]
if settings.VILLAGE_DEMO:
    urlpatterns.append(path("", include("demo.urls")))
