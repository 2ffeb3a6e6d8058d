"""
The settings, read from the environment (see docs/settings.md) and from a file ``.env``.

Safe by default: without DEBUG or the demo, the village does not start before it has a secret
key and knows the hosts it answers to.
"""

from __future__ import annotations

from village.settings.answers import *  # noqa: F403
from village.settings.apps import *  # noqa: F403
from village.settings.form import *  # noqa: F403
from village.settings.outside import *  # noqa: F403
from village.settings.people import *  # noqa: F403
from village.settings.stores import *  # noqa: F403
