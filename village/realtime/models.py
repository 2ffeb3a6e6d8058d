"""Tickets: how an app that is signed in over HTTP opens a socket."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Ticket(models.Model):
    """Let one socket in, once, within thirty seconds; only a hash of it is kept."""

    digest = models.CharField(primary_key=True, max_length=64)
    principal_id = models.UUIDField()
    helper_id = models.UUIDField(null=True)
    mandate_id = models.UUIDField(null=True)
    scopes = models.JSONField(default=list)
    until = models.DateTimeField(null=True)
    session_key = models.CharField(max_length=40)
    expires_at = models.DateTimeField(db_index=True)

    objects: ClassVar[models.Manager[Ticket]]
