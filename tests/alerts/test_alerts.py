"""Two people warn a village, and one is enough to take it back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from tests.alerts.factories import danger, make_alert, make_draft, make_source
from tests.support.cast import DEPARTMENT, Cast
from village.alerts import actions, cap, notices, queries
from village.alerts.models import Alert, Stage
from village.core.actor import SYSTEM, Actor
from village.core.errors import Forbidden, Invalid, NotFound
from village.journal.models import Entry
from village.journal.notices import Importance, Notice
from village.residents.models import Membership, Neighbourhood, Resident

As = Callable[[Resident], Actor]


def told_kinds() -> list[str]:
    return list(Entry.objects.order_by("pk").values_list("kind", flat=True))


class TestTwoPeople:
    def test_release_a_warning(self, draft: Alert, stella: Resident, as_: As, at: datetime) -> None:
        assert not queries.in_force("lindental", at).exists()
        flood = actions.release_alert(by=as_(stella), alert_id=draft.pk, at=at)
        assert list(queries.in_force("lindental", at)) == [flood]
        assert told_kinds() == ["alerts.alert_drafted", "alerts.alert_released"]

    def test_are_never_the_same_person(
        self, draft: Alert, otto: Resident, as_: As, at: datetime
    ) -> None:
        with pytest.raises(Forbidden, match="second person"):
            actions.release_alert(by=as_(otto), alert_id=draft.pk, at=at)
        with pytest.raises(IntegrityError), transaction.atomic():
            Alert.objects.filter(pk=draft.pk).update(released_by=otto)

    @pytest.mark.parametrize("name", ["nora", "vera", "mia", "carla", "max"])
    def test_warn_for_the_town_hall_or_not_at_all(
        self, cast: Cast, as_: As, at: datetime, name: str
    ) -> None:
        with pytest.raises(Forbidden):
            actions.draft_alert(
                by=as_(getattr(cast, name)), village="lindental", danger=danger(at), at=at
            )

    def test_need_their_second_factor(self, otto: Resident, as_: As, at: datetime) -> None:
        otto.authenticator_set.all().delete()
        with pytest.raises(Forbidden):
            actions.draft_alert(by=as_(otto), village="lindental", danger=danger(at), at=at)

    def test_decide_once(self, flood: Alert, stella: Resident, as_: As, at: datetime) -> None:
        with pytest.raises(actions.AlertDecided):
            actions.release_alert(by=as_(stella), alert_id=flood.pk, at=at)
        with pytest.raises(actions.AlertDecided):
            actions.discard_alert(by=as_(stella), alert_id=flood.pk, at=at)

    def test_do_not_release_what_is_over(
        self, draft: Alert, stella: Resident, as_: As, at: datetime
    ) -> None:
        with pytest.raises(actions.AlertOver):
            actions.release_alert(by=as_(stella), alert_id=draft.pk, at=at + timedelta(days=1))

    def test_may_throw_a_draft_away(
        self, draft: Alert, otto: Resident, stella: Resident, as_: As, at: datetime
    ) -> None:
        actions.discard_alert(by=as_(otto), alert_id=draft.pk, at=at)
        with pytest.raises(actions.AlertDecided):
            actions.release_alert(by=as_(stella), alert_id=draft.pk, at=at)
        with pytest.raises(NotFound):
            queries.public_document(draft.pk)

    def test_of_the_next_village_see_nothing(
        self, draft: Alert, strang: Resident, as_: As, at: datetime
    ) -> None:
        with pytest.raises(NotFound):
            actions.release_alert(by=as_(strang), alert_id=draft.pk, at=at)
        with pytest.raises(NotFound):
            actions.draft_alert(by=as_(strang), village="lindental", danger=danger(at), at=at)


class TestDrafting:
    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"texts": []}, "texts"),
            ({"texts": [{"language": "de", "event": "x", "headline": ""}]}, "texts"),
            ({"texts": [{"language": "de", "event": "x", "headline": "x"}] * 2}, "texts"),
            ({"expires_at": timedelta(0)}, "expires_at"),
            ({"expires_at": timedelta(days=8)}, "expires_at"),
            ({"onset_at": timedelta(hours=7)}, "onset_at"),
            ({"area": actions.Area(neighbourhoods=[DEPARTMENT])}, "area"),
            ({"area": actions.Area(polygon={"type": "Point", "coordinates": []})}, "area"),
            (
                {
                    "area": actions.Area(
                        polygon={
                            "type": "Polygon",
                            "coordinates": [[[1, 1], [2, 1], [2, 2], [1, 1]]],
                        }
                    )
                },
                "area",
            ),
        ],
    )
    def test_refuses_what_makes_no_sense(
        self, otto: Resident, as_: As, at: datetime, said: dict[str, Any], field: str
    ) -> None:
        moments = {
            name: at + value if isinstance(value, timedelta) else value
            for name, value in said.items()
        }
        with pytest.raises(Invalid) as refused:
            actions.draft_alert(
                by=as_(otto), village="lindental", danger=danger(at, **moments), at=at
            )
        assert refused.value.field == field
        assert not Alert.objects.exists()

    def test_refuses_what_cannot_be_sent(self, otto: Resident, as_: As, at: datetime) -> None:
        bad = [{"language": "de", "event": "x", "headline": "bell \x07"}]
        with pytest.raises(Invalid, match="cannot be sent"):
            actions.draft_alert(
                by=as_(otto), village="lindental", danger=danger(at, texts=bad), at=at
            )

    def test_says_of_each_text_of_a_drill_that_it_is_one(
        self, otto: Resident, stella: Resident, as_: As, at: datetime
    ) -> None:
        made = actions.draft_alert(
            by=as_(otto), village="lindental", danger=danger(at, is_drill=True), at=at
        )
        drill = actions.release_alert(by=as_(stella), alert_id=made.pk, at=at)
        assert {text["language"]: text["headline"] for text in drill.texts} == {
            "de": "ÜBUNG: Das Wasser steigt.",
            "en": "DRILL: The water is rising.",
            "ja": "訓練: 水位が上がっています。",
        }
        message = cap.read(drill.document.encode())
        assert message.status is cap.Status.EXERCISE
        assert all(info.headline.startswith(("ÜBUNG", "DRILL", "訓練")) for info in message.infos)


class TestWhatGoesOn:
    def test_replaces_what_was_told(
        self, flood: Alert, otto: Resident, stella: Resident, as_: As, at: datetime
    ) -> None:
        later = at + timedelta(hours=1)
        worse = danger(later, severity=cap.Severity.EXTREME)
        update = actions.draft_update(by=as_(stella), alert_id=flood.pk, danger=worse, at=later)
        assert queries.in_force("lindental", later).get() == flood
        actions.release_alert(by=as_(otto), alert_id=update.pk, at=later)
        assert queries.in_force("lindental", later).get() == update
        flood.refresh_from_db()
        update.refresh_from_db()
        assert flood.stage == Stage.REPLACED
        assert update.first_id == flood.pk
        [reference] = cap.read(update.document.encode()).references
        assert cap.reference_as_text(reference) == flood.reference

    def test_does_not_make_a_drill_serious(
        self, flood: Alert, otto: Resident, as_: As, at: datetime
    ) -> None:
        with pytest.raises(Invalid):
            actions.draft_update(
                by=as_(otto), alert_id=flood.pk, danger=danger(at, is_drill=True), at=at
            )

    def test_is_taken_back_by_one_person_at_once(
        self, flood: Alert, otto: Resident, as_: As, at: datetime
    ) -> None:
        cancel = actions.cancel_alert(
            by=as_(otto), alert_id=flood.pk, why="The gauge was wrong.", at=at
        )
        assert not queries.in_force("lindental", at).exists()
        flood.refresh_from_db()
        assert flood.stage == Stage.CANCELLED
        message = cap.read(cancel.document.encode())
        assert message.msg_type is cap.MsgType.CANCEL
        assert cap.reference_as_text(message.references[0]) == flood.reference
        assert message.infos[0].description == "The gauge was wrong."
        with pytest.raises(actions.AlertOver):
            actions.cancel_alert(by=as_(otto), alert_id=flood.pk, at=at)

    def test_is_not_released_over_something_newer(
        self, flood: Alert, otto: Resident, stella: Resident, as_: As, at: datetime
    ) -> None:
        update = actions.draft_update(by=as_(otto), alert_id=flood.pk, danger=danger(at), at=at)
        actions.cancel_alert(by=as_(otto), alert_id=flood.pk, at=at)
        with pytest.raises(actions.AlertDecided):
            actions.release_alert(by=as_(stella), alert_id=update.pk, at=at)
        update.refresh_from_db()
        assert update.stage == Stage.DRAFT

    def test_ends_by_itself(self, flood: Alert, at: datetime) -> None:
        late = at + timedelta(hours=6)
        assert actions.end_over(by=SYSTEM, at=late - timedelta(seconds=1)) == 0
        assert actions.end_over(by=SYSTEM, at=late) == 1
        assert actions.end_over(by=SYSTEM, at=late) == 0
        assert told_kinds()[-1] == "alerts.alert_expired"


class TestDraftsOfYesterday:
    def test_are_thrown_away_by_the_clock(self, draft: Alert, at: datetime) -> None:
        late = at + timedelta(hours=6)
        assert actions.end_over(by=SYSTEM, at=late - timedelta(seconds=1)) == 0
        assert actions.end_over(by=SYSTEM, at=late) == 1
        draft.refresh_from_db()
        assert draft.stage == Stage.DISCARDED
        assert told_kinds()[-1] == "alerts.alert_discarded"

    def test_keep_nobody_from_warning_however_many_a_source_sends(
        self, otto: Resident, as_: As, at: datetime
    ) -> None:
        source = make_source("https://warnings.example/cap", at=at)
        for _ in range(60):
            make_draft("lindental", at=at, feed=source)
        assert actions.draft_alert(by=as_(otto), village="lindental", danger=danger(at), at=at)

    def test_are_not_heaped_up_without_end(self, otto: Resident, as_: As, at: datetime) -> None:
        for _ in range(50):
            make_draft("lindental", at=at, drafted_by=otto)
        with pytest.raises(actions.TooManyDrafts):
            actions.draft_alert(by=as_(otto), village="lindental", danger=danger(at), at=at)


class TestWhoIsTold:
    def told(self, alert: Alert, key: str) -> set[str]:
        fact = notices.AlertReleased(village="lindental", alert=alert.pk, first=alert.pk)
        ids = set(Notice.declared[key].audience(fact))
        return {person.display_name for person in Resident.objects.filter(pk__in=ids)}

    def test_of_an_emergency_is_everybody(self, flood: Alert) -> None:
        told = self.told(flood, "alerts.emergency")
        assert {"Edda", "Vera", "Tom", "Nora"} <= told
        assert "Strang" not in told
        assert self.told(flood, "alerts.warning") == set()
        assert Notice.declared["alerts.emergency"].importance is Importance.EMERGENCY

    def test_of_a_neighbourhood_lives_there_or_is_known_to_live_nowhere_else(
        self, cast: Cast, at: datetime
    ) -> None:
        mill, hill = (
            Neighbourhood.objects.create(village=cast.lindental, name=name, created_at=at)
            for name in ("By the mill", "On the hill")
        )
        Membership.objects.filter(resident=cast.edda).update(neighbourhood=mill)
        Membership.objects.filter(resident=cast.tom).update(neighbourhood=hill)
        flood = make_alert("lindental", at=at)
        flood.neighbourhoods.add(mill)
        told = self.told(flood, "alerts.emergency")
        assert {"Edda", "Nora"} <= told
        assert "Tom" not in told

    def test_of_a_drill_can_mute_it(self, at: datetime) -> None:
        drill = make_alert("lindental", at=at, is_drill=True)
        assert self.told(drill, "alerts.emergency") == set()
        assert "Edda" in self.told(drill, "alerts.drill")
        assert Notice.declared["alerts.drill"].importance is Importance.DRILL

    def test_reads_it_in_the_own_language(self, cast: Cast, flood: Alert) -> None:
        fact = notices.AlertReleased(village="lindental", alert=flood.pk, first=flood.pk)
        for language, title in (("de", "Das Wasser steigt."), ("ja", "水位が上がっています。")):
            with translation.override(language):
                words = Notice.declared["alerts.emergency"].words(fact)
                assert words is not None
                assert words.title == title
                assert words.link == f"/alerts/{flood.pk}"

    def test_first_is_the_second_person(self, cast: Cast, draft: Alert) -> None:
        fact = notices.AlertDrafted(village="lindental", alert=draft.pk)
        waiting = Notice.declared["alerts.waiting"]
        assert set(waiting.audience(fact)) == {cast.otto.pk, cast.stella.pk}
        assert waiting.words(fact) is not None
        Alert.objects.update(stage=Stage.DISCARDED)
        assert waiting.words(fact) is None


class TestErasing:
    def test_keeps_the_warning_without_its_author(self, at: datetime, nora: Resident) -> None:
        draft = make_draft("lindental", at=at, drafted_by=nora)
        nora.delete()
        draft.refresh_from_db()
        assert draft.drafted_by is None
