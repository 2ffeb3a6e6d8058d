"""Logs: one line an event, with the request's id, and nothing that belongs to a person."""

from __future__ import annotations

import logging.config
from collections.abc import MutableMapping
from typing import Any

import structlog

# What never stands in a log, under whichever name it arrives.
_SECRET = ("token", "ticket", "code", "pin", "password", "secret", "cookie", "authorization")
_PRIVATE = ("text", "body", "email", "phone", "address", "title")


def configure(options: dict[str, Any]) -> None:
    """Set up logging; called by Django with the setting ``LOGGING``."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _keep_secrets,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if options["json"]
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "line": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        structlog.processors.format_exc_info,
                        renderer,
                    ],
                }
            },
            "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
            "root": {"handlers": ["console"], "level": options["level"]},
            "loggers": {
                # These speak per request, per task and per frame; ours says it once.
                name: {"level": "WARNING"}
                for name in ("daphne", "django.channels", "httpx", "celery", "kombu", "asyncio")
            }
            # Carries what a client sent, in words of its own.
            | {"django.request": {"level": "ERROR"}},
        }
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _keep_secrets(
    logger: Any, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for name in event:
        if name in _PRIVATE or any(word in name for word in _SECRET):
            event[name] = "…"
    return event
