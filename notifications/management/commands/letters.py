"""The operator's view of letters: what waits, what never arrived, and another try."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Count
from django.utils import timezone

from notifications import actions
from notifications.models import Delivery, DeliveryState
from village.core.actor import SYSTEM

_ENDED = (DeliveryState.FAILED, DeliveryState.DEAD)


class Command(BaseCommand):
    """Count letters by what became of them, list the dead ones, and try them again."""

    help = (
        "letters count: how many wait, went and were given up, by way and reason. "
        "letters dead: those that were refused or given up, the newest first. "
        "letters again [--error CODE]: try them once more."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("count")
        verbs.add_parser("dead").add_argument("--at-most", type=int, default=50)
        verbs.add_parser("again").add_argument("--error", default="", help="only with this code")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what was asked."""
        match options["verb"]:
            case "count":
                rows = Delivery.objects.values_list("way", "state", "error_code")
                for way, state, error, number in rows.annotate(Count("pk")).order_by("way"):
                    self.stdout.write(f"{number:8} {way} {state} {error}".rstrip())
            case "dead":
                dead = Delivery.objects.filter(state__in=_ENDED).select_related("notification")
                for each in dead.order_by("-pk")[: options["at_most"]]:
                    told = each.notification
                    self.stdout.write(
                        f"{each.pk} {each.way} {each.state} {each.error_code} {told.notice}"
                        f" {told.created_at:%Y-%m-%dT%H:%MZ} tries={each.tries}"
                    )
            case "again":
                found = Delivery.objects.filter(state__in=_ENDED)
                if options["error"]:
                    found = found.filter(error_code=options["error"])
                chosen = list(found.values_list("pk", flat=True))
                number = actions.send_again(by=SYSTEM, deliveries=chosen, at=timezone.now())
                self.stdout.write(f"{number} letters are tried again")
