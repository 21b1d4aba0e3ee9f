"""A section of a page, which loads and fails on its own: a value, or a notice that says what went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from flask import g

from zoomapp.errors import NotFound
from zoomapp.user_api.page_cache import Loaded
from zoomapp.web.components.notice import Notice, Permission, notice_for

Value = TypeVar("Value")


@dataclass(frozen=True)
class Section(Generic[Value]):
    """``value`` is None when there is nothing to show; ``trouble`` says why, or how old the value is."""

    value: Value | None
    at: datetime
    trouble: Notice | None = None

    @property
    def status(self) -> int:
        """The HTTP status of a page that consists of this section alone."""
        return self.trouble.status if self.trouble and self.value is None else 200

    @property
    def headers(self) -> dict[str, str]:
        """The HTTP headers of a page that consists of this section alone."""
        wait = self.trouble.retry_after if self.trouble and self.status != 200 else 0
        return {"Retry-After": str(wait)} if wait else {}


def required(loaded: Loaded[Value]) -> Value:
    """The value of a page that shows nothing without it. Raises why there is none."""
    if loaded.value is None:
        raise loaded.error or NotFound
    if loaded.refreshing:
        g.refreshing = True
    return loaded.value


def section(loaded: Loaded[Value], permission: Permission) -> Section[Value]:
    """The section that shows what was loaded; ``permission`` is what its data need at Zoom."""
    if loaded.refreshing:
        g.refreshing = True  # the page asks for itself again
    notice = notice_for(loaded.error, permission, loaded.last_seen_at) if loaded.error else None
    return Section(loaded.value, loaded.at, notice)
