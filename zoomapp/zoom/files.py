"""Files of cloud recordings: Zoom's download address with the token, then its storage host without it."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import requests
from requests.structures import CaseInsensitiveDict

from zoomapp import deadline
from zoomapp.errors import NotFound, UpstreamError, UpstreamTimeout
from zoomapp.zoom.client import ANSWER_SECONDS, CONNECT_SECONDS, USER_AGENT, Answer, ZoomClient

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS = 4
#: What Zoom sends instead of a file when it refuses: small JSON, or a page to sign in on.
NOT_FILES = ("text/html", "application/xml")


def open_file(client: ZoomClient, url: str, access_token: str, byte_range: str = "") -> Answer:
    """The file's answer (200 or 206), its body unread. Raises NotFound, UpstreamError or UpstreamTimeout.

    The token goes to Zoom's own hosts only; a storage host elsewhere gets the signed address it is redirected to.
    """
    if not client.is_zoom(url):
        raise UpstreamError("download address is not Zoom's")
    for _ in range(MOST_REDIRECTS):
        answer = _ask(client, url, access_token if client.is_zoom(url) else "", byte_range)
        if answer.status not in REDIRECTS:
            return _checked(answer)
        url = urljoin(url, answer.headers.get("Location", ""))
        answer.close()
        if urlsplit(url).scheme != urlsplit(client.host).scheme:
            raise UpstreamError("download redirected to another scheme")
    raise UpstreamError("download redirected too often")


def _ask(client: ZoomClient, url: str, token: str, byte_range: str) -> Answer:
    headers = {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "identity"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    if byte_range:
        headers["Range"] = byte_range
    request = requests.PreparedRequest()
    request.method, request.url, request.body = "GET", url, None
    request.headers = CaseInsensitiveDict(headers)
    seconds = deadline.remaining(ANSWER_SECONDS)
    try:
        return Answer(client.adapter(url).send(request, stream=True, timeout=(CONNECT_SECONDS, seconds)), "GET")
    except requests.Timeout as error:
        raise UpstreamTimeout("download did not begin") from error
    except requests.RequestException as error:
        raise UpstreamError(f"download: {type(error).__name__}") from error


def _checked(answer: Answer) -> Answer:
    """The answer, if it is a file: tools have saved hundreds of error messages as videos."""
    kind = answer.headers.get("Content-Type", "").lower()
    refusal = kind.startswith(NOT_FILES) or (answer.status == 200 and _is_refusal(answer, kind))
    if answer.status in (200, 206, 416) and not refusal:
        return answer
    answer.close()
    if answer.status == 404:
        raise NotFound(404, 3301, "file is gone")
    raise UpstreamError(f"download refused: {answer.status} {kind[:40]}")


def _is_refusal(answer: Answer, kind: str) -> bool:
    return kind.startswith("application/json") and b'"errorCode"' in answer.fill(4096)[:4096]
