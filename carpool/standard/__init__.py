"""Standard covoiturage v1: how other carpooling services look for rides of the village."""

from __future__ import annotations
