"""The operator's verbs for villages: found one, invite its first steward, see to roles and keys."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email, validate_slug
from django.db import transaction
from django.utils import timezone

from village.core.actor import SYSTEM
from village.core.errors import DomainError
from village.residents.actions import join_village
from village.residents.models import Grant, Language, Resident, Role, Village
from village.residents.naming import check_village_name
from village.stewardship import actions
from village.stewardship.models import ApiKey, District, Municipality, Setup

Shown = dict[str, Any]


class Command(BaseCommand):
    """Look after villages; every verb can be tried (--dry-run) and read by programs (--json)."""

    help = "village create | invite | roles | rotate-keys"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True)

        create = self._verb(verbs, "create", "found a village")
        create.add_argument("village", metavar="SLUG")
        create.add_argument("--name", required=True)
        create.add_argument("--lat", type=float, required=True)
        create.add_argument("--lng", type=float, required=True)
        create.add_argument("--language", choices=Language.values, default=Language.GERMAN.value)
        create.add_argument("--zone", default="Europe/Berlin")
        create.add_argument("--municipality", default="")
        create.add_argument("--district", default="")

        invite = self._verb(verbs, "invite", "let somebody in, such as the first steward")
        invite.add_argument("village", metavar="SLUG")
        invite.add_argument("--email", required=True)
        invite.add_argument("--name", required=True)
        invite.add_argument("--steward", action="store_true")

        roles = self._verb(verbs, "roles", "list roles; confirm or end one by its id")
        roles.add_argument("village", metavar="SLUG")
        roles.add_argument("--confirm", type=UUID, metavar="ID")
        roles.add_argument("--end", type=UUID, metavar="ID")

        rotate = self._verb(verbs, "rotate-keys", "give every API key a new secret")
        rotate.add_argument("village", metavar="SLUG")
        rotate.add_argument("--grace-hours", type=float, default=24.0)

    @staticmethod
    def _verb(verbs: Any, name: str, words: str) -> ArgumentParser:
        parser: ArgumentParser = verbs.add_parser(name, help=words)
        parser.add_argument("--json", action="store_true", help="answer as JSON")
        parser.add_argument("--dry-run", action="store_true", help="show what would happen")
        return parser

    def handle(self, *args: Any, **options: Any) -> None:
        """
        Do one verb, whole or not at all.

        :raises CommandError: if it cannot be done; the words say why
        """
        verb = getattr(self, f"_{options['verb'].replace('-', '_')}")
        try:
            with transaction.atomic():
                shown = verb(options)
                transaction.set_rollback(options["dry_run"])
        except (DomainError, ValidationError) as error:
            raise CommandError(_words(error)) from None
        if options["json"]:
            self.stdout.write(json.dumps(shown, default=str, ensure_ascii=False))
            return
        for each in shown if isinstance(shown, list) else [shown]:
            self.stdout.write("  ".join(f"{key}: {value}" for key, value in each.items()))
        if options["dry_run"]:
            self.stdout.write("Nothing was changed.")

    def _create(self, options: Shown) -> Shown:
        slug, at = options["village"], timezone.now()
        validate_slug(slug)
        if Village.objects.filter(pk=slug).exists():
            raise CommandError(f"There is a village {slug} already.")
        if options["zone"] not in available_timezones():
            raise CommandError("A time zone is written like Europe/Berlin.")
        if bool(options["municipality"]) != bool(options["district"]):
            raise CommandError("A municipality belongs to a district: please name both.")
        village = Village(
            slug=slug,
            name=options["name"],
            language=options["language"],
            zone=options["zone"],
            lat=options["lat"],
            lng=options["lng"],
            created_at=at,
        )
        if not (-90 <= village.lat <= 90 and -180 <= village.lng <= 180):
            raise CommandError("A latitude is within 90 degrees, a longitude within 180.")
        village.full_clean()
        try:
            check_village_name(village.name, but=slug, field="name")
        except DomainError as error:
            raise CommandError(error.detail) from None
        village.save(force_insert=True)
        belongs = None
        if options["municipality"]:
            district, _ = District.objects.get_or_create(name=options["district"])
            belongs, _ = Municipality.objects.get_or_create(
                name=options["municipality"], district=district
            )
        Setup.objects.create(village=village, municipality=belongs, changed_at=at)
        return {"village": slug, "name": village.name, "zone": village.zone}

    def _invite(self, options: Shown) -> Shown:
        village, at, email = self._village(options), timezone.now(), options["email"].lower()
        validate_email(email)
        resident = Resident.objects.filter(email__iexact=email).first()
        if resident is None:
            resident = Resident.objects.create_user(
                options["name"], email=email, language=village.language
            )
            # Signing in proves the address: a code goes there.
            EmailAddress.objects.create(user=resident, email=email, primary=True, verified=False)
        join_village(by=SYSTEM, village=village, resident=resident, at=at)
        if options["steward"]:
            actions.grant_role(
                by=SYSTEM, village=village.pk, resident_id=resident.pk, role=Role.STEWARD, at=at
            )
        roles = ["resident", "steward"] if options["steward"] else ["resident"]
        return {"village": village.pk, "resident": resident.pk, "email": email, "roles": roles}

    def _roles(self, options: Shown) -> list[Shown]:
        village, at = self._village(options), timezone.now()
        ours = Grant.objects.filter(membership__village=village, membership__ended_at=None)
        for verb, act in (("confirm", actions.confirm_role), ("end", actions.end_role)):
            if options[verb] is None:
                continue
            if not ours.filter(pk=options[verb]).exists():
                raise CommandError(f"{village.pk} has no such role.")
            act(by=SYSTEM, grant_id=options[verb], at=at)
        return [
            {
                "id": grant.pk,
                "resident": grant.membership.resident.display_name,
                "role": grant.role,
                "of": grant.of,
                "status": "granted" if grant.granted_at else "proposed",
                "until": grant.until,
            }
            for grant in ours.select_related("membership__resident").order_by("role", "pk")
        ]

    def _rotate_keys(self, options: Shown) -> list[Shown]:
        village, at = self._village(options), timezone.now()
        keys = list(ApiKey.objects.filter(village=village, ended_at=None).order_by("name", "pk"))
        grace, shown = timedelta(hours=max(0.0, options["grace_hours"])), []
        for number, each in enumerate(keys, start=1):
            self.stderr.write(f"{number} of {len(keys)}: {each.name}")
            key, secret = actions.rotate_key(by=SYSTEM, key_id=each.pk, grace=grace, at=at)
            shown.append({"id": key.pk, "name": key.name, "secret": secret})
        return shown

    @staticmethod
    def _village(options: Shown) -> Village:
        found = Village.objects.filter(pk=options["village"]).first()
        if found is None:
            raise CommandError(f"There is no village {options['village']}.")
        return found


def _words(error: DomainError | ValidationError) -> str:
    return " ".join(error.messages) if isinstance(error, ValidationError) else error.detail
