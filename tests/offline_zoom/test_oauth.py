"""The OAuth endpoints."""

from __future__ import annotations

from urllib.parse import parse_qs, quote, urlsplit

import pytest
import requests

from offline_zoom.world import World
from tests.offline_zoom.conftest import REDIRECT_URI, Caller, refusal
from tests.offline_zoom.test_grants import CHALLENGE, VERIFIER

ASK = {"response_type": "code", "redirect_uri": REDIRECT_URI, "state": "abc_123-~"}


def authorize(http: requests.Session, world: World, **changes: str) -> requests.Response:
    params = {"client_id": world.client_id, **ASK, **changes}
    return http.get(f"{world.base_url}/oauth/authorize", params=params, allow_redirects=False)


def decide(http: requests.Session, world: World, decision: str, **changes: str) -> dict[str, list[str]]:
    form = {"client_id": world.client_id, **ASK, "decision": decision, **changes}
    answer = http.post(f"{world.base_url}/oauth/authorize", data=form, allow_redirects=False)
    assert answer.headers["Location"].startswith(REDIRECT_URI)
    return parse_qs(urlsplit(answer.headers["Location"]).query)


def token(http: requests.Session, world: World, **form: str) -> requests.Response:
    auth = (world.client_id, world.client_secret)
    return http.post(f"{world.base_url}/oauth/token", data=form, auth=auth)


def account_token(http: requests.Session, world: World, **form: str) -> requests.Response:
    """The answer to the Server-to-Server app."""
    auth = (world.account_app.client_id, world.account_app.client_secret)
    form = {"grant_type": "account_credentials", **form}
    return http.post(f"{world.base_url}/oauth/token", data=form, auth=auth)


def signed_in(http: requests.Session, world: World) -> dict[str, str]:
    code = world.issue_code("dana", REDIRECT_URI)
    return token(http, world, grant_type="authorization_code", code=code, redirect_uri=REDIRECT_URI).json()


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "someone-else"},
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": REDIRECT_URI + "/more"},
        {"redirect_uri": ""},
        {"response_type": "token"},
        {"code_challenge_method": "S512"},
    ],
)
def test_invalid_authorization_request_gets_an_error_page_without_a_redirect(http, world, changes):
    answer = authorize(http, world, **changes)

    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert answer.headers["Content-Type"].startswith("text/html")


def test_the_consent_page_names_the_scopes_and_both_answers(http, world):
    page = authorize(http, world).text

    assert "meeting:read:list_meetings:admin" in page
    assert "Allow" in page and "Decline" in page and "Offline Zoom" in page


def test_allowing_redirects_with_a_code_and_the_state(http, world):
    answer = decide(http, world, "allow")

    assert answer["state"] == ["abc_123-~"]
    assert len(answer["code"][0]) == 33


def test_declining_redirects_with_an_error_and_the_state(http, world):
    assert decide(http, world, "decline") == {"error": ["access_denied"], "state": ["abc_123-~"]}


def test_user_can_be_chosen_on_the_consent_page(http, world):
    code = decide(http, world, "allow", user=world.user("jonas").id)["code"][0]

    answer = token(http, world, grant_type="authorization_code", code=code, redirect_uri=REDIRECT_URI).json()

    assert world.grants.access(answer["access_token"]).user_id == world.user("jonas").id


def test_consent_can_be_automatic(http, world):
    world.switches.auto_consent = True

    assert authorize(http, world).headers["Location"].startswith(f"{REDIRECT_URI}?code=")


def test_an_origin_on_the_allow_list_covers_its_paths(http, world):
    world.redirect_uris = ["https://app.example"]

    assert authorize(http, world).status_code == 200
    assert authorize(http, world, redirect_uri="https://app.example.evil/").status_code == 400


def test_loopback_matches_with_any_port_when_there_is_a_challenge(http, world):
    world.redirect_uris = ["http://127.0.0.1:5050/back"]
    elsewhere = "http://127.0.0.1:6000/back"

    assert authorize(http, world, redirect_uri=elsewhere).status_code == 400
    assert authorize(http, world, redirect_uri=elsewhere, code_challenge=CHALLENGE).status_code == 200


def test_a_challenge_without_a_method_is_plain(http, world):
    code = decide(http, world, "allow", code_challenge="verifier")["code"][0]

    answer = token(
        http, world, grant_type="authorization_code", code=code, redirect_uri=REDIRECT_URI, code_verifier="verifier"
    )

    assert answer.status_code == 200


def test_s256_is_checked(http, world):
    asked = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    form = {"grant_type": "authorization_code", "redirect_uri": REDIRECT_URI}

    wrong = token(http, world, **form, code=decide(http, world, "allow", **asked)["code"][0], code_verifier=CHALLENGE)
    right = token(http, world, **form, code=decide(http, world, "allow", **asked)["code"][0], code_verifier=VERIFIER)

    assert (wrong.status_code, wrong.json()["error"]) == (400, "invalid_grant")
    assert right.status_code == 200


def test_the_token_answer_has_zooms_fields(http, world):
    answer = signed_in(http, world)

    assert set(answer) == {"access_token", "token_type", "refresh_token", "expires_in", "scope", "api_url"}
    assert (answer["token_type"], answer["expires_in"], answer["api_url"]) == ("bearer", 3599, world.base_url)
    assert answer["access_token"].count(".") == 2


def test_token_parameters_may_be_in_the_query(http, world):
    code = world.issue_code("dana", REDIRECT_URI)
    params = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI}

    auth = (world.client_id, world.client_secret)
    answer = http.post(f"{world.base_url}/oauth/token", params=params, auth=auth)

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("form", "error", "reason"),
    [
        ({}, "invalid_request", "Bad Request"),
        ({"grant_type": "password"}, "unsupported_grant_type", "Unsupported grant type"),
        ({"grant_type": "authorization_code"}, "invalid_request", "Bad Request"),
        ({"grant_type": "authorization_code", "code": "x"}, "invalid_grant", "Invalid authorization code x"),
        ({"grant_type": "refresh_token"}, "invalid_request", "Bad Request"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "invalid_grant", "Invalid Token!"),
        ({"grant_type": "account_credentials", "account_id": "x"}, "unsupported_grant_type", "Unsupported grant type"),
    ],
)
def test_token_endpoint_errors_have_zooms_messages(http, world, form, error, reason):
    answer = token(http, world, **form)

    assert (answer.status_code, answer.json()) == (400, {"reason": reason, "error": error})


@pytest.mark.parametrize("header", ["", "Basic", "Basic !!", "Basic eDp5", "Bearer x"])
def test_client_credentials_are_accepted_only_in_the_basic_header(http, world, header):
    form = {"grant_type": "client_credentials", "client_id": world.client_id, "client_secret": world.client_secret}

    answer = http.post(f"{world.base_url}/oauth/token", data=form, headers={"Authorization": header})

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client")


def test_an_invalid_client_may_also_be_a_401(http, world):
    world.switches.invalid_client_status = 401

    answer = http.post(f"{world.base_url}/oauth/token", data={"grant_type": "client_credentials"})

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_rotated_refresh_token_is_invalid_at_once(http, world):
    first = signed_in(http, world)
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = token(http, world, **form).json()

    again = token(http, world, **form)

    assert second["refresh_token"] != first["refresh_token"]
    assert again.json() == {"reason": "Invalid Token!", "error": "invalid_grant"}


def test_app_tokens_have_no_refresh_token(http, world):
    account = world.user("ada").account_id
    app = token(http, world, grant_type="client_credentials").json()
    whole = account_token(http, world, account_id=account).json()

    assert "refresh_token" not in app and "refresh_token" not in whole
    assert app["scope"] == "imchat:bot"
    assert world.grants.access(whole["access_token"]).user_id == world.user("ada").id


def test_revoking_deletes_the_grant_and_announces_it(http, world):
    tokens = signed_in(http, world)
    sent = []
    world.on_event(sent.append)

    auth = (world.client_id, world.client_secret)
    answer = http.post(f"{world.base_url}/oauth/revoke", data={"token": tokens["access_token"]}, auth=auth)

    assert answer.json() == {"status": "success"}
    refreshed = token(http, world, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refreshed.json()["error"] == "invalid_grant"
    assert [event["event"] for event in sent] == ["app_deauthorized"]
    assert sent[0]["payload"]["user_id"] == world.user("dana").id
    assert sent[0]["payload"]["client_id"] == world.client_id


def test_revoking_an_unknown_token_is_refused(http, world):
    auth = (world.client_id, world.client_secret)
    answer = http.post(f"{world.base_url}/oauth/revoke", data={"token": "unknown"}, auth=auth)

    assert (answer.status_code, answer.json()["reason"]) == (400, "Invalid Token!")


def test_adding_from_the_marketplace_sends_a_code_without_a_state(http, world):
    answer = http.post(f"{world.base_url}/marketplace/add", allow_redirects=False)

    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert answer.headers["Location"].startswith(REDIRECT_URI)
    assert list(query) == ["code"]


def test_a_deep_link_carries_its_action_for_five_minutes(dana, http, world, clock):
    link = dana.call("POST", "/zoomapp/deeplink", json={"action": '{"page":"/meetings"}'}).json()["deeplink"]
    name = link.rpartition("/")[2]

    assert "/client?launch=" in http.get(link).text
    assert world.action_of(name) == '{"page":"/meetings"}'
    clock.at += 300
    assert world.action_of(name) == ""
    assert http.get(link).status_code == 404


def test_a_bearer_token_in_the_query_is_refused(dana, world):
    stray = dana.session.get(f"{world.base_url}/v2/users/me", params={"access_token": dana.access_token})

    assert (stray.status_code, stray.json()) == (401, {"code": 124, "message": "Invalid access token."})


def test_expired_and_unknown_access_tokens_have_different_errors(dana, world):
    world.expire_access_tokens()
    expired = dana.get("/users/me")
    world.revoke_access_tokens()
    revoked = dana.get("/users/me")

    assert expired.json() == {"code": 124, "message": "Access token is expired."}
    assert revoked.json() == {"code": 124, "message": "Invalid access token."}
    assert expired.status_code == revoked.status_code == 401


def test_expired_refresh_token_is_refused(http, world):
    tokens = signed_in(http, world)
    world.expire_refresh_tokens()

    answer = token(http, world, grant_type="refresh_token", refresh_token=tokens["refresh_token"])

    assert answer.json()["reason"] == "Invalid Token!"


def test_parts_of_the_token_answer_can_be_left_out_or_wrong(http, world):
    world.switches.change({"omit_refresh_token": True, "api_url": "https://evil.example/"})

    answer = signed_in(http, world)

    assert "refresh_token" not in answer
    assert answer["api_url"] == "https://evil.example/"


def test_declined_scopes_are_missing_from_the_grant(http, world):
    world.switches.withheld_scopes = ["dashboard:read:list_meeting_participants:admin"]

    assert "dashboard:read:list_meeting_participants:admin" not in signed_in(http, world)["scope"].split()


def test_only_an_admin_grants_scopes_for_the_whole_account(world):
    assert all(":admin" not in scope for scope in world.scopes("jonas"))
    assert "report:read:meeting:admin" in world.scopes("dana")


def test_each_user_gets_their_own_token(http, world, jonas):
    answer = jonas.get(f"/users/{world.user('dana').id}")

    assert refusal(answer) == (400, 4711)


@pytest.mark.parametrize("secret", ["", 5, None, "\ud800", "\u00e9"])
def test_client_secret_that_is_no_text_is_refused(world, secret):
    with pytest.raises(ValueError, match="a secret is"):
        world.rotate_client_secret(secret)

    assert len(world.client_secrets) == 1


def test_both_secrets_are_valid_for_a_while_after_a_rotation(http, world):
    old = world.client_secret
    world.rotate_client_secret("a new secret", overlap_seconds=60)

    def status(secret: str) -> int:
        form = {"grant_type": "client_credentials"}
        return http.post(f"{world.base_url}/oauth/token", data=form, auth=(world.client_id, secret)).status_code

    assert (status("a new secret"), status(old)) == (200, 200)
    world.tick(60)
    assert (status("a new secret"), status(old)) == (200, 400)


def test_server_to_server_app_has_its_own_credentials_and_scopes(http, world):
    account_id = world.user("dana").account_id
    answer = account_token(http, world, account_id=account_id).json()
    caller = Caller(world, http, answer["access_token"])
    instance = next(each for each in world.instances.values() if each.host_id == world.user("dana").id)
    report = f"/report/meetings/{quote(quote(instance.uuid, safe=''), safe='')}/participants"

    assert answer["scope"].split() == world.account_app.scopes
    assert caller.get(report).status_code == 200
    assert refusal(caller.get("/users")) == (400, 4711)
    form = {"grant_type": "refresh_token", "refresh_token": "x"}
    assert account_token(http, world, **form).json()["error"] == "unsupported_grant_type"


def test_server_to_server_app_gets_no_token_of_another_account(http, world):
    world.account_app.account_id = world.user("dana").account_id

    assert account_token(http, world, account_id=world.user("priya").account_id).json()["error"] == "invalid_request"
    assert account_token(http, world, account_id="x").json()["error"] == "invalid_request"
    assert account_token(http, world, account_id=world.account_app.account_id).status_code == 200


def test_app_that_users_manage_gets_no_admin_scope(http, world):
    by_admin = signed_in(http, world)["scope"].split()
    world.switches.change({"user_managed": True})
    by_user = signed_in(http, world)["scope"].split()

    assert "dashboard:read:list_meeting_participants:admin" in by_admin
    assert "meeting:read:list_meetings" in by_user
    assert [scope for scope in by_user if scope.endswith(":admin")] == []
