"""A held meeting's name in our own addresses: its UUID in URL-safe base64, or the meeting's number for "now"."""

from __future__ import annotations

import re

_UUID = re.compile(r"[A-Za-z0-9+/]{22}(==)?")
_KEY = re.compile(r"[A-Za-z0-9_-]{22}")
_NUMBER = re.compile(r"[0-9]{9,12}")


def key_of(uuid: str) -> str:
    """22 characters that need no escaping; the UUID as it is if it is not one of Zoom's."""
    return uuid[:22].replace("+", "-").replace("/", "_") if _UUID.fullmatch(uuid) else uuid


def instance_of(key: str) -> str | None:
    """The number or the UUID that a key in an address stands for; None when it can be neither."""
    if _NUMBER.fullmatch(key):
        return key
    return key.replace("-", "+").replace("_", "/") + "==" if _KEY.fullmatch(key) else None


def is_number(instance: str) -> bool:
    """Whether it names the meeting rather than one held instance of it."""
    return instance.isdigit()
