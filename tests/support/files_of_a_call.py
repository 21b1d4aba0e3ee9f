"""The files of the app that a call enters, with the functions, and which file called which."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]


class Trace(NamedTuple):
    """``functions``: those entered, by file, both in the order of entry. ``calls``: pairs of files, caller first."""

    functions: dict[str, list[str]]
    calls: set[tuple[str, str]]


def trace_files(call: Callable[[], Any]) -> Trace:
    """The files of ``zoomapp/`` that ``call`` enters in this thread."""
    trace = Trace({}, set())

    def record(frame: FrameType, event: str, _: object) -> None:
        file = _file(frame) if event == "call" else ""
        if not file:
            return
        functions = trace.functions.setdefault(file, [])
        if frame.f_code.co_qualname not in functions:
            functions.append(frame.f_code.co_qualname)
        if caller := _caller(frame):
            trace.calls.add((caller, file))

    sys.setprofile(record)
    try:
        call()
    finally:
        sys.setprofile(None)
    return trace


def _file(frame: FrameType) -> str:
    """The file of a frame; empty outside of ``zoomapp/``."""
    path = Path(frame.f_code.co_filename)
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT / "zoomapp") else ""


def _caller(frame: FrameType) -> str:
    """The nearest file of ``zoomapp/`` from which a frame was called, libraries in between; empty without one."""
    back = frame.f_back
    while back is not None:
        if file := _file(back):
            return file
        back = back.f_back
    return ""
