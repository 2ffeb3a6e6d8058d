"""The journal's tables: what happened, where it stands in the streams, who still has to hear."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.db import models


def new_epoch() -> str:
    """Draw the name of an epoch: 16 hexadecimal digits."""
    return secrets.token_hex(8)


class Entry(models.Model):
    """
    Hold one fact with who did it, for whom, under which mandate, and when.

    The people are plain ids: a resident can be erased, what happened cannot. What a helper did
    is a link of its village's chain as well: ``number`` counts from 1, ``hash`` has 32 bytes.
    """

    id = models.BigAutoField(primary_key=True)
    village = models.ForeignKey("residents.Village", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=80)
    data = models.JSONField()
    principal_id = models.UUIDField()
    helper_id = models.UUIDField(null=True)
    mandate_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    number = models.BigIntegerField(null=True)
    hash = models.BinaryField(max_length=32, null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["principal_id", "id"], name="entries_of_a_principal"),
            models.Index(fields=["village", "kind", "id"], name="entries_of_a_kind"),
            models.Index(
                fields=["village", "at"],
                condition=models.Q(helper_id__isnull=False),
                name="what_helpers_did",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(helper_id__isnull=True, mandate_id__isnull=True)
                | models.Q(helper_id__isnull=False, mandate_id__isnull=False),
                name="a_helper_acts_under_a_mandate",
            ),
            models.CheckConstraint(
                condition=models.Q(helper_id__isnull=True, number__isnull=True, hash__isnull=True)
                | models.Q(helper_id__isnull=False, number__isnull=False, hash__isnull=False),
                name="what_a_helper_did_is_in_the_chain",
            ),
            models.UniqueConstraint(fields=["village", "number"], name="one_link_per_number"),
        ]


class Chain(models.Model):
    """Hold where a village's chain ends: how many links it has, and the last one's hash."""

    village = models.OneToOneField(
        "residents.Village", models.PROTECT, primary_key=True, related_name="+"
    )
    length = models.BigIntegerField(default=0)
    tip = models.BinaryField(max_length=32)


class Stream(models.Model):
    """
    Count one stream's frames.

    ``last_seq`` is raised in the last statements of a transaction, so numbers have no gaps
    and n+1 is never given before n can be read. Frames up to ``floor_seq`` are trimmed. The
    epoch changes when history may have been lost.
    """

    id = models.BigAutoField(primary_key=True)
    address = models.CharField(max_length=200, unique=True)
    epoch = models.CharField(max_length=16, default=new_epoch)
    last_seq = models.BigIntegerField(default=0)
    floor_seq = models.BigIntegerField(default=0)


class StreamEntry(models.Model):
    """Give an entry its number in one stream."""

    id = models.BigAutoField(primary_key=True)
    stream = models.ForeignKey(Stream, models.CASCADE, related_name="entries")
    seq = models.BigIntegerField()
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="stream_entries")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stream", "seq"], name="one_frame_per_number")
        ]


class Store(models.Model):
    """Remember which database this is, so that a restored one is noticed."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    identifier = models.CharField(max_length=32)
    timeline = models.IntegerField()


class Reading(models.Model):
    """Keep that a reaction must still hear of an entry; the broker is only the nudge."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="readings")
    reader = models.CharField(max_length=120)
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entry", "reader"], name="a_reader_hears_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"], condition=models.Q(done_at=None), name="readings_still_due"
            )
        ]
