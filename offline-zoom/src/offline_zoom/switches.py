"""Settings that change how the offline Zoom behaves."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any


@dataclass
class Switches:
    """Settings for tests and the control API. Defaults follow the real Zoom where it is known. Times are seconds.

    ``auto_consent``: the consent page allows without asking. ``strict_redirect``: in-client codes, too, need
    exactly their redirect URI at the exchange. ``limits``: ``off``, ``plan`` (Zoom's table) or ``rate_limits`` below by
    label. ``rate_headers``: ``category`` alone, as seen in 2026, or ``all`` that are documented.
    ``recordings_range``: ``honour`` (any range), or ``clamp`` (to a month). ``download_refusal``: ``401``,
    ``200`` (a small JSON body with status 200) or ``html``. ``withheld_scopes`` are not granted at consent.
    ``ready_after``: how long after its end a meeting is missing in reports.
    """

    auto_consent: bool = False
    strict_redirect: bool = False
    code_lifetime: float = 300
    access_lifetime: float = 3600
    refresh_lifetime: float = 90 * 86400
    page_token_lifetime: float = 900
    deeplink_lifetime: float = 300
    api_url: str = ""
    omit_api_url: bool = False
    omit_refresh_token: bool = False
    invalid_client_status: int = 400
    withheld_scopes: list[str] = field(default_factory=list)
    limits: str = "off"
    rate_limits: dict[str, int] = field(default_factory=dict)
    rate_headers: str = "category"
    recordings_range: str = "clamp"
    download_refusal: str = "401"
    ready_after: float = 0
    recording_ready_after: float = 120

    def change(self, changes: dict[str, Any]) -> None:
        """Set several settings. Raises ValueError for an unknown name or a value of a wrong type."""
        types = {field.name: type(getattr(self, field.name)) for field in fields(self)}
        for name, value in changes.items():
            kind = types.get(name)
            if kind is None:
                raise ValueError(f"no switch is called {name}")
            if kind is float and isinstance(value, int) and not isinstance(value, bool):
                value = float(value)
            if not isinstance(value, kind) and not (kind is int and isinstance(value, float)):
                raise ValueError(f"{name} wants {kind.__name__}")
            setattr(self, name, value)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
