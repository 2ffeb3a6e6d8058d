"""The notes, and the row that a plain INSERT writes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Note(models.Model):
    """Hold one note on a board; ``id`` grows, which is what a plain catch-up goes by."""

    id = models.BigAutoField(primary_key=True)
    board = models.IntegerField()
    text = models.TextField()
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[Note]]

    class Meta:
        indexes: ClassVar = [models.Index(fields=["board", "id"], name="notes_of_a_board")]
