"""Planned faults: which route fails, how, and how often.

``world.faults.append(Fault("GET /v2/users/me/meetings", 429, {"Retry-After": "7"}))``
``world.faults.add("lost-rotation")``
"""

from __future__ import annotations

import random
import threading
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

from offline_zoom.call_log import pattern
from offline_zoom.dates import iso, next_midnight

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


@dataclass
class Fault:
    """A fault of the calls of one route.

    ``route``: method and path, ``*`` for a method or segment, ``**`` for any rest. ``status``, ``headers`` and
    ``body`` replace the answer (a dict becomes JSON); without a status the call goes through. ``delay`` waits
    that many seconds before the call is processed, ``hold`` after. ``drop`` closes the connection ``before`` or
    ``after`` processing, ``cut`` after that many bytes of the body. ``bad_gzip`` claims a compression the body
    does not have. ``grant_type`` narrows it to such token requests. ``count`` is how often it happens (``None``:
    until cleared), ``probability`` how likely each time.
    """

    route: str = "* **"
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: str | dict[str, Any] | None = None
    delay: float = 0.0
    hold: float = 0.0
    drop: Literal["", "before", "after"] = ""
    cut: int | None = None
    bad_gzip: bool = False
    grant_type: str = ""
    count: int | None = None
    probability: float = 1.0

    def __post_init__(self) -> None:
        self.method, _, path = self.route.partition(" ")
        self._path = pattern(path)

    def matches(self, method: str, path: str, grant_type: str = "") -> bool:
        """Whether the fault applies to this call."""
        named = self.method in ("*", method) and self._path.fullmatch(path) is not None
        return named and self.grant_type in ("", grant_type)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Fault:
        """A fault from the JSON of the control API. Raises ValueError for an unknown field."""
        unknown = set(data) - {field.name for field in fields(cls)}
        if unknown:
            raise ValueError(f"a fault has no {', '.join(sorted(unknown))}")
        if " " not in data.get("route", "* **"):
            raise ValueError("a route is a method and a path, such as GET /v2/users/*")
        return cls(**data)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def presets(now: float) -> dict[str, Fault]:
    """The preset faults by name. Each happens once."""
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
    }
    for fault in fault_by_name.values():
        fault.count = 1
    return fault_by_name


def preset(name: str, now: float) -> Fault:
    """A preset fault by name. Raises ValueError for an unknown name."""
    fault_by_name = presets(now)
    if name not in fault_by_name:
        raise ValueError(f"no fault is called {name}; there are {', '.join(fault_by_name)}")
    return fault_by_name[name]


#: the names of the presets
PRESETS = tuple(presets(0))


class Faults(list[Fault]):
    """The planned faults, in order. The first that matches a call is applied to it."""

    def __init__(self, now: Any, seed: int = 1) -> None:
        super().__init__()
        self._now = now
        self._dice = random.Random(seed)
        self._lock = threading.Lock()

    def add(self, fault: Fault | str, **changes: Any) -> Fault:
        """Add a fault, or a preset by name. ``changes`` are fields to set."""
        fault_by_name = preset(fault, self._now()) if isinstance(fault, str) else fault
        if changes:
            fault_by_name = Fault(**{**fault_by_name.as_json(), **changes})
        self.append(fault_by_name)
        return fault_by_name

    def take(self, method: str, path: str, grant_type: str = "") -> Fault | None:
        """The fault to apply to this call, or None. Counts it down."""
        with self._lock:
            for fault in self:
                if fault.matches(method, path, grant_type) and self._dice.random() < fault.probability:
                    if fault.count is not None:
                        fault.count -= 1
                        if fault.count <= 0:
                            self[:] = [other for other in self if other is not fault]
                    return fault
        return None
