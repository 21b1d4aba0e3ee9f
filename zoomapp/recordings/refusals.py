"""Recognizes Zoom's refusals of a download that come with status 200: JSON or a page in place of the file."""

from __future__ import annotations

from zoomapp.errors import UpstreamError
from zoomapp.zoom.client import WHOLE_BYTES, Answer
from zoomapp.zoom.content_encoding import decoded
from zoomapp.zoom.tolerant_reader import decode, refusal_words

#: A page begins with one of these. No file of a recording does: chats begin with a time, captions with WEBVTT.
PAGE_STARTS = (b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<meta", b"<?xml", b"<error", b"<!--")
PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})
#: Files with these endings are never JSON. What ends in something else may be.
NEVER_JSON = frozenset({"mp4", "m4a", "txt", "vtt", "csv", "jpg", "jpeg", "png"})
#: The fields of a refusal. A file of JSON has others.
REFUSAL_FIELDS = frozenset(
    (
        "status",
        "code",
        "errorCode",
        "message",
        "errorMessage",
        "reason",
        "error",
        "errors",
        "result",
        "path",
        "timestamp",
    )
)


def is_refusal(answer: Answer, extension: str) -> bool:
    """Whether a successful answer is a refusal in place of the file with this extension, or of a part of it."""
    media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media_type in PAGE_TYPES or ("json" in media_type and extension in NEVER_JSON):
        return True
    if answer.status != 200:
        return False  # a part of a text may begin like a page
    body = _small_body(answer)
    if _begins_as_page(answer.fill(0) if body is None else body):
        return True
    fields = _fields(body or b"")
    return bool(fields) and (extension in NEVER_JSON or _refuses(fields))


def words_of(answer: Answer) -> tuple[int, str]:
    """The code and the message of a refusal; 0 and "" where there are none."""
    try:
        body = _small_body(answer) or b""
    except UpstreamError:  # the status decides that it is a refusal, also if its body broke off
        return 0, ""
    code, message = refusal_words(body)
    return code, " ".join(message.split())[:300]


def _small_body(answer: Answer) -> bytes | None:
    """The body without its Content-Encoding; None if it is large."""
    body = answer.whole()
    return body if body is None else decoded(answer.headers.get("Content-Encoding", ""), body, WHOLE_BYTES) or body


def _begins_as_page(body: bytes) -> bool:
    return body[:200].removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(PAGE_STARTS)


def _fields(body: bytes) -> dict[str, object]:
    """The fields of a body that is one JSON object; empty for anything else."""
    if not body.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return {}
    try:
        value = decode(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _refuses(fields: dict[str, object]) -> bool:
    """Whether a JSON object is a refusal, and not a file."""
    return fields.keys() <= REFUSAL_FIELDS or fields.get("status") is False or "errorCode" in fields
