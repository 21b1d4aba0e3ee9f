"""Loading all pages of a list: pauses, failures, repeated tokens."""

import pytest

from zoomapp.errors import UpstreamError
from zoomapp.zoom.pagination import collect


def pages_of(*pages):
    """A function that returns a page for a token. A page is (rows, next token), or an error to raise."""
    tokens = ["", *(page[1] for page in pages[:-1] if isinstance(page, tuple))]

    def fetch(token):
        page = pages[tokens.index(token)]
        if isinstance(page, Exception):
            raise page
        return {"rows": [{"n": n} for n in page[0]], "next_page_token": page[1], "total_records": 9}

    return fetch


def numbers(collected):
    return [row["n"] for row in collected.rows]


def test_every_page_is_read_until_the_token_is_empty():
    found = collect(pages_of(([1, 2], "a"), ([3], "b"), ([4], "")), "rows")

    assert numbers(found) == [1, 2, 3, 4]
    assert (found.complete, found.pages) == (True, 3)


def test_a_paused_list_continues_with_the_next_page():
    pages = pages_of(([1, 2], "a"), ([3], "b"), ([4], ""))

    first = collect(pages, "rows", pause=lambda: True)
    rest = collect(pages, "rows", start=first)

    assert (numbers(first), first.token, first.complete, first.pages_in_all) == ([1, 2], "a", False, 5)
    assert (numbers(rest), rest.token, rest.complete, rest.pages) == ([1, 2, 3, 4], "", True, 3)


def test_a_repeated_token_ends_a_continued_list():
    def fetch(token):
        return {"rows": [{"n": 1}], "next_page_token": "same"}

    first = collect(fetch, "rows", pause=lambda: True)

    assert collect(fetch, "rows", start=first, pause=lambda: True).token == ""


def test_a_failure_of_a_continued_list_keeps_its_rows():
    pages = pages_of(([1, 2], "a"), UpstreamError("gone"))

    found = collect(pages, "rows", start=collect(pages, "rows", pause=lambda: True))

    assert (numbers(found), found.complete) == ([1, 2], False)


def test_a_repeated_token_ends_the_list():
    found = collect(lambda token: {"rows": [{"n": 1}], "next_page_token": "same"}, "rows")

    assert (found.pages, found.complete) == (2, False)


def test_a_failure_of_a_later_page_keeps_the_rows():
    found = collect(pages_of(([1, 2], "a"), UpstreamError("gone")), "rows")

    assert (numbers(found), found.total, found.complete) == ([1, 2], 9, False)


def test_a_failure_of_the_first_page_is_raised():
    with pytest.raises(UpstreamError):
        collect(pages_of(UpstreamError("gone")), "rows")


def test_an_endless_list_is_cut_off():
    counter = iter(range(1000))

    found = collect(lambda token: {"rows": [], "next_page_token": str(next(counter))}, "rows", max_pages=5)

    assert (found.pages, found.complete) == (5, False)


@pytest.mark.parametrize("body", [None, [], "", 7, {}, {"rows": None}, {"rows": {"n": 1}}, {"row": []}])
def test_a_response_without_the_list_is_a_failure_and_not_an_empty_list(body):
    with pytest.raises(UpstreamError):
        collect(lambda token: body, "rows")


def test_a_later_page_without_the_list_keeps_the_rows():
    bodies = {"": {"rows": [{"n": 1}], "next_page_token": "a"}, "a": {}}

    found = collect(bodies.__getitem__, "rows")

    assert (numbers(found), found.complete, found.cut_off) == ([1], False, True)


def test_a_row_that_is_no_object_is_left_out_and_counted():
    rows = [{"n": 1}, "x", None, [], {}, 7, {"n": 2}]

    found = collect(lambda token: {"rows": rows, "total_records": "7"}, "rows")

    assert (numbers(found), found.unreadable, found.total) == ([1, 2], 5, 7)
    assert (found.complete, found.cut_off) == (False, False)


def test_unreadable_rows_are_counted_over_all_pages_also_after_a_pause():
    bodies = {"": {"rows": [{"n": 1}, "x"], "next_page_token": "a"}, "a": {"rows": [None, {"n": 2}]}}

    first = collect(bodies.__getitem__, "rows", pause=lambda: True)
    found = collect(bodies.__getitem__, "rows", start=first)

    assert (first.unreadable, first.token) == (1, "a")
    assert (numbers(found), found.unreadable, found.complete) == ([1, 2], 2, False)


@pytest.mark.parametrize(
    ("token", "complete"), [(["a"], False), ({"a": 1}, False), (True, False), (None, True), ("", True)]
)
def test_a_page_token_of_an_unexpected_type_ends_the_list_incomplete(token, complete):
    found = collect(lambda _: {"rows": [{"n": 1}], "next_page_token": token, "total_records": [9]}, "rows")

    assert (found.pages, found.total, found.complete) == (1, 1, complete)
