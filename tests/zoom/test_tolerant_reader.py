"""JSON from outside: an unexpected value is missing, a broken row is left out, a missing list is a failure."""

import logging
from datetime import UTC, date, datetime

import pytest

from zoomapp.errors import UpstreamError
from zoomapp.zoom import tolerant_reader
from zoomapp.zoom.tolerant_reader import JsonObject, decode, read_rows, refusal_words

UNEXPECTED = [True, [], {}, ["text"], {"a": 1}]


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"topic": "Team \xf0\x9f"}', {"topic": "Team \ufffd"}),
        (b'{"topic": "Team \\ud83d"}', {"topic": "Team \ufffd"}),
        (b'{"topic": "Team \\ud83d\\ude00"}', {"topic": "Team \U0001f600"}),
        (b"\xef\xbb\xbf[1]", [1]),
        (b'{"size": NaN, "more": 1e999}', {"size": None, "more": float("inf")}),
    ],
)
def test_only_the_invalid_characters_of_a_text_are_replaced(body, value):
    assert decode(body) == value


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"a":', b"[" * 60_000, b'["\xff"' + b"[" * 60_000])
def test_a_body_that_is_not_json_is_a_value_error(body):
    with pytest.raises(ValueError):
        decode(body)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"code":104,"message":"no scopes:["a","b"]."}', (104, 'no scopes:["a","b"].')),
        (b'{"code":"3001","message":"Meeting does not exist."}', (3001, "Meeting does not exist.")),
        (b'{"status":false,"errorCode":124,"errorMessage":"Forbidden"}', (124, "Forbidden")),
        (b'{"reason":"Invalid authorization code"}', (0, "Invalid authorization code")),
        (b"<html>Bad gateway</html>", (0, "")),
        (b"<html><TITLE>\n403 Forbidden </title></html>", (0, "403 Forbidden")),
        (b"[]", (0, "")),
    ],
)
def test_the_message_of_a_refusal_is_read_as_far_as_possible(body, words):
    assert refusal_words(body) == words


@pytest.mark.parametrize("value", UNEXPECTED)
def test_a_value_of_an_unexpected_type_is_a_missing_value(value):
    row = JsonObject({"field": value, "other": "kept"}, "test row")

    assert row.text("field") == ""
    assert row.text("field", "other") == "kept"
    assert row.decimal("field") is None
    assert row.number("field") == 0
    assert row.time("field") is None
    assert row.day("field") is None
    assert row.epoch_seconds("field") is None
    if value != {"a": 1}:
        assert not row.part("field")


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("10", 10),
        ("-3", -3),
        ("10.9", 10),
        (10.9, 10),
        ("10:00", 0),
        ("²", 0),
        ("9" * 5000, 0),
        (10**30, 0),
        (float("inf"), 0),
        (float("nan"), 0),
    ],
)
def test_a_number_may_be_sent_as_text(value, number):
    assert JsonObject({"field": value}, "test row").number("field") == number


@pytest.mark.parametrize(
    ("value", "numbers"),
    [
        ("2,4", [2, 4]),
        (" 2 , x, -4,", [2, -4]),
        ([2, "4", None, {}, True, 2.5], [2, 4]),
        (7, [7]),
        ("", []),
        (None, []),
        ({"a": 1}, []),
    ],
)
def test_numbers_are_read_from_a_list_text_or_one_alone(value, numbers):
    assert JsonObject({"days": value}, "recurrence").numbers("days") == numbers


@pytest.mark.parametrize(
    ("value", "texts"),
    [(["a", " b ", 7, None, {}, "", True], ["a", "b", "7"]), ("alone", ["alone"]), (None, []), ({"a": 1}, [])],
)
def test_texts_are_read_from_a_list_or_one_alone(value, texts):
    assert JsonObject({"next_steps": value}, "summary").texts("next_steps") == texts


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "yesterday", "2026-02-30T10:00:00Z"])
def test_an_impossible_moment_is_a_missing_one(text):
    row = JsonObject({"field": text}, "test row")

    assert row.time("field") is None
    assert row.day("field") is None


def test_moments_and_days_are_read():
    row = JsonObject(
        {"at": "2026-11-28T10:00:00Z", "on": "2026-12-01", "ms": 1_700_000_000_500, "text": "1700000000500"}, "test row"
    )

    assert row.time("at") == datetime(2026, 11, 28, 10, tzinfo=UTC)
    assert row.day("on") == date(2026, 12, 1)
    assert row.epoch_seconds("ms") == row.epoch_seconds("text") == 1_700_000_000.5


@pytest.mark.parametrize("milliseconds", [0, -5, 10**17, 99])
def test_a_moment_far_from_any_meeting_is_a_missing_one(milliseconds):
    assert JsonObject({"ms": milliseconds}, "test row").epoch_seconds("ms") is None


def test_flags_are_read_from_what_zoom_sends():
    row = JsonObject({"yes": "true", "no": 0, "what": "maybe"}, "test row")

    assert row.flag("yes") is True
    assert row.flag("no", default=True) is False
    assert row.flag("what", default=True) is True
    assert row.flag("missing") is False


def test_an_object_can_be_read_under_another_kind():
    assert JsonObject(JsonObject({"topic": "A"}, "row"), "meeting").text("topic") == "A"
    assert JsonObject({"topic": ["A"]}, "row").get("topic") == ["A"]


@pytest.mark.parametrize("depth", [101, 5000])
def test_json_that_is_nested_too_deep_is_a_value_error(depth):
    for opening, closing in ((b"[", b"]"), (b'{"a":', b"}")):
        with pytest.raises(ValueError):
            decode(opening * depth + (b"1" if closing == b"}" else b"") + closing * depth)
    assert decode(b"[" * 90 + b"]" * 90)
    assert decode(b'["]]]}}}[[[{{{"]') == ["]]]}}}[[[{{{"]


def test_a_broken_row_is_left_out():
    body = {"people": [{"id": "a"}, None, "text", [], {"name": "without id"}, {"id": "b"}]}

    rows = read_rows(body, "people", lambda row: row.text("id") or None, "test person")

    assert list(rows) == ["a", "b"]
    assert rows.unreadable == 4


@pytest.mark.parametrize("body", [None, [], "text", {}, {"people": None}, {"people": {}}, {"people": "none"}])
def test_a_response_without_its_list_is_a_failure(body):
    with pytest.raises(UpstreamError, match="without the list people"):
        read_rows(body, "people", lambda row: row, "test person")


def test_an_unreadable_value_is_logged_once_for_its_kind_and_field(caplog):
    tolerant_reader._logged.clear()
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            JsonObject({"size": []}, "test file").number("size")
            JsonObject("text", "test file")

    assert [(record.kind, record.field, record.type) for record in caplog.records] == [
        ("test file", "size", "list"),
        ("test file", "", "str"),
    ]
