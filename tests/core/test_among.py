"""Asking for many rows by one parameter, on whichever database."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.support.cast import Cast
from village.residents.models import Resident, Village

pytestmark = pytest.mark.django_db


class TestAmong:
    def test_finds_rows_by_their_names(self, cast: Cast) -> None:
        found = Village.objects.filter(slug__among=["lindental", "nowhere", "o'clock", '{"'])

        assert [village.slug for village in found] == ["lindental"]

    def test_finds_rows_by_their_ids(self, cast: Cast) -> None:
        wanted = {cast.nora.pk, cast.tom.pk, uuid4()}

        assert set(Resident.objects.filter(pk__among=wanted).values_list("pk", flat=True)) == {
            cast.nora.pk,
            cast.tom.pk,
        }

    def test_finds_nothing_among_nothing(self, cast: Cast) -> None:
        assert not Village.objects.filter(slug__among=[]).exists()

    def test_asks_with_one_parameter_however_many(self, cast: Cast) -> None:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            list(Village.objects.filter(slug__among=[f"village-{n}" for n in range(3000)]))

        assert len(asked) == 1
