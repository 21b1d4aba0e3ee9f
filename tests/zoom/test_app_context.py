"""The app context can be opened only by the app it was encrypted for, and only while it is fresh."""

import base64
import hashlib
import json
import os
import struct

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from zoomapp.errors import ContextRefused
from zoomapp.zoom.addresses import ZoomHosts
from zoomapp.zoom.app_context import MAX_BYTES, open_context

SECRET, CLIENT = "example-client-secret", "client-id-0001"
NOW = 1700000000.0
#: Made apart from this program, with the values of the reference.
VECTOR = (
    "DAABAgMEBQYHCAkKCwAA0QAAABJa8DvsEwJVixexwMnnXu33ZGR7MDSi5LYX_usr0w8-FD3wsvMuIgEe_7t3dKJaKwiRJBk07yaD6SD15d4wml86jgs4EXTV"
    "-umiWL5lV8jYABKPtY9z5uWh1tH0YtMqCEWQoJQpDlQtUNTEJRjpTfJjWUMe9bgOMSDBOi1riWrijYNC9_PStk6Rf4f63Nrkx_BNH9FidVYLaLfHUxNZKVSY"
    "Ra-picYxs70KBJxfR1FJDtmnZUXVUsq3y21cnUw5bid9olWfa7OHqc4czeoDaU6Tl7cscgqKLAkmhcVbJaJhrA"
)
CLAIMS = {
    "typ": "meeting",
    "uid": "u-0001",
    "aud": CLIENT,
    "iss": "marketplace.zoom.us",
    "ts": int(NOW * 1000),
    "exp": int(NOW * 1000) + 120_000,
    "mid": "4444AAAiAAAAAiAiAiiAii==",
    "attendrole": "host",
    "theme": "light",
}


def seal(claims, secret=SECRET, initial=None, associated=b""):
    initial = initial or os.urandom(12)
    plain = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    sealed = AESGCM(hashlib.sha256(secret.encode()).digest()).encrypt(initial, plain, associated)
    raw = bytes([len(initial)]) + initial + struct.pack("<H", len(associated)) + associated
    raw += struct.pack("<i", len(sealed) - 16) + sealed
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def opened(blob, now=NOW):
    return open_context(blob, CLIENT, (SECRET,), now)


def test_the_published_vector_opens():
    context = opened(VECTOR)

    assert (context.user_id, context.kind, context.role) == ("u-0001", "meeting", "host")
    assert context.meeting_uuid == "4444AAAiAAAAAiAiAiiAii=="


def test_both_alphabets_and_padding_are_read():
    blob = seal(CLAIMS)
    standard = blob.replace("-", "+").replace("_", "/") + "=" * (-len(blob) % 4)

    assert opened(blob) == opened(standard)


def test_a_guest_has_no_user_id():
    assert opened(seal({name: value for name, value in CLAIMS.items() if name != "uid"})).user_id == ""


def test_associated_data_and_a_longer_initial_vector_are_read():
    assert opened(seal(CLAIMS, initial=os.urandom(16), associated=b"more")).user_id == "u-0001"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"aud": "another-app"}, "wrong_app"),
        ({"iss": "evil.example"}, "wrong_issuer"),
        ({"exp": int(NOW * 1000) - 6_000}, "expired"),
        ({"ts": int(NOW * 1000) + 3_600_000, "exp": int(NOW * 1000) + 3_700_000}, "not_yet_valid"),
        ({"exp": int(NOW * 1000) + 86_400_000}, "not_yet_valid"),
        # Seconds where milliseconds belong: long over.
        ({"ts": int(NOW), "exp": int(NOW) + 120}, "expired"),
        ({"uid": ["u-0001"]}, "unreadable"),
        ({"uid": None}, "unreadable"),
        ({"iss": ["marketplace.zoom.us"]}, "unreadable"),
        ({"ts": None}, "incomplete"),
        ({"aud": ""}, "incomplete"),
        ({"iss": ""}, "incomplete"),
        ({"exp": "soon"}, "unreadable"),
        ({"exp": [1]}, "unreadable"),
        ({"exp": True}, "unreadable"),
        ({"exp": 10**400}, "unreadable"),
        ({"exp": float("nan")}, "unreadable"),
        ({"ts": float("inf"), "exp": float("inf")}, "unreadable"),
    ],
)
def test_claims_of_another_app_or_outside_their_time_are_refused(change, reason):
    with pytest.raises(ContextRefused, match=f"app context: {reason}$") as refused:
        opened(seal({**CLAIMS, **change}))

    assert (refused.value.title, refused.value.message) == ContextRefused.REASONS[reason]


@pytest.mark.parametrize("names", [["iss", "aud"], ["iss"], ["aud"], ["ts"], ["exp"]])
def test_a_context_without_issuer_audience_or_times_is_incomplete(names):
    with pytest.raises(ContextRefused, match="incomplete"):
        opened(seal({name: value for name, value in CLAIMS.items() if name not in names}))


def test_a_context_of_zoom_for_government_opens_where_it_is_configured():
    blob = seal({**CLAIMS, "iss": "marketplace.zoomgov.com"})
    government = ZoomHosts("https://zoomgov.com").context_issuers

    assert open_context(blob, CLIENT, (SECRET,), NOW, government).user_id == "u-0001"
    assert open_context(VECTOR, CLIENT, (SECRET,), NOW, government).user_id == "u-0001"
    with pytest.raises(ContextRefused, match="wrong_issuer"):
        open_context(blob, CLIENT, (SECRET,), NOW, ZoomHosts("https://zoom.us").context_issuers)


def test_another_apps_secret_does_not_open_it():
    with pytest.raises(ContextRefused):
        opened(seal(CLAIMS, secret="another-secret"))


def test_all_contexts_that_cannot_be_decrypted_get_the_same_message():
    refusals = set()
    for blob in ("", "A" * (MAX_BYTES + 1), "%%%", "DAAB", seal(b"[]"), seal(CLAIMS, secret="x"), "\u00fc"):
        with pytest.raises(ContextRefused) as caught:
            opened(blob)
        refusals.add((caught.value.status, caught.value.detail, caught.value.message))

    assert len(refusals) == 1


@given(st.binary(max_size=200))
def test_random_bytes_are_refused(raw):
    with pytest.raises(ContextRefused):
        opened(base64.urlsafe_b64encode(raw).decode())


@given(st.integers(min_value=0, max_value=10_000), st.integers(min_value=1, max_value=255))
def test_one_changed_byte_anywhere_is_refused(place, by):
    raw = bytearray(base64.urlsafe_b64decode(VECTOR + "=" * (-len(VECTOR) % 4)))
    raw[place % len(raw)] ^= by

    with pytest.raises(ContextRefused):
        opened(base64.urlsafe_b64encode(bytes(raw)).decode())
