"""Authorization codes, tokens and PKCE."""

from __future__ import annotations

import pytest

from offline_zoom.oauth.grants import OAuthError, proves
from tests.offline_zoom.conftest import REDIRECT_URI

# RFC 7636, appendix B
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_pkce_example_of_rfc_7636_is_accepted():
    assert proves(VERIFIER, CHALLENGE, "S256")


def test_code_challenge_is_not_its_own_verifier():
    assert not proves(CHALLENGE, CHALLENGE, "S256")


def test_plain_method_compares_and_refuses_empty_values():
    assert proves("same", "same", "plain")
    assert not proves("", "", "plain")


def test_a_code_has_33_characters_and_works_once(world):
    code = world.issue_code("dana", REDIRECT_URI)
    world.grants.exchange(code, REDIRECT_URI, "")

    with pytest.raises(OAuthError) as second:
        world.grants.exchange(code, REDIRECT_URI, "")

    assert len(code) == 33
    assert (second.value.error, second.value.status) == ("invalid_grant", 400)


def test_code_expires_after_five_minutes(world, clock):
    code = world.issue_code("dana", REDIRECT_URI)
    clock.at += 300

    with pytest.raises(OAuthError, match="Invalid authorization code"):
        world.grants.exchange(code, REDIRECT_URI, "")


@pytest.mark.parametrize("verifier", ["", CHALLENGE, VERIFIER + "x"])
def test_wrong_or_missing_verifier_uses_up_the_code(world, verifier):
    code = world.issue_code("dana", REDIRECT_URI, CHALLENGE, "S256")

    for attempt in (verifier, VERIFIER):
        with pytest.raises(OAuthError) as refused:
            world.grants.exchange(code, REDIRECT_URI, attempt)
        assert refused.value.error == "invalid_grant"


@pytest.mark.parametrize("redirect_uri", ["", REDIRECT_URI + "/", "https://evil.example/"])
def test_the_redirect_uri_is_bound_to_the_code(world, redirect_uri):
    code = world.issue_code("dana", REDIRECT_URI)

    with pytest.raises(OAuthError, match="Redirect URI mismatch"):
        world.grants.exchange(code, redirect_uri, "")


@pytest.mark.parametrize("redirect_uri", ["", "https://app.example/any/page#/userinfo"])
def test_an_in_client_code_takes_any_page_of_its_origin_or_none_unless_strict(world, redirect_uri):
    lenient = world.issue_code("dana", REDIRECT_URI, "v", "plain", in_client=True)
    strict = world.issue_code("dana", REDIRECT_URI, "v", "plain", in_client=True)

    assert world.grants.exchange(lenient, redirect_uri, "v").user_id == world.user("dana").id
    world.switches.strict_redirect = True
    with pytest.raises(OAuthError, match="Redirect URI mismatch"):
        world.grants.exchange(strict, redirect_uri, "v")


def test_in_client_code_takes_a_verifier_by_s256_only_with_the_switch(world):
    usual, lenient = (world.issue_code("dana", REDIRECT_URI, CHALLENGE, "plain", in_client=True) for _ in range(2))

    with pytest.raises(OAuthError, match="Invalid authorization code"):
        world.grants.exchange(usual, REDIRECT_URI, VERIFIER)
    world.switches.change({"in_client_s256": True})
    assert world.grants.exchange(lenient, REDIRECT_URI, VERIFIER).user_id == world.user("dana").id


@pytest.mark.parametrize("redirect_uri", ["https://evil.example/", "http://app.example/", "https://app.example:8443/"])
def test_an_in_client_code_takes_no_other_origin(world, redirect_uri):
    code = world.issue_code("dana", REDIRECT_URI, "v", "plain", in_client=True)

    with pytest.raises(OAuthError, match="Redirect URI mismatch"):
        world.grants.exchange(code, redirect_uri, "v")


def test_refresh_makes_the_earlier_tokens_invalid(world):
    old = world.grants.grant("someone", ["a"])

    new = world.grants.refresh(old.refresh_token)

    assert world.grants.find(old.access_token) is None
    assert world.grants.find(new.access_token) is new
    with pytest.raises(OAuthError, match="Invalid Token!"):
        world.grants.refresh(old.refresh_token)


def test_second_authorization_makes_the_first_grant_invalid(world):
    first = world.grants.grant("someone", ["a"])
    world.grants.grant("someone", ["a"])

    with pytest.raises(OAuthError, match="Invalid Token!"):
        world.grants.refresh(first.refresh_token)


def test_refresh_token_expires_after_ninety_days(world, clock):
    grant = world.grants.grant("someone", ["a"])
    clock.at += 90 * 86400

    with pytest.raises(OAuthError, match="Invalid Token!"):
        world.grants.refresh(grant.refresh_token)
