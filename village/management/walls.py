"""
Setting up the wall between villages in PostgreSQL: a role, and policies for every table.

They are made of the models, so that nobody can forget one: a table stands in the village that its
row names, or where the row of its first parent stands. They hold that role alone.
https://www.postgresql.org/docs/15/ddl-rowsecurity.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from django.apps import apps
from django.conf import settings
from django.core.management.base import CommandError
from django.db import ProgrammingError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import ForeignKey, Model

from village.core.walls import ROLE
from village.residents.models import Village

# Whose rows are shown whatever their village is, and why.
OPEN = {
    "residents.Block": "to see fewer blocks would show more people",
    "carpool.RideCell": "cells and times of a ride that is behind the wall; looked up by thousands",
    "journal.Reading": "which reaction hears of an entry: numbers alone, written with each fact",
    "journal.StreamEntry": "an entry's number in a stream: numbers alone, written with each fact",
}
# A policy is named after its text: another text is another policy.
_PREFIX = "wall_"
_NO_ROLE = (
    "This database user may make no role, so PostgreSQL cannot keep villages apart. Let somebody"
    f" who may run 'CREATE ROLE {ROLE} NOLOGIN' and grant it to this user; or set"
    " VILLAGE_WALL=false."
)
_MAKE_ROLE = f"""
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN
        CREATE ROLE {ROLE} NOLOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""
_JOIN = f"""
DO $$ BEGIN
    EXECUTE format('GRANT {ROLE} TO %I', current_user);
EXCEPTION WHEN insufficient_privilege THEN
    IF NOT pg_has_role(current_user, '{ROLE}', 'MEMBER') THEN RAISE; END IF;
END $$
"""
_GRANTS = f"""
DO $$ BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO {ROLE}', current_schema());
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO {ROLE}',
        current_schema());
    REVOKE UPDATE, DELETE ON journal_entry FROM {ROLE};
    EXECUTE format('GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA %I TO {ROLE}',
        current_schema());
END $$
"""
# What is told goes where it belongs, also where somebody in another village is to hear of it: one
# function writes it, as the owner of the tables.
_JOURNAL = """
DO $$ DECLARE each record; BEGIN
    FOR each IN SELECT oid::regprocedure AS name FROM pg_proc
        WHERE pronamespace = current_schema()::regnamespace
        AND proname IN ('journal_append', 'journal_hold', 'journal_chain_hold')
    LOOP
        EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER SET search_path = %I, pg_temp',
            each.name, current_schema());
    END LOOP;
END $$
"""
# Hers are the villages she lives or has lived in: what is hers stays hers after she moved. To them
# come those of a centre at whose desk she sits, and that of a centre which serves a village of
# hers. What she only sees is shown to a village where she lives now, as both have agreed.
_BODY = f"""
DECLARE
    homes text[];
    mine text[];
    sources text[];
BEGIN
    PERFORM set_config('role', 'none', false);
    homes := ARRAY(SELECT village_id FROM residents_membership WHERE resident_id = ANY(people));
    mine := homes || ARRAY(
        SELECT s.village_id FROM assist_centre_serves s
        JOIN assist_centre c ON c.id = s.centre_id
        WHERE c.village_id = ANY(homes) AND (
            EXISTS (SELECT FROM assist_accreditation a
                WHERE a.centre_id = c.id AND a.volunteer_id = ANY(people))
            OR EXISTS (SELECT FROM residents_grant g
                JOIN residents_membership m ON m.id = g.membership_id
                WHERE g.of = c.id AND g.role = 'coordinator'
                AND m.village_id = c.village_id AND m.resident_id = ANY(people))
        )
        UNION SELECT c.village_id FROM assist_centre c
        JOIN assist_centre_serves s ON s.centre_id = c.id WHERE s.village_id = ANY(homes)
    );
    sources := ARRAY(
        SELECT a.source_id FROM federation_agreement a
        WHERE a.ended_at IS NULL AND a.reader_yes_at IS NOT NULL AND a.source_yes_at IS NOT NULL
        AND a.reader_id IN (SELECT m.village_id FROM residents_membership m
            WHERE m.resident_id = ANY(people) AND m.ended_at IS NULL)
    );
    PERFORM set_config('village.mine', array_to_string(mine, ','), false),
        set_config('village.seen', array_to_string(mine || sources, ','), false),
        set_config('role', '{ROLE}', false);
END """
_FUNCTION = (
    "CREATE OR REPLACE FUNCTION village_wall(people uuid[]) RETURNS void LANGUAGE plpgsql"
    f" AS $${_BODY}$$"
)
# In a subselect, the list is read once for a statement and not once for a row.
_AMONG = (
    "{column} = ANY((SELECT string_to_array(current_setting('village.{which}', true), ','))"
    "::text[])"
)
# Whoever has not taken on the role is not held, also where she does not own the tables.
_ELSEWHERE = f"current_user <> '{ROLE}'"
_MEANT = "EXISTS (SELECT FROM {parent} p WHERE p.{key} = {table}.{column})"


@dataclass(frozen=True, slots=True)
class Policy:
    """Hold one policy of a table."""

    table: str
    text: str

    @property
    def name(self) -> str:
        """Name it after its text."""
        return _PREFIX + sha256(self.text.encode()).hexdigest()[:16]

    @property
    def statement(self) -> str:
        """Give the statement that makes it."""
        kind, conditions = self.text.split(" ", 1)
        return f"CREATE POLICY {self.name} ON {self.table} AS {kind} {conditions}"


def policies() -> Iterator[Policy]:
    """Give the policies of all tables."""
    for model in _models():
        table = model._meta.db_table
        if columns := _villages(model):
            seen, mine = (
                " OR ".join(
                    [_ELSEWHERE, *(_AMONG.format(column=each, which=which) for each in columns)]
                )
                for which in ("seen", "mine")
            )
            yield Policy(table, f"PERMISSIVE USING ({seen}) WITH CHECK ({mine})")
            # What is only shown to her is not hers to take away.
            yield Policy(table, f"RESTRICTIVE FOR DELETE USING ({mine})")
        elif belongs := _belongs(model):
            meant = f"{_ELSEWHERE} OR {_MEANT.format(table=table, **belongs)}"
            yield Policy(table, f"PERMISSIVE USING ({meant}) WITH CHECK ({meant})")


def put_up() -> None:
    """
    Set up the role, its rights and the policies, where PostgreSQL is to keep a wall.

    :raises CommandError: if the database does not let this user make the role
    """
    if not is_wanted():
        return
    wanted = _wanted()
    with transaction.atomic(), connection.cursor() as cursor:
        try:
            for statement in (_MAKE_ROLE, _JOIN):
                cursor.execute(statement)
        except ProgrammingError as refused:
            raise CommandError(_NO_ROLE) from refused
        for statement in (_GRANTS, _JOURNAL, _FUNCTION):
            cursor.execute(statement)
        standing = _standing(cursor)
        # Tables that people are using now, and whose policies stand, are left alone.
        for table, name in sorted(standing - wanted.keys()):
            cursor.execute(f"DROP POLICY {name} ON {table}")
        for each in sorted(wanted.keys() - standing):
            cursor.execute(wanted[each].statement)
        for table in sorted({table for table, _name in wanted.keys() - standing}):
            cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")


def is_wanted() -> bool:
    """Tell whether there is to be a wall."""
    return connection.vendor == "postgresql" and settings.VILLAGE_WALL


def stands() -> bool:
    """Tell whether the wall is up as it should be; whoever asks need not own the tables."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE oid = to_regproc('village_wall')")
        return cursor.fetchone() == (_BODY,) and _standing(cursor) == _wanted().keys()


def _wanted() -> dict[tuple[str, str], Policy]:
    there = set(connection.introspection.table_names())
    return {(each.table, each.name): each for each in policies() if each.table in there}


def _standing(cursor: CursorWrapper) -> set[tuple[str, str]]:
    cursor.execute(
        "SELECT tablename, policyname FROM pg_policies WHERE schemaname = current_schema()"
        f" AND policyname LIKE '{_PREFIX}%'"
    )
    return set(cursor.fetchall())


def _models() -> Iterator[type[Model]]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.label not in OPEN and model._meta.managed and not model._meta.proxy:
            yield model


def _villages(model: type[Model]) -> list[str]:
    """Name the columns of a table that say in which village a row stands; either one will do."""
    if model._meta.auto_created:
        # Which villages a centre serves is the centre's own matter.
        return []
    fields = model._meta.concrete_fields
    return [field.column for field in fields if field.related_model is Village]


def _belongs(model: type[Model]) -> dict[str, str]:
    """Say by which column a row belongs to one that stands in a village; most have none."""
    for field in model._meta.concrete_fields:
        if not isinstance(field, ForeignKey) or field.null:
            continue
        parent = field.related_model
        if isinstance(parent, type) and parent._meta.label not in OPEN and _villages(parent):
            key = field.target_field.column
            return {"column": field.column, "parent": parent._meta.db_table, "key": key}
    return {}
