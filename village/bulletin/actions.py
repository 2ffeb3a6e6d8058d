"""Bringing the bulletin out."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from village.bulletin import facts, policies, queries
from village.bulletin.models import Bulletin
from village.core.actor import Actor
from village.journal.actions import record


def publish_due(*, by: Actor, at: datetime) -> int:
    """
    Bring out the bulletins that are due, each once; give their number.

    A week in which nothing happens and nothing comes has none.

    :raises NotFound: if the actor is not the system
    """
    policies.may_publish(by).enforce()
    published = 0
    for village, begins_on in queries.due(at):
        if not queries.edition(village, begins_on).parts:
            continue
        with transaction.atomic():
            bulletin, is_new = Bulletin.objects.get_or_create(
                village=village, begins_on=begins_on, defaults={"created_at": at}
            )
            if is_new:
                fact = facts.BulletinPublished(village=village.pk, bulletin=bulletin.pk)
                record(fact, by=by, at=at)
                published += 1
    return published
