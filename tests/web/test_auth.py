"""Sign-in by redirect and inside Zoom's client, with every possible failure."""

import base64
import html
import re
import string
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from urllib.parse import parse_qs, quote, unquote, urlsplit

import pytest

from offline_zoom.faults import Fault
from tests.support.people import Person
from tests.support.processes import HANG_SECONDS
from zoomapp.auth.pending_signins import LIFETIME_SECONDS
from zoomapp.auth.repeated_signins import DONE, MAX_WAITING, RepeatedSignIns
from zoomapp.errors import Busy, ContextRefused
from zoomapp.store import key_names
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


def test_the_pkce_challenge_matches_the_example_of_rfc_7636():
    assert s256("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_the_session_id_is_new_after_signing_in(anyone):
    anyone.get("/api/zoomapp/install")
    before = anyone.browser.get_cookie("zoomapp").value

    anyone.connect()

    assert anyone.browser.get_cookie("zoomapp").value != before


def test_a_code_without_a_state_is_not_exchanged_and_starts_one_new_sign_in(anyone, world):
    code = world.issue_code("dana", "http://localhost/api/zoomapp/auth")

    first = anyone.get(f"/api/zoomapp/auth?code={code}")
    restarted = anyone.get(first.location)
    second = anyone.get(f"/api/zoomapp/auth?code={code}")

    assert (first.status_code, urlsplit(first.location).path) == (302, "/api/zoomapp/install")
    assert restarted.location.startswith("http://you-forgot-the-sandbox.localhost/oauth/authorize?")
    assert (second.status_code, second.json["error"]) == (400, "sign_in_failed")
    assert world.calls.count("POST /oauth/token") == 0


def test_adding_the_app_from_the_marketplace_ends_in_zooms_client(anyone, world):
    code = world.issue_code("dana", "http://localhost/api/zoomapp/auth")
    consent_page = anyone.get(anyone.get(f"/api/zoomapp/auth?code={code}").location).location

    answer = anyone.get(anyone.consent(consent_page))

    assert answer.status_code == 302
    assert answer.location.startswith("http://you-forgot-the-sandbox.localhost/")
    assert anyone.get(ME).status_code == 200


def test_a_sign_in_ends_on_our_own_page_if_the_deep_link_is_not_zooms(anyone, world):
    code = world.issue_code("dana", "http://localhost/api/zoomapp/auth")
    consent_page = anyone.get(anyone.get(f"/api/zoomapp/auth?code={code}").location).location
    world.faults.append(Fault("POST /v2/zoomapp/deeplink", 200, body={"deeplink": "https://evil.example/"}))

    assert anyone.get(anyone.consent(consent_page)).location == "/"


def test_declining_consent_shows_a_page_that_says_so(anyone, world):
    address = anyone.get("/api/zoomapp/install").location

    answer = anyone.get(anyone.consent(address, "decline"))

    assert (answer.status_code, answer.json["error"]) == (400, "sign_in_failed")
    assert world.calls.count("POST /oauth/token") == 0


def test_a_callback_can_be_used_once(anyone, world):
    callback = anyone.consent(anyone.get("/api/zoomapp/install").location)

    assert anyone.get(callback).status_code == 302
    replay = anyone.get(callback)

    assert (replay.status_code, replay.json["error"]) == (400, "sign_in_failed")
    assert world.calls.count("POST /oauth/token") == 1
    assert anyone.get(ME).status_code == 200


def test_two_concurrent_callbacks_sign_in_once(anyone, app, world):
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


def test_a_state_expires_after_five_minutes(anyone, clock, world):
    callback = anyone.consent(anyone.get("/api/zoomapp/install").location)
    clock.tick(LIFETIME_SECONDS)

    assert anyone.get(callback).status_code == 400
    assert world.calls.count("POST /oauth/token") == 0


def test_two_tabs_do_not_break_each_other(anyone):
    first = anyone.consent(anyone.get("/api/zoomapp/install").location)
    second = anyone.consent(anyone.get("/api/zoomapp/install").location)

    assert anyone.get(second).status_code == 302
    assert anyone.get(first).status_code == 302
    assert anyone.get(ME).status_code == 200


def test_a_code_that_zoom_refuses_opens_no_session(anyone):
    state = parse_qs(urlsplit(anyone.get("/api/zoomapp/install").location).query)["state"][0]

    answer = anyone.get(f"/api/zoomapp/auth?code=never-issued&state={state}")

    assert (answer.status_code, answer.json["error"]) == (400, "sign_in_failed")


@pytest.mark.parametrize(("preset", "status"), [("token-error", 502), ("token-html", 502), ("wrong-client", 502)])
def test_an_error_of_zoom_during_the_code_exchange_is_an_outage(anyone, world, preset, status):
    callback = anyone.consent(anyone.get("/api/zoomapp/install").location)
    world.faults.add(preset)

    assert anyone.get(callback).status_code == status


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, {"reason": "Invalid authorization code", "error": "invalid_request"}),
        (400, {"reason": "Redirect URI mismatch.", "error": "invalid_request"}),
        (401, {"reason": "x", "error": "unauthorized_client"}),
        (403, {"message": "Forbidden"}),
        (408, {"error": "timeout"}),
    ],
)
def test_a_code_refused_with_any_error_code_is_a_failed_sign_in(anyone, world, status, body):
    callback = anyone.consent(anyone.get("/api/zoomapp/install").location)
    world.faults.append(Fault("POST /oauth/token", status, body=body))

    answer = anyone.get(callback)

    assert (answer.status_code, answer.json["error"]) == (400, "sign_in_failed")


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (401, {"reason": "Invalid client_id or client_secret", "error": "invalid_client"}, (502, "upstream_error")),
        (429, {"reason": "Too many requests", "error": "invalid_request"}, (429, "rate_limited")),
        (400, "<html>", (502, "upstream_error")),
        (500, {"error": "server_error"}, (502, "upstream_error")),
    ],
)
def test_an_outage_during_the_code_exchange_is_not_a_sign_in_error(anyone, world, caplog, status, body, expected):
    callback = anyone.consent(anyone.get("/api/zoomapp/install").location)
    world.faults.append(Fault("POST /oauth/token", status, body=body))

    answer = anyone.get(callback)

    assert (answer.status_code, answer.json["error"]) == expected
    assert ("the app's credentials are wrong" in caplog.text) == ("invalid_client" in str(body))


# Inside Zoom's client


def test_in_client_authorization_signs_the_person_in(anyone):
    anyone.open_from_zoom(typ="meeting")

    answer = anyone.authorize_in_client()

    assert (answer.status_code, answer.json) == (200, {"result": "Success"})
    assert anyone.get(ME).json["id"] == anyone.id


def test_authorize_gives_a_challenge_that_is_the_verifier(anyone):
    signin = anyone.get("/api/zoomapp/authorize").json

    assert set(signin) == {"codeChallenge", "state"}
    assert 43 <= len(signin["codeChallenge"]) <= 128


def test_a_missing_state_is_accepted_with_exactly_one_pending_sign_in(anyone):
    assert anyone.authorize_in_client(state=None).status_code == 200


def test_a_missing_state_is_refused_with_two_pending_sign_ins(anyone):
    anyone.get("/api/zoomapp/authorize")

    assert anyone.authorize_in_client(state=None).status_code == 400


def test_a_missing_state_is_refused_without_a_pending_sign_in(anyone, world):
    code = world.issue_code("dana", "http://localhost/", "x" * 43, in_client=True)

    answer = anyone.post("/api/zoomapp/onauthorized", json={"code": code})

    assert (answer.status_code, answer.json["error"]) == (400, "sign_in_failed")


@pytest.mark.parametrize("state", ["wrong", "%", "", 5, ["x"], {"a": 1}])
def test_a_wrong_state_is_never_accepted(anyone, world, state):
    anyone.get("/api/zoomapp/authorize")

    assert anyone.authorize_in_client(state=state).status_code == 400
    assert world.calls.count("POST /oauth/token") == 0


def test_a_percent_encoded_state_is_the_same_state(anyone):
    signin = anyone.get("/api/zoomapp/authorize").json
    code = anyone.world.issue_code("dana", "http://localhost/", signin["codeChallenge"], "plain", in_client=True)
    state = "".join(f"%{ord(char):02X}" for char in signin["state"])

    body = {"code": code, "state": state, "href": "http://localhost/"}
    assert anyone.post("/api/zoomapp/onauthorized", json=body).status_code == 200


def test_a_page_of_another_origin_cannot_be_the_redirect(anyone, world):
    answer = anyone.authorize_in_client(href="https://evil.example/")

    assert (answer.status_code, answer.json["error"]) == (400, "sign_in_failed")
    assert world.calls.count("POST /oauth/token") == 0


@pytest.fixture
def code_post(anyone, world):
    """The page's post of a code, as Zoom's client gave it for this browser; not sent yet."""
    begun = anyone.get("/api/zoomapp/authorize").json
    code = world.issue_code("dana", "http://localhost/", begun["codeChallenge"], "plain", in_client=True)
    return {"code": code, "state": begun["state"], "href": "http://localhost/"}


def post_code(app, cookie, body):
    browser = app.test_client()
    browser.set_cookie("zoomapp", cookie)
    return browser.post("/api/zoomapp/onauthorized", json=body, buffered=True)


def test_code_that_is_posted_twice_at_once_signs_in_once_and_both_posts_succeed(anyone, app, world, code_post):
    before = anyone.browser.get_cookie("zoomapp").value
    together = threading.Barrier(2)
    world.sleep = threading.Event().wait
    world.faults.append(Fault("POST /oauth/token", delay=0.3))

    def send(_):
        together.wait(HANG_SECONDS)
        return post_code(app, before, code_post)

    with ThreadPoolExecutor(2) as pool:
        repeat, first = sorted(pool.map(send, range(2)), key=lambda answer: "Set-Cookie" in answer.headers)

    assert (first.status_code, repeat.status_code) == (200, 200)
    assert first.json == repeat.json == {"result": "Success"}
    assert "Set-Cookie" in first.headers and "Set-Cookie" not in repeat.headers
    assert world.calls.count("POST /oauth/token") == 1


@pytest.mark.parametrize("state", ["same", "encoded", "missing"])
@pytest.mark.parametrize("cookie", ["old", "new"])
def test_code_that_is_posted_again_within_a_minute_changes_nothing(anyone, app, world, clock, code_post, cookie, state):
    cookies = {"old": anyone.browser.get_cookie("zoomapp").value}
    assert anyone.post("/api/zoomapp/onauthorized", json=code_post).status_code == 200
    cookies["new"] = anyone.browser.get_cookie("zoomapp").value
    calls = world.calls.total
    states = {"same": code_post["state"], "encoded": code_post["state"].replace("-", "%2D"), "missing": ""}
    clock.tick(60)

    repeat = post_code(app, cookies[cookie], code_post | {"state": states[state]})

    assert (repeat.status_code, repeat.json) == (200, {"result": "Success"})
    assert "Set-Cookie" not in repeat.headers
    assert world.calls.total == calls
    old = app.test_client()
    old.set_cookie("zoomapp", cookies["old"])
    assert old.get(ME).status_code == 401, "the old session id is not signed in"


@pytest.mark.parametrize(
    ("change", "seconds"),
    [({"code": "another"}, 0), ({"state": "c-" + "x" * 43}, 0), ({"state": "wrong"}, 0), ({}, 61)],
)
def test_post_with_another_code_or_state_or_a_minute_later_is_refused(anyone, world, clock, code_post, change, seconds):
    anyone.post("/api/zoomapp/onauthorized", json=code_post)
    clock.tick(seconds)

    repeat = anyone.post("/api/zoomapp/onauthorized", json=code_post | change)

    assert (repeat.status_code, repeat.json["error"]) == (400, "sign_in_failed")
    assert world.calls.count("POST /oauth/token") == 1


@pytest.mark.parametrize("cookie", ["", "somebody.else"])
def test_repeated_code_from_another_browser_is_refused(anyone, app, code_post, cookie):
    anyone.post("/api/zoomapp/onauthorized", json=code_post)

    assert post_code(app, cookie, code_post).status_code == 400


def test_repeat_of_a_refused_code_is_refused(anyone, world, code_post):
    body = code_post | {"code": "never-issued"}
    assert anyone.post("/api/zoomapp/onauthorized", json=body).status_code == 400

    assert anyone.post("/api/zoomapp/onauthorized", json=body).status_code == 400

    assert world.calls.count("POST /oauth/token") == 1


def test_posts_that_wait_for_a_silent_first_post_are_limited(parts, clock):
    first = RepeatedSignIns(parts.redis, clock)
    assert first.claim("browser", "code", "state")

    def repeat():
        try:
            return first.result(("browser",), "code", ())
        except Busy:
            return "busy"

    with ThreadPoolExecutor(MAX_WAITING + 1) as pool:
        results = [pool.submit(repeat) for _ in range(MAX_WAITING + 1)]
        busy = next(as_completed(results)).result()
        first.finish(("browser",), "code", "state", DONE)

    assert busy == "busy"
    assert sorted(result.result() for result in results) == ["busy"] + [DONE] * MAX_WAITING


def test_an_in_client_state_at_the_web_callback_starts_a_new_sign_in(anyone, app, world):
    signin = anyone.get("/api/zoomapp/authorize").json
    system_browser = Person(app, world, "dana")
    code = world.issue_code("dana", "http://localhost/", signin["codeChallenge"], "plain", in_client=True)

    answer = system_browser.get(f"/api/zoomapp/auth?code={code}&state={quote(signin['state'])}")

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


def test_the_home_url_opens_a_session_for_the_user_of_its_app_context(dana, app, world):
    panel = Person(app, world, "dana")

    answer = panel.open_from_zoom(typ="meeting", mid="dwb4XYaQAkrWvaNAG+nIyw==")

    assert (answer.status_code, answer.location) == (302, "/participants")
    assert panel.get(ME).json["id"] == dana.id


def test_the_home_url_in_the_main_window_shows_the_overview(anyone):
    assert anyone.open_from_zoom(typ="panel").location == "/"


def enter(person, blob):
    return person.get("/api/zoomapp/home", headers={"X-Zoom-App-Context": blob})


def test_an_app_context_can_be_used_once(anyone, app, world):
    blob = world.seal_context("dana")
    assert enter(anyone, blob).status_code == 302
    other = Person(app, world, "dana")

    for again in (blob, blob + "==", blob.replace("-", "+").replace("_", "/")):
        answer = enter(other, again)
        assert (answer.status_code, answer.json["error"]) == (400, "sign_in_failed")
    assert other.browser.get_cookie("zoomapp") is None


@pytest.mark.parametrize("who", ["dana", None])
def test_a_context_repeated_by_its_own_session_shows_the_same_page(anyone, world, parts, clock, who):
    blob = world.seal_context(who, "meeting", theme="dark")
    assert enter(anyone, blob).location == "/participants"
    anyone.post("/settings/theme", data={"theme": "light"})
    stored, cookie = stored_keys(parts), anyone.browser.get_cookie("zoomapp").value
    world.calls.clear()

    clock.tick(60)
    answer, from_sdk = enter(anyone, blob), anyone.post("/api/zoomapp/context", json={"context": blob + "=="})

    assert (answer.status_code, answer.location) == (302, "/participants")
    assert from_sdk.json == {"result": "Success", "location": "/participants"}
    assert "Set-Cookie" not in answer.headers and "Set-Cookie" not in from_sdk.headers
    assert anyone.browser.get_cookie("zoomapp").value == cookie
    assert stored_keys(parts) == stored
    assert len(world.calls) == 0


def stored_keys(parts):
    """All there is in the store, with the calls that a timer writes else."""
    parts.call_log.write()
    return {key: parts.redis.dump(key) for key in parts.redis.keys("*")}


def test_a_repeated_context_is_refused_after_a_minute(anyone, world, clock):
    blob = world.seal_context("dana")
    enter(anyone, blob)

    clock.tick(61)

    assert enter(anyone, blob).status_code == 400


def test_a_context_repeated_by_another_session_of_the_same_person_is_refused(anyone, app, world):
    blob, other = world.seal_context("dana"), Person(app, world, "dana")
    enter(other, world.seal_context("dana", action="another"))
    enter(anyone, blob)

    assert enter(other, blob).status_code == 400


def test_a_context_repeated_by_the_previous_session_is_refused(dana, world):
    """Its id is worth nothing since the context opened another one."""
    before, blob = dana.browser.get_cookie("zoomapp").value, world.seal_context("jonas")
    enter(dana, blob)
    dana.browser.set_cookie("zoomapp", before)

    assert enter(dana, blob).status_code == 400


def test_a_context_repeated_after_another_user_signed_in_or_out_is_refused(anyone, world):
    blob = world.seal_context("dana")
    enter(anyone, blob)
    enter(anyone, world.seal_context("jonas"))
    assert enter(anyone, blob).status_code == 400

    blob = world.seal_context("dana", action="again")
    enter(anyone, blob)
    anyone.post("/api/zoomapp/logout")
    assert enter(anyone, blob).status_code == 400
    assert anyone.get(ME).status_code == 401


def test_a_context_used_by_the_previous_version_is_refused(anyone, world, parts):
    blob = world.seal_context("dana")
    enter(anyone, blob)
    (key,) = parts.redis.keys("zoomapp:context:*")
    parts.redis.set(key, b"1")

    assert enter(anyone, blob).status_code == 400


def test_one_of_many_concurrent_browsers_with_the_same_context_gets_a_session(app, world):
    blob, people = world.seal_context("dana"), [Person(app, world, "dana") for _ in range(8)]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda person: enter(person, blob), people))

    assert sorted(answer.status_code for answer in answers) == [302, *[400] * 7]


@pytest.mark.parametrize("length", [0, 1, 2])
def test_another_spelling_of_a_used_app_context_is_refused(anyone, app, world, length):
    blobs = (world.seal_context("dana", action="x" * more) for more in range(3))
    blob = next(each for each in blobs if len(base64.urlsafe_b64decode(each + "=" * (-len(each) % 4))) % 3 == length)
    assert anyone.get("/api/zoomapp/home", headers={"X-Zoom-App-Context": blob}).status_code == 302

    spelled = [blob[:-1] + last for last in string.ascii_letters + string.digits + "-_+/"]
    other = Person(app, world, "dana")
    answers = [other.get("/api/zoomapp/home", headers={"X-Zoom-App-Context": each}) for each in spelled]

    assert {answer.status_code for answer in answers} == {400}


def test_a_context_from_the_sdk_opens_a_session(anyone, world):
    answer = anyone.post("/api/zoomapp/context", json={"context": world.seal_context("dana", "meeting")})

    assert (answer.status_code, answer.json["location"]) == (200, "/participants")


def test_a_guest_gets_a_session_without_a_user(dana, world):
    blob = world.seal_context(None, "meeting")

    answer = dana.get("/api/zoomapp/home", headers={"X-Zoom-App-Context": blob})

    assert answer.status_code == 302
    assert dana.get(ME).status_code == 401


def test_another_person_in_the_same_window_gets_a_session_of_their_own(dana, world):
    before = dana.browser.get_cookie("zoomapp").value

    dana.get("/api/zoomapp/home", headers={"X-Zoom-App-Context": world.seal_context("jonas")})

    assert dana.browser.get_cookie("zoomapp").value != before
    assert dana.get(ME).json["error"] == "unauthorized"


def test_a_forged_context_gets_a_general_error_message(anyone):
    answer = anyone.get("/api/zoomapp/home", headers={"X-Zoom-App-Context": "DAABAgME"})

    assert answer.status_code == 400
    assert "struct" not in answer.text and "Tag" not in answer.text


HTML = {"Accept": "text/html,*/*;q=0.8"}
REFUSED_CLAIMS = {
    "incomplete": {"iss": None, "aud": None},
    "wrong_issuer": {"iss": "issuer.example"},
    "wrong_app": {"aud": "the-id-of-another-app"},
    "expired": {"ts": 1_772_445_000_000, "exp": 1_772_445_120_000},
    "not_yet_valid": {"ts": 1_772_449_000_000, "exp": 1_772_449_120_000},
    "unreadable": {"exp": "the-text-of-a-claim"},
}


def check_refusal(person, blob, reason, caplog):
    """Page, JSON and log have the words of this reason, and nothing of the context."""
    title, message = ContextRefused.REASONS[reason]
    caplog.clear()
    page = person.get("/api/zoomapp/home", headers={"X-Zoom-App-Context": blob, **HTML})
    answers = [enter(person, blob), person.post("/api/zoomapp/context", json={"context": blob})]

    assert {answer.status_code for answer in (page, *answers)} == {400}
    assert (title in page.text, message in page.text) == (True, True)
    assert "blocks our cookie" not in page.text
    for answer in answers:
        assert (answer.json["error"], answer.json["message"]) == ("sign_in_failed", message)
        assert answer.json["detail"] == f"app context: {reason}"
    logged = [record.detail for record in caplog.records if record.message == "request failed"]
    assert logged == [f"app context: {reason}"] * 3
    everything = "".join([page.text, caplog.text, *(answer.text for answer in answers)])
    for secret in (blob, "issuer.example", "the-id-of-another-app", "the-text-of-a-claim", person.id):
        assert secret not in everything


@pytest.mark.parametrize("reason", REFUSED_CLAIMS)
def test_each_reason_to_refuse_a_context_has_its_own_message(anyone, world, caplog, reason):
    caplog.set_level("INFO")

    check_refusal(anyone, world.seal_context("dana", **REFUSED_CLAIMS[reason]), reason, caplog)


@pytest.mark.parametrize("blob", ["DAABAgME", "%%%", "A" * 4097])
def test_a_context_that_cannot_be_decrypted_has_its_own_message(anyone, caplog, blob):
    caplog.set_level("INFO")

    check_refusal(anyone, blob, "unreadable", caplog)


def test_a_context_that_was_used_before_has_its_own_message(anyone, app, world, caplog):
    caplog.set_level("INFO")
    blob, other = world.seal_context("dana"), Person(app, world, "jonas")
    enter(anyone, blob)

    check_refusal(other, blob, "used_before", caplog)
    enter(other, world.seal_context("jonas"))
    check_refusal(other, blob, "another_user", caplog)


# Leaving


def test_logging_out_ends_the_session_and_keeps_the_tokens(dana, parts):
    cookie = dana.browser.get_cookie("zoomapp").value

    answer = dana.post("/api/zoomapp/logout")
    dana.browser.set_cookie("zoomapp", cookie)

    assert answer.status_code == 200
    assert dana.get(ME).status_code == 401
    assert parts.tokens.load(dana.id)


def test_disconnecting_revokes_the_grant_and_deletes_every_key(dana, world, parts):
    dana.post("/api/zoomapp/disconnect")

    assert world.calls.count("POST /oauth/revoke") == 1
    assert dana.get(ME).status_code == 401
    assert parts.redis.keys(key_names.tagged(key_names.tag(dana.id), "*").replace("{", "*")) == []


def test_disconnecting_works_while_zoom_is_unreachable(dana, world, parts):
    world.faults.append(Fault("POST /oauth/revoke", drop="before"))

    assert dana.post("/api/zoomapp/disconnect").status_code == 200
    assert parts.redis.keys("*:tokens") == []


@pytest.mark.parametrize("path", ["/recordings", "/meetings?show=past&q=a%20b", "/participants/85000000101"])
def test_sign_in_returns_to_the_page_that_asked_for_it(anyone, path):
    page = anyone.look(path).text
    install = html.unescape(re.search(r'href="(/api/zoomapp/install[^"]*)"', page)[1])

    answer = anyone.get(anyone.consent(anyone.get(install).location))

    assert (answer.status_code, unquote(answer.location)) == (302, unquote(path))


@pytest.mark.parametrize(
    "path",
    [
        *("https://evil.example/", "//evil.example", "/\\evil.example", "\\/evil.example", "/\t/evil.example"),
        *("javascript:alert(1)", "recordings", "/api/zoomapp/install", "/" + "a" * 3000),
    ],
)
def test_sign_in_never_returns_to_another_site(anyone, path):
    install = anyone.get("/api/zoomapp/install", query_string={"next": path})

    assert anyone.get(anyone.consent(install.location)).location == "/"


def test_two_tabs_return_to_their_own_pages(anyone):
    first, second = (anyone.get(f"/api/zoomapp/install?next={path}").location for path in ("/recordings", "/meetings"))

    assert [anyone.get(anyone.consent(address)).location for address in (first, second)] == ["/recordings", "/meetings"]


def test_continue_leads_on_after_a_refused_context(anyone):
    assert 'href="/connect">Continue' in anyone.look("/api/zoomapp/home").text
    anyone.connect()
    assert 'href="/">Continue' in anyone.look("/api/zoomapp/home").text
