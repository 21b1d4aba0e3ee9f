"""The app context: who opened the app, encrypted by Zoom's client for this app.

It comes as the header ``X-Zoom-App-Context`` on the Home URL, or from the SDK's ``getAppContext()``.
https://developers.zoom.us/docs/zoom-apps/zoom-app-context/
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import math
import struct
from collections.abc import Container
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from zoomapp.errors import ContextRefused

MAX_BYTES = 4096
ISSUER = "marketplace.zoom.us"
SKEW_MS = 5_000
#: A context is valid for two minutes. One that claims a much longer life is not from Zoom's client.
LIFE_MS = 10 * 60_000
#: Later moments have no date.
MAX_MS = 2**47
_TAG = 16


@dataclass(frozen=True)
class AppContext:
    """What Zoom's client says about the user and where the app was opened.

    ``user_id`` is empty for a guest. ``kind`` is ``panel``, ``meeting``, ``webinar``, … ; ``meeting_uuid`` is set in
    meetings only; ``role`` is true at creation time only; ``action`` is the text of a deep link; ``created_at`` and
    ``expires_at`` are in epoch seconds. ``sealed`` is the encrypted context as bytes, which are the same for every
    base64 spelling.
    """

    user_id: str
    kind: str
    meeting_uuid: str
    role: str
    action: str
    theme: str
    expires_at: float
    sealed: bytes = field(repr=False)
    created_at: float = 0.0


def open_context(
    text: str, client_id: str, client_secrets: tuple[str, ...], now: float, issuers: Container[str] = (ISSUER,)
) -> AppContext:
    """The context in ``text`` (base64 or base64url), encrypted with any of the app's client secrets.

    ``issuers``: who may have encrypted it. Raises ContextRefused, with the same reason for everything that cannot be
    decrypted. Only somebody who knows a client secret can make a context that is refused for another reason.
    """
    try:
        sealed = _decode(text)
        claims = _decrypt(sealed, client_secrets)
    except (ValueError, KeyError, TypeError, struct.error, InvalidTag, binascii.Error, RecursionError) as error:
        raise ContextRefused from error
    return _check(claims, client_id, now * 1000, sealed, issuers)


def _decode(text: str) -> bytes:
    if not text or len(text) > MAX_BYTES or not text.isascii():
        raise ValueError("length")
    plain = text.strip().rstrip("=").replace("+", "-").replace("/", "_")
    return base64.b64decode(plain + "=" * (-len(plain) % 4), altchars=b"-_", validate=True)


def _decrypt(raw: bytes, client_secrets: tuple[str, ...]) -> dict[str, Any]:
    initial, rest = _field(raw, raw[0] if raw else 0, 1)
    (length,) = struct.unpack_from("<H", rest)
    associated, rest = _field(rest, length, 2)
    (length,) = struct.unpack_from("<i", rest)
    sealed, tag = _field(rest, length, 4)
    if len(tag) != _TAG or not 8 <= len(initial) <= 128:
        raise ValueError("lengths")
    claims = json.loads(_open(initial, sealed + tag, associated, client_secrets))
    if not isinstance(claims, dict):
        raise ValueError("not an object")
    return claims


def _open(initial: bytes, sealed: bytes, associated: bytes, client_secrets: tuple[str, ...]) -> bytes:
    """The plain text. Raises InvalidTag if no secret fits."""
    for secret in client_secrets:
        try:
            return AESGCM(hashlib.sha256(secret.encode()).digest()).decrypt(initial, sealed, associated)
        except InvalidTag:
            continue
    raise InvalidTag


def _field(raw: bytes, length: int, start: int) -> tuple[bytes, bytes]:
    """The ``length`` bytes from ``start``, and the rest. Raises ValueError when there are fewer."""
    end = start + length
    if length < 0 or end > len(raw):
        raise ValueError("field runs over the end")
    return raw[start:end], raw[end:]


def _check(claims: dict[str, Any], client_id: str, now_ms: float, sealed: bytes, issuers: Container[str]) -> AppContext:
    """The context with these claims. Raises ContextRefused."""
    issuer, audience = _text(claims, "iss"), _text(claims, "aud")
    created_ms, expires_ms = _milliseconds(claims, "ts"), _milliseconds(claims, "exp")
    if not (issuer and audience and created_ms and expires_ms):
        raise ContextRefused("incomplete")
    if issuer not in issuers:
        raise ContextRefused("wrong_issuer")
    if audience != client_id:
        raise ContextRefused("wrong_app")
    if not now_ms - SKEW_MS < expires_ms:
        raise ContextRefused("expired")
    if expires_ms > created_ms + LIFE_MS or created_ms > now_ms + SKEW_MS * 12:
        raise ContextRefused("not_yet_valid")
    return AppContext(
        user_id=_text(claims, "uid"),
        kind=_text(claims, "typ"),
        meeting_uuid=_text(claims, "mid"),
        role=_text(claims, "attendrole"),
        action=_text(claims, "act"),
        theme=_text(claims, "theme"),
        expires_at=expires_ms / 1000,
        sealed=sealed,
        created_at=created_ms / 1000,
    )


def _text(claims: dict[str, Any], name: str) -> str:
    """A claim; empty if it is missing. Raises ContextRefused for another type: a wrong ``uid`` is not a guest."""
    value = claims.get(name, "")
    if not isinstance(value, str):
        raise ContextRefused("unreadable")
    return value


def _milliseconds(claims: dict[str, Any], name: str) -> float:
    """A moment in milliseconds since 1970; 0 if it is missing. Raises ContextRefused for what is no moment."""
    value = claims.get(name)
    if value in (None, ""):
        return 0.0
    try:
        moment = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        moment = math.nan
    if not 0 <= moment < MAX_MS:
        raise ContextRefused("unreadable")
    return moment
