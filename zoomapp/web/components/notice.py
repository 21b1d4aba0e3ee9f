"""Notices: what went wrong with a part of a page, with the missing scope or the wait, and what to do."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from zoomapp import dates
from zoomapp.errors import (
    FileRefused,
    MissingScope,
    NotFound,
    PlanRequired,
    RateLimited,
    Redirected,
    StoreUnavailable,
    TokenError,
    UpstreamError,
    ZoomAppError,
    ZoomRefused,
)
from zoomapp.log_setup import request_id
from zoomapp.web.components import filters
from zoomapp.web.current_user import services, user_client
from zoomapp.web.errors import answer, prefers_html
from zoomapp.web.return_path import page_path
from zoomapp.web.viewer import now, viewer
from zoomapp.zoom import endpoints, scopes

log = logging.getLogger(__name__)

#: Letters for a reference. 0, O, 1 and I are left out, because people confuse them.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True)
class Permission:
    """What a part of a page needs at Zoom. Its scope is named if Zoom's refusal names none."""

    source: scopes.Source
    #: The title if Zoom answers 404, and the link in that notice: endpoint, ``show`` argument, text.
    not_found_title: str = "This meeting has ended or was deleted"
    instead: tuple[str, str, str] = ("meetings.index", "past", "Past meetings")

    @property
    def scope(self) -> str:
        return self.source.scope

    @property
    def verb(self) -> str:
        return self.source.verb

    @property
    def plan(self) -> str:
        return self.source.plan_note


OVERVIEW = Permission(endpoints.READ_USER)
MEETINGS = Permission(endpoints.LIST_MEETINGS)
MEETING = Permission(endpoints.READ_MEETING)
INVITATION = Permission(endpoints.READ_INVITATION)
CREATE = Permission(endpoints.CREATE_MEETING)
UPDATE = Permission(endpoints.UPDATE_MEETING)
DELETE = Permission(endpoints.DELETE_MEETING)
RECORDINGS = Permission(endpoints.LIST_RECORDINGS)
FILES = Permission(
    endpoints.READ_RECORDING,
    "This recording was deleted in Zoom, or moved to the trash",
    ("recordings.trash", "", "See trash"),
)
CHATBOT = Permission(endpoints.SEND_CHAT_MESSAGE)
LIVE = Permission(endpoints.LIST_LIVE_PARTICIPANTS)
PAST_INSTANCES = Permission(endpoints.LIST_PAST_INSTANCES)
REPORT = Permission(endpoints.LIST_REPORT_PARTICIPANTS)
PAST = Permission(endpoints.LIST_PAST_PARTICIPANTS)
POLLS = Permission(endpoints.LIST_POLL_RESULTS, "Zoom doesn’t know this meeting")
QUESTIONS = Permission(endpoints.READ_QUESTIONS, "Zoom doesn’t know this meeting")
SUMMARY = Permission(endpoints.READ_SUMMARY)
TRANSCRIPT = Permission(endpoints.READ_TRANSCRIPT)


@dataclass(frozen=True)
class Notice:
    """A notice. ``actions`` are links as address and text. ``request`` is a text to send, by default to an admin."""

    tone: str
    icon: str
    title: str
    text: str
    status: int = 200
    reference: str = ""
    request: str = ""
    request_button: str = "Copy request for admin"
    actions: tuple[tuple[str, str], ...] = ()
    retry_after: int = 0
    #: Seconds that a script counts down. 0 if the wait lasts until tomorrow.
    countdown: int = 0
    #: Whether the same request can succeed later without anybody's help.
    can_retry: bool = True


def reference() -> str:
    """A short reference of this request for support, such as 7F3K-Q2. The log has it beside the request id."""
    number = int.from_bytes(hashlib.sha256(request_id.get().encode()).digest()[:4], "big")
    letters = "".join(ALPHABET[number >> (5 * place) & 31] for place in range(6))
    return f"{letters[:4]}-{letters[4:]}"


def notice_for(error: ZoomAppError, permission: Permission, shown_at: datetime | None = None) -> Notice:
    """The notice for an error. ``shown_at``: the moment of the stored data that the page shows instead."""
    log.warning(
        "part of a page failed",
        extra={"code": error.code, "detail": error.detail, "reference": reference(), "route": str(request.url_rule)},
    )
    if isinstance(error, MissingScope):
        return _missing_scope(error, permission)
    if isinstance(error, PlanRequired):
        title = permission.plan or "Your Zoom plan or role does not include this."
        text = f"Zoom says: {without_ids(error.zoom_message)}"
        return Notice("warn", "info", title.rstrip("."), text, can_retry=False)
    if isinstance(error, RateLimited):
        return _rate_limited(error, shown_at)
    if isinstance(error, NotFound):
        endpoint, show, text = permission.instead
        link = (url_for(endpoint, show=show or None), text)
        return Notice("info", "info", permission.not_found_title, "", 404, actions=(link,))
    if isinstance(error, FileRefused):
        return Notice("warn", "lock", error.title, error.message, error.status, reference())
    if isinstance(error, Redirected):
        return Notice("warn", "info", error.title, error.message + _as_of(shown_at), error.status, reference())
    if isinstance(error, UpstreamError):
        return _unreachable(error, shown_at)
    message = getattr(error, "zoom_message", "") or error.message
    return Notice("bad", "warn", error.title, f"Zoom says: {message}", reference=reference())


def without_ids(message: str) -> str:
    """Zoom's message without the account or user IDs in it, which mean nothing to a person."""
    return re.sub(r"[\s:,]*[\w-]{16,}={0,2}", "", message)


def unreadable_notice(count: int) -> Notice | None:
    """The notice of a list without ``count`` entries that could not be read; None for a whole list."""
    return Notice("warn", "info", "Some entries are missing", unreadable_sentence(count)) if count else None


def unreadable_sentence(count: int) -> str:
    """What a page says of entries that are missing from a list because they could not be read."""
    entries = "1 entry" if count == 1 else f"{count} entries"
    return f"{entries} from Zoom could not be read, so this list is not complete."


def error_page(error: ZoomRefused | UpstreamError, permission: Permission, title: str) -> ResponseReturnValue:
    """A page with the notice alone, or JSON for a script."""
    if not prefers_html():
        return answer(error)
    notice = notice_for(error, permission)
    return render_template("pages/trouble.html", title=title, notice=notice), notice.status, error.headers


def best_scope(names: Sequence[str], permission: Permission) -> str:
    """The accepted scope that is easiest to get: for a user, else for an admin, else the permission's own."""
    user_scopes = (name for name in names if not name.endswith((":admin", ":master")))
    admin_scopes = (name for name in names if name.endswith(":admin"))
    return next(user_scopes, "") or next(admin_scopes, "") or permission.scope


def in_classic_app() -> bool:
    """Whether the user is connected through an app with classic scope names."""
    try:
        return scopes.is_classic(user_client().scopes())
    except (TokenError, StoreUnavailable):
        return False


def _missing_scope(error: MissingScope, permission: Permission) -> Notice:
    accepted = best_scope(error.scopes, permission)
    scope = permission.source.classic_scope if in_classic_app() and not scopes.is_classic([accepted]) else accepted
    text = f"To {permission.verb}, Zoom must allow {scope}. "
    if scope != accepted:
        text += f"In newer apps it is called {accepted}. "
    for_admins = scope.endswith(":admin")
    instead = _account_credentials(permission) if for_admins else ""
    if for_admins:
        text += f"Only an admin of your Zoom account can grant it.{instead}"
    else:
        text += "Add it under Scopes in the app’s Marketplace settings, then connect again."
    back = page_path(request.full_path.rstrip("?")) if request.method == "GET" else ""
    connect = (url_for("oauth.install", next=back or None), "Connect again")
    about = (url_for("info.help_page") + "#scopes", "Why we need this")
    admin_request = (
        f"{services().settings.app_name} needs the Zoom scope {scope} to {permission.verb}. "
        "In the Zoom App Marketplace open Manage, choose the app, "
        f"add it under Scopes, then ask me to connect again.{instead} More: {_help_link()}"
    )
    title = "One permission is missing"
    return Notice("warn", "lock", title, text, request=admin_request, actions=(connect, about))


def _account_credentials(permission: Permission) -> str:
    """What does without an admin scope: credentials of the whole account. Empty if the app has them, or reads none."""
    if permission.source not in endpoints.ACCOUNT_SOURCES or services().settings.zoom_account_id:
        return ""
    return (
        " An app that works in meetings cannot have it. Instead, the person who runs the app can set up a"
        " Server-to-Server app of the account: ZOOM_ACCOUNT_ID, ZOOM_S2S_CLIENT_ID and ZOOM_S2S_CLIENT_SECRET."
    )


def _rate_limited(error: RateLimited, shown_at: datetime | None) -> Notice:
    wait = error.retry_after
    if error.daily:
        resets_at = filters.clock(now() + timedelta(seconds=wait))
        title = "Zoom’s daily limit for your account is used up"
        text = f"It resets at {resets_at} ({dates.city(viewer().zone)})."
        return Notice("warn", "clock", title, text + _as_of(shown_at), error.status, retry_after=wait)
    title, text = "Zoom asked us to slow down", _as_of(shown_at).strip()
    return Notice("warn", "clock", title, text, error.status, actions=(_try_again(),), retry_after=wait, countdown=wait)


def _unreachable(error: UpstreamError, shown_at: datetime | None) -> Notice:
    actions = (_try_again(), ("https://status.zoom.us", "Zoom status"))
    text = _as_of(shown_at).strip() or "Nothing was lost. Try again in a moment."
    title = "We couldn’t reach Zoom"
    return Notice("bad", "warn", title, text, error.status, reference=reference(), actions=actions)


def _as_of(shown_at: datetime | None) -> str:
    """The sentence that says how old the shown data is."""
    if shown_at is None:
        return ""
    return Markup(" Last updated %s.") % filters.moving(shown_at, filters.when_in_sentence(shown_at))


def _try_again() -> tuple[str, str]:
    return request.full_path.rstrip("?"), "Try now"


def _help_link() -> str:
    return services().settings.public_url + url_for("info.help_page") + "#scopes"
