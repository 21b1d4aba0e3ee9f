"""The OAuth endpoints: consent page, token endpoint, revocation.

RFC 6749 and RFC 7636 as Zoom speaks them: errors are ``{"reason", "error"}``, nearly always with status 400.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from offline_zoom.errors import current_world
from offline_zoom.model import User
from offline_zoom.oauth.grants import Grant, OAuthError, basic_credentials, same
from offline_zoom.oauth.scopes import BOT

bp = Blueprint("oauth", __name__, url_prefix="/oauth")


@bp.get("/authorize")
def authorize() -> ResponseReturnValue:
    """The consent page. An unknown client or redirect URI gets an error page without a redirect."""
    error = request_error()
    if error:
        return render_template("sandbox/error.html", message=error), 400
    world = current_world()
    if world.switches.auto_consent:
        return grant_access(world.me)
    names = ("client_id", "redirect_uri", "state", "code_challenge", "code_challenge_method", "response_type")
    fields = {name: request.values[name] for name in names if name in request.values}
    return render_template("sandbox/consent.html", world=world, scopes=world.scopes(world.me), fields=fields)


@bp.post("/authorize")
def decide() -> ResponseReturnValue:
    """Handle the answer of the consent page."""
    error = request_error()
    if error:
        return render_template("sandbox/error.html", message=error), 400
    if request.form.get("decision") != "allow":
        return redirect_to_app({"error": "access_denied"})
    try:
        user = current_world().sign_in_as(request.form.get("user", current_world().me.id))
    except KeyError:
        return render_template("sandbox/error.html", message="There is no such user."), 400
    return grant_access(user)


def request_error() -> str:
    """Why the request is invalid, or an empty text."""
    world = current_world()
    if request.values.get("client_id") != world.client_id:
        return "Invalid client_id (4702). No app is registered under this client id."
    if not redirect_allowed(request.values.get("redirect_uri", ""), world.redirect_uris):
        return "Invalid redirect (4700). The redirect URI is not on the app's allow list."
    if request.values.get("response_type") != "code":
        return "Invalid response_type (4700). Only code is supported."
    if request.values.get("code_challenge_method", "plain") not in ("plain", "S256"):
        return "Invalid code_challenge_method (4700). Use S256 or plain."
    return ""


def redirect_allowed(uri: str, allowed: list[str]) -> bool:
    """Whether the allow list has this URI or its origin. With PKCE, 127.0.0.1 matches with any port."""
    try:
        requested = urlsplit(uri)
    except ValueError:
        return False
    for entry in map(urlsplit, allowed):
        origin = (requested.scheme, requested.netloc) == (entry.scheme, entry.netloc)
        if requested == entry or (origin and entry.path in ("", "/") and not entry.query):
            return not requested.fragment
        loopback = requested.hostname == entry.hostname == "127.0.0.1"
        if (
            loopback
            and request.values.get("code_challenge")
            and requested._replace(netloc="") == entry._replace(netloc="")
        ):
            return True
    return False


def grant_access(user: User) -> Response:
    """Redirect to the app with a code."""
    values = request.values
    code = current_world().issue_code(
        user, values["redirect_uri"], values.get("code_challenge", ""), values.get("code_challenge_method", "plain")
    )
    return redirect_to_app({"code": code})


def redirect_to_app(answer: dict[str, str]) -> Response:
    """Redirect to the app with the unchanged state."""
    if "state" in request.values:
        answer["state"] = request.values["state"]
    uri = request.values["redirect_uri"]
    return no_store(redirect(f"{uri}{'&' if '?' in uri else '?'}{urlencode(answer)}"))  # type: ignore[arg-type]


@bp.post("/token")
def token() -> Response:
    """The token endpoint: body or query, Basic authentication."""
    world = current_world()
    is_account_app = authenticated_client() == world.account_app.client_id
    grants = {
        "authorization_code": code_grant,
        "refresh_token": refresh_grant,
        "client_credentials": app_grant,
    }
    if is_account_app:
        grants = {"account_credentials": account_grant}
    kind = request.values.get("grant_type", "")
    if not kind:
        raise OAuthError("invalid_request", "Bad Request")
    if kind not in grants:
        raise OAuthError("unsupported_grant_type", "Unsupported grant type")
    with world.lock:
        answer = token_json(grants[kind]())
        world.save()
    return no_store(jsonify(answer))


@bp.post("/revoke")
def revoke() -> Response:
    """Revoke the grant of an access token, and announce it to the app."""
    world = current_world()
    authenticated_client()
    with world.lock:
        grant = world.grants.revoke(request.values.get("token", ""))
        world.save()
    if grant.kind == "user":
        world.deauthorize(grant.user_id)
    return no_store(jsonify(status="success"))


@bp.errorhandler(OAuthError)
def oauth_error(error: OAuthError) -> ResponseReturnValue:
    """The JSON error of the OAuth endpoints."""
    return jsonify(reason=error.reason, error=error.error), error.status, {"Cache-Control": "no-store"}


def authenticated_client() -> str:
    """The client's id: of the app, or of the account's Server-to-Server app. Raises OAuthError for a wrong secret.

    Only the Basic header may carry id and secret.
    """
    world, status = current_world(), current_world().switches.invalid_client_status
    name, secret = basic_credentials(request.headers.get("Authorization", ""))
    clients = {world.client_id: world.client_secrets, world.account_app.client_id: [world.account_app.client_secret]}
    valid = any(same(current, secret) for current in clients.get(name, []))
    if not valid:
        raise OAuthError("invalid_client", "Invalid client_id or client_secret", status)
    return name


def code_grant() -> Grant:
    """Tokens for an authorization code."""
    values, world = request.values, current_world()
    if not values.get("code"):
        raise OAuthError("invalid_request", "Bad Request")
    code = world.grants.exchange(values["code"], values.get("redirect_uri", ""), values.get("code_verifier", ""))
    return world.grants.grant(code.user_id, world.scopes(code.user_id))


def refresh_grant() -> Grant:
    """Tokens for a refresh token."""
    if not request.values.get("refresh_token"):
        raise OAuthError("invalid_request", "Bad Request")
    return current_world().grants.refresh(request.values["refresh_token"])


def account_grant() -> Grant:
    """A server-to-server token, for the account's owner or its first admin."""
    world, account_id = current_world(), request.values.get("account_id", "")
    people = [user for user in world.users.values() if user.account_id == account_id]
    if not people or world.account_app.account_id not in ("", account_id):
        raise OAuthError("invalid_request", "Bad Request")
    owner = min(people, key=lambda user: user.role_id)
    return world.grants.grant_app(owner.id, world.account_app.scopes, "account")


def app_grant() -> Grant:
    """A token for the app itself, as a chatbot."""
    return current_world().grants.grant_app("", list(BOT.own), "app")


def token_json(grant: Grant) -> dict[str, Any]:
    """The response of the token endpoint. Switches can leave parts out."""
    world = current_world()
    answer: dict[str, Any] = {
        "access_token": grant.access_token,
        "token_type": "bearer",
        "expires_in": max(0, round(grant.access_expires_at - world.now()) - 1),
        "scope": " ".join(grant.scopes),
    }
    if grant.refresh_token and not world.switches.omit_refresh_token:
        answer["refresh_token"] = grant.refresh_token
    if not world.switches.omit_api_url:
        answer["api_url"] = world.switches.api_url or world.base_url
    return answer


def no_store(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
