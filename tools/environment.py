"""Write .env, the demo's settings, where there is none yet: `python3 tools/environment.py`."""

from __future__ import annotations

import secrets
from pathlib import Path

ENV = Path(__file__).resolve().parent.parent / ".env"


def write(path: Path) -> bool:
    """Write the settings of a demo with a secret of its own, unless there are some already."""
    lines = (
        "# The settings of this village; docs/settings.md names them all.",
        "VILLAGE_DEMO=true",
        f"SECRET_KEY={secrets.token_urlsafe(50)}",
        "ALLOWED_HOSTS=127.0.0.1,localhost",
    )
    try:
        path.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        return False
    path.write_text("\n".join(lines) + "\n")
    return True


if __name__ == "__main__":
    if write(ENV):
        print("Wrote .env: this is a demo village with a secret of its own.", flush=True)
