"""Makes identifiers in Zoom's formats. The same seed gives the same identifier."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import string

ALPHANUMERIC = string.ascii_letters + string.digits
UUID = re.compile(r"[A-Za-z0-9+/]{22}==")


def random_text(length: int) -> str:
    """Random letters and digits."""
    return "".join(secrets.choice(ALPHANUMERIC) for _ in range(length))


def meeting_uuid(seed: str = "") -> str:
    """24 characters of base64 that may hold ``/`` and ``+``; random without a seed."""
    raw = hashlib.sha256(seed.encode(errors="surrogatepass")).digest()[:16] if seed else secrets.token_bytes(16)
    return base64.b64encode(raw).decode()


def file_id(seed: str) -> str:
    """8-4-4-4-12 hexadecimal digits."""
    digest = hashlib.sha256(seed.encode(errors="surrogatepass")).hexdigest()
    return "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32]))


def participant_uuid(seed: str) -> str:
    """A UUID in capitals, as participants have it."""
    return file_id(seed).upper()


def is_uuid(text: str) -> bool:
    """Whether the text has the form of a meeting UUID."""
    return UUID.fullmatch(text) is not None
