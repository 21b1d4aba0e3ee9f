"""Logging: safe JSON lines on stdout with the ids of request and trace, and the audit log; hashes of user ids.

Also the request's clock.
"""

from __future__ import annotations

import hashlib
import logging
import random
import re
import sys
import time
from contextvars import ContextVar
from datetime import UTC, datetime
from itertools import islice
from typing import Any, TextIO

import msgspec

from zoomapp import metrics

audit_log = logging.getLogger("zoomapp.audit")
audit_log.setLevel(logging.INFO)

request_id: ContextVar[str] = ContextVar("request_id", default="")
_started_at: ContextVar[float] = ContextVar("started_at", default=0.0)
#: The well-formed ``traceparent`` of this context's request, or an empty string.
_traceparent: ContextVar[str] = ContextVar("traceparent", default="")
#: A header of 55 characters: version, trace id, parent id, flags. https://www.w3.org/TR/trace-context/#traceparent-header
_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")

#: The attributes of every log record. The fields of ``extra`` come after them.
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_FIRST_ADDED = len(vars(logging.makeLogRecord({})))


def start_request(traceparent: str = "") -> None:
    """Start a request in this context, with an id that need not be secret.

    ``traceparent``: the header as a router or a stranger sent it. A malformed one is ignored.
    """
    request_id.set(f"{random.getrandbits(64):016x}")
    _started_at.set(time.monotonic())
    _traceparent.set(traceparent if traceparent and _TRACEPARENT.fullmatch(traceparent) else "")


def next_traceparent() -> str:
    """The ``traceparent`` header for a call that this request makes; empty if the request has none.

    It has the same trace id and a new parent id. Of the flags only "sampled" is passed on: version 00 has no other.
    """
    received = _traceparent.get()
    if not received:
        return ""
    sampled = int(received[53:55], 16) & 1
    return f"00-{received[3:35]}-{random.getrandbits(64) or 1:016x}-{sampled:02x}"


def elapsed_seconds() -> float:
    """The seconds since this context's request started."""
    return time.monotonic() - _started_at.get()


#: A text in a log line, which a stranger may have sent, is cut to this length.
MAX_CHARS = 200
#: A traceback is cut to this number of lines: the first and the last ones.
MAX_TRACE_LINES = 120


def safe(text: str) -> str:
    """The text without control characters, cut to MAX_CHARS.

    Characters that are not printable are escaped: C0 and C1 controls, which a terminal obeys, bidirectional controls,
    line and paragraph separators, lone surrogates.
    """
    if len(text) <= MAX_CHARS and text.isprintable():
        return text
    cut = text if len(text) <= MAX_CHARS else f"{text[: MAX_CHARS - 1]}…"
    return "".join(char if char.isprintable() else _escaped(char) for char in cut)[:MAX_CHARS]


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
        return {safe(str(name)): _safe_value(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_safe_value(item) for item in value]
    return safe(str(value))


def _safe_trace(trace: str) -> str:
    """The traceback with every line made safe: its last line may contain what a stranger sent."""
    lines = trace.split("\n")
    if len(lines) > MAX_TRACE_LINES:
        half = MAX_TRACE_LINES // 2
        lines = [*lines[:half], "…", *lines[-half:]]
    return "\n".join(map(safe, lines))


class SafeFormatter(logging.Formatter):
    """Plain text lines for the server's own log. A text that a stranger sent cannot look like another line."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.message = safe(record.message)
        return super().formatMessage(record)

    def formatException(self, exc_info: Any) -> str:
        return _safe_trace(super().formatException(exc_info))


class JsonLines(logging.Formatter):
    """A log record as one line of JSON: time, level, logger, message, ids of request and trace, fields of ``extra``.

    All text reaches the log here, so it is made safe here.
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
        if traceparent := _traceparent.get():
            line["trace_id"] = traceparent[3:35]
        added = islice(vars(record).items(), _FIRST_ADDED, None)
        for name, value in added:
            if name not in _STANDARD:
                line[name] = value if type(value) in _NUMBERS else _safe_value(value)
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = _safe_trace(self.formatException(record.exc_info))
        return msgspec.json.encode(line).decode()


def configure(level: str, stream: TextIO | None = None) -> None:
    """Send this app's log to stdout, or to ``stream``.

    Libraries log from WARNING on: at DEBUG they would print headers. The audit log is written at every level.
    """
    # A line has no thread and no source location: to look them up costs more than to write the line. gunicorn's own
    # lines have the process id.
    # https://docs.python.org/3/howto/logging.html#optimization
    logging.logThreads = logging.logMultiprocessing = False
    logging._srcfile = None
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("zoomapp")
    logger.handlers[:] = [handler]
    logger.setLevel(level)
    logger.propagate = False


def hash_user_id(user_id: str) -> str:
    """A short hash of a user id for the log: the same for each line of a user, and not reversible."""
    return hashlib.sha256(b"log:" + user_id.encode()).hexdigest()[:12]


def audit(event: str, outcome: str, user_id: str = "", **fields: str | int) -> None:
    """Write a line of the audit log, and count it. docs/operations.md lists the events.

    ``fields`` hold no secret and nothing that names a person: an account's id is hashed with ``hash_user_id``.
    """
    metrics.audit_event(event, outcome)
    user = {"user": hash_user_id(user_id)} if user_id else {}
    audit_log.info("audit", extra={"event": event, "outcome": outcome, **user, **fields})
