"""Text from outside can neither forge a log line nor make one too long."""

import io
import json
import logging

import pytest

from zoomapp.log_setup import MAX_CHARS, JsonLines, SafeFormatter, safe

#: C0 and C1 controls, bidirectional controls, line separators, a byte order mark, a lone surrogate.
HOSTILE = [*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0)), "\u061c", "\u200e", "\u200f", "\u2028", "\u2029"]
HOSTILE += [*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A)), "\ufeff", "\ud800"]


def record(message="request failed", error=None, **extra):
    info = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord("zoomapp.test", logging.INFO, "", 0, message, (), info)
    vars(made).update(extra)
    return made


@pytest.mark.parametrize("character", HOSTILE, ids=ascii)
def test_control_characters_are_escaped_in_every_text_of_a_log_line(character):
    text = f"before{character}after"
    try:
        raise ValueError(text)
    except ValueError as failure:
        line = JsonLines().format(record(text, failure, detail=text, upstream=[{"tracking_id": text}], other={text: 1}))

    fields = json.loads(line)
    escaped = f"before{ascii(character)[1:-1]}after"
    assert fields["detail"] == fields["upstream"][0]["tracking_id"] == fields["message"] == escaped
    assert fields["other"] == {escaped: 1}
    assert "".join(fields["error"].split("\n")).isprintable()
    assert line.isprintable()


def test_plain_text_in_any_language_stays_as_it_is():
    for text in ("", "Zoom said 429", "Größe", "参加者", "שלום", "🎉"):
        assert safe(text) == text


@pytest.mark.parametrize("filler", ["x", "é", "\x9b", "\n"])
def test_a_long_text_is_cut(filler):
    long = filler * 7000
    try:
        raise ValueError(long)
    except ValueError as failure:
        fields = json.loads(
            JsonLines().format(record(long, failure, detail=long, names=[long], other=ValueError(long)))
        )

    assert all(
        len(each) <= MAX_CHARS for each in (fields["message"], fields["detail"], *fields["names"], fields["other"])
    )
    assert len(fields["error"]) <= 130 * MAX_CHARS
    assert max(map(len, fields["error"].split("\n"))) <= MAX_CHARS


def test_numbers_stay_numbers():
    fields = json.loads(JsonLines().format(record(status=400, milliseconds=1.5, had_tokens=True, reason=None)))

    assert (fields["status"], fields["milliseconds"], fields["had_tokens"], fields["reason"]) == (400, 1.5, True, None)


def test_log_lines_of_gunicorn_are_made_safe():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(SafeFormatter("[%(levelname)s] %(message)s"))

    try:
        raise ValueError("line\nforged\x9b" + "y" * 7000)
    except ValueError as failure:
        handler.handle(record("Invalid request: a\nb\x9b" + "x" * 7000, failure))

    first, *trace = stream.getvalue().rstrip("\n").split("\n")
    assert first.startswith("[INFO] Invalid request: a\\nb\\x9b") and len(first) <= MAX_CHARS + len("[INFO] ")
    assert all(each.isprintable() and len(each) <= MAX_CHARS for each in trace)


def test_text_sent_by_a_visitor_is_made_safe_in_the_log(anyone):
    long, stream, log = "%C2%9B%E2%80%AE%0A" + "x" * 7000, io.StringIO(), logging.getLogger("zoomapp")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    log.addHandler(handler)

    anyone.get(f"/api/zoomapp/auth?error={long}")
    anyone.get(f"/zoom/api/v2/{long}")
    anyone.post("/api/zoomapp/context", json={"context": "\x9b\u2028" + "x" * 3000})
    anyone.post("/api/zoomapp/logout", headers={"Sec-Fetch-Site": "\x9b" + "x" * 7000})
    log.removeHandler(handler)

    lines = stream.getvalue().splitlines()
    assert len(lines) >= 8
    for line in lines:
        assert line.isprintable() and len(line) < 1000, line
