"""How a log line is written: one JSON object on stdout, each with the request's id."""

from __future__ import annotations

import hashlib
import logging
import random
import sys
import time
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import TextIO

import msgspec

request_id: ContextVar[str] = ContextVar("request_id", default="")
_began_at: ContextVar[float] = ContextVar("began_at", default=0.0)

#: What every record has. What a caller adds comes after it: the names of all the others need not be looked at.
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_FIRST_ADDED = len(vars(logging.makeLogRecord({})))


def begin() -> None:
    """A request begins in this context, with an id that nobody has to keep secret."""
    request_id.set(f"{random.getrandbits(64):016x}")
    _began_at.set(time.monotonic())


def seconds() -> float:
    """How long ago this context's request began."""
    return time.monotonic() - _began_at.get()


class JsonLines(logging.Formatter):
    """A record as one line of JSON: when, level, logger, message, request id, then whatever stands in ``extra``."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if current := request_id.get():
            line["request_id"] = current
        added = islice(vars(record).items(), _FIRST_ADDED, None)
        line.update([(name, value) for name, value in added if name not in _STANDARD])
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line, enc_hook=str).decode()


def set_up(level: str, stream: TextIO | None = None) -> None:
    """Send this app's log to stdout, or to ``stream``.

    Libraries below speak from WARNING on: at DEBUG they would print headers.
    """
    # A line names neither thread nor place in the code, and looking them up costs more than writing it. The process
    # stays: gunicorn names it in every line of its own.
    # https://docs.python.org/3/howto/logging.html#optimization
    logging.logThreads = logging.logMultiprocessing = False
    logging._srcfile = None
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(JsonLines())
    ours = logging.getLogger("zoomapp")
    ours.handlers[:] = [handler]
    ours.setLevel(level)
    ours.propagate = False


@lru_cache(maxsize=4096)
def hashed(user_id: str) -> str:
    """A short stand-in for a user id: the same person has the same one, and nobody can read it back."""
    return hashlib.sha256(b"log:" + user_id.encode()).hexdigest()[:12]
