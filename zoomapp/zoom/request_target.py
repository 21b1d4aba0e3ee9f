"""Checks the target of a proxied request, as received, with a strict grammar; an accepted target is sent unchanged.

So a meeting UUID that is encoded twice arrives encoded twice. Refused is every form that a server between the app and
Zoom could read as another path: dot segments in any encoding, backslashes, control characters, malformed UTF-8.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from zoomapp.errors import BadRequest, UriTooLong

PREFIX = "/zoom/api"
MAX_LENGTH = 6000
#: A path is checked as it is, and decoded once, twice and three times, as a server in between might read it.
READINGS = 4

_PATH = re.compile(r"/v2(?:/(?:[A-Za-z0-9\-._~!$&'()*+,=:@|\[\]]|%[0-9A-Fa-f]{2})+)+/?")
_QUERY = re.compile(r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?|\[\]{}^`]|%[0-9A-Fa-f]{2})*")
_ABSOLUTE = re.compile(r"https?://[^/?#]*", re.IGNORECASE)
_DOTS = frozenset({b".", b".."})
#: A ZAK starts meetings as its user: it never goes to a page. Chat takes the app's token, not the user's.
_NOT_SERVED = re.compile(rb"/v2/(users/[^/]+/(token|zak)|im/chat/messages)/?", re.IGNORECASE)


@lru_cache(maxsize=1024)  # a page asks the same again and again
def relay_target(raw: str) -> str:
    """Path and query for Zoom, beginning with ``/v2/``, exactly as they came.

    ``raw``: the request target as it came over the wire. Raises BadRequest, UriTooLong.
    """
    if len(raw) > MAX_LENGTH:
        raise UriTooLong(f"{len(raw)} characters")
    # An absolute form is cut to its path; what it says about the host is never believed (RFC 9112 3.2.2).
    target = _ABSOLUTE.sub("", raw, count=1) if not raw.startswith("/") else raw
    if not target.startswith(PREFIX + "/v2/"):
        raise BadRequest("outside the API")
    target = target.removeprefix(PREFIX)
    path, _, query = target.partition("?")
    if not _PATH.fullmatch(path) or not _QUERY.fullmatch(query):
        raise BadRequest("malformed target")
    form, before = path.encode(), b""
    for _ in range(READINGS):
        if form != before:
            _check_form(form)
        form, before = unquote_to_bytes(form), form
    _check_utf8(unquote_to_bytes(query))
    if _names_token(query):
        raise BadRequest("a token in the query")
    return target


def _check_form(path: bytes) -> None:
    """Raises BadRequest for a path that this many readings turn into something else."""
    _check_utf8(path)
    if any(byte < 0x20 or byte == 0x7F for byte in path) or b"\\" in path:
        raise BadRequest("control character or backslash")
    if any(segment.partition(b";")[0].strip() in _DOTS for segment in path.split(b"/")):
        raise BadRequest("dot segment")
    if _NOT_SERVED.fullmatch(path):
        raise BadRequest("an endpoint that the proxy does not serve")


def _check_utf8(decoded: bytes) -> None:
    """Raises BadRequest for bytes that are not well-formed UTF-8, such as an overlong form of a dot."""
    try:
        decoded.decode()
    except UnicodeDecodeError as error:
        raise BadRequest("not well-formed UTF-8") from error


def _names_token(query: str) -> bool:
    """Whether a query parameter is an access token. The app sends its own token in the header (RFC 6750 2)."""
    names = (unquote_to_bytes(part.partition("=")[0]).lower() for part in re.split("[&;]", query))
    return any(name.strip() == b"access_token" for name in names)
