"""The encrypted app context."""

from __future__ import annotations

import base64
import hashlib
import json

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from offline_zoom.app_context import seal

SECRET = "example-client-secret"
CLAIMS = {
    "typ": "meeting",
    "uid": "u-0001",
    "aud": "client-id-0001",
    "iss": "marketplace.zoom.us",
    "ts": 1700000000000,
    "exp": 1700000120000,
    "entitlements": [],
    "theme": "light",
    "mid": "4444AAAiAAAAAiAiAiiAii==",
    "attendrole": "host",
}
SEALED = (
    "DAABAgMEBQYHCAkKCwAA0QAAABJa8DvsEwJVixexwMnnXu33ZGR7MDSi5LYX_usr0w8-FD3wsvMuIgEe_7t3dKJaKwiRJBk07yaD6SD15d4wml86"
    "jgs4EXTV-umiWL5lV8jYABKPtY9z5uWh1tH0YtMqCEWQoJQpDlQtUNTEJRjpTfJjWUMe9bgOMSDBOi1riWrijYNC9_PStk6Rf4f63Nrkx_BNH9Fi"
    "dVYLaLfHUxNZKVSYRa-picYxs70KBJxfR1FJDtmnZUXVUsq3y21cnUw5bid9olWfa7OHqc4czeoDaU6Tl7cscgqKLAkmhcVbJaJhrA"
)


def opened(blob: str, secret: str) -> dict[str, object]:
    """The claims, read as Zoom's page tells apps to."""
    raw = base64.urlsafe_b64decode(blob + "=" * (-len(blob) % 4))
    iv, rest = raw[1 : 1 + raw[0]], raw[1 + raw[0] + 2 :]
    length = int.from_bytes(rest[:4], "little")
    sealed = rest[4:]
    assert len(sealed) == length + 16
    plain: dict[str, object] = json.loads(AESGCM(hashlib.sha256(secret.encode()).digest()).decrypt(iv, sealed, b""))
    return plain


def test_app_context_matches_zooms_published_example():
    assert seal(CLAIMS, SECRET, iv=bytes(range(12))) == SEALED


def test_app_context_has_the_user_id_and_expires_after_two_minutes(world):
    claims = opened(world.seal_context("dana", "meeting", mid="abc"), world.client_secret)

    assert claims["uid"] == world.user("dana").id
    assert (claims["aud"], claims["iss"], claims["mid"]) == (world.client_id, "marketplace.zoom.us", "abc")
    assert (claims["ts"], claims["exp"]) == (world.now() * 1000, world.now() * 1000 + 120_000)


def test_app_context_of_a_guest_has_no_uid(world):
    assert "uid" not in opened(world.seal_context(None, iid="i"), world.client_secret)


def test_app_contexts_with_the_same_claims_differ(world):
    assert world.seal_context("dana") != world.seal_context("dana")
