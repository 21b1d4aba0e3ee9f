"""Proof Key for Code Exchange (RFC 7636): creates a code verifier and its S256 challenge."""

from __future__ import annotations

import base64
import hashlib
import secrets


def code_verifier() -> str:
    """64 characters of the unreserved set (RFC 7636 4.1 wants 43 to 128)."""
    return secrets.token_urlsafe(48)


def s256(verifier: str) -> str:
    """The code challenge of a verifier, method S256 (RFC 7636 4.2). Zoom's client knows only ``plain``."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest()).decode().rstrip("=")
