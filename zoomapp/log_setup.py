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
from typing import Any, TextIO

import msgspec

request_id: ContextVar[str] = ContextVar("request_id", default="")
_began_at: ContextVar[float] = ContextVar("began_at", default=0.0)

#: What every record has. What a caller adds comes after it: the names of all the others need not be looked at.
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_FIRST_ADDED = len(vars(logging.makeLogRecord({})))


def start_request() -> None:
    """A request begins in this context, with an id that nobody has to keep secret."""
    request_id.set(f"{random.getrandbits(64):016x}")
    _began_at.set(time.monotonic())


def elapsed_seconds() -> float:
    """How long ago this context's request began."""
    return time.monotonic() - _began_at.get()


#: Of a text that a stranger may have sent, a log line holds so many characters.
MOST_CHARS = 200
#: Of a trace, so many lines: the first and the last ones.
MOST_TRACE_LINES = 120


def safe(text: str) -> str:
    """The text without control characters, cut to MOST_CHARS.

    Whatever is not printable is escaped: C0 and C1 controls, which a terminal obeys, bidirectional controls, line and
    paragraph separators, lone surrogates.
    """
    if len(text) <= MOST_CHARS and text.isprintable():
        return text
    cut = text if len(text) <= MOST_CHARS else f"{text[: MOST_CHARS - 1]}…"
    return "".join(each if each.isprintable() else _escaped(each) for each in cut)[:MOST_CHARS]


def _escaped(character: str) -> str:
    return repr(character)[1:-1]


_NUMBERS = frozenset({int, float, bool, type(None)})


def _safe_value(value: object) -> object:
    """A value of ``extra`` for a log line: every text in it is made safe."""
    if isinstance(value, str):
        return safe(value)
    if type(value) in _NUMBERS:
        return value
    if isinstance(value, dict):
        return {safe(str(name)): _safe_value(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_safe_value(each) for each in value]
    return safe(str(value))


def _safe_trace(trace: str) -> str:
    """A trace whose lines are made safe: its last line may hold what a stranger sent."""
    lines = trace.split("\n")
    if len(lines) > MOST_TRACE_LINES:
        half = MOST_TRACE_LINES // 2
        lines = [*lines[:half], "…", *lines[-half:]]
    return "\n".join(map(safe, lines))


class SafeFormatter(logging.Formatter):
    """Lines of plain text in which nothing a stranger sent can pass for another line: for the server's own log."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.message = safe(record.message)
        return super().formatMessage(record)

    def formatException(self, exc_info: Any) -> str:
        return _safe_trace(super().formatException(exc_info))


class JsonLines(logging.Formatter):
    """A record as one line of JSON: when, level, logger, message, request id, then whatever stands in ``extra``.

    This is the only place where text reaches the log, so it is made safe here.
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": safe(record.getMessage()),
        }
        if current := request_id.get():
            line["request_id"] = current
        added = islice(vars(record).items(), _FIRST_ADDED, None)
        for name, value in added:
            if name not in _STANDARD:
                line[name] = value if type(value) in _NUMBERS else _safe_value(value)
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = _safe_trace(self.formatException(record.exc_info))
        return msgspec.json.encode(line).decode()


def configure(level: str, stream: TextIO | None = None) -> None:
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
def hash_user_id(user_id: str) -> str:
    """A short stand-in for a user id: the same person has the same one, and nobody can read it back."""
    return hashlib.sha256(b"log:" + user_id.encode()).hexdigest()[:12]
