"""A part of a page that loads and fails on its own; when Zoom is away, with what was last seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from zoomapp.errors import UpstreamError, ZoomRefused
from zoomapp.store import key_names
from zoomapp.store.encrypted_records import LAST_SEEN_SECTION
from zoomapp.web.components.notice import Notice, Permission, notice_for
from zoomapp.web.current_user import user_client
from zoomapp.web.viewer import now, user_records

Value = TypeVar("Value")

LAST_SEEN_SECONDS = 3600


@dataclass(frozen=True)
class Section(Generic[Value]):
    """``value`` is None when there is nothing to show; ``trouble`` says why, or how old the value is."""

    value: Value | None
    at: datetime
    trouble: Notice | None = None

    @property
    def status(self) -> int:
        """For a page that consists of this block alone."""
        return self.trouble.status if self.trouble and self.value is None else 200

    @property
    def headers(self) -> dict[str, str]:
        wait = self.trouble.retry_after if self.trouble and self.status != 200 else 0
        return {"Retry-After": str(wait)} if wait else {}


def recent_section(name: str, read: Callable[[Any], Value], seconds: float) -> Section[Value] | None:
    """What this user saw under ``name`` at most ``seconds`` ago, without asking Zoom."""
    seen = user_records().load(user_client().user_id, LAST_SEEN_SECTION, key_names.digest(name))
    if not isinstance(seen, dict) or now().timestamp() - seen["at"] >= seconds:
        return None
    return Section(read(seen["raw"]), datetime.fromtimestamp(seen["at"], UTC))


def section(
    name: str,
    need: Permission,
    fetch: Callable[[], Any],
    read: Callable[[Any], Value],
    seconds: int = LAST_SEEN_SECONDS,
) -> Section[Value]:
    """What ``fetch`` gets from Zoom (JSON), as ``read`` reads it; kept for ``seconds`` in case Zoom goes away.

    ``name`` tells apart what a user sees, query included. Raises what concerns the whole page: TokenError and
    StoreUnavailable.
    """
    who, digest = user_client().user_id, key_names.digest(name)
    try:
        raw = fetch()
    except UpstreamError as error:
        seen = user_records().load(who, LAST_SEEN_SECTION, digest)
        if not isinstance(seen, dict):
            return Section(None, now(), notice_for(error, need))
        at = datetime.fromtimestamp(seen["at"], UTC)
        return Section(read(seen["raw"]), at, notice_for(error, need, at))
    except ZoomRefused as error:
        return Section(None, now(), notice_for(error, need))
    user_records().save(who, LAST_SEEN_SECTION, {"at": now().timestamp(), "raw": raw}, seconds, digest)
    return Section(read(raw), now())
