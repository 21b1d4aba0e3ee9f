"""Zoom's OAuth server: the consent page's address, and the token endpoint (RFC 6749).

https://developers.zoom.us/docs/integrations/oauth/
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import requests

from zoomapp import deadline, metrics
from zoomapp.errors import AccountRefused, RateLimited, SignInError, UpstreamError, UpstreamTimeout
from zoomapp.log_setup import next_traceparent
from zoomapp.zoom.client_secrets import ClientSecrets
from zoomapp.zoom.endpoints import REQUEST_TOKEN, REVOKE_TOKEN, metrics_label
from zoomapp.zoom.pkce import s256
from zoomapp.zoom.rate_limits import retry_after_seconds
from zoomapp.zoom.tolerant_reader import JsonObject, count_unreadable, decode

log = logging.getLogger(__name__)

CONNECT_SECONDS = 3.0
#: A refresh is never aborted early: the answer may contain the only valid refresh token.
ANSWER_SECONDS = 20.0
REVOKE_SECONDS = 5.0
#: What Zoom documents for an access token, and what no access token of Zoom's exceeds.
LIFETIME_SECONDS, MAX_LIFETIME_SECONDS = 3600.0, 30 * 86400.0
PROBE_SECONDS = 10.0
#: With a JSON object of any error code these are a refusal. 429 and, for a refresh, 408 are not.
REFUSALS = range(400, 500)
#: A refresh token that Zoom never issued. How Zoom refuses it shows whether the credentials are valid.
UNISSUED_TOKEN = "nobody-was-given-this"


@dataclass(frozen=True)
class TokenSet:
    """The tokens of one user, as the token endpoint issued them.

    ``expires_at`` and ``issued_at`` are epoch seconds; ``scope`` is space-separated; ``grant_id`` names the
    authorization and stays the same after a refresh; ``ended_by`` is set when Zoom refused the refresh token: the
    digest of that token. ``granted_at`` is when the person authorized, epoch seconds. ``account_id`` is empty where
    Zoom did not say it.
    """

    user_id: str
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: float
    issued_at: float
    scope: str = ""
    grant_id: str = ""
    granted_at: float = 0.0
    ended_by: str = ""
    account_id: str = ""

    @property
    def ended(self) -> bool:
        return bool(self.ended_by)

    @property
    def scopes(self) -> frozenset[str]:
        return frozenset(self.scope.split())


@dataclass(frozen=True)
class Probe:
    """How the token endpoint refused a refresh token that it never issued. ``date`` is the header."""

    error: str
    reason: str
    date: str


#: Status, headers, and the JSON object (None without one).
Answer = tuple[int, Any, JsonObject | None]


class InvalidGrant(Exception):
    """Zoom refused the code or the refresh token (``invalid_grant``, RFC 6749 5.2)."""


class TokenRefused(Exception):
    """Zoom refused the request for another reason: a 4xx with a JSON object of any other error code."""


class ClientRefused(UpstreamError):
    """Zoom does not accept the client id with its secret (``invalid_client``)."""


class RevocationRefused(UpstreamError):
    """Zoom answered that it does not revoke a token, such as that of a grant that is gone already."""


class ZoomOAuth:
    """The token endpoint, for one client. Exceptions never contain Zoom's ``reason``, which may contain the code."""

    def __init__(
        self,
        session: requests.Session,
        host: str,
        client_id: str,
        client_secrets: tuple[str, ...],
        redirect_uri: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._session = session
        self._host = host
        self.client_id = client_id
        self.client_secrets = ClientSecrets(client_secrets)
        self.redirect_uri = redirect_uri
        self._clock = clock

    def as_client(self, client_id: str, client_secret: str, redirect_uri: str = "") -> ZoomOAuth:
        """The same server, for another client or another redirect URI."""
        return ZoomOAuth(self._session, self._host, client_id, (client_secret,), redirect_uri, self._clock)

    def authorize_url(self, state: str, verifier: str) -> str:
        """Zoom's consent page for a sign-in by redirect: state, and PKCE with S256."""
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "state": state,
            "code_challenge": s256(verifier),
            "code_challenge_method": "S256",
        }
        return f"{self._host}/oauth/authorize?{urlencode(query)}"

    def exchange(self, code: str, verifier: str, redirect_uri: str | None) -> TokenSet:
        """The tokens for a code. Raises SignInError if Zoom refuses the code, UpstreamError if it does not answer."""
        form = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
        if redirect_uri is not None:
            form["redirect_uri"] = redirect_uri
        try:
            return self._tokens(form, deadline.remaining(ANSWER_SECONDS))
        except (InvalidGrant, TokenRefused) as error:
            raise SignInError(f"the code was refused {error}".strip()) from error

    def refresh(self, tokens: TokenSet) -> TokenSet:
        """The new tokens for ``tokens``, whose refresh token is spent.

        Raises InvalidGrant, TokenRefused, UpstreamError.
        """
        form = {"grant_type": "refresh_token", "refresh_token": tokens.refresh_token}
        return self._tokens(form, ANSWER_SECONDS, tokens)

    def client_tokens(self) -> TokenSet:
        """The app's own access token (``client_credentials``), as chatbots use. Raises UpstreamError."""
        try:
            return self._tokens({"grant_type": "client_credentials"}, deadline.remaining(ANSWER_SECONDS))
        except (InvalidGrant, TokenRefused) as error:
            raise UpstreamError("client credentials refused") from error

    def account_tokens(self, account_id: str) -> TokenSet:
        """An access token of a whole account (``account_credentials``). Raises AccountRefused, UpstreamError.

        https://developers.zoom.us/docs/internal-apps/s2s-oauth/
        """
        form = {"grant_type": "account_credentials", "account_id": account_id}
        try:
            return self._tokens(form, deadline.remaining(ANSWER_SECONDS))
        except ClientRefused as error:
            raise AccountRefused("invalid_client") from error
        except (InvalidGrant, TokenRefused) as error:
            raise AccountRefused(str(error) or "invalid_grant") from error

    def revoke(self, access_token: str) -> None:
        """End a grant at Zoom. Raises RevocationRefused, or UpstreamError when Zoom did not judge the token."""
        answer = self._post(REVOKE_TOKEN.path, {"token": access_token}, deadline.remaining(REVOKE_SECONDS))
        status, _, body = answer
        if status == 200:
            return
        is_refusal = body is not None and status in REFUSALS and status != 429 and not _refuses_client(answer)
        raise (RevocationRefused if is_refusal else UpstreamError)(f"revoke answered {status}")

    def probe(self) -> Probe:
        """How the token endpoint judges the credentials. No grant is used. Raises UpstreamError."""
        form = {"grant_type": "refresh_token", "refresh_token": UNISSUED_TOKEN}
        _, headers, answer = self._post(REQUEST_TOKEN.path, form, deadline.remaining(PROBE_SECONDS))
        body = answer or JsonObject(None, "token")
        return Probe(body.text("error"), body.text("reason"), headers.get("Date", ""))

    def consent_status(self) -> int:
        """The status of the consent page for our redirect URI. Raises UpstreamError."""
        try:
            address = self.authorize_url("doctor", UNISSUED_TOKEN)
            with self._session.get(address, timeout=(CONNECT_SECONDS, PROBE_SECONDS), allow_redirects=False) as answer:
                return answer.status_code
        except (requests.RequestException, ValueError) as error:  # ValueError: requests reads a Location even if unused
            raise UpstreamError(f"consent page: {type(error).__name__}") from error

    def _tokens(self, form: dict[str, str], seconds: float, before: TokenSet | None = None) -> TokenSet:
        status, headers, answer = self._post(REQUEST_TOKEN.path, form, seconds)
        body = answer or JsonObject(None, "token")
        if status == 200 and _token(body, "access_token"):
            return self._token_set(body, before)
        # Decide on the fields: Zoom sends these with 400 and with 401. A 5xx is an outage.
        if status < 500 and (body.text("error") == "invalid_grant" or body.text("reason") == "Invalid Token!"):
            raise InvalidGrant
        if status == 429:
            wait = retry_after_seconds(headers.get("Retry-After", ""), self._clock())
            raise RateLimited(wait, detail="token endpoint")
        error = body.text("error")[:40]
        failure: type[UpstreamError] = UpstreamError
        if error == "invalid_client":
            facts = {"status": status, "grant_type": form.get("grant_type", "")}
            log.error("the app's credentials are wrong: Zoom answered invalid_client", extra=facts)
            failure = ClientRefused
        elif answer is not None and status in REFUSALS and not (before and status == 408):
            raise TokenRefused(f"{status} {error}".strip())
        raise failure(f"token endpoint answered {status} {error}")

    def _token_set(self, body: JsonObject, before: TokenSet | None) -> TokenSet:
        now = self._clock()
        # RFC 6749 6: an answer without a new refresh token leaves the old one in force.
        refresh_token = _token(body, "refresh_token") or (before.refresh_token if before else "")
        scope = _scope(body) or (before.scope if before else "")
        return TokenSet(
            user_id=before.user_id if before else "",
            access_token=_token(body, "access_token"),
            refresh_token=refresh_token,
            expires_at=now + _lifetime_seconds(body),
            issued_at=now,
            scope=scope,
            grant_id=before.grant_id if before else "",
            granted_at=before.granted_at if before else now,
            account_id=before.account_id if before else "",
        )

    def _post(self, path: str, form: dict[str, str], seconds: float) -> Answer:
        """Zoom's answer. If it refuses the client secret in use, the answer to the other secret."""
        secret = self.client_secrets.in_use
        answer = self._send(path, form, seconds, secret)
        other = self.client_secrets.alternative_to(secret) if _refuses_client(answer) else None
        if other is None:
            return answer
        # Nothing is spent yet: Zoom checks the client before it looks at a code or a refresh token.
        answer = self._send(path, form, seconds, other)
        status, _, body = answer
        if body is not None and status < 500 and status != 429 and not _refuses_client(answer):
            self.client_secrets.accepted(other)
        return answer

    def _send(self, path: str, form: dict[str, str], seconds: float, secret: str) -> Answer:
        started_at = time.monotonic()
        status, headers = 0, dict[str, str]()
        traceparent = next_traceparent()
        try:
            answer = self._session.post(
                self._host + path,
                data=form,
                headers={"traceparent": traceparent} if traceparent else None,
                auth=(self.client_id, secret),
                timeout=(min(CONNECT_SECONDS, seconds), seconds),
                allow_redirects=False,
            )
            status, headers = answer.status_code, dict(answer.headers)
        except requests.Timeout as error:
            raise UpstreamTimeout(f"token endpoint: {type(error).__name__}") from error
        except (requests.RequestException, ValueError) as error:  # ValueError: requests reads a Location even if unused
            raise UpstreamError(f"token endpoint: {type(error).__name__}") from error
        finally:
            metrics.upstream("POST", metrics_label(path), status, time.monotonic() - started_at, headers)
        try:
            body = decode(answer.content)
        except ValueError:
            body = None
        return answer.status_code, answer.headers, JsonObject(body, "token") if isinstance(body, dict) else None


def _refuses_client(answer: Answer) -> bool:
    """Whether Zoom does not accept the client id with this secret (``invalid_client``, RFC 6749 5.2)."""
    _, _, body = answer
    return body is not None and body.text("error") == "invalid_client"


def _token(body: JsonObject, name: str) -> str:
    """A token; "" for what is no token. A refresh token is replaced only by a token."""
    value = body.get(name)
    if isinstance(value, str) and value.isascii() and value.isprintable() and " " not in value:
        return value
    if value is not None:
        count_unreadable("token", name, value)
    return ""


def _scope(body: JsonObject) -> str:
    """The granted scopes, separated by spaces; also from a list."""
    value = body.get("scope")
    if isinstance(value, list):
        return " ".join(name.strip() for name in value if isinstance(name, str))
    return body.text("scope")


def _lifetime_seconds(body: JsonObject) -> float:
    """How long an access token is valid: an hour if Zoom does not say it, or sends what cannot be."""
    seconds = body.decimal("expires_in")
    return float(seconds) if seconds is not None and 0 < seconds <= MAX_LIFETIME_SECONDS else LIFETIME_SECONDS
