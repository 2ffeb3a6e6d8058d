"""The house keeps its own rules: documents, layers, declarations."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from uuid import UUID

import ninja
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import SET_NULL
from pydantic import BaseModel

from tests.permissions.operations import OPERATIONS, village_topics
from tests.permissions.things import World
from village.acting.words import DEEDS, NEVER
from village.core.actor import Scope
from village.journal.facts import declared_facts
from village.journal.holdings import Holding
from village.journal.notices import Notice
from village.journal.topics import Topic
from village.realtime import asyncapi
from village.residents.models import Resident

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("events", "carpool", "news", "notifications")
PRODUCT = [
    path
    for folder in ("village", *ROOMS, "demo")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
]


class TestDocuments:
    def test_are_what_the_code_says(self) -> None:
        call_command("snapshots", "--check", stdout=StringIO())

    def test_no_migration_is_missing(self, db: None) -> None:
        call_command("makemigrations", "--check", "--dry-run", stdout=StringIO())

    def test_the_layers_hold(self) -> None:
        linter = Path(sys.executable).with_name("lint-imports")
        checked = subprocess.run([linter], cwd=ROOT, capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stdout


class TestDeclarations:
    def test_every_fact_holds_no_free_text(self) -> None:
        """A fact names things; what a person wrote is never in the journal."""
        for kind, fact in declared_facts().items():
            for name in fact.model_fields:
                assert name not in ("text", "title", "body", "name", "email", "phone"), kind

    def test_every_fact_has_words_for_the_person_it_was_done_for(self) -> None:
        """Or stands among those that are never done for somebody else, in acting/words.py."""
        facts = declared_facts().items()
        kinds = {kind for kind, fact in facts if not fact.__module__.startswith("tests.")}
        assert kinds - DEEDS.keys() - NEVER == set()

    def test_every_topic_says_what_it_shows(self) -> None:
        for topic in Topic.declared.values():
            for cargo in topic.cargo.values():
                assert issubclass(asyncapi.shown_by(cargo.render), BaseModel)

    def test_every_topic_that_carries_scoped_cargo_can_be_checked(self) -> None:
        for topic in Topic.declared.values():
            for cargo in topic.cargo.values():
                assert cargo.scope is None or isinstance(cargo.scope, Scope)

    def test_every_operation_and_topic_can_be_tried_by_the_permission_table(self) -> None:
        known = World.makers.keys() | World.aliases.keys()
        named = {name for each in OPERATIONS for name in each.parameters}
        named |= {name for topic in village_topics() for name in topic.parameters}
        assert not named - known, (
            "tests/permissions/things.py has no maker (@thing) for these parameters of an address:"
            f" {', '.join(sorted(named - known))}"
        )

    def test_no_two_wire_shapes_share_a_name(self) -> None:
        """Or the document would show one of them in the place of both."""
        modules: dict[str, set[str]] = {}
        for shape in _shapes(ninja.Schema):
            if not shape.__module__.startswith(("ninja", "tests.")):
                modules.setdefault(shape.__name__, set()).add(shape.__module__)
        assert {name: sorted(of) for name, of in modules.items() if len(of) > 1} == {}

    def test_every_notice_is_of_a_declared_fact(self) -> None:
        for notice in Notice.declared.values():
            assert notice.of in declared_facts().values()


class TestHoldings:
    """What refers to a resident says in its room's ``holdings`` how it is exported and erased."""

    def test_name_every_table_that_refers_to_a_resident(self) -> None:
        declared = {(each.of, each.person) for each in Holding.declared.values()}
        missing = [
            f"{model._meta.label}.{field.name}: declare a Holding in {model._meta.app_label}"
            for model in apps.get_models()
            for field in model._meta.concrete_fields
            if field.related_model is Resident
            and getattr(field.remote_field, "on_delete", None) is not SET_NULL
            and (model, field.name) not in declared
        ]
        assert missing == []

    @pytest.mark.parametrize("key", sorted(Holding.declared))
    def test_show_fields_that_there_are(self, key: str) -> None:
        holding = Holding.declared[key]
        assert str(holding.rows(UUID(int=0)).values(*holding.shows).query)


class TestCode:
    @pytest.mark.parametrize("room", ROOMS)
    def test_every_room_has_the_same_files(self, room: str) -> None:
        expected = {
            "models",
            "facts",
            "policies",
            "queries",
            "actions",
            "schemas",
            "api",
            "topics",
            "notices",
            "tasks",
            "admin",
        }
        assert expected - {path.stem for path in (ROOT / room).glob("*")} == set()

    def test_nobody_listens_to_signals(self) -> None:
        assert not [path for path in PRODUCT if "@receiver" in path.read_text()]

    def test_only_record_writes_the_log(self) -> None:
        """No other code creates an Entry, a StreamEntry or a number."""
        writers = [
            path.relative_to(ROOT).as_posix()
            for path in PRODUCT
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call) and _writes_the_log(node)
        ]
        assert set(writers) <= {"village/journal/log.py", "village/journal/retention.py"}

    def test_files_stay_readable(self) -> None:
        long = {p.name: n for p in PRODUCT if (n := len(p.read_text().splitlines())) > 300}
        assert not long

    def test_every_app_has_one_name(self) -> None:
        labels = [app.label for app in apps.get_app_configs()]
        assert len(labels) == len(set(labels))


def _shapes(of: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Give every class of wire shapes that the rooms declare."""
    for shape in of.__subclasses__():
        yield shape
        yield from _shapes(shape)


def _writes_the_log(call: ast.Call) -> bool:
    """Tell whether a call is ``Entry.objects.create(...)`` or one of its kind."""
    verb = call.func
    if not isinstance(verb, ast.Attribute):
        return False
    manager = verb.value
    return (
        verb.attr in ("create", "bulk_create", "update_or_create", "get_or_create", "bulk_update")
        and isinstance(manager, ast.Attribute)
        and isinstance(manager.value, ast.Name)
        and manager.value.id in ("Entry", "StreamEntry")
    )
