"""Calls the handlers subscribed to a webhook event, by the beginning of its name. Only an outage stops the queue."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from zoomapp.errors import TokenError, ZoomAppError

log = logging.getLogger(__name__)

Handler = Callable[[dict[str, Any]], None]


class Subscriptions:
    """Handlers by the beginning of an event's name. A handler must accept the same event twice."""

    def __init__(self) -> None:
        self._handlers: list[tuple[str, Handler]] = []

    @property
    def names(self) -> frozenset[str]:
        """The names, or beginnings of names, that have a handler."""
        return frozenset(name for name, _ in self._handlers)

    def subscribe(self, name: str, handler: Handler) -> None:
        """Call ``handler`` for every event whose name begins with ``name``."""
        self._handlers.append((name, handler))

    def dispatch(self, event: dict[str, Any]) -> None:
        """Call the handlers of this event. Raises the failures of an outage; logs all others."""
        event_name = str(event.get("event", ""))
        for name, handler in self._handlers:
            if event_name.startswith(name):
                _call(handler, event_name, event)


def _call(handler: Handler, event_name: str, event: dict[str, Any]) -> None:
    """An event that cannot be handled must not block the next ones; only an outage stops the queue."""
    try:
        handler(event)
    except TokenError as error:
        log.info("event without effect", extra={"event": event_name, "detail": error.detail})
    except ZoomAppError:
        raise
    except Exception:
        log.exception("event not handled", extra={"event": event_name})
