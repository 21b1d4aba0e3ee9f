"""A call that a test releases by hand."""

import threading

GUARD_SECONDS = 30


class Gate:
    """A call that runs until the gate opens, and returns its thread's name. ``running``: how many are in it now."""

    def __init__(self) -> None:
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
        return threading.current_thread().name

    def wait_until(self, running: int) -> None:
        """Wait until this number of calls is in the gate."""
        with self.changed:
            assert self.changed.wait_for(lambda: self.running == running, GUARD_SECONDS)
