"""What the table of Zoom's endpoints (``endpoints.py``) says about an endpoint, or about a group of webhook events."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

_ID = re.compile(r"{(\w+)}")


@dataclass(frozen=True, kw_only=True)
class ScopeUse:
    """What the app does with an endpoint or with events. ``verb`` completes "to …"; empty if the app does not use it.

    ``pages``: the routes that need the scope. ``plan_note``: a sentence about Zoom's plans. ``required``: the app makes
    no sense without the scope. A user may decline every other one, and loses only the pages that need it.
    """

    verb: str = ""
    pages: tuple[str, ...] = ()
    plan_note: str = ""
    required: bool = False


@dataclass(frozen=True)
class Endpoint(ScopeUse):
    """One endpoint of Zoom.

    ``path``: a template, such as ``/v2/users/{user_id}/meetings``. ``scope``: the granular scope; its name ends with
    ``:admin`` if only an admin can grant it. ``classic_scope``: what an app from before March 2024 has instead.
    ``rate_limit``: Zoom's label. ``cache_seconds``: how long the proxy may cache a response; 0 for not at all.
    ``plan``: the lowest plan that includes the endpoint; empty for every plan. ``counts_for_host``: Zoom counts a
    call among the 100 meetings that a host may create and update in a day. ``note``: why a fact is missing.
    """

    method: str
    path: str
    scope: str = ""
    classic_scope: str = ""
    rate_limit: str = ""
    cache_seconds: int = 0
    plan: str = ""
    counts_for_host: bool = False
    note: str = ""

    def target(self, **arguments: Any) -> str:
        """Path and query of a call. ``arguments``: an id for each name in ``path``; the others are the query.

        A query field that is empty or None is left out.
        """
        names = _ID.findall(self.path)
        path = self.path.format_map({name: encode_id(str(arguments[name])) for name in names})
        query = {
            name: value for name, value in arguments.items() if name not in names and value is not None and value != ""
        }
        return f"{path}?{urlencode(query)}" if query else path

    @property
    def templates(self) -> tuple[str, ...]:
        """What ``template`` returns for a path of this endpoint: with ``{id}``, and with ``me`` for a user."""
        by_id = _ID.sub("{id}", self.path)
        return (by_id, by_id.replace("/users/{id}", "/users/me")) if "/users/{id}" in by_id else (by_id,)


@dataclass(frozen=True)
class Event(ScopeUse):
    """A group of Zoom's webhook events that needs a scope of its own. ``name``: as in Zoom's list, with ``*``."""

    name: str
    scope: str
    classic_scope: str


def encode_id(value: str) -> str:
    """An id as one path segment: encoded, and encoded again if it is a UUID that begins with ``/`` or holds ``//``.

    https://developers.zoom.us/docs/api/using-zoom-apis/
    """
    encoded = quote(value, safe="")
    return quote(encoded, safe="") if value.startswith("/") or "//" in value else encoded
