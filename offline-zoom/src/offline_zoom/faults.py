"""Planned faults: which route fails, how, and how often.

``world.faults.append(Fault("GET /v2/users/me/meetings", 429, {"Retry-After": "7"}))``
``world.faults.add("lost-rotation")``
"""

from __future__ import annotations

import random
import threading
from typing import Any

from offline_zoom.fault import Fault
from offline_zoom.fault_presets import DAILY, PER_SECOND, PER_USER, PRESETS, preset

__all__ = ["DAILY", "PER_SECOND", "PER_USER", "PRESETS", "Fault", "Faults", "preset"]


class Faults(list[Fault]):
    """The planned faults, in order. The first that matches a call is applied to it.

    ``of_story``: the faults that belong to the story, which apply after the planned ones.
    """

    def __init__(self, now: Any, seed: int = 1) -> None:
        super().__init__()
        self.of_story: list[Fault] = []
        self._now = now
        self._dice = random.Random(seed)
        self._lock = threading.Lock()

    def add(self, fault: Fault | str, **changes: Any) -> Fault:
        """Add a fault, or a preset by name. ``changes`` are fields to set. Raises ValueError."""
        planned = preset(fault, self._now()) if isinstance(fault, str) else fault
        if changes:
            planned = Fault.from_json({**planned.as_json(), **changes})
        self.append(planned)
        return planned

    def take(self, method: str, path: str, grant_type: str = "", token: str = "", query: str = "") -> Fault | None:
        """The fault to apply to this call, or None. Counts it down."""
        with self._lock:
            faults: list[Fault] = list(self) + self.of_story
            for fault in faults:
                if fault.matches(method, path, grant_type, token, query) and self._dice.random() < fault.probability:
                    if fault.count is not None:
                        fault.count -= 1
                        if fault.count <= 0:
                            self[:] = [other for other in self if other is not fault]
                            self.of_story = [other for other in self.of_story if other is not fault]
                    return fault
        return None
