"""A proxy to the development server of another frontend (``FRONTEND_URL``), at this app's address.

The server gets no cookie, no credentials and no app context. Only its files are passed on: its cookies, policies and
redirects to other hosts are not.
"""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import quote, unquote

import requests
from flask import Request, Response
from requests.structures import CaseInsensitiveDict

from zoomapp import deadline
from zoomapp.config import FRONTEND_PATH
from zoomapp.errors import FrontendAway, NotFound, UpstreamError
from zoomapp.urls import UnsafeAddress, Url, parse, resolve
from zoomapp.zoom.client import ANSWER_SECONDS, CONNECT_SECONDS, Answer
from zoomapp.zoom.urllib3_transport import Urllib3Transport

UP = ("Accept", "Accept-Encoding", "Accept-Language")
DOWN = ("Content-Type", "Content-Encoding", "Content-Length", "Vary")
#: The ``Via`` header of our requests (RFC 9110 7.6.3). If ``FRONTEND_URL`` leads back to this app, it ends the loop.
VIA = "1.1 zoomapp-frontend"


def relay(origin: str, request: Request) -> Response:
    """The development server's response for this address. Raises FrontendAway, NotFound."""
    if VIA in request.headers.get("Via", ""):
        raise FrontendAway("FRONTEND_URL leads back to this app")
    try:
        url = parse(origin + target(request.path, request.query_string))
    except UnsafeAddress as error:
        raise NotFound from error
    try:
        answer = _ask(url, request)
        whole = answer.whole()
    except (requests.RequestException, UpstreamError) as error:
        raise FrontendAway(type(error).__name__) from error
    response = Response(answer.chunks() if whole is None else whole, answer.status)
    del response.headers["Content-Type"]
    response.headers.update({name: answer.headers[name] for name in DOWN if name in answer.headers})
    if 300 <= answer.status < 400:
        response.headers["Location"] = _place(url, answer.headers.get("Location", ""))
    response.call_on_close(answer.close)
    return response


def target(path: str, query: bytes) -> str:
    """Path and query for the development server. Raises NotFound for a path that could lead out of the frontend."""
    if _climbs(path):
        raise NotFound
    return quote(path, safe="/@:!$&'()*+,;=~") + ("?" + query.decode("latin-1") if query else "")


def _ask(url: Url, request: Request) -> Answer:
    upstream = requests.PreparedRequest()
    upstream.method, upstream.url, upstream.body = request.method, str(url), None
    upstream.headers = CaseInsensitiveDict({name: request.headers[name] for name in UP if name in request.headers})
    upstream.headers["Via"] = VIA
    seconds = deadline.remaining(ANSWER_SECONDS)
    timeout = (min(CONNECT_SECONDS, seconds), seconds)
    return Answer.of(_transport().send(upstream, stream=True, timeout=timeout), request.method)


def _climbs(path: str) -> bool:
    """Whether a path has dot segments, as it stands or decoded once more."""
    return any(part in (".", "..") for form in (path, unquote(path)) for part in re.split(r"[/\\]", form))


def _place(url: Url, location: str) -> str:
    """Where it redirects to, as path and query of ours. Raises FrontendAway for any place but the frontend."""
    try:
        place = resolve(url, location)
    except UnsafeAddress as error:
        raise FrontendAway("a redirect to an unsafe address") from error
    path = place.target.partition("?")[0]
    if place.origin != url.origin or not f"{path}/".startswith(f"{FRONTEND_PATH}/") or _climbs(path):
        raise FrontendAway("a redirect to another place")
    return place.target


@cache
def _transport() -> Urllib3Transport:
    return Urllib3Transport()
