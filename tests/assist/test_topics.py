"""What a desk and a person follow of mandates, and who is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from tests.assist.conftest import Grant
from tests.support.cast import Cast
from village.assist import actions, facts
from village.core.actor import Actor
from village.journal import queries as log
from village.journal.notices import notices_of
from village.journal.topics import Frame, admitted, find
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
As = Callable[[Resident], Actor]


def frames(address: str) -> list[Frame]:
    followed = find(address)
    assert followed is not None
    return log.frames_after(followed.topic, address, 0, limit=20)


def is_let_in(by: Actor, address: str) -> bool:
    followed = find(address)
    assert followed is not None
    return admitted({by}, followed) == {by}


class TestTheDesk:
    @pytest.mark.parametrize(
        ("name", "may"),
        [
            ("carla", True),
            ("vera", True),
            ("edda", False),
            ("tom", False),
            ("otto", False),
            ("stella", False),
            ("strang", False),
        ],
    )
    def test_is_for_those_who_work_there(self, as_: As, cast: Cast, name: str, may: bool) -> None:
        assert is_let_in(as_(getattr(cast, name)), f"centres/{cast.centre.pk}/desk") is may

    def test_is_never_for_a_helper(self, cast: Cast, vera_for_edda: Actor) -> None:
        vera_for_carla = Actor(cast.carla.pk, cast.vera.pk, cast.mandate.pk)
        for by in (vera_for_edda, vera_for_carla):
            assert not is_let_in(by, f"centres/{cast.centre.pk}/desk")

    def test_is_not_found_under_what_is_not_an_id(self, as_: As, carla: Resident) -> None:
        assert not is_let_in(as_(carla), "centres/nonsense/desk")


class TestFrames:
    def test_desk_and_person_see_the_mandate_as_it_stands(
        self, as_: As, cast: Cast, grant: Grant, at: datetime
    ) -> None:
        mandate = grant(cast.nora.pk)
        actions.revoke_mandate(by=as_(cast.nora), mandate_id=mandate.pk, at=at)

        for address in (f"centres/{cast.centre.pk}/desk", f"residents/{cast.nora.pk}"):
            shown = frames(address)
            assert [frame.kind for frame in shown] == [
                "assist.mandate_granted",
                "assist.mandate_revoked",
            ]
            # Rendered when read: the first frame, too, tells how it stands now.
            assert {frame.data["status"] for frame in shown} == {"revoked"}
            # The desk learns that something changed; whose it is, the list says to some.
            assert ("person" in shown[0].data) is address.startswith("residents/")
            # A helper sees the numbers go by, and not what they are about.
            assert {frame.scope for frame in shown} == {None}

    def test_the_nerves_learn_whose_sockets_to_look_at(
        self, as_: As, cast: Cast, at: datetime
    ) -> None:
        actions.revoke_mandate(by=as_(cast.carla), mandate_id=cast.mandate.pk, at=at)
        [frame] = frames("access")
        assert frame.data == {"resident": str(cast.edda.pk)}

    def test_what_is_gone_is_a_tombstone(self, cast: Cast, grant: Grant) -> None:
        grant(cast.nora.pk).delete()
        [frame] = frames(f"residents/{cast.nora.pk}")
        assert frame.data == {"gone": True}


class TestNotices:
    def test_the_person_hears_when_it_begins_and_when_it_ends(
        self, cast: Cast, grant: Grant
    ) -> None:
        mandate = grant(cast.nora.pk)
        told = []
        for of in (facts.MandateGranted, facts.MandateRevoked):
            [notice] = notices_of(of)
            fact = of(
                village="lindental", mandate=mandate.pk, centre=cast.centre.pk, person=cast.nora.pk
            )
            assert list(notice.audience(fact)) == [cast.nora.pk]
            assert notice.scope is None
            told.append(notice.words(fact))

        assert [(words.title, words.body) for words in told if words] == [
            (
                "Alte Schule may now act for you.",
                "Until Dec. 23, 2026. You can end this at any time.",
            ),
            ("Alte Schule no longer acts for you.", "The mandate has ended."),
        ]
        mandate.delete()
        assert notice.words(fact) is None
