"""Encrypts the app context, which the client sends as ``X-Zoom-App-Context``.

https://developers.zoom.us/docs/zoom-apps/zoom-app-context/ : length-prefixed iv, aad and ciphertext, then the
tag; AES-256-GCM under the SHA-256 of the client secret.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import struct
from typing import Any


def seal(claims: dict[str, Any], client_secret: str, iv: bytes | None = None) -> str:
    """The claims as base64url without padding."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # slow to import and rarely needed

    iv = iv or os.urandom(12)
    plain = json.dumps(claims, separators=(",", ":"), ensure_ascii=False).encode()
    sealed = AESGCM(hashlib.sha256(client_secret.encode()).digest()).encrypt(iv, plain, b"")
    text, tag = sealed[:-16], sealed[-16:]
    blob = bytes([len(iv)]) + iv + struct.pack("<H", 0) + struct.pack("<i", len(text)) + text + tag
    return base64.urlsafe_b64encode(blob).rstrip(b"=").decode()
