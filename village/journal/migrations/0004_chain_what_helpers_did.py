"""Bind what helpers did into a chain per village, and have the database keep it."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from village.journal import guards
from village.journal.chain import ORIGIN, digest, link

CHAIN_HOLD = """
CREATE FUNCTION journal_chain_hold(of_village text, OUT links bigint, OUT tip bytea)
LANGUAGE plpgsql AS $$
BEGIN
    SELECT c.length, c.tip INTO links, tip
    FROM journal_chain c WHERE c.village_id = of_village FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        INSERT INTO journal_chain (village_id, length, tip)
        VALUES (of_village, 0, decode(repeat('00', 32), 'hex')) ON CONFLICT DO NOTHING;
        SELECT c.length, c.tip INTO links, tip
        FROM journal_chain c WHERE c.village_id = of_village FOR NO KEY UPDATE;
    END IF;
END $$;
"""
# As in 0002, with the chain before the streams.
APPEND = """
CREATE FUNCTION journal_append(
    fact_village text, fact_kind text, fact_data jsonb,
    by_principal uuid, by_helper uuid, under_mandate uuid, happened_at timestamptz, said bytea,
    readers text[], addresses text[], hot boolean[]
) RETURNS TABLE (entry bigint, address text, epoch text, seq bigint)
LANGUAGE plpgsql AS $$
DECLARE
    new_entry bigint;
    new_number bigint;
    new_tip bytea;
    one record;
    taken_epoch text;
    taken_seq bigint;
BEGIN
    IF by_helper IS NOT NULL THEN
        SELECT held.links + 1, sha256(held.tip || int8send(held.links + 1) || said)
        INTO new_number, new_tip FROM journal_chain_hold(fact_village) held;
        UPDATE journal_chain c SET length = new_number, tip = new_tip
        WHERE c.village_id = fact_village;
    END IF;

    INSERT INTO journal_entry (village_id, kind, data, principal_id, helper_id, mandate_id, at,
                               number, hash)
    VALUES (fact_village, fact_kind, fact_data, by_principal, by_helper, under_mandate, happened_at,
            new_number, new_tip)
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
OLD_SIGNATURE = "(text, text, jsonb, uuid, uuid, uuid, timestamptz, text[], text[], boolean[])"


def bind_what_was_done(apps: Any, schema_editor: Any) -> None:
    """Make links of what helpers did before there was a chain."""
    Entry, Chain = apps.get_model("journal", "Entry"), apps.get_model("journal", "Chain")
    chains: dict[str, Any] = {}
    for entry in Entry.objects.filter(helper_id__isnull=False).order_by("pk"):
        chain = chains.setdefault(
            entry.village_id, Chain(village_id=entry.village_id, length=0, tip=ORIGIN)
        )
        said = digest(
            village=entry.village_id,
            kind=entry.kind,
            data=entry.data,
            principal_id=entry.principal_id,
            helper_id=entry.helper_id,
            mandate_id=entry.mandate_id,
            at=entry.at,
        )
        chain.length += 1
        chain.tip = link(chain.tip, chain.length, said)
        Entry.objects.filter(pk=entry.pk).update(number=chain.length, hash=chain.tip)
    Chain.objects.bulk_create(chains.values())


def create(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP FUNCTION journal_append{OLD_SIGNATURE}")
        schema_editor.execute(CHAIN_HOLD, params=None)
        schema_editor.execute(APPEND, params=None)
    with schema_editor.connection.cursor() as cursor:
        guards.set_up(cursor, schema_editor.connection.vendor)


class Migration(migrations.Migration):
    # A chain is bound once: there is no way back that would not forge it.
    dependencies = [("journal", "0003_store")]
    operations = [
        migrations.CreateModel(
            name="Chain",
            fields=[
                (
                    "village",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="residents.village",
                    ),
                ),
                ("length", models.BigIntegerField(default=0)),
                ("tip", models.BinaryField(max_length=32)),
            ],
        ),
        migrations.AddField("entry", "number", models.BigIntegerField(null=True)),
        migrations.AddField("entry", "hash", models.BinaryField(max_length=32, null=True)),
        migrations.RunPython(bind_what_was_done),
        migrations.AddConstraint(
            "entry",
            models.CheckConstraint(
                condition=models.Q(helper_id__isnull=True, number__isnull=True, hash__isnull=True)
                | models.Q(helper_id__isnull=False, number__isnull=False, hash__isnull=False),
                name="what_a_helper_did_is_in_the_chain",
            ),
        ),
        migrations.AddConstraint(
            "entry",
            models.UniqueConstraint(fields=["village", "number"], name="one_link_per_number"),
        ),
        migrations.RunPython(create),
    ]
