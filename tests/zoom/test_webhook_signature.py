"""Webhook signatures, with vectors made apart from this program."""

import pytest

from zoomapp.zoom.webhook_signature import is_fresh, is_signed, validation_answer

SECRET = "example-webhook-secret"
BODY = b'{"event":"meeting.ended","event_ts":1700000000000,"payload":{"account_id":"a1","object":{"id":"123"}}}'
SIGNATURE = "v0=d68740e046c949d26894d33f13201dff9d961486ea513e84144bb58f66507299"


def test_the_published_vector_verifies():
    assert is_signed(SECRET, "1700000000", SIGNATURE, BODY)


@pytest.mark.parametrize(
    ("secret", "timestamp", "signature", "body"),
    [
        ("another", "1700000000", SIGNATURE, BODY),
        (SECRET, "1700000001", SIGNATURE, BODY),
        (SECRET, "1700000000", SIGNATURE.upper(), BODY),
        (SECRET, "1700000000", "", BODY),
        (SECRET, "1700000000", "v0=ü", BODY),
        (SECRET, "1700000000", SIGNATURE, BODY.replace(b":", b": ")),
    ],
)
def test_a_changed_webhook_does_not_verify(secret, timestamp, signature, body):
    assert not is_signed(secret, timestamp, signature, body)


@pytest.mark.parametrize("timestamp", ["", "abc", "-1", "1e9", "1699999699", "1700000301", "٣"])
def test_a_timestamp_outside_the_window_is_stale(timestamp):
    assert not is_fresh(timestamp, 1700000000, 300)


def test_a_timestamp_at_the_edge_is_fresh():
    assert is_fresh("1699999700", 1700000000, 300)


def test_the_challenge_is_answered_as_published():
    assert validation_answer(SECRET, "qgg8vlvZRS6UYooatFL8Aw") == {
        "plainToken": "qgg8vlvZRS6UYooatFL8Aw",
        "encryptedToken": "2f28130bb3294117f759bef810139801f31887f597415d929429f0a35923ff83",
    }


@pytest.mark.parametrize(
    "token", ["v0:1700000000:{}", "short", "a" * 65, "a b c d e f g h", "", None, 5, ["x"], "a" * 20 + "\n"]
)
def test_only_a_plain_token_is_signed(token):
    assert validation_answer(SECRET, token) is None
