"""Registers REST endpoints, and checks each request: token, route, scope, plan, rate limit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar, cast
from urllib.parse import unquote

from flask import Blueprint, Response, current_app, g, request

from offline_zoom.errors import ZoomError, current_world, refuse
from offline_zoom.fault_presets import PER_SECOND
from offline_zoom.identifiers import is_uuid
from offline_zoom.model import Account, Plan, User
from offline_zoom.oauth.grants import Grant, InvalidAccessToken
from offline_zoom.oauth.scopes import RequiredScopes, add_endpoint
from offline_zoom.rate_limits import Label, RateLimitExceeded

bp = Blueprint("rest", __name__, url_prefix="/v2")
View = TypeVar("View", bound=Callable[..., Any])
PLAN_ORDER: tuple[Plan, ...] = ("free", "pro", "business")
#: the methods of Zoom's endpoints
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
#: digits of a 64-bit integer, which is Zoom's type of a meeting number
MAX_DIGITS = 19
PAID = "Only available for paid account: {account}."


@dataclass(frozen=True)
class EndpointRule:
    """What an endpoint requires of a request."""

    scopes: RequiredScopes
    label: Label = "Light"
    plan: Plan = "free"
    plan_message: str = PAID


def endpoint(method: str, path: str, rule: EndpointRule) -> Callable[[View], View]:
    """Register a view as an endpoint with a rule. Users can then grant its scopes."""
    add_endpoint(rule.scopes)

    def serve(view: View) -> View:
        view.rule = rule  # type: ignore[attr-defined]
        bp.add_url_rule(
            path, f"{method} {path}".replace(".", "_"), view, methods=[method], provide_automatic_options=False
        )
        return view

    return serve


def check() -> None:
    """Check the current request. Raises ZoomError."""
    g.grant = grant = bearer_grant()
    rule = requested_rule()
    if rule is None:
        refuse_unknown_endpoint()
    g.rule = rule
    if not grant.allows((*rule.scopes.own, *rule.scopes.account)):
        refuse_missing_scopes(rule.scopes.names)
    account = current_account()
    if account is None:
        return
    if PLAN_ORDER.index(account.plan) < PLAN_ORDER.index(rule.plan):
        refuse(400, 200, rule.plan_message.format(account=account.id))
    try:
        g.rate_headers = current_world().limits.take(account, rule.label)
    except RateLimitExceeded as error:
        raise_rate_limit(error)


def refuse_unknown_endpoint() -> NoReturn:
    """Refuse with 501 what Zoom may have, so that a program does not take it for missing data; else with Zoom's 404."""
    may_exist = request.method in METHODS and not request.path.endswith("/") and "//" not in request.path
    if may_exist and not current_world().switches.unknown_endpoint_404:
        refuse(501, 501, f"The offline Zoom does not simulate {request.method} {request.path}.")
    refuse(404, 2300, "This API endpoint is not recognized.")


def requested_rule() -> EndpointRule | None:
    """The rule of the requested endpoint. None for an unknown path or method."""
    if request.url_rule is None or request.method == "HEAD":
        return None
    return cast("EndpointRule | None", getattr(current_app.view_functions.get(request.endpoint or ""), "rule", None))


def bearer_grant() -> Grant:
    """The grant of the Bearer token. Only the header may carry it."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    try:
        return current_world().grants.access(token.strip() if kind.lower() == "bearer" else "")
    except InvalidAccessToken as error:
        if request.path.startswith("/v2/im/chat/"):
            refuse(401, 7010, "Missing or invalid authorization.")
        refuse(401, 124, str(error))


def refuse_missing_scopes(names: list[str]) -> NoReturn:
    code = current_world().switches.missing_scope_code
    status = 401 if code == 4700 else 400
    refuse(status, code, f"Invalid access token, does not contain scopes:[{', '.join(names)}].")


def raise_rate_limit(error: RateLimitExceeded) -> NoReturn:
    per_second = error.message == PER_SECOND
    code = current_world().switches.per_second_code if per_second else 429
    raise ZoomError(429, code, error.message, headers=error.headers)


def with_rate_headers(response: Response) -> Response:
    """Add the rate limit headers to a response."""
    response.headers.update(g.get("rate_headers", {}))
    return response


def current_grant() -> Grant:
    """The grant of the current request."""
    return cast(Grant, g.grant)


def current_user() -> User | None:
    """The user of the token. None for a token of the app itself."""
    return current_world().users.get(current_grant().user_id)


def current_account() -> Account | None:
    user = current_user()
    return current_world().account_of(user) if user else None


def reaches_whole_account() -> bool:
    """Whether the token may read the whole account."""
    return current_grant().allows(g.rule.scopes.account)


def requested_user(segment: str) -> User:
    """The user in a path: ``me``, an id or an email. Raises ZoomError."""
    name, me = unquote(segment), current_user()
    if name == "me" and me and current_grant().kind == "user":
        return me
    if me and name not in (me.id, me.email) and not reaches_whole_account():
        refuse_missing_scopes(list(g.rule.scopes.account[:1]))
    found = next((user for user in current_world().users.values() if name in (user.id, user.email)), None)
    if found is None or me is None or found.account_id != me.account_id:
        refuse(404, 1001, f"User does not exist: {name}.")
    return found


def check_host(host_id: str) -> None:
    """Check that the token may read this host's data. Raises ZoomError."""
    me, host = current_user(), current_world().users[host_id]
    if me is None or host.account_id != me.account_id:
        refuse(400, 1010, f"User does not belong to this account: {me.account_id if me else ''}.")
    if host.id != me.id and not reaches_whole_account():
        refuse_missing_scopes(list(g.rule.scopes.account[:1]))


def meeting_number_or_uuid(segment: str) -> int | str | None:
    """The meeting in a path: its number, its UUID, or None if it is neither.

    A UUID that begins with a slash or holds two in a row must be percent-encoded twice; others once or twice.
    """
    decoded = unquote(segment)
    if decoded.isascii() and decoded.isdigit():
        return int(decoded) if len(decoded) <= MAX_DIGITS else None
    uuid = decoded if is_uuid(decoded) else unquote(decoded)
    if not is_uuid(uuid):
        return None
    encoded_twice = decoded != uuid
    return uuid if encoded_twice or not (uuid.startswith("/") or "//" in uuid) else None


def meeting_number(segment: str) -> int | None:
    """The meeting number in a path that takes no UUID."""
    key = meeting_number_or_uuid(segment)
    return key if isinstance(key, int) else None
