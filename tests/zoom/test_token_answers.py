"""The token endpoint's answers are read tolerantly: an unreadable value never replaces a valid token."""

import json

import pytest

from offline_zoom.faults import Fault
from tests.support.people import OWN
from zoomapp.errors import SignInError, UpstreamError
from zoomapp.zoom.oauth import InvalidGrant, TokenRefused, TokenSet

TOKEN = "POST /oauth/token"
GOOD = {"access_token": "new-access", "refresh_token": "new-refresh", "expires_in": 3599, "scope": "a:read b:read"}
BEFORE = TokenSet("dana", "old-access", "old-refresh", 0.0, 0.0, "old:read", "grant")


@pytest.fixture
def refreshed(parts, world):
    """A function that refreshes with this answer of the token endpoint."""

    def refresh(fields, status=200):
        body = fields if isinstance(fields, str) else json.dumps(fields)
        world.faults[:] = [Fault(TOKEN, status, {"Content-Type": "application/json"}, body)]
        return parts.oauth.refresh(BEFORE)

    return refresh


def test_a_token_answer_is_read(refreshed, clock):
    tokens = refreshed(GOOD)

    assert (tokens.access_token, tokens.refresh_token, tokens.scope) == ("new-access", "new-refresh", "a:read b:read")
    assert (tokens.expires_at, tokens.grant_id, tokens.user_id) == (clock() + 3599, "grant", "dana")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("3599", 3599),
        ("1800.5", 1800.5),
        ("soon", 3600),
        (-5, 3600),
        (0, 3600),
        (None, 3600),
        (True, 3600),
        ([3599], 3600),
        ({}, 3600),
        (1e300, 3600),
        (10**30, 3600),
        (float("nan"), 3600),
        (float("inf"), 3600),
    ],
)
def test_an_impossible_lifetime_is_an_hour(refreshed, clock, value, seconds):
    assert refreshed({**GOOD, "expires_in": value}).expires_at == clock() + seconds


@pytest.mark.parametrize("name", ["expires_in", "scope", "refresh_token"])
def test_an_answer_may_lack_everything_but_the_access_token(refreshed, clock, name):
    tokens = refreshed({key: value for key, value in GOOD.items() if key != name})

    assert tokens.access_token == "new-access"
    assert tokens.refresh_token == ("old-refresh" if name == "refresh_token" else "new-refresh")
    assert tokens.scope == ("old:read" if name == "scope" else "a:read b:read")


@pytest.mark.parametrize(
    ("value", "scope"),
    [
        (["a:read", "b:read"], "a:read b:read"),
        (["a:read", None, 7, " b:read "], "a:read b:read"),
        ([], "old:read"),
        (None, "old:read"),
        ({"a": 1}, "old:read"),
        ("", "old:read"),
    ],
)
def test_scopes_may_be_a_list_and_stay_if_they_cannot_be_read(refreshed, value, scope):
    assert refreshed({**GOOD, "scope": value}).scope == scope


@pytest.mark.parametrize(
    "value", [None, "", 7, True, [], {}, ["new-refresh"], "two words", "line\nbreak", "\u00e9", "\x00"]
)
def test_a_refresh_token_is_replaced_only_by_a_token(refreshed, value):
    assert refreshed({**GOOD, "refresh_token": value}).refresh_token == "old-refresh"


@pytest.mark.parametrize("value", [None, "", 7, True, [], {}, ["new-access"], "two words", "line\nbreak", "\u00e9"])
def test_an_answer_without_an_access_token_is_an_outage(refreshed, value):
    with pytest.raises(UpstreamError):
        refreshed({**GOOD, "access_token": value})


@pytest.mark.parametrize("body", ["", "[]", "null", '""', "7", "<html>", "[" * 9000, "{}"])
def test_an_answer_that_is_no_token_answer_is_an_outage(refreshed, body):
    with pytest.raises(UpstreamError):
        refreshed(body)


@pytest.mark.parametrize("status", [400, 401, 403])
@pytest.mark.parametrize("body", [{"error": "invalid_grant"}, {"reason": "Invalid Token!", "error": ["x"]}])
def test_only_two_answers_end_a_grant(refreshed, status, body):
    with pytest.raises(InvalidGrant):
        refreshed(body, status)


@pytest.mark.parametrize(
    "body", [{"error": ["invalid_grant"]}, {"error": {"a": 1}}, {"reason": 7}, {"error": "Invalid_grant"}, {}]
)
def test_any_other_refusal_leaves_the_grant(refreshed, body):
    with pytest.raises(TokenRefused):
        refreshed(body, 400)


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_5xx_never_ends_a_grant(refreshed, status):
    with pytest.raises((UpstreamError, InvalidGrant)) as raised:
        refreshed({"error": "invalid_grant"}, status)

    assert isinstance(raised.value, UpstreamError)


def test_a_reason_that_is_not_unicode_is_a_refusal_too(refreshed):
    with pytest.raises(TokenRefused):
        refreshed('{"error":"invalid_request","reason":"App \\ud83d disabled"}', 400)


def test_the_answer_to_a_code_exchange_is_read_with_the_same_rules(parts, world, clock):
    world.faults.append(Fault(TOKEN, 200, body={**GOOD, "expires_in": "x", "refresh_token": 7, "scope": ["a:read"]}))

    tokens = parts.oauth.exchange("code", "v" * 43, OWN)

    assert (tokens.access_token, tokens.refresh_token, tokens.scope) == ("new-access", "", "a:read")
    assert tokens.expires_at == clock() + 3600
    world.faults[:] = [Fault(TOKEN, 400, body={"reason": "Redirect URI mismatch.", "error": ["invalid_request"]})]
    with pytest.raises(SignInError):
        parts.oauth.exchange("code", "v" * 43, OWN)
