"""No header that Zoom's API sends gives a 500: strange values are left out of the proxy's response."""

import re

import pytest

from offline_zoom.faults import Fault


@pytest.mark.parametrize("name", ["Content-Type", "Content-Encoding", "Content-Language", "X-RateLimit-Limit"])
@pytest.mark.parametrize("size", [2, 300_000])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_strange_headers_of_zooms_api_give_no_500(dana, world, name, size, method):
    body = f'"{"x" * size}"'
    for value in ("application/json\r\n folded: line", "application/json\0", "\u00e9", "text\u2028", ""):
        world.faults.append(Fault("* /v2/users/me/meetings", 200, {name: value}, body, count=1))

        answer = dana.browser.open(f"/zoom/api/v2/users/me/meetings?type=live&{size}", method=method)

        assert answer.status_code == 200
        assert answer.text == (body if method == "GET" else "")
        assert all(re.fullmatch(r"[\t\x20-\x7e\x80-\xff]*", text) for _, text in answer.headers)


@pytest.mark.parametrize("name", ["X-RateLimit-Type", "X-RateLimit-Category", "Retry-After"])
def test_strange_headers_of_a_429_give_no_500(dana, world, name):
    for value in ("Daily\r\n folded: line", "\0", "\u00e9", "9" * 400, "-1", "nan", "inf", "\u00b2"):
        world.faults.append(Fault("* /v2/users/me/meetings", 429, {name: value}, "{}", count=1))

        assert dana.get("/zoom/api/v2/users/me/meetings?type=live").status_code == 429
