"""Checks of Zoom's OAuth server: tokens, scopes, credentials, and the links that open the app."""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

from zoomapp.cli.verify.account import Account, Refusal
from zoomapp.cli.verify.check import NotTestable, Result, answers, describe, judge
from zoomapp.errors import AccountRefused, MissingScope, ZoomAppError, ZoomRefused
from zoomapp.log_setup import start_request
from zoomapp.user_api.user_client import refuses_token
from zoomapp.zoom import endpoints
from zoomapp.zoom.client import Call
from zoomapp.zoom.oauth import UNISSUED_TOKEN
from zoomapp.zoom.tolerant_reader import JsonObject, decode

DAY_SECONDS = 86400
GRANT_DAYS = 90
HOUR_SECONDS = 3600
#: An id that no meeting has.
NO_MEETING = "1"
#: Reads that need nothing but a scope; the user may not have granted it.
READS = tuple(
    endpoint
    for endpoint in endpoints.ALL
    if endpoint.method == "GET" and endpoint.scope and endpoint.path.count("{") == endpoint.path.count("{user_id}")
)


@answers(
    "refresh-token",
    "A refresh token is valid for 90 days, and each refresh returns a new one",
    writes="refreshes the user’s tokens once, as the app does every hour",
)
def refresh_token(account: Account) -> Result:
    """The lifetime is in the token itself, a JWT."""
    tokens = account.services.tokens
    before = tokens.load(account.user_id)
    tokens.refresh(account.user_id, rejected=before.access_token)
    after = tokens.load(account.user_id)
    is_new, seconds = after.refresh_token != before.refresh_token, lifetime_seconds(after.refresh_token)
    if seconds is None:
        raise NotTestable(f"The refresh token is {'a new one' if is_new else 'the same'}, and does not name its end.")
    days = round(seconds / DAY_SECONDS)
    return judge(
        is_new and days == GRANT_DAYS,
        f"The refresh token is {'a new one' if is_new else 'the same as before'}, and valid for {days} days.",
    )


def lifetime_seconds(token: str) -> float | None:
    """How long a JWT is valid; None if it does not say so."""
    try:
        payload = token.split(".")[1]
        claims = JsonObject(decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))), "token")
    except (IndexError, ValueError, binascii.Error):
        return None
    return claims.number("exp") - claims.number("iat") if claims.number("exp") and claims.number("iat") else None


@answers("missing-scope", "A missing scope is 400 with code 4711")
def missing_scope(account: Account) -> Result:
    endpoint = next((endpoint for endpoint in READS if not account.may_call(endpoint)), None)
    if endpoint is None:
        raise NotTestable("The user granted every scope that could be missing.")
    try:
        account.client.call(endpoint)
    except MissingScope as error:
        refusal = Refusal(error.zoom_status, error.zoom_code)
        return judge(refusal == (400, 4711), f"A call without a scope is {describe(refusal)}; the app understands it.")
    except ZoomRefused as error:
        refusal = Refusal(error.zoom_status, error.zoom_code)
        return judge(False, f"A call without a scope is {describe(refusal)}, in words that the app does not know.")
    return judge(False, f"A call without a scope is not refused: {endpoint.scope}.")


@answers("unknown-redirect", "Zoom refuses an unknown redirect URI before the user signs in")
def unknown_redirect(account: Account) -> Result:
    oauth = account.services.oauth
    other = oauth.as_client(oauth.client_id, UNISSUED_TOKEN, "https://unknown.invalid/auth")
    status, own = other.consent_status(), oauth.consent_status()
    if own >= 400:
        raise NotTestable(f"The consent page answers {own} also for the app’s own redirect URI.")
    return judge(status >= 400, f"The consent page answers {status} for an unknown redirect URI, {own} for the app’s.")


@answers("wrong-credentials", "A refresh token that was never issued is refused with `invalid_grant`")
def wrong_credentials(account: Account) -> Result:
    oauth = account.services.oauth
    token, secret = oauth.probe().error, oauth.as_client(oauth.client_id, UNISSUED_TOKEN).probe().error
    return judge(
        (token, secret) == ("invalid_grant", "invalid_client"),
        f"A token that was never issued is refused with {token or 'no error'}, a wrong secret with "
        f"{secret or 'no error'}.",
    )


@answers("wrong-account-credentials", "Zoom refuses wrong Server-to-Server credentials with `invalid_client`")
def wrong_account_credentials(account: Account) -> Result:
    """Without Server-to-Server credentials only the general app's own can be tried."""
    settings, oauth = account.services.settings, account.services.oauth
    client_id, wrong = settings.zoom_s2s_client_id, UNISSUED_TOKEN
    general_app = account_error(lambda: oauth.account_tokens(settings.zoom_account_id or wrong))
    is_confirmed = general_app.endswith("unsupported_grant_type")
    found = f"The general app’s credentials are refused with {general_app}"
    if settings.zoom_account_id:
        with_secret = oauth.as_client(client_id, settings.zoom_s2s_client_secrets[0])
        secret = account_error(lambda: oauth.as_client(client_id, wrong).account_tokens(settings.zoom_account_id))
        account_id = account_error(lambda: with_secret.account_tokens(wrong))
        is_confirmed &= secret == "invalid_client" and re.fullmatch(r"4\d\d \w+", account_id) is not None
        found += f", a wrong secret with {secret}, a wrong account id with {account_id}"
    return judge(is_confirmed, f"{found}.")


def account_error(request: Callable[[], Any]) -> str:
    """How the token endpoint refuses a request for an account's token."""
    try:
        request()
    except AccountRefused as error:
        return error.detail
    return "no error"


@answers("account-tokens", "Server-to-Server tokens live for an hour, several are valid at once")
def account_tokens(account: Account) -> Result:
    source = account.services.account_tokens
    if source is None:
        raise NotTestable("No Server-to-Server credentials are set.")
    first, second = source.new_tokens(), source.new_tokens()
    seconds = round(first.expires_at - first.issued_at)
    read = endpoints.ACCOUNT_SOURCES[0]
    answer = account.services.client.send(Call(read.method, read.target(instance=NO_MEETING)), first.access_token)
    is_refused = refuses_token(answer)
    answer.close()
    return judge(
        abs(seconds - HOUR_SECONDS) <= 60 and not is_refused and first.access_token != second.access_token,
        f"A token lives for {seconds} seconds, and the one before the last is {'no longer' if is_refused else 'still'} "
        "valid.",
    )


@answers(
    "deep-link",
    "The deep link of `POST /v2/zoomapp/deeplink` is at the domain of the configured hosts",
    writes="asks for a link that opens the app, which expires by itself",
)
def deep_link(account: Account) -> Result:
    body = JsonObject(account.client.call(endpoints.OPEN_DEEPLINK, {"action": "verify"}), "deep link")
    address = body.text("deeplink")
    host = address.partition("://")[2].partition("/")[0]
    return judge(bool(account.services.client.hosts.link(address)), f"The link is at {host or 'no address'}.")


@answers("trace-header", "Zoom's API and token endpoint ignore the header `traceparent`")
def trace_header(account: Account) -> Result:
    def call() -> Any:
        start_request(f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01")
        return account.client.meetings("live")

    try:
        copy_context().run(call)
    except ZoomAppError as error:
        return judge(False, f"A call with the header fails: {error.detail}.")
    return judge(True, "A call with the header is answered.")


CHECKS = (
    missing_scope,
    unknown_redirect,
    wrong_credentials,
    wrong_account_credentials,
    account_tokens,
    refresh_token,
    deep_link,
    trace_header,
)
