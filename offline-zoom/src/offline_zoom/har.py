"""Received calls as an HTTP archive (HAR 1.2), which browsers and many tools can show.

http://www.softwareishard.com/blog/har-12-spec/
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from offline_zoom.call_log import Call

JSON = dict[str, Any]
SECRET_HEADERS = ("authorization", "cookie", "set-cookie")
SECRET_PARAMETERS = ("access_token", "client_secret", "code", "code_verifier", "refresh_token", "token", "zak")
REMOVED = "(removed)"


def har(calls: Iterable[Call]) -> JSON:
    """The archive. It has no bodies; secret headers and parameters are removed."""
    creator = {"name": "offline-zoom", "version": "1"}
    return {"log": {"version": "1.2", "creator": creator, "entries": [entry(call) for call in calls]}}


def entry(call: Call) -> JSON:
    """The entry of one call."""
    return {
        "startedDateTime": datetime.fromtimestamp(call.at, UTC).isoformat(timespec="milliseconds"),
        "time": call.milliseconds,
        "request": request(call),
        "response": response(call),
        "cache": {},
        "timings": {"send": 0, "wait": call.milliseconds, "receive": 0},
    }


def request(call: Call) -> JSON:
    """The request of an entry."""
    url = without_secrets(f"{call.scheme}://{call.host}{call.target}")
    parameters = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    return {
        "method": call.method,
        "url": url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": pairs(call.headers.items()),
        "queryString": [{"name": name, "value": value} for name, value in parameters],
        "headersSize": -1,
        "bodySize": -1,
    }


def response(call: Call) -> JSON:
    """The response of an entry. Status 0 means that the connection was dropped."""
    headers = {name.lower(): value for name, value in call.response_headers}
    size = headers.get("content-length", "")
    return {
        "status": call.status,
        "statusText": reason(call.status),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": pairs(call.response_headers),
        "content": {"size": int(size) if size.isdigit() else -1, "mimeType": headers.get("content-type", "")},
        "redirectURL": without_secrets(headers.get("location", "")),
        "headersSize": -1,
        "bodySize": -1,
    }


def pairs(headers: Iterable[tuple[str, str]]) -> list[JSON]:
    """The headers of a request or a response, without secrets."""
    return [{"name": name, "value": public_value(name.lower(), value)} for name, value in headers]


def public_value(name: str, value: str) -> str:
    """The value of a header without secrets. Of a link, only the secret parameters are removed."""
    if name in SECRET_HEADERS:
        return REMOVED
    return without_secrets(value) if name in ("location", "referer") else value


def without_secrets(url: str) -> str:
    """A URL in which the values of secret parameters are removed."""
    address, mark, query = url.partition("?")
    names_and_values = parse_qsl(query, keep_blank_values=True)
    public = [(name, REMOVED if name in SECRET_PARAMETERS else value) for name, value in names_and_values]
    return f"{address}{mark}{urlencode(public)}"


def reason(status: int) -> str:
    """The reason phrase of a status. Empty for an unknown one."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
