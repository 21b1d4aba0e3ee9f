"""Zoom's webhook signatures: is an event signed, is it fresh, and the answer to the URL validation.

https://developers.zoom.us/docs/api/webhooks/
"""

from __future__ import annotations

import hashlib
import hmac
import re

#: The answer to Zoom's URL validation is an HMAC under the key that signs events. So only a text of this form is
#: signed, never one with the colons of ``v0:timestamp:body``.
PLAIN_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,64}")


def is_signed(secret: str, timestamp: str, signature: str, body: bytes) -> bool:
    """Whether ``signature`` is Zoom's for these raw bytes; compared in constant time."""
    expected = "v0=" + _mac(secret, b"v0:" + timestamp.encode("utf-8", "replace") + b":" + body)
    return hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))


def is_fresh(timestamp: str, now: float, window_seconds: float) -> bool:
    """Whether ``timestamp`` (epoch seconds) is at most ``window_seconds`` before or after ``now``."""
    return bool(re.fullmatch(r"[0-9]{1,12}", timestamp)) and abs(now - int(timestamp)) <= window_seconds


def validation_answer(secret: str, plain_token: object) -> dict[str, str] | None:
    """The answer to ``endpoint.url_validation``; None when ``plain_token`` does not have the form of a token."""
    if not isinstance(plain_token, str) or not PLAIN_TOKEN.fullmatch(plain_token):
        return None
    return {"plainToken": plain_token, "encryptedToken": _mac(secret, plain_token.encode())}


def _mac(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
