"""Authorization codes and tokens.

RFC 6749 and RFC 7636 as Zoom implements them. A user's new tokens make all earlier ones invalid, at once or, with the
switch ``refresh_grace``, some time after a refresh.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from offline_zoom.identifiers import random_text
from offline_zoom.switches import Switches


class OAuthError(Exception):
    """An error of the OAuth endpoints: an OAuth ``error`` and Zoom's ``reason``."""

    def __init__(self, error: str, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.error, self.reason, self.status = error, reason, status


class InvalidAccessToken(Exception):
    """The REST API refuses an access token. The message is Zoom's."""


@dataclass
class Code:
    """An authorization code and what it is bound to."""

    value: str
    user_id: str
    redirect_uri: str
    challenge: str
    method: str
    expires_at: float
    in_client: bool = False


@dataclass
class Grant:
    """One pair of tokens. ``kind``: ``user``, ``account`` (server to server) or ``app`` (chatbot).

    ``issued_at`` is 0 for tokens of a data file that lacks it.
    """

    user_id: str
    scopes: list[str]
    access_token: str
    access_expires_at: float
    refresh_token: str = ""
    refresh_expires_at: float = 0.0
    kind: str = "user"
    issued_at: float = 0.0

    def allows(self, scopes: Iterable[str]) -> bool:
        return not set(scopes).isdisjoint(self.scopes)


@dataclass
class Grants:
    """All codes and tokens of one world."""

    clock: Callable[[], float]
    switches: Switches
    client_secret: str
    codes: dict[str, Code] = field(default_factory=dict)
    by_user: dict[str, Grant] = field(default_factory=dict)
    app_tokens: dict[str, Grant] = field(default_factory=dict)
    #: grants that a refresh has replaced, and until when they are valid
    replaced: list[tuple[Grant, float]] = field(default_factory=list)

    def issue_code(
        self, user_id: str, redirect_uri: str, challenge: str = "", method: str = "", in_client: bool = False
    ) -> str:
        """A code of 33 characters, valid once and for five minutes."""
        now = self.clock()
        self.codes = {value: code for value, code in self.codes.items() if code.expires_at > now}
        value = random_text(33)
        expires_at = now + self.switches.code_lifetime
        self.codes[value] = Code(value, user_id, redirect_uri, challenge, method or "plain", expires_at, in_client)
        return value

    def exchange(self, value: str, redirect_uri: str, verifier: str) -> Code:
        """Use up a code, even when the request is wrong. Raises OAuthError."""
        code = self.codes.pop(value, None)
        if code is None or code.expires_at <= self.clock():
            raise OAuthError("invalid_grant", f"Invalid authorization code {value}")
        lenient = code.in_client and not self.switches.strict_redirect
        if redirect_uri != code.redirect_uri and not (lenient and _same_origin(redirect_uri, code.redirect_uri)):
            raise OAuthError("invalid_request", "Redirect URI mismatch.")
        methods = ("plain", "S256") if code.in_client and self.switches.in_client_s256 else (code.method,)
        if code.challenge and not any(proves(verifier, code.challenge, method) for method in methods):
            raise OAuthError("invalid_grant", f"Invalid authorization code {value}")
        return code

    def grant(self, user_id: str, scopes: list[str]) -> Grant:
        """New tokens for this user, who has authorized the app. They replace all earlier ones."""
        self.replaced = [(old, until) for old, until in self.replaced if old.user_id != user_id]
        return self._new_tokens(user_id, scopes)

    def _new_tokens(self, user_id: str, scopes: list[str]) -> Grant:
        now = self.clock()
        new = Grant(
            user_id=user_id,
            scopes=scopes,
            access_token=self._token(user_id, now + self.switches.access_lifetime),
            access_expires_at=now + self.switches.access_lifetime,
            refresh_token=self._token(user_id, now + self.switches.refresh_lifetime),
            refresh_expires_at=now + self.switches.refresh_lifetime,
            issued_at=now,
        )
        self.by_user[user_id] = new
        return new

    def grant_app(self, user_id: str, scopes: list[str], kind: str) -> Grant:
        """A token without a refresh token, for the app itself or for a whole account."""
        now = self.clock()
        self.app_tokens = {text: grant for text, grant in self.app_tokens.items() if grant.access_expires_at > now}
        expires_at = now + self.switches.access_lifetime
        new = Grant(user_id, scopes, self._token(user_id or "app", expires_at), expires_at, kind=kind, issued_at=now)
        self.app_tokens[new.access_token] = new
        return new

    def refresh(self, refresh_token: str) -> Grant:
        """New tokens. Raises OAuthError for any refresh token but the newest, and one in its grace period."""
        grants = (*self.by_user.values(), *self._in_grace())
        old = next((grant for grant in grants if same(grant.refresh_token, refresh_token)), None)
        now = self.clock()
        if old is None or old.refresh_expires_at <= now:
            raise OAuthError("invalid_grant", "Invalid Token!")
        newest = self.by_user[old.user_id]
        still_valid = [(grant, until) for grant, until in self.replaced if now < until]
        self.replaced = [*still_valid, (newest, now + self.switches.refresh_grace)]
        return self._new_tokens(old.user_id, old.scopes)

    def find(self, access_token: str) -> Grant | None:
        """The grant of an access token, expired or not."""
        grants = (*self.by_user.values(), *self.app_tokens.values(), *self._in_grace())
        return next((grant for grant in grants if same(grant.access_token, access_token)), None)

    def access(self, access_token: str) -> Grant:
        """The grant of a valid access token. Raises InvalidAccessToken."""
        found = self.find(access_token)
        if found is None:
            raise InvalidAccessToken("Invalid access token.")
        if found.access_expires_at <= self.clock():
            raise InvalidAccessToken("Access token is expired.")
        return found

    def revoke(self, access_token: str) -> Grant:
        """Delete and return the grant of an access token. Raises OAuthError."""
        found = self.find(access_token)
        if found is None:
            raise OAuthError("invalid_request", "Invalid Token!")
        self.by_user.pop(found.user_id, None) if found.kind == "user" else self.app_tokens.pop(access_token)
        return found

    def _in_grace(self) -> list[Grant]:
        """Replaced grants that are still valid. They end with the user's newest grant."""
        now = self.clock()
        return [old for old, until in self.replaced if now < until and old.user_id in self.by_user]

    def _token(self, user_id: str, expires_at: float) -> str:
        """A token in the form of a JWT. The offline Zoom never decodes it."""
        now = self.clock()
        claims = {
            "ver": 10,
            "jti": random_text(22),
            "uid": user_id,
            "iat": int(now),
            "exp": int(expires_at),
            "nbf": int(now),
        }
        head = f"{_part({'alg': 'HS512', 'typ': 'JWT', 'sv': '000001', 'zm_skm': 'zm_sandbox'})}.{_part(claims)}"
        seal = hmac.new(self.client_secret.encode(), head.encode(), hashlib.sha512).digest()
        return f"{head}.{_base64url(seal)}"


def same(secret: str, expected: str) -> bool:
    """Compare secrets in constant time. An empty secret equals nothing."""
    return bool(secret) and hmac.compare_digest(secret.encode(), expected.encode())


def basic_credentials(authorization: str) -> tuple[str, str]:
    """Name and secret of a Basic ``Authorization`` header. Empty for any other header."""
    kind, _, encoded = authorization.partition(" ")
    if kind.lower() != "basic":
        return "", ""
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return name, secret


def proves(verifier: str, challenge: str, method: str) -> bool:
    """Whether the code verifier matches the challenge (RFC 7636 section 4.6)."""
    if method == "S256":
        verifier = _base64url(hashlib.sha256(verifier.encode()).digest())
    return same(challenge, verifier)


def _same_origin(uri: str, bound: str) -> bool:
    """Whether the URI is empty or of the same origin. Zoom's samples send one or the other."""
    try:
        requested, entry = urlsplit(uri), urlsplit(bound)
    except ValueError:
        return False
    return not uri or (requested.scheme, requested.netloc) == (entry.scheme, entry.netloc)


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _part(claims: dict[str, object]) -> str:
    return _base64url(json.dumps(claims, separators=(",", ":")).encode())
