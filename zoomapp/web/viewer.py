"""The viewer of a page: their profile, their preferences, their time zone, date formats and theme."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, tzinfo
from functools import cached_property
from typing import cast

from flask import g, request, session

from zoomapp import dates
from zoomapp.auth import profiles
from zoomapp.errors import StoreUnavailable, TokenError, ZoomAppError
from zoomapp.regions import DateFormats, choose_region
from zoomapp.store import preferences
from zoomapp.store.encrypted_records import PROFILE
from zoomapp.store.preferences import Preferences
from zoomapp.store.user_records import UserRecords
from zoomapp.user_api.parallel_calls import PageCalls
from zoomapp.web.current_user import services, user_client, user_id
from zoomapp.zoom.models import User

NO_PROFILE_SECONDS = 60
THEMES = ("light", "dark")


@dataclass(frozen=True)
class Viewer:
    """The viewer of a page. ``user`` is empty for a visitor, and while Zoom gives no profile."""

    user: User = field(default_factory=lambda: User(""))
    chosen: Preferences = field(default_factory=Preferences)
    browser_zone: str = ""
    browser_language: str = ""

    @property
    def signed_in(self) -> bool:
        """Whether a user is signed in."""
        return bool(self.user.id)

    @property
    def name(self) -> str:
        """The name in the Zoom profile."""
        return self.user.name

    @property
    def zone_name(self) -> str:
        """The chosen zone, else the Zoom profile's, else the browser's, else UTC."""
        names = (self.chosen.zone_name, self.user.zone_name, self.browser_zone)
        return next((name for name in names if dates.find_zone(name)), "UTC")

    @cached_property
    def zone(self) -> tzinfo:
        """The time zone of ``zone_name``."""
        return dates.find_zone(self.zone_name) or UTC

    @cached_property
    def formats(self) -> DateFormats:
        """The date formats of the chosen region, else the Zoom profile's, else the browser's."""
        region = choose_region(self.chosen.region, self.user.language, self.browser_language)
        return DateFormats(region, self.chosen.hour12)


def user_records() -> UserRecords:
    """The store of small records per user."""
    return services().user_records


def now() -> datetime:
    """The moment of this request. It is the same everywhere on a page."""
    if "now" not in g:
        g.now = services().clock()
    return datetime.fromtimestamp(g.now, UTC)


def today() -> date:
    """The current day in the viewer's zone."""
    return dates.local(now(), viewer().zone).date()


def viewer() -> Viewer:
    """The viewer of this request. Loads the Zoom profile at most every 15 minutes.

    Raises only CallsEnded, for a page that a browser prefetches while no profile is saved.
    """
    if "viewer" not in g:
        g.viewer = g.pending_viewer.result() if "pending_viewer" in g else _load_viewer()
    return cast(Viewer, g.viewer)


def start_viewer(calls: PageCalls) -> None:
    """Start to load the viewer at the same time as other calls of the page. ``viewer`` waits for it."""
    if "viewer" not in g and "pending_viewer" not in g:
        g.pending_viewer = calls.start(_load_viewer)


def use_anonymous_viewer() -> None:
    """Let the rest of this request do without a profile: an error page must not depend on Zoom or Redis."""
    if "viewer" not in g:
        g.viewer = _visitor()


def require_connection() -> None:
    """Raise TokenError or StoreUnavailable if the viewer cannot use Zoom, before they fill in a form in vain."""
    current_user_id = user_client().user_id
    viewer()
    services().tokens.load(current_user_id)


def _load_viewer() -> Viewer:
    visitor = _visitor()
    try:
        current_user_id = user_id()
    except StoreUnavailable:
        current_user_id = None
    if current_user_id is None:
        return visitor
    records = user_records()
    chosen = preferences.load(records, current_user_id)
    return replace(visitor, user=_profile(records, current_user_id), chosen=chosen)


def _visitor() -> Viewer:
    """The viewer as far as the browser describes them."""
    return Viewer(browser_zone=request.cookies.get("zone", ""), browser_language=request.accept_languages.best or "")


def _profile(records: UserRecords, user_id: str) -> User:
    """The stored profile, else Zoom's. Without the scope, or while Zoom is away, a user without a name for a minute."""
    if stored := profiles.load(records, user_id):
        return stored
    try:
        user, seconds = user_client().me(), PROFILE.seconds
    except TokenError:
        return User(user_id)
    except ZoomAppError:
        user, seconds = User(user_id), NO_PROFILE_SECONDS
    profiles.save(records, user_id, user, seconds)
    return user


def theme() -> str:
    """The theme chosen in this browser, else the theme of Zoom's client, else "" for the system's."""
    try:
        chosen = session.get("theme", session.get("client_theme", ""))
    except StoreUnavailable:
        chosen = ""
    return chosen if chosen in THEMES else ""


def next_theme() -> str:
    """The theme that the switch in the footer selects."""
    return {"light": "dark", "dark": "automatic"}.get(theme(), "light")
