"""The names of what is kept in Redis.

Everything of one user shares one hash tag, so that on a cluster it lies in one slot: one command can read a session
together with the user's tokens, and one script can delete all of it. The tag is a digest, so no key names a person.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache

PREFIX = "zoomapp:"
#: What no tag holds.
_NO_TAG = re.compile(r"[^A-Za-z0-9_-]")


@lru_cache(maxsize=4096)
def tag(user_id: str) -> str:
    """22 URL-safe characters that stand for a user in key names and in the session cookie."""
    return base64.urlsafe_b64encode(hashlib.sha256(b"tag:" + user_id.encode()).digest()[:16]).decode().rstrip("=")


def tagged(tag: str, kind: str, name: str = "") -> str:
    return f"{PREFIX}{{{tag}}}:{kind}" + (f":{name}" if name else "")


def of_user(user_id: str, kind: str, name: str = "") -> str:
    """The key of a user's record of some kind, such as ``zoomapp:{…}:tokens``."""
    return tagged(tag(user_id), kind, name)


def tag_of(key: str) -> str:
    """The tag within a key's name."""
    return key[key.index("{") + 1 : key.index("}")]


def clean(tag: str) -> str:
    """A tag that came from outside, without what could end it in a key's name."""
    return _NO_TAG.sub("", tag)


def digest(text: str | bytes) -> str:
    """A name for something that must not itself be a name: a session id, a context, a token."""
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()[:32]
