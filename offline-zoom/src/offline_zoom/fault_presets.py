"""The preset faults: failures of Zoom by name."""

from __future__ import annotations

from offline_zoom.dates import iso, next_midnight
from offline_zoom.fault import Fault

JSON = "application/json;charset=UTF-8"
HTML = "<!DOCTYPE html><title>502 Bad Gateway</title><h1>502 Bad Gateway</h1><p>sandbox</p>"
PER_SECOND = "You have reached the maximum per-second rate limit for this API. Try again later."
DAILY = (
    "You have reached the maximum daily rate limit for this API. "
    "Refer to the response header for details on when you can make another request."
)
PER_USER = (
    "You have exceeded the daily rate limit (100) of Meeting Create/Update API requests permitted "
    "for this particular user. You may resume these requests at GMT 00:00:00."
)
PER_REGISTRANT = (
    "You have exceeded the daily rate limit ({limit}) of meeting registrant API requests permitted "
    "for this particular registrant. You may resume these requests at GMT 00:00:00."
)
#: a refusal whose JSON is broken, as Zoom sends it
BROKEN_REFUSAL = (
    '{"code":104,"message":"Invalid access token, does not contain scopes:["meeting:read","meeting:read:admin"]."}'
)
NOT_A_FILE = '{"status":false,"errorCode":124,"errorMessage":"Forbidden"}'
#: what each preset does to a call
EFFECTS = {
    "server-error": "500 with code 500",
    "bad-gateway": "502 with a page of HTML",
    "html": "200 with a page of HTML in place of JSON",
    "slow": "waits 5 seconds before the call is processed",
    "dropped-before": "closes the connection before the call is processed",
    "dropped-after": "processes the call, then closes the connection",
    "cut-body": "closes the connection after 10 bytes of the body",
    "bad-gzip": "says that the body is gzip, which it is not",
    "per-second-limit": "429: too many calls in this second, with rate limit headers",
    "per-second-limit-bare": "429: too many calls in this second, without headers",
    "daily-limit": "429: too many calls today, with headers and the time to retry",
    "daily-limit-bare": "429: too many calls today, without headers",
    "user-limit": "429: one user created or changed 100 meetings today",
    "expired-token": "401 with code 124: the access token is expired",
    "revoked-token": "401 with code 124: the access token is invalid",
    "missing-scope": "400 with code 4711: the token lacks a scope",
    "not-ready": "404 with code 3001: the meeting does not exist or has not ended",
    "refused-refresh": "400 invalid_grant for a refresh token",
    "lost-rotation": "refreshes the tokens, then closes the connection",
    "slow-token": "waits 5 seconds before the token request is processed",
    "token-limit": "429 for a token request, retry after 2 seconds",
    "token-limit-bare": "429 for a token request, without Retry-After",
    "token-error": "500 for a token request",
    "token-html": "200 with a page of HTML for a token request",
    "wrong-client": "401 invalid_client for a token request",
    "broken-json": "400 with code 104, and JSON with a syntax error",
    "stale-token": "400 with code 124 until the token is refreshed",
    "refused-endpoint": "401 with code 124 for any token",
    "empty-error": "503 without a body",
    "redirect": "302 to another host",
    "refused-download": "200 with a small JSON body in place of a recording",
    "short-download": "the first 10 bytes of a file, as if they were all",
}
#: presets that happen until they are cleared; all others happen once
LASTING = ("stale-token", "refused-endpoint")


def presets(now: float) -> dict[str, Fault]:
    """The preset faults by name. All but ``LASTING`` happen once."""
    api, token = "* /v2/**", "POST /oauth/token"
    limited: dict[str, str] = {"X-RateLimit-Category": "Medium", "X-RateLimit-Remaining": "0"}
    fault_by_name = {
        "server-error": Fault(api, 500, body={"code": 500, "message": "Internal server error."}),
        "bad-gateway": Fault(api, 502, {"Content-Type": "text/html"}, HTML),
        "html": Fault(api, 200, {"Content-Type": "text/html"}, HTML),
        "slow": Fault(api, delay=5),
        "dropped-before": Fault(api, drop="before"),
        "dropped-after": Fault(api, drop="after"),
        "cut-body": Fault(api, cut=10),
        "bad-gzip": Fault(api, bad_gzip=True),
        "per-second-limit": Fault(
            api, 429, {**limited, "X-RateLimit-Type": "QPS"}, {"code": 429, "message": PER_SECOND}
        ),
        "per-second-limit-bare": Fault(api, 429, body={"code": 429, "message": PER_SECOND}),
        "daily-limit": Fault(
            api,
            429,
            {**limited, "X-RateLimit-Type": "Daily-limit", "Retry-After": iso(next_midnight(now))},
            {"code": 429, "message": DAILY},
        ),
        "daily-limit-bare": Fault(api, 429, body={"code": 429, "message": DAILY}),
        "user-limit": Fault(api, 429, body={"code": 429, "message": PER_USER}),
        "expired-token": Fault(api, 401, body={"code": 124, "message": "Access token is expired."}),
        "revoked-token": Fault(api, 401, body={"code": 124, "message": "Invalid access token."}),
        "missing-scope": Fault(
            api, 400, body={"code": 4711, "message": "Invalid access token, does not contain scopes:[sandbox:missing]."}
        ),
        "not-ready": Fault(api, 404, body={"code": 3001, "message": "Meeting ID is invalid or not end."}),
        "refused-refresh": Fault(
            token, 400, body={"reason": "Invalid Token!", "error": "invalid_grant"}, grant_type="refresh_token"
        ),
        "lost-rotation": Fault(token, drop="after", grant_type="refresh_token"),
        "slow-token": Fault(token, delay=5),
        "token-limit": Fault(
            token, 429, {"Retry-After": "2"}, {"reason": "Too many requests", "error": "invalid_request"}
        ),
        "token-limit-bare": Fault(token, 429, body={"reason": "Too many requests", "error": "invalid_request"}),
        "token-error": Fault(token, 500, body={"reason": "Internal error", "error": "server_error"}),
        "token-html": Fault(token, 200, {"Content-Type": "text/html"}, HTML),
        "wrong-client": Fault(
            token, 401, body={"reason": "Invalid client_id or client_secret", "error": "invalid_client"}
        ),
        "broken-json": Fault(api, 400, {"Content-Type": JSON}, BROKEN_REFUSAL),
        "stale-token": Fault(api, 400, body={"code": 124, "message": "Access token is expired."}, same_token=True),
        "refused-endpoint": Fault(
            "GET /v2/meetings/*/recordings", 401, body={"code": 124, "message": "Invalid access token."}
        ),
        "empty-error": Fault(api, 503),
        "redirect": Fault(api, 302, {"Location": "https://elsewhere.example/"}),
        "refused-download": Fault("GET /rec/download/*", 200, {"Content-Type": JSON}, NOT_A_FILE, chunked=True),
        "short-download": Fault("GET /storage/*", shorten=10),
    }
    for name, fault in fault_by_name.items():
        fault.name = name
        fault.count = None if name in LASTING else 1
    return fault_by_name


def preset(name: str, now: float) -> Fault:
    """A preset fault by name. Raises ValueError for an unknown name."""
    fault_by_name = presets(now)
    if name not in fault_by_name:
        raise ValueError(f"there is no fault named {name}; there are {', '.join(fault_by_name)}")
    return fault_by_name[name]


#: the names of the presets
PRESETS = tuple(presets(0))
