"""The files of the app that a call enters, with the functions."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def files_entered(call: Callable[[], Any]) -> dict[str, list[str]]:
    """The functions of ``zoomapp/`` that ``call`` enters in this thread, by file; both in the order of entry."""
    entered: dict[str, list[str]] = {}

    def record(frame: FrameType, event: str, _: object) -> None:
        path = Path(frame.f_code.co_filename)
        if event == "call" and path.is_relative_to(ROOT / "zoomapp"):
            functions = entered.setdefault(path.relative_to(ROOT).as_posix(), [])
            if frame.f_code.co_qualname not in functions:
                functions.append(frame.f_code.co_qualname)

    sys.setprofile(record)
    try:
        call()
    finally:
        sys.setprofile(None)
    return entered
