"""Lists of many pages at Zoom, loaded a few seconds per request: raises ListIncomplete until the last page is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from zoomapp.store import key_names
from zoomapp.store.encrypted_records import PARTIAL_LIST
from zoomapp.user_api.answer_store import AnswerStore
from zoomapp.zoom.credentials import without_credentials
from zoomapp.zoom.pagination import Collected, collect

#: How long one request loads pages of a list.
STEP_SECONDS = 2.0
#: How long the pages loaded so far are saved: less than Zoom's page tokens live.
KEEP_SECONDS = 600


class ListIncomplete(Exception):
    """The list has more pages: ``done`` of about ``total`` are loaded. The same request again loads the next ones."""

    def __init__(self, done: int, total: int) -> None:
        super().__init__(f"{done} of {total}")
        self.done = done
        self.total = total


def load_in_steps(
    records: AnswerStore,
    user_id: str,
    clock: Callable[[], float],
    name: str,
    version: str,
    fetch: Callable[[str], Any],
    rows: str,
    seconds: float = STEP_SECONDS,
) -> Collected:
    """The list ``rows`` of all pages that ``fetch`` gets. Raises ListIncomplete after ``seconds``.

    ``name`` identifies the list among those of this user. ``version``: of the user's data; pages from before a change
    are not used.
    """
    digest, unreadable_digest = key_names.digest(name), key_names.digest(f"{name} unreadable")
    version_digest = key_names.digest(f"{name} version")
    saved = records.load(user_id, PARTIAL_LIST, digest)
    start = None
    # The release before this one saves no version: its pages are used.
    if isinstance(saved, dict) and records.load(user_id, PARTIAL_LIST, version_digest) in (None, version):
        unreadable = records.load(user_id, PARTIAL_LIST, unreadable_digest)
        start = Collected(**saved, unreadable=unreadable if isinstance(unreadable, int) else 0)
    ends_at = clock() + seconds
    found = collect(fetch, rows, start=start, pause=lambda: clock() > ends_at)
    if found.token:
        fields = {**asdict(found), "rows": without_credentials(found.rows)}
        # The release before this one reads no list with other fields.
        del fields["cut_off"]
        if unreadable := fields.pop("unreadable"):
            records.save(user_id, PARTIAL_LIST, unreadable, KEEP_SECONDS, unreadable_digest)
        else:
            records.delete(user_id, PARTIAL_LIST, unreadable_digest)
        records.save(user_id, PARTIAL_LIST, version, KEEP_SECONDS, version_digest)
        records.save(user_id, PARTIAL_LIST, fields, KEEP_SECONDS, digest)
        raise ListIncomplete(found.pages, max(found.pages + 1, found.pages_in_all))
    if saved:
        records.delete(user_id, PARTIAL_LIST, digest)
        records.delete(user_id, PARTIAL_LIST, unreadable_digest)
        records.delete(user_id, PARTIAL_LIST, version_digest)
    return found
