"""The states of every page: each says what happened and what to do."""

import re
from dataclasses import replace

import pytest

from offline_zoom.faults import Fault
from offline_zoom.serving.requests_adapter import OfflineZoomAdapter
from tests.support.people import Person
from tests.web.reading import read, words
from zoomapp import create_app, services
from zoomapp.log_setup import request_id
from zoomapp.web.components.notice import ALPHABET, reference

#: Each page that shows something of Zoom's, and the call it cannot do without.
MEETING = "/meetings/85000000101"
ASKING = {
    "/meetings": "GET /v2/users/me/meetings",
    "/meetings?show=live": "GET /v2/users/me/meetings",
    "/meetings?show=past": "GET /v2/users/me/meetings",
    "/recordings": "GET /v2/users/me/recordings",
    "/recordings/trash": "GET /v2/users/me/recordings",
    "/recordings/storage": "GET /v2/users/me/recordings",
    "/participants": "GET /v2/users/me/meetings",
    MEETING: "GET /v2/meetings/*",
    f"{MEETING}/delete": "GET /v2/meetings/*",
    f"{MEETING}/passcode": "GET /v2/meetings/*",
    f"{MEETING}/invitation": "GET /v2/meetings/*/invitation",
    f"{MEETING}.ics": "GET /v2/meetings/*",
    f"{MEETING}/start": "GET /v2/meetings/*",
}
#: Those that have lists to remember.
REMEMBERING = {
    **{path: ASKING[path] for path in ("/meetings", "/meetings?show=past", "/recordings", "/recordings/trash")},
    "/": "GET /v2/users/me/*",
}
#: Where a failure is one section of a page that stands without it.
SECTIONS = ["/recordings/storage"]
PAGES = ["/", "/participants", "/meetings", "/meetings/new", "/recordings", "/recordings/trash", "/recordings/storage"]
PAGES += ["/tools", "/calls", "/settings", "/help", "/privacy", "/disconnect", "/_styleguide"]
PERSONAL = ["/participants", "/meetings", "/meetings/new", "/recordings", "/recordings/trash", "/recordings/storage"]
PERSONAL += [
    "/recordings.csv",
    "/tools",
    "/calls",
    MEETING,
    f"{MEETING}/delete",
    f"{MEETING}/passcode",
    f"{MEETING}/start",
]
#: What a form sends, and the call that takes it.
FORMS = {
    "/meetings/new": (
        "POST /v2/users/me/meetings",
        {"topic": "A", "date": "2026-03-09", "time": "14:00", "zone": "UTC"},
    ),
    MEETING: ("PATCH /v2/meetings/*", {"shown": "mute_upon_entry"}),
    f"{MEETING}/delete": ("DELETE /v2/meetings/*", {}),
}
SCOPES = "Invalid access token, does not contain scopes:[a:read:thing:admin, a:read:thing]."


def refusal(route, code, message, status=400):
    return Fault(route, status, {}, {"code": code, "message": message})


def sent(person, path):
    data = {"duration": "30", "repeat": "", "interval": "1", "count": "1", **FORMS[path][1]}
    return person.post(path, data=data, headers={"Accept": "text/html"})


@pytest.mark.parametrize("path", PAGES)
def test_every_page_follows_the_page_rules(dana, path):
    read(dana.look(path))


@pytest.mark.parametrize("path", PERSONAL)
def test_a_visitor_is_asked_to_connect(anyone, path):
    assert "Connect your Zoom account" in read(anyone.look(path), 401)


def test_start_and_connect_pages_are_open_to_visitors(anyone):
    for path in ("/", "/connect"):
        assert "Connect Zoom" in read(anyone.look(path))


def test_connect_page_says_what_the_app_changes_and_sends(anyone):
    text = read(anyone.look("/connect"))

    assert "schedules and changes meetings for you" in text
    assert "It sends a message only when you ask it to." in text
    assert "never" not in text


@pytest.mark.parametrize("path", ["/", *(path for path in PERSONAL if path != "/calls")])
def test_a_revoked_grant_is_reported_as_signed_out_by_zoom(dana, world, clock, path):
    world.faults.add("refused-refresh")
    clock.tick(7200)

    assert "Zoom signed you out" in read(dana.look(path), 401)


def test_the_call_log_is_readable_after_the_grant_is_revoked(dana, world, clock):
    world.faults.add("refused-refresh")
    clock.tick(7200)
    dana.look("/meetings")

    assert "POST" not in read(dana.look("/calls"))


def test_a_guest_sees_what_is_limited_and_how_to_connect(anyone):
    answer = anyone.open_from_zoom(uid=None, typ="meeting")

    text = read(anyone.look(answer.location), 401)

    assert "Sign in to see your attendance" in text
    assert "Sign in with Zoom" in text


def test_a_guest_gets_nothing_of_the_previous_user(dana):
    dana.open_from_zoom(uid=None, typ="meeting")

    assert "Sign in to see your attendance" in read(dana.look("/meetings"), 401)
    dana.connect()
    assert "guest" not in read(dana.look("/meetings"))


def test_a_blocked_cookie_is_reported_with_a_solution(anyone):
    text = read(anyone.look("/connect?began=1"))

    assert "This window blocks our cookie" in text
    assert 'href="http://localhost/connect" data-open="always"' in anyone.look("/connect?began=1").text
    anyone.get("/api/zoomapp/authorize")
    assert "This window blocks our cookie" not in read(anyone.look("/connect?began=1"))


def test_a_callback_without_its_cookie_is_reported(anyone):
    back = anyone.consent(anyone.get("/api/zoomapp/install").location)
    anyone.browser.delete_cookie("zoomapp")

    assert "This window blocks our cookie" in read(anyone.look(back), 400)


@pytest.mark.parametrize(("path", "route"), ASKING.items())
def test_a_missing_scope_is_named_with_a_request_for_the_admin(dana, world, path, route):
    world.faults.append(refusal(route, 4711, SCOPES))

    answer = dana.look(path)

    text = read(answer)
    assert "One permission is missing" in text
    assert "Zoom must allow a:read:thing." in text
    if path not in SECTIONS:
        assert re.search(r'data-copy="Rollcall needs the Zoom scope a:read:thing to ', answer.text)
        assert "Connect again" in text


def test_name_of_a_scope_may_break_between_its_parts_only(dana, world):
    world.faults.append(
        refusal("GET /v2/users/me/recordings", 4711, "x does not contain scopes:[a_recording:read:list].")
    )

    assert "a_<wbr>recording:<wbr>read:<wbr>list" in dana.look("/recordings").text


@pytest.mark.parametrize(("path", "route"), [(path, route) for path, (route, _) in FORMS.items()])
def test_a_missing_scope_of_a_form_is_named(dana, world, path, route):
    world.faults.append(refusal(route, 4711, SCOPES))

    assert "Zoom must allow a:read:thing." in read(sent(dana, path))


def test_a_missing_scope_of_a_file_is_named(dana, world):
    link = re.search(r'href="(/recordings/[^"/]+/[0-9a-f]{16})"', dana.look("/recordings").text)[1]
    world.faults.append(refusal("GET /v2/meetings/*/recordings", 4711, "does not contain scopes"))

    assert "cloud_recording:read:list_recording_files" in read(dana.look(link))


def test_each_overview_section_names_its_own_missing_scope(dana, world):
    world.faults.append(refusal(ASKING["/recordings"], 4711, "x does not contain scopes:[b:read:thing]."))

    text = read(dana.look("/"))

    assert "Zoom must allow b:read:thing." in text
    assert "Design review" in text


def test_an_admin_scope_says_that_an_admin_must_grant_it(dana, world):
    world.faults.append(refusal(ASKING["/recordings"], 4711, "x does not contain scopes:[a:read:thing:admin]."))

    text = read(dana.look("/recordings"))
    assert "Only an admin of your Zoom account can grant it" in text
    assert "ZOOM_ACCOUNT_ID" not in text, "it reads no recordings"


def test_an_admin_scope_of_the_dashboard_also_names_the_second_credential(priya, world):
    instance = world.start_meeting(87000000302)

    page = priya.look(f"/participants/{instance.meeting_id}")

    names = ["ZOOM_ACCOUNT_ID", "ZOOM_S2S_CLIENT_ID", "ZOOM_S2S_CLIENT_SECRET"]
    assert "Zoom must allow dashboard:read:list_meeting_participants:admin" in read(page)
    assert all(name in read(page) for name in names)
    assert all(name in re.search(r'data-copy="(Rollcall needs [^"]+)"', page.text)[1] for name in names)


def test_a_refusal_without_scopes_names_the_documented_scope(dana, world):
    world.faults.append(refusal(ASKING["/meetings"], 4711, "Invalid access token, does not contain scopes"))

    assert "meeting:read:list_meetings" in read(dana.look("/meetings"))


@pytest.mark.parametrize(("path", "route"), ASKING.items())
def test_a_plan_that_is_too_low_is_named(dana, world, path, route):
    world.faults.append(refusal(route, 200, "Only available for Paid account."))

    text = read(dana.look(path))

    about = "Cloud recording needs a Pro plan or higher" if "recordings" in path else "plan or role does not include"
    assert about in text
    assert "Only available for Paid account." in text


@pytest.mark.parametrize(("path", "route"), ASKING.items())
def test_a_rate_limit_shows_the_wait_and_sends_retry_after(dana, world, path, route):
    world.faults.append(Fault(route, 429, {"Retry-After": "24"}, {"code": 429, "message": "slow"}))

    answer = dana.look(path)

    text = read(answer, 200 if path in SECTIONS else 429)
    assert "Zoom asked us to slow down" in text
    if path not in SECTIONS:
        assert "Updates resume in 0:24" in text
        assert 'data-countdown="24"' in answer.text
        assert answer.headers["Retry-After"] == "24"


@pytest.mark.parametrize(("path", "route"), ASKING.items())
def test_the_daily_limit_shows_when_it_resets(dana, world, clock, path, route):
    dana.look("/settings")
    headers = {"Retry-After": "2026-03-03T00:00:00Z", "X-RateLimit-Type": "Daily-limit"}
    world.faults.append(Fault(route, 429, headers, {"code": 429, "message": "daily rate limit"}))

    text = read(dana.look(path), 200 if path in SECTIONS else 429)

    assert "Zoom’s daily limit for your account is used up" in text
    assert "It resets at 01:00 (Berlin)." in text


@pytest.mark.parametrize(("path", "route"), REMEMBERING.items())
@pytest.mark.parametrize("status", [502, 429])
def test_an_outage_shows_the_last_data_with_its_age(dana, world, clock, path, route, status):
    for each in list(world.recordings.values())[:1]:
        each.trashed_at = clock()
    before = read(dana.look(path))
    world.faults.append(Fault(route, status, {"Retry-After": "24"}, {"code": status, "message": "x"}))
    clock.tick(120)

    text = read(dana.look(path))

    assert ("Zoom asked us to slow down" if status == 429 else "We couldn’t reach Zoom") in text
    assert "2 min ago" in text
    topic = re.search(r"Weekly sync|Town hall|Stand-up", before)[0]
    assert topic in text


@pytest.mark.parametrize(("path", "route"), ASKING.items())
def test_an_outage_without_stored_data_shows_a_reference(dana, world, path, route):
    world.faults.append(Fault(route, 502, {}, "<h1>Bad gateway</h1>"))

    text = read(dana.look(path), 200 if path in SECTIONS else 502)

    assert "We couldn’t reach Zoom" in text
    if path not in SECTIONS:
        assert re.search(rf"Reference [{ALPHABET}]{{4}}-[{ALPHABET}]{{2}}\b", text)
        assert "Try now" in text


@pytest.mark.parametrize("path", ["/meetings/new", MEETING])
def test_a_form_keeps_its_input_when_zoom_refuses_it(dana, world, path):
    world.faults.append(Fault(FORMS[path][0], 502, {}, "gone"))

    text = read(sent(dana, path), 502)

    assert "We don’t know whether" in text or "We couldn’t reach Zoom" in text


def test_a_slow_answer_is_a_time_out(dana, world):
    world.faults.append(Fault(ASKING["/meetings"], delay=60))

    read(dana.look("/meetings"), 504)


def test_one_failed_section_does_not_blank_the_overview(dana, world):
    world.faults.append(Fault(ASKING["/recordings"], 502, {}, "gone"))

    text = read(dana.look("/"))

    assert "Design review" in text
    assert "We couldn’t reach Zoom" in text


def test_an_incomplete_list_says_how_many_rows_it_has(dana, world):
    rows = [{"id": 85000000000 + n, "topic": f"Plan {n}", "start_time": "2026-03-09T09:00:00Z"} for n in range(3)]
    route = ASKING["/meetings"]
    for show in ("past", "scheduled"):
        world.faults.clear()
        page = {"meetings": rows, "next_page_token": "more", "total_records": 480}
        world.faults.append(Fault(f"{route}?type=live"))
        world.faults.append(Fault(route, 200, {}, page, count=1))
        world.faults.append(Fault(route, 502, {}, "gone", count=1))

        text = read(dana.look(f"/meetings?show={show}"))

        assert "Showing 3 of about 480" in text
        assert "Load the rest" in text


def test_a_search_in_an_incomplete_list_does_not_say_there_is_nothing(dana, world):
    page = {"meetings": [], "next_page_token": "more", "total_records": 480}
    world.faults.append(Fault(f"{ASKING['/meetings']}?type=live"))
    world.faults.append(Fault(ASKING["/meetings"], 200, {}, page, count=1))
    world.faults.append(Fault(ASKING["/meetings"], 502, {}, "gone", count=1))

    text = read(dana.look("/meetings?show=past&q=budjet"))

    assert "Showing 0 of about 480" in text
    assert "No meeting called" not in text


@pytest.mark.parametrize(
    "path", [MEETING, f"{MEETING}/delete", f"{MEETING}/passcode", f"{MEETING}.ics", f"{MEETING}/start"]
)
def test_a_deleted_meeting_is_not_found(dana, world, path):
    page = dana.look(path.replace(MEETING, "/meetings/99999999999"))

    assert "This meeting has ended or was deleted" in read(page, 404)
    assert 'href="/meetings?show=past"' in page.text


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/meetings", "Nothing planned"),
        ("/meetings?show=live", "No meeting is running"),
        ("/meetings?show=past", "No past meetings"),
        ("/meetings?q=budjet", "No meeting matches “budjet”"),
        ("/recordings", "No cloud recordings between"),
        ("/recordings?q=budjet", "No recording matches “budjet”"),
        ("/recordings/trash", "The trash is empty"),
        ("/participants", "No meeting is running"),
        ("/", "Nothing planned"),
    ],
)
def test_an_empty_page_says_why_and_what_to_do(dana, world, path, says):
    world.meetings.clear()
    world.instances.clear()
    world.recordings.clear()

    answer = dana.look(path)

    assert says in read(answer)
    main = answer.text.partition('id="main">')[2].partition("</main>")[0]
    assert re.search(r'class="button', main)


def test_an_internal_error_has_a_reference_and_no_detail(dana, app):
    app.view_functions["info.privacy"] = lambda: {}["a secret detail"]

    page = dana.look("/privacy")

    text = read(page, 500)
    assert "That didn’t work, and it’s our fault" in text
    assert re.search(rf"Reference [{ALPHABET}]{{4}}-", text)
    assert "secret detail" not in page.text
    assert re.search(r'data-copy="Rollcall, reference [^"]*, Mon, Mar 2, 2026[^"]*, /privacy: ', page.text)


def test_the_log_has_reference_and_request_id(dana, app):
    app.view_functions["info.privacy"] = lambda: {}["a secret detail"]

    page = dana.look("/privacy")

    request_id.set(page.headers["X-Request-Id"])
    assert f"Reference {reference()}" in read(page, 500)


def test_a_redis_outage_is_reported_with_retry_after(settings, world, clock):
    nobody_there = replace(settings, redis_url="redis://127.0.0.1:1/0")
    built = services.build(nobody_there, transport=OfflineZoomAdapter(world), clock=clock)
    dana = Person(create_app(built), world, "dana")
    dana.browser.set_cookie("zoomapp", "known.before")

    page = dana.look("/meetings")
    built.call_log.stop()

    text = read(page, 503)
    assert "We can’t reach our storage" in text
    assert re.search(rf"Reference [{ALPHABET}]{{4}}-", text)
    assert page.headers["Retry-After"] == "5"


CLASSIC = "meeting:read meeting:write user:read"


def test_an_app_with_classic_scopes_shows_classic_names(dana, world, parts):
    classic = replace(parts.tokens.load(dana.id), scope=CLASSIC)
    parts.tokens.save(dana.id, classic)
    world.faults.append(refusal(ASKING["/recordings"], 4711, "does not contain scopes:[recording:read:admin]."))
    assert "Zoom must allow recording:read:admin." in read(dana.look("/recordings"))

    world.faults.clear()
    granular = "does not contain scopes:[cloud_recording:read:list_user_recordings]."
    world.faults.append(refusal(ASKING["/recordings"], 4711, granular))

    text = read(dana.look("/recordings"))
    assert (
        "Zoom must allow recording:read. In newer apps it is called cloud_recording:read:list_user_recordings." in text
    )
    assert "Rollcall needs the Zoom scope recording:read to" in dana.look("/recordings").text
    assert "cloud_recording" not in read(dana.look("/help"))


def test_other_apps_show_granular_scope_names(dana, anyone):
    assert "cloud_recording:read:list_user_recordings" in read(dana.look("/help"))


@pytest.mark.parametrize(
    ("leave", "fault", "says"),
    [
        ("disconnect", None, "Disconnected from Zoom Your data is deleted."),
        ("disconnect", Fault("POST /oauth/revoke", drop="before"), "Also remove the app in the Zoom App Marketplace."),
        ("logout", None, "You’re signed out on this device"),
    ],
)
def test_signing_out_or_disconnecting_is_confirmed_once(dana, world, leave, fault, says):
    world.faults += [fault] if fault else []

    answer = dana.post(f"/api/zoomapp/{leave}", headers={"Accept": "text/html"})

    assert answer.status_code == 303
    assert says in read(dana.look(answer.location))
    assert says not in read(dana.look("/connect"))


def test_an_unknown_address_has_a_404_page(dana):
    assert "Page not found" in read(dana.look("/nowhere"), 404)


def test_texts_for_offline_and_slow_pages_are_in_the_page(dana):
    page = dana.look("/meetings").text

    assert re.search(r"<section[^>]*data-offline hidden>", page)
    assert "Zoom is taking longer than usual." in words('id="main">' + page.partition("<template data-loading>")[2])


def test_a_plan_that_is_too_low_names_no_account_and_offers_no_retry(dana, world):
    world.faults.append(
        refusal("GET /v2/users/me/recordings", 200, "Only available for Paid account: Ab3dE_f-hIjkLmNoPqRs12.")
    )

    page = dana.look("/")

    assert "Cloud recording needs a Pro plan or higher. Zoom says: Only available for Paid account." in read(page)
    assert "Ab3dE" not in page.text
    assert "Try again" not in read(page).partition("Latest recordings")[2]
