"""Who looks at the page, and how they want it written: zone, clock, theme."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from typing import Any, cast

from flask import g, request, session

from zoomapp import dates
from zoomapp.errors import StoreUnavailable, TokenError, ZoomAppError
from zoomapp.store import preferences
from zoomapp.store.encrypted_records import PROFILE
from zoomapp.store.preferences import Preferences
from zoomapp.store.user_records import UserRecords
from zoomapp.web.current_user import services, user_client, user_id
from zoomapp.zoom.models import User

PROFILE_SECONDS, NO_PROFILE_SECONDS = 900, 60
THEMES = ("light", "dark")


@dataclass(frozen=True)
class Viewer:
    """Somebody in front of a page; ``user`` is empty for a stranger or while Zoom does not say."""

    user: User = field(default_factory=lambda: User(""))
    chosen: Preferences = field(default_factory=Preferences)
    browser_zone: str = ""

    @property
    def signed_in(self) -> bool:
        return bool(self.user.id)

    @property
    def name(self) -> str:
        return self.user.name

    @property
    def zone_name(self) -> str:
        """Their own choice, else the Zoom profile's, else the browser's, else UTC."""
        names = (self.chosen.zone_name, self.user.zone_name, self.browser_zone)
        return next((name for name in names if dates.find_zone(name)), "UTC")

    @cached_property
    def zone(self) -> tzinfo:
        return dates.find_zone(self.zone_name) or UTC


def user_records() -> UserRecords:
    return UserRecords(services().redis, services().key_ring)


def now() -> datetime:
    """The moment of this request, the same for all of a page."""
    if "now" not in g:
        g.now = services().clock()
    return datetime.fromtimestamp(g.now, UTC)


def viewer() -> Viewer:
    """Whoever is signed in. Asks Zoom for the profile at most every quarter of an hour; raises nothing."""
    if "viewer" not in g:
        g.viewer = _viewer()
    return cast(Viewer, g.viewer)


def do_not_ask_zoom() -> None:
    """The page of a failure does without a name rather than depend on Zoom and the store."""
    if "viewer" not in g:
        g.viewer = Viewer(browser_zone=request.cookies.get("zone", ""))


def connected() -> None:
    """Nothing, for whoever may still use Zoom. Raises what keeps them from it before they fill in a form in vain."""
    who = user_client().user_id
    viewer()
    services().tokens.load(who)


def _viewer() -> Viewer:
    zone = request.cookies.get("zone", "")
    try:
        who = user_id()
    except StoreUnavailable:
        who = None
    if who is None:
        return Viewer(browser_zone=zone)
    records = user_records()
    return Viewer(_profile(records, who), preferences.load(records, who), zone)


def _profile(records: UserRecords, who: str) -> User:
    found: Any = records.load(who, PROFILE)
    if isinstance(found, dict):
        return User.from_api(found)
    try:
        user, seconds = user_client().me(), PROFILE_SECONDS
    except TokenError:
        return User(who)
    except ZoomAppError:
        # Without the scope, or while Zoom is away, the page does without a name; ask again in a while.
        user, seconds = User(who), NO_PROFILE_SECONDS
    shape = {"id": who, "display_name": user.name, "email": user.email, "timezone": user.zone_name}
    rest = {"type": 1 if user.basic else 2, "account_id": user.account_id}
    records.save(who, PROFILE, {**shape, **rest}, seconds)
    return user


def theme() -> str:
    """The theme this browser chose, else the one Zoom's client named; empty: as the system says."""
    try:
        chosen = session.get("theme", session.get("client_theme", ""))
    except StoreUnavailable:
        chosen = ""
    return chosen if chosen in THEMES else ""


def next_theme() -> str:
    """What the switch in the footer leads to."""
    return {"light": "dark", "dark": "automatic"}.get(theme(), "light")
