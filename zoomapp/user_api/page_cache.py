"""What pages read from Zoom, saved per user: a fresh copy is served at once, an older one while a new one is fetched.

A copy is fresh for a minute, unless the user changed something since. For some minutes more it is served with its age,
while one call in the background replaces it. While Zoom cannot be reached, a copy of the last hour is better than
nothing. Copies hold no credentials (see ``credentials``). They are in the answer store, as the proxy's responses are.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from zoomapp.errors import UpstreamError, ZoomAppError, ZoomRefused
from zoomapp.store import key_names
from zoomapp.store.encrypted_records import LAST_SEEN_SECTION, PAGE_REFRESH
from zoomapp.user_api.answer_store import AnswerStore
from zoomapp.user_api.long_lists import load_in_steps
from zoomapp.user_api.parallel_calls import PageCalls, ParallelCalls
from zoomapp.zoom.credentials import without_credentials
from zoomapp.zoom.pagination import Collected, collect

log = logging.getLogger(__name__)

Value = TypeVar("Value")
Other = TypeVar("Other")

#: How long a copy is as good as Zoom's answer, and how long it is served while a new one is fetched.
FRESH_SECONDS, STALE_SECONDS = 60.0, 300.0
#: How long a copy is saved, to be shown while Zoom cannot be reached.
KEEP_SECONDS = 3600


@dataclass(frozen=True)
class Loaded(Generic[Value]):
    """A value and the moment it is from. Without a value, ``error`` says why; both are None if nothing was found.

    With a value, ``error`` says why Zoom gave nothing newer. ``last_seen_at``: when the saved copy was made that
    stands in for Zoom's answer. ``refreshing``: whether a newer value is being fetched.
    """

    value: Value | None
    at: datetime
    error: ZoomAppError | None = None
    last_seen_at: datetime | None = None
    refreshing: bool = False

    @property
    def from_last_seen(self) -> bool:
        """Whether the value is a saved copy, because Zoom failed."""
        return self.last_seen_at is not None

    def map(self, change: Callable[[Value], Other]) -> Loaded[Other]:
        """The same with a value made from this one."""
        value = None if self.value is None else change(self.value)
        return Loaded(value, self.at, self.error, self.last_seen_at, self.refreshing)


@dataclass(frozen=True)
class _Copy(Generic[Value]):
    """A saved copy: what Zoom sent ``at`` (epoch seconds), when the user's data had this version."""

    value: Value
    at: float
    version: str

    @property
    def moment(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)

    def loaded(self) -> Loaded[Value]:
        return Loaded(self.value, self.moment)


class PageCaches:
    """The caches of all users, and what their pages share: the answer store and background calls."""

    def __init__(
        self,
        answers: AnswerStore,
        parallel_calls: ParallelCalls,
        clock: Callable[[], float],
        fresh_seconds: float = FRESH_SECONDS,
    ) -> None:
        """``fresh_seconds``: for all that names no time of its own; 0 asks Zoom for each view."""
        self.fresh_seconds = fresh_seconds
        self.answers = answers
        self.parallel_calls = parallel_calls
        self.clock = clock

    @property
    def is_on(self) -> bool:
        """Whether views are served from copies."""
        return self.fresh_seconds > 0

    def of(
        self,
        user_id: str,
        version: bytes,
        now: datetime,
        *,
        reload: bool = False,
        in_steps: bool = False,
        prefetch: bool = False,
    ) -> PageCache:
        """The cache of one user for one request.

        ``version``: of the user's data, read along with the session. ``reload``: the user wants nothing older than
        this request. ``in_steps``: a long list may raise ListIncomplete and continue with the next request.
        ``prefetch``: the page is not opened yet, so a copy that may be served is not replaced.
        """
        return PageCache(self, user_id, version.hex(), now, self.parallel_calls.page(), reload, in_steps, prefetch)


@dataclass(frozen=True)
class PageCache:
    """The copies of one user, at the moment ``now`` of a request.

    ``calls`` starts loads that do not depend on each other at the same time.
    """

    shared: PageCaches
    user_id: str
    version: str
    now: datetime
    calls: PageCalls
    reload: bool = False
    in_steps: bool = False
    prefetch: bool = False

    @property
    def answers(self) -> AnswerStore:
        """Where the copies are saved."""
        return self.shared.answers

    @property
    def view_seconds(self) -> float:
        """How long what a page shows is fresh; 0 for a reload."""
        return 0.0 if self.reload else self.shared.fresh_seconds

    def load(
        self,
        name: str,
        fetch: Callable[[], Any],
        read: Callable[[Any], Value],
        *,
        fresh_seconds: float = 0.0,
        keep_seconds: int = KEEP_SECONDS,
        background_fetch: Callable[[], Any] | None = None,
        wait: bool = True,
    ) -> Loaded[Value]:
        """The JSON that ``fetch`` gets from Zoom, as ``read`` reads it.

        ``name`` identifies what is fetched, its query included. ``fresh_seconds``: how long a copy is fresh, if longer
        than the setting says. ``background_fetch``: fetches the same after the request, if that is done otherwise.
        ``wait``: whether to wait for Zoom; if not, the value is any saved copy, or None, while Zoom is asked.

        While Zoom fails, the saved copy is the value; a refusal has no value. A response that ``read`` refuses with
        UpstreamError is a failure. Raises what concerns the whole page: TokenError and StoreUnavailable.
        """
        fresh_seconds = max(fresh_seconds, self.shared.fresh_seconds)
        copy = self._load_copy(name, read)
        if copy and self._is_fresh(copy, fresh_seconds):
            return copy.loaded()
        if not wait or (copy and self._may_be_served(copy, fresh_seconds)):
            # A page that was prefetched asks for the newer copy once somebody opens it.
            refreshing = self.prefetch or self._refresh_in_background(
                name, background_fetch or fetch, read, keep_seconds
            )
            return replace(copy.loaded() if copy else Loaded(None, self.now), refreshing=refreshing)
        with self.answers.turn(self.user_id, key_names.digest(f"{self.version} {name}")):
            # Another caller may have saved it meanwhile.
            copy = self._load_copy(name, read)
            if copy and self._is_fresh(copy, fresh_seconds):
                return copy.loaded()
            return self._fetch(name, fetch, read, keep_seconds, copy)

    def load_list(
        self,
        name: str,
        fetch_page: Callable[[str], Any],
        rows: str,
        read: Callable[[Any], Value],
        *,
        keep_seconds: int = KEEP_SECONDS,
        steps_name: str = "",
        version: str | None = None,
        wait: bool = True,
    ) -> Loaded[Value]:
        """All pages of a list. ``fetch_page`` gets the page for a token; ``rows`` names the list in it.

        ``steps_name``: under which the pages so far are stored, if not under ``name``. ``version``: of the data that
        the list is made from; by default of the user's own. ``wait``: as in ``load``.

        ``read`` gets the ``rows``, whether they are ``complete``, Zoom's ``total`` and the number of ``unreadable``
        ones. Raises what ``load`` raises, and ListIncomplete if ``in_steps``.
        """

        def body(collected: Collected) -> dict[str, Any]:
            counts = {"total": collected.total, "complete": not collected.cut_off, "unreadable": collected.unreadable}
            return {"rows": list(collected.rows), **counts}

        def fetch_in_steps() -> dict[str, Any]:
            steps = steps_name or name
            shared = self.shared
            made_from = self.version if version is None else version
            found = load_in_steps(shared.answers, self.user_id, shared.clock, steps, made_from, fetch_page, rows)
            return body(found)

        def fetch_whole() -> dict[str, Any]:
            return body(collect(fetch_page, rows))

        def replace_whole() -> dict[str, Any]:
            collected = collect(fetch_page, rows)
            if collected.cut_off:
                raise UpstreamError("the list is not complete, so the copy stays")
            return body(collected)

        fetch = fetch_in_steps if self.in_steps else fetch_whole
        return self.load(name, fetch, read, keep_seconds=keep_seconds, background_fetch=replace_whole, wait=wait)

    def recent(self, name: str, read: Callable[[Any], Value], seconds: float) -> Loaded[Value] | None:
        """The saved copy of ``name`` if it is younger than ``seconds``. Does not call Zoom."""
        copy = self._load_copy(name, read)
        return copy.loaded() if copy and not self.reload and self._age(copy) < seconds else None

    def remember(self, name: str, fact: Any, keep_seconds: int) -> None:
        """Save what a page found out, so that ``recent`` returns it."""
        self._save(name, fact, keep_seconds, limited=False)

    def _fetch(
        self,
        name: str,
        fetch: Callable[[], Any],
        read: Callable[[Any], Value],
        keep_seconds: int,
        copy: _Copy[Value] | None,
    ) -> Loaded[Value]:
        try:
            raw = fetch()
            value = read(raw)
        except UpstreamError as error:
            if copy is None:
                return Loaded(None, self.now, error)
            return replace(copy.loaded(), error=error, last_seen_at=copy.moment)
        except ZoomRefused as error:
            self.answers.delete(self.user_id, LAST_SEEN_SECTION, key_names.digest(name))
            return Loaded(None, self.now, error)
        self._save(name, raw, keep_seconds)
        return Loaded(value, self.now)

    def _is_fresh(self, copy: _Copy[Any], fresh_seconds: float) -> bool:
        if self.reload:
            # Another window of this user may have fetched it since this request came.
            return copy.at > self.now.timestamp() and copy.version == self.version
        return self._age(copy) < fresh_seconds and copy.version == self.version

    def _may_be_served(self, copy: _Copy[Any], fresh_seconds: float) -> bool:
        """Whether an old copy is good enough until the new one is there. After the user's own change it is not."""
        if not self.shared.is_on or self.reload or copy.version != self.version:
            return False
        return self._age(copy) < max(STALE_SECONDS, 2 * fresh_seconds)

    def _age(self, copy: _Copy[Any]) -> float:
        return max(0.0, self.now.timestamp() - copy.at)

    def _refresh_in_background(
        self, name: str, fetch: Callable[[], Any], read: Callable[[Any], Value], keep_seconds: int
    ) -> bool:
        """Whether a newer copy is on its way. Of all processes and windows of this user, one fetches it."""
        answers, digest = self.answers, key_names.digest(name)
        if not answers.claim(self.user_id, PAGE_REFRESH, True, PAGE_REFRESH.seconds, digest):
            return True

        def refresh() -> None:
            try:
                raw = fetch()
                read(raw)
            except ZoomRefused as error:
                log.info("copy not refreshed", extra={"code": error.code, "detail": error.detail})
                answers.delete(self.user_id, LAST_SEEN_SECTION, digest)
                return
            except ZoomAppError as error:
                # The claim stays for its seconds: while Zoom fails, not every view tries again.
                log.info("copy not refreshed", extra={"code": error.code, "detail": error.detail})
                return
            self._save(name, raw, keep_seconds)
            answers.delete(self.user_id, PAGE_REFRESH, digest)

        started = self.shared.parallel_calls.start_in_background(refresh)
        if not started:
            answers.delete(self.user_id, PAGE_REFRESH, digest)
        return started

    def _save(self, name: str, raw: Any, keep_seconds: int, *, limited: bool = True) -> None:
        copy = {"at": self.shared.clock(), "raw": without_credentials(raw), "version": self.version}
        self.answers.save(self.user_id, LAST_SEEN_SECTION, copy, keep_seconds, key_names.digest(name), limited=limited)

    def _load_copy(self, name: str, read: Callable[[Any], Value]) -> _Copy[Value] | None:
        """The saved copy; None without one, or for one that cannot be read: an earlier release saved any response."""
        saved = self.answers.load(self.user_id, LAST_SEEN_SECTION, key_names.digest(name))
        if not isinstance(saved, dict):
            return None
        try:
            # An earlier release saved no version: its copies only stand in for Zoom.
            return _Copy(read(saved["raw"]), saved["at"], saved.get("version", "unknown"))
        except UpstreamError:
            return None
