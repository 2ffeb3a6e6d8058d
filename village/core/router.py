"""The router of every room: each operation says what a mandate must cover."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, TypeVar

import ninja

from village.core.actor import Needs
from village.core.errors import OutOfScope

View = TypeVar("View", bound=Callable[..., Any])


class Declare(Protocol):
    """Register a view and give it back as it was."""

    def __call__(self, view: View, /) -> View: ...


class Router(ninja.Router):
    """
    Declare operations together with the scope that assisted mode needs for them.

    ``scope=None`` means that no mandate ever covers the operation. The argument has no
    default: whoever adds an operation decides, and the OpenAPI document shows it.
    """

    # Narrower than ninja's on purpose: nobody declares an operation without its scope.
    def get(self, path: str, *, scope: Needs, **options: Any) -> Declare:  # type: ignore[override]
        """Declare a read."""
        return self._declare(super().get, path, scope, options)

    def post(self, path: str, *, scope: Needs, **options: Any) -> Declare:  # type: ignore[override]
        """Declare a verb."""
        return self._declare(super().post, path, scope, options)

    def put(self, path: str, *, scope: Needs, **options: Any) -> Declare:  # type: ignore[override]
        """Declare a verb that sets."""
        return self._declare(super().put, path, scope, options)

    def patch(self, path: str, *, scope: Needs, **options: Any) -> Declare:  # type: ignore[override]
        """Declare an edit."""
        return self._declare(super().patch, path, scope, options)

    def delete(self, path: str, *, scope: Needs, **options: Any) -> Declare:  # type: ignore[override]
        """Declare a withdrawal."""
        return self._declare(super().delete, path, scope, options)

    @staticmethod
    def _declare(
        declare: Callable[..., Any], path: str, scope: Needs, options: dict[str, Any]
    ) -> Declare:
        shown = scope.value if scope is not None else None
        options.setdefault("openapi_extra", {})["x-assisted-scope"] = shown
        register = declare(path, **options)

        def decorate(view: View) -> View:
            @wraps(view)
            def operation(request: Any, *args: Any, **kwargs: Any) -> Any:
                actor = getattr(request, "actor", None)
                if actor is not None and not actor.may(scope):
                    raise OutOfScope
                return view(request, *args, **kwargs)

            # ninja looks names up where a function was written, which is here now.
            operation.__signature__ = inspect.signature(view, eval_str=True)  # type: ignore[attr-defined]
            register(operation)
            return view

        return decorate
