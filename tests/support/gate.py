"""A call that a test releases by hand."""

import threading

GUARD_SECONDS = 30


class Gate:
    """A call that runs until the gate opens; it returns ``result``, or its thread's name.

    ``running``: how many calls are in the gate now.
    """

    def __init__(self, result: str = "") -> None:
        self._result = result
        self.opened = threading.Event()
        self.changed = threading.Condition()
        self.running = self.most = 0

    def __call__(self) -> str:
        with self.changed:
            self.running += 1
            self.most = max(self.most, self.running)
            self.changed.notify_all()
        assert self.opened.wait(GUARD_SECONDS)
        with self.changed:
            self.running -= 1
        return self._result or threading.current_thread().name

    def wait_until(self, running: int) -> None:
        """Wait until this number of calls is in the gate."""
        with self.changed:
            assert self.changed.wait_for(lambda: self.running == running, GUARD_SECONDS)
