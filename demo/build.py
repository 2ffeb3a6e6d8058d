"""Building the demo: step by step, each of which changes nothing the second time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from demo import badges, board, ground, neighbours, paper, rides, town_hall, wishes
from demo.progress import Progress

# Long enough for everything that the demo tells of the last days.
SETTLED = timedelta(days=30)
Step = Callable[[datetime], None]
GROUND: dict[str, Step] = {
    "Two villages among the hills": ground.found_villages,
    "Everybody moves in": ground.move_in,
    "Stella sees where they live": ground.show_where_they_live,
    "The old school opens as a centre": ground.open_centre,
    "The town hall opens": town_hall.open_departments,
    "The paper opens, and the fire brigade's site": paper.open_outlets,
    "Stella looks who speaks here": badges.look_at_institutions,
    "Two villages agree what to show": neighbours.share,
    "Phones are switched on": wishes.carry_phones,
    "Nora and Tom ask for the news": wishes.ask_for_news,
}
LIFE: dict[str, Step] = {
    "Vera sits down with Edda": ground.sit_together,
    "The centre asks Mia whether it may help": ground.ask_mia,
    "What Mia writes": paper.write_stories,
    "Feeds to listen to": paper.listen_to_feeds,
    "Nora says where the town hall finds her": town_hall.leave_an_address,
    "Two matters for the town hall": town_hall.bring_matters,
    "What is going on this week": board.announce,
    "Where people wait for a ride": rides.open_bench,
    "Who drives to town": rides.offer_rides,
    "Who needs a ride": rides.ask_for_rides,
}


def build(progress: Progress, *, at: datetime) -> None:
    """Build both villages in one transaction: they are there whole, or not at all."""
    total = len(GROUND) + len(LIFE)
    with transaction.atomic():
        for steps, moment in ((GROUND, at - SETTLED), (LIFE, at)):
            for words, step in steps.items():
                progress.step(words, total)
                step(moment)
    progress.end("The demo is built.")
