"""
Ask for many rows by one parameter: ``field__among=values``.

``field__in`` writes a placeholder for each value, and taking those apart costs more than the
query, every second, for as long as thousands of sockets are open.
"""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, CharField, Field, Lookup, UUIDField
from django.db.models.sql.compiler import SQLCompiler


class Among(Lookup):  # type: ignore[type-arg]
    """Compare with any of some values, handed over as an array, or as JSON to SQLite."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, list[Any]]:
        """Write the condition."""
        column, parameters = self.process_lhs(compiler, connection)
        field: Field[Any, Any] = self.lhs.output_field
        values = [field.get_db_prep_value(value, connection) for value in self.rhs]
        if not values:
            # Nothing is among nothing: the database is not even asked.
            raise EmptyResultSet
        sql, value = condition(column, values, connection.vendor)
        return sql, [*parameters, value]


def condition(column: str, values: list[Any], vendor: str) -> tuple[str, Any]:
    """Write that a column has one of some values: the SQL, and its one parameter."""
    if vendor == "postgresql":
        return f"{column} = ANY(%s)", values
    return f"{column} IN (SELECT value FROM json_each(%s))", json.dumps(values)


def register() -> None:
    """Let the fields that rows are found by be asked so."""
    for field in (BigIntegerField, CharField, UUIDField):
        field.register_lookup(Among)
