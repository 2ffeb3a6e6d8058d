"""Append to the log in one round trip, where the database can."""

from __future__ import annotations

from typing import Any

from django.db import migrations

# The advisory lock in front of a hot stream's row makes its writers a fair queue; the number
# comes from the counter's row all the same. Streams are always taken in ascending id.
APPEND = """
CREATE FUNCTION journal_append(
    fact_village text, fact_kind text, fact_data jsonb,
    by_principal uuid, by_helper uuid, under_mandate uuid, happened_at timestamptz,
    readers text[], addresses text[], hot boolean[]
) RETURNS TABLE (entry bigint, address text, epoch text, seq bigint)
LANGUAGE plpgsql AS $$
DECLARE
    new_entry bigint;
    one record;
    taken_epoch text;
    taken_seq bigint;
BEGIN
    INSERT INTO journal_entry (village_id, kind, data, principal_id, helper_id, mandate_id, at)
    VALUES (fact_village, fact_kind, fact_data, by_principal, by_helper, under_mandate, happened_at)
    RETURNING id INTO new_entry;

    INSERT INTO journal_reading (entry_id, reader, due_at, tries, last_error)
    SELECT new_entry, name, happened_at, 0, '' FROM unnest(readers) AS name;

    IF cardinality(addresses) = 0 THEN
        RETURN QUERY SELECT new_entry, NULL::text, NULL::text, NULL::bigint;
        RETURN;
    END IF;

    INSERT INTO journal_stream (address, epoch, last_seq, floor_seq)
    SELECT each.name, substr(md5(random()::text || clock_timestamp()::text || each.name), 1, 16), 0, 0
    FROM unnest(addresses) AS each(name)
    WHERE NOT EXISTS (SELECT FROM journal_stream s WHERE s.address = each.name)
    ORDER BY each.name
    ON CONFLICT DO NOTHING;

    FOR one IN
        SELECT s.id, s.address, wanted.is_hot
        FROM unnest(addresses, hot) AS wanted(name, is_hot)
        JOIN journal_stream s ON s.address = wanted.name
        ORDER BY s.id
    LOOP
        IF one.is_hot THEN
            PERFORM pg_advisory_xact_lock(one.id);
        END IF;
        UPDATE journal_stream s SET last_seq = s.last_seq + 1 WHERE s.id = one.id
        RETURNING s.epoch, s.last_seq INTO taken_epoch, taken_seq;
        INSERT INTO journal_streamentry (stream_id, seq, entry_id)
        VALUES (one.id, taken_seq, new_entry);
        RETURN QUERY SELECT new_entry, one.address::text, taken_epoch, taken_seq;
    END LOOP;
END $$;
"""
# Several facts in one transaction: all their streams are taken before the first number is.
HOLD = """
CREATE FUNCTION journal_hold(addresses text[], hot boolean[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    one record;
BEGIN
    INSERT INTO journal_stream (address, epoch, last_seq, floor_seq)
    SELECT each.name, substr(md5(random()::text || clock_timestamp()::text || each.name), 1, 16), 0, 0
    FROM unnest(addresses) AS each(name)
    WHERE NOT EXISTS (SELECT FROM journal_stream s WHERE s.address = each.name)
    ORDER BY each.name
    ON CONFLICT DO NOTHING;

    FOR one IN
        SELECT s.id, wanted.is_hot
        FROM unnest(addresses, hot) AS wanted(name, is_hot)
        JOIN journal_stream s ON s.address = wanted.name
        ORDER BY s.id
    LOOP
        IF one.is_hot THEN
            PERFORM pg_advisory_xact_lock(one.id);
        END IF;
        PERFORM 1 FROM journal_stream s WHERE s.id = one.id FOR UPDATE;
    END LOOP;
END $$;
"""
# Counter rows are written often and hold no index on what changes: room on the page keeps
# their updates in place.
ROOM = "ALTER TABLE journal_stream SET (fillfactor = 50)"


def create(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(APPEND, params=None)
        schema_editor.execute(HOLD, params=None)
        schema_editor.execute(ROOM)


def drop(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION journal_append")
        schema_editor.execute("DROP FUNCTION journal_hold")


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_first")]
    operations = [migrations.RunPython(create, drop)]
