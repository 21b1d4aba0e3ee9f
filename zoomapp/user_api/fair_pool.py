"""A thread pool that is shared fairly: each person uses a few of its threads at most."""

from __future__ import annotations

import contextvars
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from zoomapp import deadline
from zoomapp.errors import Busy

T = TypeVar("T")


@dataclass(eq=False)
class Task(Generic[T]):
    """One call that waits for a place or runs."""

    call: Callable[[], T]
    context: contextvars.Context
    started: threading.Event
    result: Future[T] = field(default_factory=Future)

    def run(self) -> None:
        try:
            self.result.set_result(self.context.run(self.call))
        except BaseException as error:
            self.result.set_exception(error)


@dataclass
class Owner:
    """The waiting tasks of one person, and the number of running ones."""

    waiting: deque[Task[Any]] = field(default_factory=deque)
    running: int = 0


class FairPool:
    """A pool of ``places`` threads of which each person holds at most ``share``.

    Free places go to the waiting people in turn, one each, so that one person's long list of calls does not delay the
    others. One person's calls start in the order in which they came.

    ``start_seconds`` bounds the wait for the *first* call of a list only. A list that has started keeps its turn in the
    queue and works through its calls on its own share, until the deadline of its request.
    """

    def __init__(self, places: int, share: int, start_seconds: float, name: str) -> None:
        self._free = places
        self._share = share
        self._start_seconds = start_seconds
        self._threads = ThreadPoolExecutor(places, thread_name_prefix=name)
        self._lock = threading.Lock()
        #: In the order of their turns.
        self._owners: OrderedDict[str, Owner] = OrderedDict()

    def run(self, person: str, calls: list[Callable[[], T]]) -> list[T | Busy]:
        """The results of the calls in their order; Busy for a call that found no place before the request's deadline.

        Each call runs in a copy of the current context. Raises Busy when none could start in time.
        """
        started = threading.Event()
        tasks = [Task(call, contextvars.copy_context(), started) for call in calls]
        with self._lock:
            self._owners.setdefault(person, Owner()).waiting.extend(tasks)
            self._start_next()
        if not started.wait(deadline.remaining(self._start_seconds)) and self._withdraw(person, tasks) == len(tasks):
            raise Busy("no place in the pool")
        wait_for([task.result for task in tasks], deadline.remaining(deadline.REQUEST_SECONDS))
        self._withdraw(person, tasks)
        return [task.result.result() for task in tasks]

    def _start_next(self) -> None:
        """Fill the free places. Called with the lock."""
        while self._free and (person := self._next_person()) is not None:
            owner = self._owners[person]
            self._owners.move_to_end(person)
            task = owner.waiting.popleft()
            owner.running += 1
            self._free -= 1
            task.started.set()
            self._threads.submit(self._run, person, task)

    def _next_person(self) -> str | None:
        runnable = (person for person, owner in self._owners.items() if owner.waiting and owner.running < self._share)
        return next(runnable, None)

    def _run(self, person: str, task: Task[Any]) -> None:
        try:
            task.run()
        finally:
            with self._lock:
                owner = self._owners[person]
                owner.running -= 1
                self._free += 1
                if not owner.running and not owner.waiting:
                    del self._owners[person]
                self._start_next()

    def _withdraw(self, person: str, tasks: Sequence[Task[Any]]) -> int:
        """Take back the calls that have not started. Returns their number; their result is Busy."""
        with self._lock:
            owner = self._owners.get(person, Owner())
            withdrawn = [task for task in tasks if task in owner.waiting]
            for task in withdrawn:
                owner.waiting.remove(task)
                task.result.set_result(Busy("no place in the pool"))
            if not owner.running and not owner.waiting:
                self._owners.pop(person, None)
        return len(withdrawn)
