"""Independent calls of one page at the same time, on one bounded thread pool per process.

A call that has not started when its result is needed runs in the thread that needs it. So a full pool makes pages
slower, never stuck, and a call may start further calls.
"""

from __future__ import annotations

import contextvars
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar, cast

from zoomapp import deadline
from zoomapp.zoom import call_trace

log = logging.getLogger(__name__)

Result = TypeVar("Result")

#: Threads of one process.
THREADS = 16
#: Calls of one page that run at the same time, in threads of the pool.
CALLS_PER_PAGE = 4


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
    """The pool of one process. Its threads start with the first call, so after a fork."""

    def __init__(self, threads: int = THREADS) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="page-call")
        self._background_places = threading.Semaphore(max(1, threads // 2))

    def page(self, calls_at_once: int = CALLS_PER_PAGE) -> PageCalls:
        """The calls of one page."""
        return PageCalls(self._pool, calls_at_once)

    def start_in_background(self, call: Callable[[], object]) -> bool:
        """Start a call that no request waits for. False if half of the pool is busy with such calls."""
        if not self._background_places.acquire(blocking=False):
            return False
        self._pool.submit(contextvars.Context().run, self._run_in_background, call)
        return True

    def _run_in_background(self, call: Callable[[], object]) -> None:
        deadline.start()
        call_trace.start()
        try:
            call()
        except Exception:
            log.exception("background call failed")
        finally:
            self._background_places.release()


class PageCalls:
    """The calls of one page: at most a few of them run in the pool at the same time."""

    def __init__(self, pool: ThreadPoolExecutor, calls_at_once: int) -> None:
        self._pool = pool
        self._places = threading.Semaphore(calls_at_once)

    def start(self, call: Callable[[], Result]) -> PendingCall[Result]:
        """Start a call. Without a free place it runs when its result is asked for."""
        pending = PendingCall(call)
        if self._places.acquire(blocking=False):
            self._pool.submit(self._run, pending)
        return pending

    def _run(self, pending: PendingCall[Result]) -> None:
        try:
            pending.run()
        finally:
            self._places.release()
