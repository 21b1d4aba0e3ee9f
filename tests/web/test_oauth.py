"""Signing in, by redirect and inside Zoom's client; and each way it can go wrong."""

import base64
import string
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from sandbox.faults import Fault
from tests.people import Person
from tests.processes import HANG_SECONDS
from zoomapp import keys
from zoomapp.begun import LIFE_SECONDS
from zoomapp.zoom.pkce import s256

ME = "/zoom/api/v2/users/me"


def test_connecting_signs_the_person_in(anyone):
    answer = anyone.connect()

    assert (answer.status_code, answer.location) == (302, "/")
    assert anyone.get(ME).json["id"] == anyone.id


def test_the_consent_page_gets_state_and_an_s256_challenge(anyone, world):
    query = parse_qs(urlsplit(anyone.get("/api/zoomapp/install").location).query)

    assert query["code_challenge_method"] == ["S256"]
    assert len(query["state"][0]) > 40 and len(query["code_challenge"][0]) == 43
    assert query["redirect_uri"] == ["http://localhost/api/zoomapp/auth"]
    assert "scope" not in query


def test_the_challenge_is_rfc_7636s():
    assert s256("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_the_session_id_is_new_after_signing_in(anyone):
    anyone.get("/api/zoomapp/install")
    before = anyone.browser.get_cookie("zoomapp").value

    anyone.connect()

    assert anyone.browser.get_cookie("zoomapp").value != before


def test_a_code_without_state_is_not_exchanged_but_starts_anew_once(anyone, world):
    code = world.issue_code("dana", "http://localhost/api/zoomapp/auth")

    first = anyone.get(f"/api/zoomapp/auth?code={code}")
    restarted = anyone.get(first.location)
    second = anyone.get(f"/api/zoomapp/auth?code={code}")

    assert (first.status_code, urlsplit(first.location).path) == (302, "/api/zoomapp/install")
    assert restarted.location.startswith("http://you-forgot-the-sandbox.localhost/oauth/authorize?")
    assert (second.status_code, second.json["error"]) == (400, "sign_in_failed")
    assert world.calls.count("POST /oauth/token") == 0


def test_added_from_the_marketplace_ends_in_zoom(anyone, world):
    code = world.issue_code("dana", "http://localhost/api/zoomapp/auth")
    consent_page = anyone.get(anyone.get(f"/api/zoomapp/auth?code={code}").location).location

    answer = anyone.get(anyone.consent(consent_page))

    assert answer.status_code == 302
    assert answer.location.startswith("http://you-forgot-the-sandbox.localhost/")
    assert anyone.get(ME).status_code == 200


def test_no_deep_link_leads_to_our_own_page(anyone, world):
    code = world.issue_code("dana", "http://localhost/api/zoomapp/auth")
    consent_page = anyone.get(anyone.get(f"/api/zoomapp/auth?code={code}").location).location
    world.faults.append(Fault("POST /v2/zoomapp/deeplink", 200, body={"deeplink": "https://evil.example/"}))

    assert anyone.get(anyone.consent(consent_page)).location == "/"


def test_declining_is_answered_as_such(anyone, world):
    address = anyone.get("/api/zoomapp/install").location

    answer = anyone.get(anyone.consent(address, "decline"))

    assert (answer.status_code, answer.json["error"]) == (400, "sign_in_failed")
    assert world.calls.count("POST /oauth/token") == 0


def test_a_callback_is_good_once(anyone, world):
    callback = anyone.consent(anyone.get("/api/zoomapp/install").location)

    assert anyone.get(callback).status_code == 302
    replay = anyone.get(callback)

    assert (replay.status_code, replay.json["error"]) == (400, "sign_in_failed")
    assert world.calls.count("POST /oauth/token") == 1
    assert anyone.get(ME).status_code == 200


def test_of_two_callbacks_at_once_one_signs_in_and_the_other_does_no_harm(anyone, app, world):
    callback = anyone.consent(anyone.get("/api/zoomapp/install").location)
    before = anyone.browser.get_cookie("zoomapp").value
    together = threading.Barrier(2)
    world.sleep = threading.Event().wait
    world.faults.append(Fault("POST /oauth/token", delay=0.1))

    def land(_):
        browser = app.test_client()
        browser.set_cookie("zoomapp", before)
        together.wait(HANG_SECONDS)
        return browser.get(callback)

    with ThreadPoolExecutor(2) as pool:
        won, lost = sorted(pool.map(land, range(2)), key=lambda answer: answer.status_code)

    assert (won.status_code, lost.status_code, lost.json["error"]) == (302, 400, "sign_in_failed")
    assert world.calls.count("POST /oauth/token") == 1
    assert "Set-Cookie" not in lost.headers
    anyone.browser.set_cookie("zoomapp", won.headers["Set-Cookie"].partition("=")[2].partition(";")[0])
    assert anyone.get(ME).json["id"] == anyone.id


@pytest.mark.parametrize("state", ["%25", "wrong", "w-" + "a" * 43, "%", "%00", "x" * 3000])
def test_a_wrong_state_is_refused(anyone, world, state):
    anyone.get("/api/zoomapp/install")

    answer = anyone.get(f"/api/zoomapp/auth?code=abc&state={state}")

    assert (answer.status_code, answer.json["error"]) == (400, "sign_in_failed")
    assert world.calls.count("POST /oauth/token") == 0


def test_another_browsers_callback_is_refused(anyone, app, world):
    callback = anyone.consent(anyone.get("/api/zoomapp/install").location)
    victim = Person(app, world, "jonas")
    victim.get("/api/zoomapp/install")

    answer = victim.get(callback)

    assert answer.status_code == 400
    assert victim.get(ME).status_code == 401
    assert world.calls.count("POST /oauth/token") == 0


def test_a_state_is_too_old_after_five_minutes(anyone, clock, world):
    callback = anyone.consent(anyone.get("/api/zoomapp/install").location)
    clock.tick(LIFE_SECONDS)

    assert anyone.get(callback).status_code == 400
    assert world.calls.count("POST /oauth/token") == 0


def test_two_tabs_do_not_break_each_other(anyone):
    first = anyone.consent(anyone.get("/api/zoomapp/install").location)
    second = anyone.consent(anyone.get("/api/zoomapp/install").location)

    assert anyone.get(second).status_code == 302
    assert anyone.get(first).status_code == 302
    assert anyone.get(ME).status_code == 200


def test_a_code_zoom_refuses_signs_nobody_in(anyone):
    state = parse_qs(urlsplit(anyone.get("/api/zoomapp/install").location).query)["state"][0]

    answer = anyone.get(f"/api/zoomapp/auth?code=never-issued&state={state}")

    assert (answer.status_code, answer.json["error"]) == (400, "sign_in_failed")


@pytest.mark.parametrize(("preset", "status"), [("token-error", 502), ("token-html", 502), ("wrong-client", 502)])
def test_zoom_failing_during_the_exchange_is_an_outage(anyone, world, preset, status):
    callback = anyone.consent(anyone.get("/api/zoomapp/install").location)
    world.faults.add(preset)

    assert anyone.get(callback).status_code == status


# Inside Zoom's client


def test_in_client_authorization_signs_the_person_in(anyone):
    anyone.open_from_zoom(typ="meeting")

    answer = anyone.authorize_in_client()

    assert (answer.status_code, answer.json) == (200, {"result": "Success"})
    assert anyone.get(ME).json["id"] == anyone.id


def test_authorize_gives_a_challenge_that_is_the_verifier(anyone):
    begun = anyone.get("/api/zoomapp/authorize").json

    assert set(begun) == {"codeChallenge", "state"}
    assert 43 <= len(begun["codeChallenge"]) <= 128


def test_a_missing_state_is_accepted_while_exactly_one_sign_in_is_under_way(anyone):
    assert anyone.authorize_in_client(state=None).status_code == 200


def test_a_missing_state_is_refused_when_two_are_under_way(anyone):
    anyone.get("/api/zoomapp/authorize")

    assert anyone.authorize_in_client(state=None).status_code == 400


def test_a_missing_state_is_refused_when_none_is_under_way(anyone, world):
    code = world.issue_code("dana", "http://localhost/", "x" * 43, in_client=True)

    answer = anyone.post("/api/zoomapp/onauthorized", json={"code": code})

    assert (answer.status_code, answer.json["error"]) == (400, "sign_in_failed")


@pytest.mark.parametrize("state", ["wrong", "%", "", 5, ["x"], {"a": 1}])
def test_a_wrong_state_is_never_accepted(anyone, world, state):
    anyone.get("/api/zoomapp/authorize")

    assert anyone.authorize_in_client(state=state).status_code == 400
    assert world.calls.count("POST /oauth/token") == 0


def test_a_percent_encoded_state_is_the_same_state(anyone):
    begun = anyone.get("/api/zoomapp/authorize").json
    code = anyone.world.issue_code("dana", "http://localhost/", begun["codeChallenge"], "plain", in_client=True)
    state = "".join(f"%{ord(char):02X}" for char in begun["state"])

    body = {"code": code, "state": state, "href": "http://localhost/"}
    assert anyone.post("/api/zoomapp/onauthorized", json=body).status_code == 200


def test_a_page_of_another_origin_cannot_be_the_redirect(anyone, world):
    answer = anyone.authorize_in_client(href="https://evil.example/")

    assert (answer.status_code, answer.json["error"]) == (400, "sign_in_failed")
    assert world.calls.count("POST /oauth/token") == 0


def test_an_in_client_state_at_the_web_callback_starts_anew(anyone, app, world):
    begun = anyone.get("/api/zoomapp/authorize").json
    system_browser = Person(app, world, "dana")
    code = world.issue_code("dana", "http://localhost/", begun["codeChallenge"], "plain", in_client=True)

    answer = system_browser.get(f"/api/zoomapp/auth?code={code}&state={quote(begun['state'])}")

    assert (answer.status_code, urlsplit(answer.location).path) == (302, "/api/zoomapp/install")
    assert world.calls.count("POST /oauth/token") == 0


def test_an_in_client_state_does_not_finish_a_web_sign_in(anyone, world):
    state = anyone.get("/api/zoomapp/authorize").json["state"]
    web = parse_qs(urlsplit(anyone.get("/api/zoomapp/install").location).query)["state"][0]
    code = world.issue_code("dana", "http://localhost/", in_client=True)

    assert anyone.post("/api/zoomapp/onauthorized", json={"code": code, "state": web}).status_code == 400
    assert anyone.get(f"/api/zoomapp/auth?code={code}&state={state}").status_code == 302


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"null", b"\xff", b"{" * 5000])
def test_malformed_json_is_a_bad_request(anyone, body):
    answer = anyone.post("/api/zoomapp/onauthorized", data=body, content_type="application/json")

    assert (answer.status_code, answer.json["error"]) == (400, "bad_request")


def test_a_later_authorization_replaces_the_earlier_one(dana, app, world):
    again = Person(app, world, "dana")
    again.connect()

    assert dana.get(ME).status_code == 200
    assert world.calls.count("POST /oauth/token") == 1


# The app context


def test_the_home_url_opens_the_session_it_was_sealed_for(dana, app, world):
    panel = Person(app, world, "dana")

    answer = panel.open_from_zoom(typ="meeting", mid="dwb4XYaQAkrWvaNAG+nIyw==")

    assert (answer.status_code, answer.location) == (302, "/participants")
    assert panel.get(ME).json["id"] == dana.id


def test_in_the_main_client_the_overview_comes_first(anyone):
    assert anyone.open_from_zoom(typ="panel").location == "/"


def test_a_context_is_good_once(anyone, world):
    blob = world.seal_context("dana")
    assert anyone.get("/api/zoomapp/home", headers={"X-Zoom-App-Context": blob}).status_code == 302

    for again in (blob, blob + "==", blob.replace("-", "+").replace("_", "/")):
        answer = anyone.get("/api/zoomapp/home", headers={"X-Zoom-App-Context": again})
        assert (answer.status_code, answer.json["error"]) == (400, "sign_in_failed")


@pytest.mark.parametrize("length", [0, 1, 2])
def test_no_other_spelling_of_a_context_opens_it_again(anyone, world, length):
    blobs = (world.seal_context("dana", action="x" * more) for more in range(3))
    blob = next(each for each in blobs if len(base64.urlsafe_b64decode(each + "=" * (-len(each) % 4))) % 3 == length)
    assert anyone.get("/api/zoomapp/home", headers={"X-Zoom-App-Context": blob}).status_code == 302

    spelled = [blob[:-1] + last for last in string.ascii_letters + string.digits + "-_+/"]
    answers = [anyone.get("/api/zoomapp/home", headers={"X-Zoom-App-Context": each}) for each in spelled]

    assert {answer.status_code for answer in answers} == {400}


def test_a_context_from_the_sdk_does_the_same(anyone, world):
    answer = anyone.post("/api/zoomapp/context", json={"context": world.seal_context("dana", "meeting")})

    assert (answer.status_code, answer.json["location"]) == (200, "/participants")


def test_a_guest_is_signed_in_as_nobody(dana, world):
    blob = world.seal_context(None, "meeting")

    answer = dana.get("/api/zoomapp/home", headers={"X-Zoom-App-Context": blob})

    assert answer.status_code == 302
    assert dana.get(ME).status_code == 401


def test_another_person_in_the_same_window_gets_a_session_of_their_own(dana, world):
    before = dana.browser.get_cookie("zoomapp").value

    dana.get("/api/zoomapp/home", headers={"X-Zoom-App-Context": world.seal_context("jonas")})

    assert dana.browser.get_cookie("zoomapp").value != before
    assert dana.get(ME).json["error"] == "unauthorized"


def test_a_forged_context_is_refused_in_general_words(anyone):
    answer = anyone.get("/api/zoomapp/home", headers={"X-Zoom-App-Context": "DAABAgME"})

    assert answer.status_code == 400
    assert "struct" not in answer.text and "Tag" not in answer.text


# Leaving


def test_logging_out_ends_the_session_and_keeps_the_tokens(dana, parts):
    cookie = dana.browser.get_cookie("zoomapp").value

    answer = dana.post("/api/zoomapp/logout")
    dana.browser.set_cookie("zoomapp", cookie)

    assert answer.status_code == 200
    assert dana.get(ME).status_code == 401
    assert parts.tokens.load(dana.id)


def test_disconnecting_revokes_and_leaves_no_key(dana, world, parts):
    dana.post("/api/zoomapp/disconnect")

    assert world.calls.count("POST /oauth/revoke") == 1
    assert dana.get(ME).status_code == 401
    assert parts.redis.keys(keys.tagged(keys.tag(dana.id), "*").replace("{", "*")) == []


def test_disconnecting_works_while_zoom_is_away(dana, world, parts):
    world.faults.append(Fault("POST /oauth/revoke", drop="before"))

    assert dana.post("/api/zoomapp/disconnect").status_code == 200
    assert parts.redis.keys("*:tokens") == []
