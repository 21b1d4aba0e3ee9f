"""Meeting ids in the app's own addresses: a UUID becomes a key in URL-safe base64, a meeting's number stays.

A UUID names one instance of a meeting; the number names the meeting, and stands for its running instance.
"""

from __future__ import annotations

import re

_UUID = re.compile(r"[A-Za-z0-9+/]{22}(==)?")
_KEY = re.compile(r"[A-Za-z0-9_-]{22}")
_NUMBER = re.compile(r"[0-9]{9,12}")


def key_of(uuid: str) -> str:
    """The key for a UUID: 22 characters that need no escaping. Anything but a UUID is returned unchanged."""
    return uuid[:22].replace("+", "-").replace("/", "_") if _UUID.fullmatch(uuid) else uuid


def instance_of(key: str) -> str | None:
    """The number or UUID for a key; None if the key is malformed."""
    if _NUMBER.fullmatch(key):
        return key
    return key.replace("-", "+").replace("_", "/") + "==" if _KEY.fullmatch(key) else None


def is_number(instance: str) -> bool:
    """Whether this is a meeting's number, not a UUID."""
    return instance.isdigit()
