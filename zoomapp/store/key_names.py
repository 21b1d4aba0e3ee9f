"""Names of Redis keys: a user's hash tag (one cluster slot, no identity), the kind, and digests of secrets.

All keys of one user share a hash tag, so on a cluster they share a slot: one command can read a session together with
the user's tokens, and one script can write several of them. The tag is a digest, so no key names a person.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache

PREFIX = "zoomapp:"
#: Characters that no tag has.
_NO_TAG = re.compile(r"[^A-Za-z0-9_-]")


@lru_cache(maxsize=4096)
def tag(user_id: str) -> str:
    """22 URL-safe characters that identify a user in key names and in the session cookie."""
    return base64.urlsafe_b64encode(hashlib.sha256(b"tag:" + user_id.encode()).digest()[:16]).decode().rstrip("=")


def tagged(tag: str, kind: str, name: str = "") -> str:
    """The key of a record with this hash tag."""
    return f"{PREFIX}{{{tag}}}:{kind}" + (f":{name}" if name else "")


def of_user(user_id: str, kind: str, name: str = "") -> str:
    """The key of a user's record of some kind, such as ``zoomapp:{…}:tokens``."""
    return tagged(tag(user_id), kind, name)


def tag_of(key: str) -> str:
    """The hash tag within a key's name."""
    return key[key.index("{") + 1 : key.index("}")]


def clean(tag: str) -> str:
    """A tag from outside, without characters that could end it in a key's name."""
    return _NO_TAG.sub("", tag)


def digest(text: str | bytes) -> str:
    """32 hex digits for a key name, from a text that must not be in it: a session id, a context, a token."""
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()[:32]
