"""Signed-in people: each goes through the target's own OAuth sign-in, so that what it keeps is what it would keep."""

from __future__ import annotations

import http.client
from http.cookies import SimpleCookie
from urllib.parse import parse_qs, urlsplit


def sign_in(url: str, people: list[str]) -> list[str]:
    """A ``Cookie`` header's value for each of these people."""
    return [_sign_in(url, who) for who in people]


def _sign_in(url: str, who: str) -> str:
    consent, cookies = _visit(url, "/api/zoomapp/install", {})
    state = parse_qs(urlsplit(consent).query)["state"][0]
    _, cookies = _visit(url, f"/api/zoomapp/auth?code=c-{who}&state={state}", cookies)
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def _visit(url: str, path: str, cookies: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Where it leads, and the cookies from then on."""
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=30)
    said = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}
    connection.request("GET", path, headers=said)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    assert answer.status == 302, f"{url}{path} answered {answer.status}: {text[:300]!r}"
    given = SimpleCookie()
    for header in answer.headers.get_all("Set-Cookie", []):
        given.load(header)
    return answer.headers["Location"], {**cookies, **{name: morsel.coded_value for name, morsel in given.items()}}
