"""No secret and nothing that a person wrote is ever in a log."""

from __future__ import annotations

import pytest
import structlog

CANARY = "canary-7f3a"


@pytest.mark.parametrize(
    "name",
    [
        "token",
        "session_token",
        "ticket",
        "code",
        "pin",
        "password",
        "text",
        "body",
        "email",
        "phone",
    ],
)
def test_keeps_what_must_not_be_written(name: str, caplog: pytest.LogCaptureFixture) -> None:
    structlog.get_logger("village.tests").warning("something_happened", **{name: CANARY})

    written = caplog.text
    assert "something_happened" in written
    assert CANARY not in written
