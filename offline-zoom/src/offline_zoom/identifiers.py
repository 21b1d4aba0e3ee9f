"""Identifiers in Zoom's forms; the same seed gives the same names."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import string

ALPHANUMERIC = string.ascii_letters + string.digits
UUID = re.compile(r"[A-Za-z0-9+/]{22}==")


def random_text(length: int) -> str:
    """Letters and digits nobody can guess."""
    return "".join(secrets.choice(ALPHANUMERIC) for _ in range(length))


def meeting_uuid(seed: str = "") -> str:
    """24 characters of base64 that may hold ``/`` and ``+``; random without a seed."""
    raw = hashlib.sha256(seed.encode()).digest()[:16] if seed else secrets.token_bytes(16)
    return base64.b64encode(raw).decode()


def file_id(seed: str) -> str:
    """8-4-4-4-12 hexadecimal digits."""
    digest = hashlib.sha256(seed.encode()).hexdigest()
    return "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32]))


def participant_uuid(seed: str) -> str:
    """The same in capitals, as participants have it."""
    return file_id(seed).upper()


def is_uuid(text: str) -> bool:
    """Whether this is the name of a held meeting."""
    return UUID.fullmatch(text) is not None
