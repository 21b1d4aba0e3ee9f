"""The scopes of the endpoints that the app uses, and what a grant with some of them lacks.

The names of the scopes, and what each is for, are in ``endpoints.py``.
https://developers.zoom.us/docs/integrations/oauth-scopes-granular/
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from zoomapp.zoom.endpoint_types import Endpoint, Event
from zoomapp.zoom.endpoints import IN_USE, OPEN_DEEPLINK, SEND_CHAT_MESSAGE

#: What needs a scope.
Source: TypeAlias = Endpoint | Event


def is_for_admins(source: Source) -> bool:
    """Whether only an app that an admin manages can have the scope."""
    return source.scope.endswith(":admin")


def name_for(source: Source, by_admin: bool) -> str:
    """The granular scope of an app that an admin manages, or of one that users add themselves."""
    if not by_admin or is_for_admins(source) or source in (SEND_CHAT_MESSAGE, OPEN_DEEPLINK):
        return source.scope
    return f"{source.scope}:admin"


def accepted(source: Source) -> frozenset[str]:
    """The scopes of which a grant needs one."""
    names = (source.scope.removesuffix(":admin"), source.classic_scope.removesuffix(":admin"))
    admins = {f"{name}:admin" for name in names if name}
    return frozenset(admins if is_for_admins(source) else {*admins, *filter(None, names)})


_GRANULAR = {name for source in IN_USE for name in (source.scope, f"{source.scope}:admin")}
#: The classic scopes that are not granular ones as well.
CLASSIC = {
    name for source in IN_USE for name in (source.classic_scope, f"{source.classic_scope.removesuffix(':admin')}:admin")
} - _GRANULAR


def is_classic(granted: Iterable[str]) -> bool:
    """Whether these scopes are of an app from before March 2024, which has classic scopes only."""
    return not CLASSIC.isdisjoint(granted)


def not_granted(granted: Iterable[str], sources: Iterable[Source] = IN_USE) -> list[Source]:
    """The sources for which a grant with these scopes has none that is accepted."""
    granted = frozenset(granted)
    return [source for source in sources if not accepted(source) & granted]


def unused(granted: Iterable[str]) -> list[str]:
    """Scopes that the app does not use: Zoom's review asks to remove them."""
    used = {name for source in IN_USE for name in accepted(source)}
    return sorted(frozenset(granted) - used)
