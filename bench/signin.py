"""Sign people in through the target's own OAuth sign-in, so that it stores its usual data."""

from __future__ import annotations

import http.client
from concurrent.futures import ThreadPoolExecutor
from http.cookies import SimpleCookie
from urllib.parse import parse_qs, urlsplit

AT_ONCE = 16


def sign_in(url: str, people: list[str]) -> list[str]:
    """The value of the ``Cookie`` header for each person."""
    return [_sign_in(url, person) for person in people]


def sign_in_at_once(url: str, people: list[str]) -> list[str]:
    """As ``sign_in``, some at the same time: for a Zoom that takes its time."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda person: _sign_in(url, person), people))


def _sign_in(url: str, person: str) -> str:
    consent, cookies = _visit(url, "/api/zoomapp/install", {})
    state = parse_qs(urlsplit(consent).query)["state"][0]
    _, cookies = _visit(url, f"/api/zoomapp/auth?code=c-{person}&state={state}", cookies)
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def _visit(url: str, path: str, cookies: dict[str, str]) -> tuple[str, dict[str, str]]:
    """The redirect target, and the cookies after the response."""
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=30)
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    assert answer.status == 302, f"{url}{path} answered {answer.status}: {text[:300]!r}"
    new_cookies = SimpleCookie()
    for header in answer.headers.get_all("Set-Cookie", []):
        new_cookies.load(header)
    return answer.headers["Location"], {**cookies, **{name: morsel.coded_value for name, morsel in new_cookies.items()}}
