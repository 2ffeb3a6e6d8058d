"""The router of every room: each operation says what a mandate must cover, and who may."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, TypeVar

import ninja
from django.utils.translation import gettext as _

from village.core.actor import Level, Needs
from village.core.delegation import PREPARE, covered
from village.core.errors import Forbidden
from village.core.permissions import Standing, Who

View = TypeVar("View", bound=Callable[..., Any])


class Declare(Protocol):
    """Register a view and give it back as it was."""

    def __call__(self, view: View, /) -> View: ...


class Router(ninja.Router):
    """
    Declare operations together with the scope that assisted mode needs for them, and who may.

    ``scope=None`` means that no mandate ever covers the operation. ``who=`` is its line in the
    permission table (``village.core.permissions``). Neither has a default: whoever adds an
    operation decides, and the OpenAPI document shows it.
    """

    # Narrower than ninja's on purpose: nobody declares an operation without these two.
    def get(  # type: ignore[override]
        self, path: str, *, scope: Needs, who: Who, **options: Any
    ) -> Declare:
        """Declare a read."""
        return self._declare(super().get, path, scope, who, options, Level.READ)

    def post(  # type: ignore[override]
        self, path: str, *, scope: Needs, who: Who, level: Level = Level.ACT, **options: Any
    ) -> Declare:
        """Declare a verb; one that only notes what was read has the level of a read."""
        return self._declare(super().post, path, scope, who, options, level)

    def put(  # type: ignore[override]
        self, path: str, *, scope: Needs, who: Who, **options: Any
    ) -> Declare:
        """Declare a verb that sets."""
        return self._declare(super().put, path, scope, who, options)

    def patch(  # type: ignore[override]
        self, path: str, *, scope: Needs, who: Who, **options: Any
    ) -> Declare:
        """Declare an edit."""
        return self._declare(super().patch, path, scope, who, options)

    def delete(  # type: ignore[override]
        self, path: str, *, scope: Needs, who: Who, **options: Any
    ) -> Declare:
        """Declare a withdrawal."""
        return self._declare(super().delete, path, scope, who, options)

    @staticmethod
    def _declare(
        declare: Callable[..., Any],
        path: str,
        scope: Needs,
        who: Who,
        options: dict[str, Any],
        level: Level = Level.ACT,
    ) -> Declare:
        if ("auth" in options and options["auth"] is None) != (Standing.ANYONE in who.may):
            raise TypeError(f"{path}: what anyone may do has auth=None, and nothing else has")
        shown = options.setdefault("openapi_extra", {})
        shown["x-assisted-scope"] = scope.value if scope is not None else None
        shown["x-assisted-level"] = level.value if scope is not None else None
        shown["x-who"] = who.shown()
        register = declare(path, **options)

        def decorate(view: View) -> View:
            @wraps(view)
            def operation(request: Any, *args: Any, **kwargs: Any) -> Any:
                actor = getattr(request, "actor", None)
                if actor is None:
                    return view(request, *args, **kwargs)
                if not actor.has_key_for(who.key) and Standing.ANYONE not in who.may:
                    raise Forbidden(_("This API key is not good for this."))
                return covered(
                    actor,
                    scope,
                    level,
                    lambda: view(request, *args, **kwargs),
                    request=request,
                    prepares=request.headers.get(PREPARE) == "true",
                )

            # ninja looks names up where a function was written, which is here now.
            operation.__signature__ = inspect.signature(view, eval_str=True)  # type: ignore[attr-defined]
            register(operation)
            return view

        return decorate
