"""The second wall: whatever a query forgets to ask, PostgreSQL shows nobody a foreign village."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, close_old_connections, connection, connections, transaction
from django.test import Client

from news.models import Article, ArticleStatus, Outlet, ReadMark
from tests.carpool.factories import make_offer
from tests.events.factories import make_event
from tests.support.cast import Cast
from village.assist.models import Centre
from village.core import permissions, walls
from village.core.actor import Actor
from village.federation.models import Agreement, Shared
from village.journal.models import Entry
from village.journal.topics import Topic, find
from village.management.walls import OPEN, policies, put_up, stands
from village.messaging.models import Case, Department
from village.realtime.lookups import let_in
from village.residents.models import Membership, Resident, Village

Api = Callable[..., Client]
Sql = Callable[[str], None]
on_postgres = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="only PostgreSQL knows whose a row is"
)
FORGETFUL = ("everything", "raw", "in_a_transaction", "after_an_error", "page_by_page")


@pytest.fixture
def _the_wall_is_up(settings: Any, db: None) -> None:
    settings.VILLAGE_WALL = True
    settings.ROOT_URLCONF = "tests.core.forgetful"
    put_up()


@pytest.fixture
def sql() -> Sql:
    """Run statements as they are."""

    def run(statement: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)

    return run


@pytest.fixture
def articles(cast: Cast, at: Any) -> dict[str, Article]:
    """Publish something in both villages."""
    return {village.pk: _publish(village, at) for village in (cast.lindental, cast.bergheim)}


def _publish(village: Village, at: Any) -> Article:
    outlet = Outlet.objects.create(village=village, name="Blatt", slug="blatt", created_at=at)
    article: Article = Article.objects.create(
        village=village,
        outlet=outlet,
        title=village.name,
        status=ArticleStatus.PUBLISHED,
        published_at=at,
        created_at=at,
    )
    return article


def _agree(reader: Village, source: Village, at: Any) -> Agreement:
    agreed: Agreement = Agreement.objects.create(
        reader=reader,
        source=source,
        what=Shared.NEWS,
        created_at=at,
        reader_yes_at=at,
        source_yes_at=at,
    )
    return agreed


def _asked(client: Client, view: str) -> Any:
    answer = client.get(f"/forgetful/{view}")
    return json.loads(answer.getvalue())


class TestEveryTable:
    def test_with_a_village_has_a_policy_or_a_reason(self) -> None:
        """Also those that belong to a row with a village; a new table is behind it by itself."""
        guarded = {each.table for each in policies()}
        missing = [
            model._meta.label
            for model in apps.get_models(include_auto_created=True)
            if model._meta.db_table not in guarded
            and model._meta.label not in OPEN
            and any(field.related_model is Village for field in model._meta.concrete_fields)
        ]
        assert missing == []
        assert {apps.get_model(label)._meta.db_table for label in OPEN}.isdisjoint(guarded)
        assert {"residents_grant", "assist_centre_serves", "journal_entry"} <= guarded
        assert len(guarded) > 50

    @on_postgres
    @pytest.mark.usefixtures("_the_wall_is_up")
    def test_is_guarded_in_the_database_itself(self) -> None:
        put_up()
        with connection.cursor() as cursor:
            cursor.execute("SELECT tablename, policyname FROM pg_policies")
            assert set(cursor.fetchall()) == {(each.table, each.name) for each in policies()}
            cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity")
            assert {name for (name,) in cursor.fetchall()} == {each.table for each in policies()}
            cursor.execute(
                "SELECT rolcanlogin, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = %s",
                [walls.ROLE],
            )
            assert cursor.fetchone() == (False, False, False)


@on_postgres
@pytest.mark.django_db
@pytest.mark.usefixtures("_the_wall_is_up")
class TestAUserWhoOwnsNoTable:
    def test_can_be_taken_for_the_village(
        self, cast: Cast, articles: dict[str, Article], sql: Sql
    ) -> None:
        sql("CREATE ROLE village_guarded")
        call_command("ledger", "guard", "village_guarded", stdout=StringIO())
        sql("SET LOCAL SESSION AUTHORIZATION village_guarded")
        assert stands()
        assert Article.objects.count() == 2
        with walls.behind(cast.nora.pk):
            assert Article.objects.get() == articles["lindental"]
            with pytest.raises(ProgrammingError, match="denied"), transaction.atomic():
                sql("UPDATE journal_entry SET kind = kind")
        assert Article.objects.count() == 2

    def test_is_told_who_can_put_it_up(self, sql: Sql) -> None:
        sql("CREATE ROLE village_poor")
        sql("SET LOCAL SESSION AUTHORIZATION village_poor")
        with pytest.raises(CommandError, match="VILLAGE_WALL=false"):
            put_up()


@on_postgres
@pytest.mark.django_db
@pytest.mark.usefixtures("_the_wall_is_up")
class TestSomebodyBehindTheWall:
    def test_sees_and_changes_nothing_of_another_village(
        self, cast: Cast, articles: dict[str, Article], at: Any
    ) -> None:
        make_event(cast.strang, at=at, village="bergheim")
        make_offer(cast.strang, at=at, village="bergheim")
        guarded = {each.table for each in policies()}
        foreign = [
            model
            for model in apps.get_models()
            if model._meta.db_table in guarded
            # Nobody may change the journal, of whichever village.
            and model is not Entry
            and any(field.name == "village" for field in model._meta.concrete_fields)
            and model._base_manager.filter(village="bergheim").exists()
        ]
        assert len(foreign) >= 6
        with walls.behind(cast.nora.pk):
            for model in foreign:
                rows = model._base_manager.filter(village="bergheim")
                assert not rows.exists(), model
                assert rows.update(village="bergheim") == 0
                assert rows.delete()[0] == 0
            assert Membership.objects.filter(resident=cast.tom).exists()

    def test_sees_nothing_that_hangs_on_a_foreign_row(
        self, cast: Cast, articles: dict[str, Article], at: Any
    ) -> None:
        for article in articles.values():
            ReadMark.objects.create(article=article, resident=cast.strang, at=at)
        with walls.behind(cast.nora.pk):
            assert ReadMark.objects.get().article == articles["lindental"]
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                ReadMark.objects.create(
                    article_id=articles["bergheim"].pk, resident=cast.nora, at=at
                )

    def test_writes_nothing_into_another_village(self, cast: Cast, at: Any) -> None:
        desk = Department.objects.create(village=cast.bergheim, name="Roads", created_at=at)
        own = Department.objects.create(village=cast.lindental, name="Roads", created_at=at)
        with walls.behind(cast.nora.pk):
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                Case.objects.create(
                    village=cast.bergheim,
                    department=desk,
                    author=cast.nora,
                    title="x",
                    created_at=at,
                )
            # What she may write cannot be carried over either.
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                Department.objects.filter(pk=own.pk).update(village="bergheim")

    def test_finds_what_a_neighbour_shows_and_cannot_change_it(
        self, cast: Cast, articles: dict[str, Article], at: Any
    ) -> None:
        agreed = _agree(cast.lindental, cast.bergheim, at)
        foreign = Article.objects.filter(village="bergheim")
        with walls.behind(cast.nora.pk):
            assert foreign.exists()
            assert foreign.delete()[0] == 0
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                foreign.update(title="Changed")
        with walls.behind(cast.strang.pk):
            assert Article.objects.get() == articles["bergheim"]
        Agreement.objects.filter(pk=agreed.pk).update(ended_at=at)
        with walls.behind(cast.nora.pk):
            assert not foreign.exists()

    def test_finds_the_villages_that_her_centre_serves(
        self, cast: Cast, articles: dict[str, Article]
    ) -> None:
        cast.centre.serves.add(cast.bergheim)
        for resident in (cast.vera, cast.carla, cast.strang):
            with walls.behind(resident.pk):
                assert Article.objects.count() == 2
                assert Centre.objects.get().serves.get() == cast.bergheim
        with walls.behind(cast.nora.pk):
            assert Article.objects.get() == articles["lindental"]

    def test_finds_where_either_of_two_people_lives(
        self, cast: Cast, articles: dict[str, Article]
    ) -> None:
        with walls.behind(cast.nora.pk, cast.strang.pk):
            assert Article.objects.count() == 2

    def test_reaches_further_where_a_verb_says_so(
        self, cast: Cast, articles: dict[str, Article]
    ) -> None:
        with walls.behind(cast.nora.pk):
            with walls.lifted():
                assert Article.objects.count() == 2
            assert Article.objects.count() == 1

    def test_keeps_blocks_of_all_villages(self, cast: Cast) -> None:
        """To see fewer blocks would show more people."""
        with walls.behind(), connection.cursor() as cursor:
            cursor.execute("SELECT row_security_active('residents_block')")
            assert cursor.fetchone() == (False,)

    def test_sees_no_village_when_she_lives_nowhere(self, cast: Cast) -> None:
        passer_by = Resident.objects.create_user("Passer-by", id=uuid4())
        for people in ((passer_by.pk,), ()):
            with walls.behind(*people):
                assert not Membership.objects.exists()
        assert Membership.objects.exists()


@on_postgres
@pytest.mark.django_db
@pytest.mark.usefixtures("_the_wall_is_up")
class TestAViewThatForgotToAsk:
    @pytest.mark.parametrize("view", FORGETFUL)
    def test_shows_nothing_foreign(
        self, api: Api, cast: Cast, articles: dict[str, Article], view: str
    ) -> None:
        assert set(_asked(api(cast.nora), view)) == {"Lindental"}
        assert set(_asked(api(cast.strang), view)) == {"Bergheim"}
        assert _asked(api(), view) == []

    @pytest.mark.parametrize("view", FORGETFUL)
    def test_shows_it_without_the_wall(
        self, api: Api, cast: Cast, articles: dict[str, Article], view: str, settings: Any
    ) -> None:
        """Or the test above could not fail."""
        settings.VILLAGE_WALL = False
        assert set(_asked(api(cast.nora), view)) == {"Bergheim", "Lindental"}

    def test_changes_nothing_foreign(
        self, api: Api, cast: Cast, articles: dict[str, Article]
    ) -> None:
        assert _asked(api(cast.nora), "change") == [1, 1]
        assert Article.objects.get().title == "Bergheim"

    def test_shows_everything_where_that_is_its_purpose(
        self, api: Api, cast: Cast, articles: dict[str, Article]
    ) -> None:
        for client in (api(), api(cast.nora)):
            assert len(_asked(client, "on_purpose")) == 2
            assert client.get("/villages/bergheim/news.json").status_code == 200

    def test_shows_a_helper_the_village_of_whom_she_helps(
        self, api: Api, cast: Cast, articles: dict[str, Article]
    ) -> None:
        helper = api(cast.vera, **{"X-Acting-For": str(cast.mandate.pk)})
        shown = helper.get("/api/v1/villages/lindental/articles").json()
        assert [each["title"] for each in shown["items"]] == ["Lindental"]

    def test_leaves_no_wall_behind_when_it_fails(
        self, api: Api, cast: Cast, articles: dict[str, Article]
    ) -> None:
        client = api(cast.nora)
        client.raise_request_exception = False
        assert client.get("/forgetful/fail").status_code == 500
        assert Article.objects.count() == 2


@on_postgres
@pytest.mark.django_db
@pytest.mark.usefixtures("_the_wall_is_up")
class TestADoorThatForgotToAsk:
    def test_admits_nobody_for_what_is_foreign(
        self, cast: Cast, articles: dict[str, Article], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Topic, "declared", dict(Topic.declared))
        Topic(
            "forgetful/{title}",
            admits=lambda by, title: Article.objects.filter(title=title).exists(),
            scope=None,
            who=permissions.NOBODY,
        )
        by = Actor(cast.nora.pk)
        asked = {
            address: (followed, [by])
            for address in ("forgetful/Lindental", "forgetful/Bergheim")
            if (followed := find(address)) is not None
        }
        assert let_in(asked)[0] == {"forgetful/Lindental": {by}, "forgetful/Bergheim": set()}
        with walls.lifted():
            assert Article.objects.count() == 2


@on_postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_the_wall_is_up")
class TestAConnection:
    def test_of_the_pool_serves_one_after_the_other(
        self, api: Api, cast: Cast, articles: dict[str, Article]
    ) -> None:
        """And nobody before her matters, nor whether that request went well."""
        nora, strang = api(cast.nora), api(cast.strang)
        nora.raise_request_exception = False
        assert connection.pool is not None
        for _round in range(3):
            for view in FORGETFUL:
                assert set(_asked(nora, view)) == {"Lindental"}
                close_old_connections()
                assert set(_asked(strang, view)) == {"Bergheim"}
                close_old_connections()
            assert nora.get("/forgetful/fail").status_code == 500
            close_old_connections()
            assert Article.objects.count() == 2

    def test_goes_back_to_the_pool_as_nobody(self, cast: Cast) -> None:
        with walls.behind(cast.nora.pk):
            with transaction.atomic():
                assert not Membership.objects.filter(resident=cast.strang).exists()
            raw: Any = connection.connection
            connection.close()
        assert raw.autocommit
        row = raw.execute("SELECT current_user = session_user, current_setting('village.mine')")
        assert row.fetchone() == (True, "")

    def test_that_died_is_given_back_unasked(self, cast: Cast) -> None:
        with walls.behind(cast.nora.pk):
            assert not Membership.objects.filter(resident=cast.strang).exists()
            raw: Any = connection.connection
            other = connections.create_connection("default")
            with walls.lifted(), other.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s, 2000)", [raw.info.backend_pid])
            other.close()
            connection.close()
            assert raw.closed
            assert not Membership.objects.filter(resident=cast.strang).exists()
        connection.close()
        assert Membership.objects.filter(resident=cast.strang).exists()

    def test_is_told_once_and_not_for_each_statement(self, cast: Cast) -> None:
        with walls.behind(cast.nora.pk):
            with connection.cursor() as cursor:
                cursor.execute("SELECT current_setting('village.seen')")
                assert cursor.fetchone() == ("lindental",)
                # Were she told again, this would not stay.
                cursor.execute("SELECT set_config('village.seen', '', false)")
            assert not Membership.objects.exists()
