"""Which header values from outside are sent on."""

import pytest

from zoomapp.zoom.header_values import content_length, sendable


@pytest.mark.parametrize("value", ["-1", "10, 20", "ten", "\u00b2", "9" * 40, "1\r\n2", "", " "])
def test_a_length_that_is_no_number_is_not_sent_on(value):
    assert content_length({"Content-Length": value}) == ""


def test_a_length_is_sent_on():
    assert content_length({"Content-Length": "10"}) == "10"
    assert content_length({}) == ""


def test_values_that_a_server_refuses_to_send_are_left_out():
    headers = {"A": "plain \u00e9\t", "B": "two\r\n lines", "C": "nul\0", "D": "\u2028"}

    assert sendable(headers, ("A", "B", "C", "D", "E")) == {"A": "plain \u00e9\t"}
