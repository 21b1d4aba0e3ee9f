"""Settings that change how the offline Zoom behaves."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any

#: why Zoom gives no summary: not made yet, switched off, in the trash, two settings of the account, not shared
SUMMARY_REFUSALS = ("missing", "off", "trashed", "email-only", "ip-range", "unclear", "not-shared")
#: why Zoom gives no transcript: none, not shared, or a reason in place of the file
RESTRICTIONS = ("DELETED_OR_TRASHED", "UNSUPPORTED", "NO_TRANSCRIPT_DATA", "NOT_READY")
TRANSCRIPT_REFUSALS = ("missing", "not-shared", *RESTRICTIONS)
#: what is not there of polls: answers, polls at all, their definitions (deleted after the meeting); or not shared
POLL_STATES = ("missing", "off", "deleted", "not-shared")
#: why there is no Q&A: no questions, not shared
QUESTION_STATES = ("missing", "not-shared")
CHOICES = {
    "summary": SUMMARY_REFUSALS,
    "transcript": TRANSCRIPT_REFUSALS,
    "polls": POLL_STATES,
    "questions": QUESTION_STATES,
}
#: the values of switches that have only these
CODES: dict[str, tuple[int | str, ...]] = {
    "missing_scope_code": (4711, 104, 4700),
    "per_second_code": (429, 4001),
    "limits": ("off", "plan"),
    "rate_headers": ("category", "all"),
    "recordings_range": ("honour", "clamp"),
    "download_refusal": ("401", "200", "html"),
}
#: three hundred years in seconds
MAX_NUMBER = 10_000_000_000


#: what each switch does. Times are seconds
MEANINGS = {
    "auto_consent": "the consent page approves without asking",
    "strict_redirect": "in-client codes, too, need exactly their redirect URI at the exchange",
    "in_client_s256": "in-client codes take a verifier by S256, too",
    "code_lifetime": "how long an authorization code is valid",
    "access_lifetime": "how long an access token is valid",
    "refresh_lifetime": "how long a refresh token is valid",
    "page_token_lifetime": "how long a page token is valid",
    "deeplink_lifetime": "how long a deep link is valid",
    "api_url": "the `api_url` in answers of the token endpoint",
    "omit_api_url": "tokens come without `api_url`",
    "omit_refresh_token": "a refresh gives no new refresh token",
    "invalid_client_status": "the status that refuses wrong credentials of an app",
    "missing_scope_code": "the code that refuses a missing scope: 4711, 104 or 4700",
    "per_second_code": "the code of the limit per second: 429 or 4001",
    "withheld_scopes": "scopes that are not granted at consent",
    "user_managed": "users manage the app and grant no `:admin` scope. Otherwise `admin_managed` decides",
    "refresh_grace": "how long the tokens before a refresh stay valid. A new authorization ends them at once",
    "deauthorized_event": "a removed app gets the event `app_deauthorized`",
    "host_join_event": "the host's first join has an event",
    "late_end": "a meeting's end is announced after the next start of the same meeting",
    "limits": "rate limits: `off`, or `plan` for Zoom's table with the changes in `rate_limits`",
    "rate_limits": "calls a second by label, as `{ Light = 4 }`",
    "rate_headers": "headers of rate limits: `category` alone, or `all` that are documented",
    "recordings_range": "a long range of dates: `honour`, or `clamp` to a month",
    "download_refusal": "how a download is refused: `401`, `200` (a small JSON body) or `html`",
    "ready_after": "how long after its end a meeting is missing in reports",
    "recording_ready_after": "how long after the end of a meeting its recording is ready",
    "summary": f"why there are no summaries: {', '.join(SUMMARY_REFUSALS)}",
    "transcript": f"why there are no transcripts: {', '.join(TRANSCRIPT_REFUSALS)}",
    "polls": f"what is missing of polls: {', '.join(POLL_STATES)}",
    "questions": f"why there is no Q&A: {', '.join(QUESTION_STATES)}",
    "summary_ready_after": "how long after the end of a meeting its summary is ready",
    "transcript_ready_after": "how long after the end of a meeting its transcript is ready",
    "unknown_endpoint_404": "an endpoint that is not simulated is 404 with code 2300, as at Zoom, and not 501",
    "app_published": "the app's manifest can no longer be read or updated",
    "manifest_update_status": "the status of an updated manifest: 200 or 204",
}


@dataclass
class Switches:
    """Settings for tests and the control API. Defaults follow the real Zoom where it is known.

    ``MEANINGS`` has what each does.
    """

    auto_consent: bool = False
    strict_redirect: bool = False
    in_client_s256: bool = False
    code_lifetime: float = 300
    access_lifetime: float = 3600
    refresh_lifetime: float = 90 * 86400
    refresh_grace: float = 0
    page_token_lifetime: float = 900
    deeplink_lifetime: float = 300
    api_url: str = ""
    omit_api_url: bool = False
    omit_refresh_token: bool = False
    invalid_client_status: int = 400
    missing_scope_code: int = 4711
    per_second_code: int = 429
    withheld_scopes: list[str] = field(default_factory=list)
    user_managed: bool = False
    deauthorized_event: bool = True
    host_join_event: bool = True
    late_end: bool = False
    limits: str = "off"
    rate_limits: dict[str, int] = field(default_factory=dict)
    rate_headers: str = "category"
    recordings_range: str = "clamp"
    download_refusal: str = "401"
    ready_after: float = 0
    recording_ready_after: float = 120
    summary: str = ""
    transcript: str = ""
    polls: str = ""
    questions: str = ""
    summary_ready_after: float = 360
    transcript_ready_after: float = 240
    unknown_endpoint_404: bool = False
    app_published: bool = False
    manifest_update_status: int = 200

    def change(self, changes: dict[str, Any]) -> None:
        """Set several settings. Raises ValueError for an unknown name or a value of a wrong type."""
        for name, value in {name: self._checked(name, value) for name, value in changes.items()}.items():
            setattr(self, name, value)

    def _checked(self, name: str, value: Any) -> Any:
        """The value of a switch. Raises ValueError for an unknown name or a value that the switch cannot have."""
        if name not in {field.name for field in fields(self)}:
            raise ValueError(f"there is no switch named {name}")
        kind = type(getattr(self, name))
        if kind in (int, float) and isinstance(value, int | float) and not isinstance(value, bool):
            if not 0 <= value <= MAX_NUMBER:
                raise ValueError(f"{name} must be a number from 0 to {MAX_NUMBER}")
            if kind(value) != value:
                raise ValueError(f"{name} must be a whole number")
            value = kind(value)
        if not isinstance(value, kind):
            raise ValueError(f"{name} must be of type {kind.__name__}")
        if name == "invalid_client_status" and not 400 <= value <= 599:
            raise ValueError(f"{name} must be the status of an error")
        if name == "manifest_update_status" and value not in (200, 204):
            raise ValueError(f"{name} must be 200 or 204")
        if name in CODES and value not in CODES[name]:
            raise ValueError(f"{name} must be one of {', '.join(map(str, CODES[name]))}")
        if name in CHOICES and value not in ("", *CHOICES[name]):
            raise ValueError(f"{name} must be one of {', '.join(CHOICES[name])}, or an empty text")
        if isinstance(value, list) and not all(isinstance(item, str) for item in value):
            raise ValueError(f"{name} must be a list of texts")
        if isinstance(value, dict) and not all(type(item) is int for item in value.values()):
            raise ValueError(f"{name} must hold whole numbers")
        return value

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
