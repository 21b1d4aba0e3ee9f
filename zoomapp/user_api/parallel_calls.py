"""Independent calls of one page at the same time, on one bounded thread pool per process.

A call that has not started when its result is needed runs in the thread that needs it. So a full pool makes pages
slower, never stuck, and a call may start further calls.
"""

from __future__ import annotations

import contextvars
import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, Generic, TypeVar, cast

from zoomapp import deadline
from zoomapp.errors import ZoomAppError
from zoomapp.user_api.limited_client import CallsEnded
from zoomapp.zoom import call_trace

log = logging.getLogger(__name__)

Result = TypeVar("Result")

#: Threads of one process: enough for 25 people who open the overview at the same time, with four calls each. With a
#: full pool a page makes its calls one after the other. A thread starts when it is needed, and mostly waits.
THREADS = 128
#: Calls of one page that run at the same time, in threads of the pool.
CALLS_PER_PAGE = 4
#: Threads of one process for prefetches, beside those that pages use.
PREFETCH_THREADS = 8


class PendingCall(Generic[Result]):
    """A call that was started. ``result`` returns what it returns, or raises what it raises."""

    def __init__(self, call: Callable[[], Result]) -> None:
        # The deadline, the call trace and the request id of this request are part of the context.
        self._context = contextvars.copy_context()
        self._call = call
        self._claimed = threading.Lock()
        self._finished = threading.Event()
        self._value: Result | None = None
        self._error: BaseException | None = None

    def run(self) -> None:
        """Run the call, unless another thread has started it."""
        if not self._claimed.acquire(blocking=False):
            return
        try:
            self._value = self._context.run(self._call)
        except BaseException as error:
            self._error = error
        finally:
            self._finished.set()

    def result(self) -> Result:
        """The call's result. Runs the call in this thread if no thread of the pool has started it."""
        self.run()
        self._finished.wait()
        if self._error is not None:
            raise self._error
        return cast(Result, self._value)


class ParallelCalls:
    """The pool of one process. Its threads start with the first call, so after a fork. No call waits in a queue."""

    def __init__(self, threads: int = THREADS) -> None:
        self._pool = ThreadPoolExecutor(threads + PREFETCH_THREADS, thread_name_prefix="page-call")
        self._free = threading.Semaphore(threads)
        self._prefetch_places = threading.Semaphore(PREFETCH_THREADS)
        self._background_places = threading.Semaphore(max(1, threads // 2))
        self._closed = False
        self._running: set[Future[None]] = set()

    def page(self, calls_at_once: int = CALLS_PER_PAGE) -> PageCalls:
        """The calls of one page."""
        return PageCalls(self, calls_at_once)

    def close(self) -> None:
        """Start no more background calls: the process ends."""
        self._closed = True

    def wait_until_idle(self) -> None:
        """Wait until no thread of the pool has a call. A call that another one starts counts, too."""
        while running := tuple(self._running):
            wait(running)

    def start(self, call: Callable[[], object]) -> bool:
        """Run a call in the pool, if a thread is free. It must not raise."""
        return self._start(call, self._free)

    def _start(self, call: Callable[[], object], *all_places: threading.Semaphore) -> bool:
        """Run a call in the pool, if each of these semaphores has a place."""
        taken: list[threading.Semaphore] = []
        for places in all_places:
            if not places.acquire(blocking=False):
                _release(taken)
                return False
            taken.append(places)

        def run() -> None:
            try:
                call()
            finally:
                _release(taken)

        # The call brings its own context; the thread's is empty.
        running = self._pool.submit(contextvars.Context().run, run)
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        return True

    def start_in_background(self, call: Callable[[], object]) -> bool:
        """Start a call that no request waits for. False if half of the pool is busy with such calls."""
        return not self._closed and self._start(lambda: _run_in_background(call), self._background_places, self._free)

    def start_prefetch(self, call: Callable[[], object]) -> bool:
        """Start a call for a page that is not opened yet, in a thread that no page uses. False if none is free."""
        return not self._closed and self._start(lambda: _run_in_background(call), self._prefetch_places)


class PageCalls:
    """The calls of one page: at most a few of them run in the pool at the same time, the others one after the other."""

    def __init__(self, parallel_calls: ParallelCalls, calls_at_once: int) -> None:
        self._parallel_calls = parallel_calls
        self._lock = threading.Lock()
        self._places = calls_at_once
        self._waiting: deque[PendingCall[Any]] = deque()

    def start(self, call: Callable[[], Result]) -> PendingCall[Result]:
        """Start a call. Without a free thread it runs after another one of this page, or when its result is needed."""
        pending = PendingCall(call)
        with self._lock:
            if self._places and self._parallel_calls.start(lambda: self._run_all(pending)):
                self._places -= 1
            else:
                self._waiting.append(pending)
        return pending

    def _run_all(self, first: PendingCall[Any]) -> None:
        """Run this call, and then those that wait."""
        pending: PendingCall[Any] | None = first
        while pending:
            pending.run()
            with self._lock:
                pending = self._waiting.popleft() if self._waiting else None
                self._places += pending is None


def _release(places: list[threading.Semaphore]) -> None:
    for semaphore in places:
        semaphore.release()


def _run_in_background(call: Callable[[], object]) -> None:
    deadline.start()
    call_trace.start()
    try:
        call()
    except CallsEnded as end:
        log.debug("background call ended", extra={"detail": str(end)})
    except ZoomAppError as error:
        log.info("background call failed", extra={"code": error.code, "detail": error.detail})
    except Exception:
        log.exception("background call failed")
