"""What every call passes, in this order: token, route, scope, plan, rate limit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar, cast
from urllib.parse import unquote

from flask import Blueprint, Response, current_app, g, request

from offline_zoom.errors import ZoomError, here, refuse
from offline_zoom.identifiers import is_uuid
from offline_zoom.model import Account, Plan, User
from offline_zoom.oauth.grants import Grant, TokenRefused
from offline_zoom.oauth.scopes import Wanted
from offline_zoom.rate_limits import Label, Limited

bp = Blueprint("rest", __name__, url_prefix="/v2")
View = TypeVar("View", bound=Callable[..., Any])
LADDER: tuple[Plan, ...] = ("free", "pro", "business")
PAID = "Only available for paid account: {account}."


@dataclass(frozen=True)
class Rule:
    """What one endpoint asks of its caller."""

    wanted: Wanted
    label: Label = "Light"
    plan: Plan = "free"
    plan_message: str = PAID


def endpoint(method: str, path: str, rule: Rule) -> Callable[[View], View]:
    """Serve this endpoint of the API to those who satisfy the rule."""

    def serve(view: View) -> View:
        view.rule = rule  # type: ignore[attr-defined]
        bp.add_url_rule(
            path, f"{method} {path}".replace(".", "_"), view, methods=[method], provide_automatic_options=False
        )
        return view

    return serve


def check() -> None:
    """Let this call through, or refuse it as Zoom would."""
    g.grant = grant = bearer()
    rule = current_rule()
    if rule is None:
        refuse(404, 2300, "This API endpoint is not recognized.")
    g.rule = rule
    if not grant.allows((*rule.wanted.own, *rule.wanted.everybody)):
        missing_scopes(rule.wanted.names)
    account = asking_account()
    if account is None:
        return
    if LADDER.index(account.plan) < LADDER.index(rule.plan):
        refuse(400, 200, rule.plan_message.format(account=account.id))
    try:
        g.rate_headers = here().limits.take(account, rule.label)
    except Limited as limited:
        too_much(limited)


def current_rule() -> Rule | None:
    """The rule of the endpoint asked for; none for a path or method Zoom does not know."""
    if request.url_rule is None or request.method == "HEAD":
        return None
    return cast("Rule | None", getattr(current_app.view_functions.get(request.endpoint or ""), "rule", None))


def bearer() -> Grant:
    """The grant of the token in the header, the only place it may stand in."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    try:
        return here().grants.access(token.strip() if kind.lower() == "bearer" else "")
    except TokenRefused as refused:
        if request.path.startswith("/v2/im/chat/"):
            refuse(401, 7010, "Missing or invalid authorization.")
        refuse(401, 124, str(refused))


def missing_scopes(names: list[str]) -> NoReturn:
    refuse(400, 4711, f"Invalid access token, does not contain scopes:[{', '.join(names)}].")


def too_much(limited: Limited) -> NoReturn:
    raise ZoomError(429, 429, limited.message, headers=limited.headers)


def with_rate_headers(response: Response) -> Response:
    """The answer with what is told about the caller's limits."""
    response.headers.update(g.get("rate_headers", {}))
    return response


def grant() -> Grant:
    """Whose call this is."""
    return cast(Grant, g.grant)


def asker() -> User | None:
    """The user of the token; none for an app's own token."""
    return here().users.get(grant().user_id)


def asking_account() -> Account | None:
    user = asker()
    return here().account_of(user) if user else None


def for_everybody() -> bool:
    """Whether the token reaches beyond its user's own things."""
    return grant().allows(g.rule.wanted.everybody)


def target(segment: str) -> User:
    """The user a path names: ``me``, an id or an email."""
    who, me = unquote(segment), asker()
    if who == "me" and me and grant().kind == "user":
        return me
    if me and who not in (me.id, me.email) and not for_everybody():
        missing_scopes(list(g.rule.wanted.everybody[:1]))
    found = next((user for user in here().users.values() if who in (user.id, user.email)), None)
    if found is None or me is None or found.account_id != me.account_id:
        refuse(404, 1001, f"User does not exist: {who}.")
    return found


def check_host(host_id: str) -> None:
    """Refuse what belongs to somebody this token does not reach."""
    me, host = asker(), here().users[host_id]
    if me is None or host.account_id != me.account_id:
        refuse(400, 1010, f"User does not belong to this account: {me.account_id if me else ''}.")
    if host.id != me.id and not for_everybody():
        missing_scopes(list(g.rule.wanted.everybody[:1]))


def number_or_uuid(segment: str) -> int | str | None:
    """The meeting a path segment names: a number, a UUID, or nothing Zoom would understand.

    A UUID that begins with a slash or holds two in a row must be percent-encoded twice; others once or twice.
    """
    once = unquote(segment)
    if once.isascii() and once.isdigit():
        return int(once)
    uuid = once if is_uuid(once) else unquote(once)
    if not is_uuid(uuid):
        return None
    twice = once != uuid
    return uuid if twice or not (uuid.startswith("/") or "//" in uuid) else None


def meeting_number(segment: str) -> int | None:
    """The number in a path that takes no UUID."""
    key = number_or_uuid(segment)
    return key if isinstance(key, int) else None
