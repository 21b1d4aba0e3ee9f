"""The registrants of a meeting: lists, decisions, adding people, files; and after the meeting who came."""

import csv
import io
import re
from dataclasses import replace

import pytest

from offline_zoom.faults import Fault
from offline_zoom.model import Registrant
from offline_zoom.registration import open_registration
from offline_zoom.stories.quiet_day import FIXTURES, OFFICE, RETRO, WEEKLY
from offline_zoom.webhooks.registration_events import registration_event
from tests.web.reading import read, words
from zoomapp.meetings.agenda import fold
from zoomapp.registration.hand_matches import load_hand_matches
from zoomapp.store import key_names
from zoomapp.store.encrypted_records import LAST_SEEN_SECTION, REGISTRANT_MATCHES
from zoomapp.zoom.meeting_ids import key_of

PAGE = f"/meetings/{RETRO}/registrants"
ADD = f"{PAGE}/add"
AFTER = f"/participants/{key_of(FIXTURES[2])}/registrants"
LISTS, CHANGES = "GET /v2/meetings/*/registrants", "PUT /v2/meetings/*/registrants/status"
SINGLE, MANY = "POST /v2/meetings/*/registrants", "POST /v2/meetings/*/batch_registrants"
ODD = ["=1+1", "+1", "@cmd", "<script>alert(1)</script>", '"><img src=x>']


@pytest.fixture
def retro(world):
    return world.meetings[RETRO]


def person(retro, first_name):
    return next(each for each in retro.registrants if each.first_name == first_name)


def form(retro, action, *first_names, **more):
    """A form that approves, denies or cancels these people."""
    return {"status": "pending", "action": action, "person": [person(retro, name).id for name in first_names], **more}


def crowd(retro, count, status="pending"):
    retro.registrants = [Registrant(f"r{n:04}", f"p{n}@x.example", f"P{n}", status=status) for n in range(count)]


def rows(answer):
    assert answer.status_code == 200 and answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


# The list


def test_page_lists_people_by_status_with_answers_and_counts(dana):
    text = read(dana.look(PAGE))

    assert "Waiting for you 4 Approved 5 Denied 2" in text
    assert "Camille Laurent camille@atelier.example Atelier Laurent · A colleague" in text
    assert "What people are asked" in text and "How did you hear of us? · required" in text
    assert "Nadia Petrova" in read(dana.look(f"{PAGE}?status=approved"))
    assert f'href="{PAGE}"' in dana.look(f"/meetings/{RETRO}").text
    assert f'href="/meetings/{OFFICE}/registrants"' not in dana.look(f"/meetings/{OFFICE}").text


def test_five_thousand_people_are_listed_searched_and_shown_in_parts(dana, world, retro):
    crowd(retro, 5000)

    page = dana.look(PAGE)

    text = read(page)
    assert "Waiting for you 5000" in text and "Select all 5000" in text
    assert page.text.count('name="person"') == 100
    assert 'name="person" value="r4321"' in dana.look(f"{PAGE}?q=P4321").text
    assert "Nobody matches “zz”" in read(dana.look(f"{PAGE}?q=zz"))
    assert world.calls.count(LISTS) <= 3 * (17 + 2)


def test_names_are_text_on_the_page_and_no_formulas_in_the_file(dana, retro):
    retro.registrants = [
        Registrant(f"r{n}", f"p{n}@x.example", name, name, answers={"org": name}) for n, name in enumerate(ODD)
    ]

    page, file = dana.look(PAGE), rows(dana.get(f"{PAGE}.csv"))

    read(page)
    assert "<script>alert" not in page.text and "<img" not in page.text
    assert [row["first_name"].startswith("'") for row in sorted(file, key=lambda row: row["email"])] == [True] * 3 + [
        False
    ] * 2
    assert file[0]["status"] == "pending" and file[0]["answers"].startswith("Organization: ")


def test_links_with_which_people_join_are_in_no_page_and_in_no_copy(dana, parts):
    page = dana.look(f"{PAGE}?status=approved").text

    names = [f"registrants {RETRO}  approved", f"registrants {RETRO}  approved count"]
    dana.look(PAGE)
    copies = [str(parts.user_records.load(dana.id, LAST_SEEN_SECTION, key_names.digest(name))) for name in names]
    assert all("nadia@orbit.example" in copy for copy in copies)
    assert not any("tk=" in text or "/w/" in text for text in (page, *copies))


@pytest.mark.parametrize(
    ("fault", "title"),
    [
        (
            Fault(LISTS, 400, body={"code": 200, "message": "Only available for Paid account."}),
            "Registration needs a Pro plan or higher",
        ),
        (Fault(LISTS, drop="before"), "We couldn’t reach Zoom"),
        (
            Fault(
                LISTS, 400, body={"code": 4711, "message": "does not contain scopes:[meeting:read:list_registrants]."}
            ),
            "To list who registered for a meeting, Zoom must allow meeting:read:list_registrants.",
        ),
    ],
)
def test_page_says_why_there_is_no_list(dana, world, fault, title):
    world.faults.append(fault)

    answer = dana.look(PAGE)

    text = read(answer, answer.status_code)
    assert title in text and "Approved — Denied —" in text
    assert "What people are asked" in text


def test_other_parts_work_while_one_fails(dana, world):
    world.faults.append(
        Fault(f"{LISTS}/questions", 400, body={"code": 4711, "message": "does not contain scopes:[x]."})
    )

    text = read(dana.look(PAGE))

    assert "Camille Laurent" in text and "One permission is missing" in text


def test_states_of_registration_are_said_in_words(dana, retro):
    retro.registrants = []
    text = dana.look(PAGE)
    assert "Nobody has registered yet" in read(text) and f"/j/register/{RETRO}" in text.text
    retro.settings["approval_type"] = 2
    text = dana.look(PAGE)
    assert "People don’t register for this meeting" in read(text) and f'href="/meetings/{RETRO}/edit"' in text.text
    assert dana.look(ADD).location == PAGE


# Decisions


def test_one_person_is_approved_at_once(dana, world, retro):
    camille = person(retro, "Camille")

    answer = dana.post(PAGE, data={"status": "pending", "only": f"approve {camille.id}"})

    assert (answer.status_code, camille.status) == (303, "approved")
    text = read(dana.look(answer.location))
    assert "1 approved" in text and "Waiting for you 3 Approved 6" in text


def test_denying_and_canceling_are_confirmed_on_a_page_with_the_names(dana, world, retro):
    page = dana.post(PAGE, data=form(retro, "deny", "Camille", "Mei"))

    text = read(page)
    assert "Deny 2 people?" in text and "Camille Laurent camille@atelier.example" in text
    assert world.calls.count(CHANGES) == 0
    confirmed = dana.post(PAGE, data=form(retro, "deny", "Camille", "Mei", confirmed="on"))
    assert confirmed.status_code == 303
    assert [person(retro, name).status for name in ("Camille", "Mei", "Oscar")] == ["denied", "denied", "pending"]
    cancel = {"status": "approved", "only": f"cancel {person(retro, 'Hugo').id}"}
    assert "Cancel the registration of this person?" in read(dana.post(PAGE, data=cancel))
    dana.post(PAGE, data={**cancel, "confirmed": "on"})
    assert person(retro, "Hugo").status == "cancelled"


def test_a_person_whom_zoom_refuses_is_named_and_the_others_are_changed(dana, world, retro):
    crowd(retro, 95)
    limited = retro.registrants[41]
    limited.first_name = "Ben"
    for _ in range(10):
        world.limits.take_registration(RETRO, limited.email, 10)

    everyone = [each.id for each in retro.registrants]
    answer = dana.post(PAGE, data={"status": "pending", "action": "approve", "person": everyone, "confirmed": "on"})

    text = read(answer)
    assert "94 approved, 1 wasn’t" in text and "Ben : Zoom allows 10 changes a day per person." in text
    assert "Try 1 again" in text and f'value="{limited.id}"' in answer.text
    assert [each for each in retro.registrants if each.status != "approved"] == [limited]
    assert world.calls.count(CHANGES) <= 4 + 2 * 5


def test_a_person_about_whom_someone_else_decided_is_named_and_stays(dana, world, retro):
    sent = form(retro, "approve", "Camille", "Mei", "Oscar")
    person(retro, "Mei").status = "denied"
    retro.registrants.remove(person(retro, "Oscar"))

    text = read(dana.post(PAGE, data=sent))

    assert "1 approved, 2 weren’t" in text
    assert "Mei Tan : already denied by someone else." in text and "Someone: no longer registered." in text
    assert person(retro, "Mei").status == "denied"


def test_a_missing_permission_stops_the_form_and_is_named(dana, world, retro):
    words = "does not contain scopes:[meeting:update:registrant_status]."
    world.faults.append(Fault(CHANGES, 400, body={"code": 4711, "message": words}))

    text = read(dana.post(PAGE, data=form(retro, "approve", "Camille")))

    assert "Zoom must allow meeting:update:registrant_status" in text and "Nobody was approved" in text
    assert world.calls.count(CHANGES) == 1


def test_thousands_are_approved_in_several_forms_that_say_how_many_are_left(dana, retro):
    crowd(retro, 700)
    question = dana.post(PAGE, data={"status": "pending", "action": "approve", "everyone": "on", "confirmed": "on"})
    retro.registrants.append(Registrant("late", "late@x.example", "Late"))

    first = dana.post(PAGE, data=sent_again(question))
    second = dana.post(PAGE, data=sent_again(first))

    assert "Approve 700 people?" in read(question)
    assert "600 approved" in read(first) and "100 people are still to do" in read(first)
    assert second.status_code == 303
    assert [each.id for each in retro.registrants if each.status != "approved"] == ["late"]


def sent_again(page):
    """The form on this page, with all its people."""
    return {"status": "pending", "action": "approve", "confirmed": "on", "person": hidden_people(page)}


def hidden_people(page):
    return re.findall(r'name="person" value="([^"]*)"', page.text)


@pytest.mark.parametrize(
    "data", [{}, {"action": "approve"}, {"action": "keep", "person": "x"}, {"status": "x", "everyone": "on"}]
)
def test_a_form_without_people_or_action_changes_nothing(dana, world, data):
    assert dana.post(PAGE, data=data).status_code == 303
    assert world.calls.count(CHANGES) == 0


def test_own_changes_and_events_set_another_version_of_the_saved_copies(dana, world, retro, webhooks, parts):
    def version():
        return next((parts.redis.get(key) for key in parts.redis.scan_iter("*answers-version*")), None)

    versions, nadia = [version()], person(retro, "Nadia")
    for name in ("created", "approved", "cancelled", "denied"):
        webhooks(registration_event(f"meeting.registration_{name}", world.now(), retro, nadia, world))
        versions.append(version())
    dana.post(PAGE, data=form(retro, "approve", "Camille"))
    versions.append(version())

    assert len(set(versions)) == 6


# Adding people


def test_one_person_is_added_by_the_form(dana, retro):
    answer = dana.post(ADD, data={"kind": "person", "email": "Ada@X.example", "first_name": "Ada", "approve": "on"})

    assert answer.status_code == 303
    assert "Ada was added" in read(dana.look(answer.location))
    assert person(retro, "Ada").status == "approved"


def test_what_is_wrong_is_said_at_the_field_and_the_entries_stay(dana, world):
    answer = dana.post(ADD, data={"kind": "person", "email": "ada@x", "first_name": "Ada", "last_name": "Lovelace"})

    text = read(answer, 422)
    assert "The email address is incomplete." in text
    assert 'value="ada@x"' in answer.text and 'value="Lovelace"' in answer.text
    again = dana.post(ADD, data={"kind": "person", "email": "mei.tan@harbor.example", "first_name": "Mei"})
    assert "Already registered, waiting for approval." in read(again, 422)
    assert world.calls.count(SINGLE) == 0


LIST = """Email,First name,Last name
hugo.new@delta.example,Hugo,Lund
oscar@fjord.example,Oscar,Lindholm
ana.new@norte.example,Ana,Rey
jo.blake@mail,Jo,Blake
iris@studio.example,,
ANA.new@norte.example,Ana,Rey
"""


def test_each_line_of_a_list_has_its_result_and_faults_come_back_in_the_field(dana, world, retro):
    answer = dana.post(ADD, data={"kind": "list", "people": LIST, "approve": "on"})

    text = read(answer)
    assert "2 added, 2 skipped, 2 need a fix" in text
    assert "Line 5 jo.blake@mail The email address is incomplete." in text
    assert "Line 6 iris@studio.example The first name is missing." in text
    assert "Line 3 oscar@fjord.example Already registered, waiting for approval." in text
    assert "Line 7 ANA.new@norte.example Same as line 4." in text
    assert "Line 2 hugo.new@delta.example Added and approved." in text
    field = re.search(r"<textarea[^>]*>([^<]*)</textarea>", answer.text)[1]
    assert field.split() == ["jo.blake@mail,Jo,Blake", "iris@studio.example"]
    assert "Add 2 people" in text
    assert (world.calls.count(MANY), world.calls.count(SINGLE)) == (1, 0)


def test_a_file_is_read_in_the_encodings_of_spreadsheets(dana, retro):
    for content in (b"zo\xeb.a@x.example;Zo\xeb\r\nzoe@x.example;Zo\xeb", "b@x.example\tZoë".encode("utf-16")):
        file = (io.BytesIO(content), "people.csv")
        dana.post(ADD, data={"kind": "list", "people": "", "file": file}, content_type="multipart/form-data")

    assert [each.email for each in retro.registrants if each.first_name == "Zoë"][1:] == [
        "zoë.a@x.example",
        "zoe@x.example",
        "b@x.example",
    ]


def test_a_list_of_more_people_than_a_meeting_takes_is_refused_whole(dana, world):
    file = (io.BytesIO(b"a@x.example,A\n" * 5000), "people.csv")

    answer = dana.post(
        ADD, data={"kind": "list", "people": "b@x.example,B", "file": file}, content_type="multipart/form-data"
    )

    assert "at most 4,999 people per meeting. This list has 5,001." in read(answer, 422)
    assert "b@x.example,B" in answer.text and world.calls.count(MANY) == 0


def test_people_are_added_to_a_series_one_by_one_and_the_rest_comes_back(dana, world):
    people = "\n".join(f"p{n}@x.example,P{n}" for n in range(70))

    answer = dana.post(f"/meetings/{WEEKLY}/registrants/add", data={"kind": "list", "people": people})

    text = read(answer)
    assert "60 added, 10 not sent yet" in text and "Add 10 people" in text
    assert (world.calls.count(MANY), world.calls.count(SINGLE)) == (0, 60)
    assert "p69@x.example,P69" in answer.text


def test_many_are_added_thirty_at_a_time_and_zooms_refusal_of_one_is_that_of_its_line(dana, world, retro):
    for _ in range(3):
        world.limits.take_registration(RETRO, "p7@x.example", 3)
    people = "\n".join(f"p{n}@x.example,P{n}" for n in range(45))

    text = read(dana.post(ADD, data={"kind": "list", "people": people}))

    assert "44 added, 1 needs a fix" in text
    assert "Line 8 p7@x.example Zoom allows 3 tries a day per person." in text
    assert (world.calls.count(MANY), world.calls.count(SINGLE)) == (2, 30)


def test_a_full_meeting_and_a_missing_permission_stop_the_form(dana, world):
    world.faults.append(Fault(MANY, 400, body={"code": 3043, "message": "Full."}, count=1))
    text = read(dana.post(ADD, data={"kind": "list", "people": "a@x.example,A"}))
    assert "1 not sent yet" in text and "The meeting is full." in text
    refused = {"code": 4711, "message": "does not contain scopes:[meeting:write:registrant]."}
    world.faults.append(Fault("POST /v2/meetings/**", 400, body=refused))
    page = dana.post(ADD, data={"kind": "list", "people": "a@x.example,A"})
    assert "Zoom must allow meeting:write:registrant" in read(page) and "a@x.example,A" in page.text


def test_a_list_survives_an_ended_sign_in(dana, world):
    world.grants.by_user.clear()
    assert dana.post(ADD, data={"kind": "list", "people": "a@x.example,Ada"}).status_code in (302, 303, 401)
    dana.connect()

    page = dana.look(ADD)

    assert "Your entries are still here" in read(page) and "a@x.example,Ada" in page.text


def test_a_person_whom_a_changing_list_sends_on_two_pages_is_listed_once(dana, world):
    def page(token, *names):
        people = [{"id": name, "email": f"{name}@x.example", "first_name": name, "status": "pending"} for name in names]
        body = {"registrants": people, "total_records": 3, "next_page_token": token}
        return Fault(f"{LISTS}?status=pending", 200, {}, body, count=1)

    world.faults += [page("second", "Ada", "Ben"), page("", "Ben", "Cy")]

    text = read(dana.look(PAGE))

    assert [text.count(f"{name}@x.example") for name in ("ada", "ben", "cy")] == [1, 1, 1]


# After the meeting


def test_no_shows_and_walk_ins_of_one_session_are_listed_with_the_rules(dana):
    page = dana.look(AFTER)

    text = read(page)
    assert "3 of 5 registered people came. 2 didn’t, and 1 walked in." in text
    assert "Matched by Zoom ID 1, email 1, name 1. Check the match by name" in text
    assert "2 No-show 3 Came 1 Walk-in" in text
    assert text.index("Amara Diallo") < text.index("Victor Chen") < text.index("Walk-ins 1") < text.index("Łukasz Żółć")
    assert 'data-copy="amara@northwind.example, victor@partner.example"' in page.text
    came = read(dana.look(f"{AFTER}?show=came"))
    assert "Guest Lee lee@example.org · by name" in came and "Mina Park mina@example.net · by Zoom ID" in came


def test_a_session_before_has_its_own_registrants(dana):
    text = read(dana.look(f"/participants/{key_of(FIXTURES[3])}/registrants"))

    assert "3 of 4 registered people came. 1 didn’t, and 1 walked in." in text


def test_people_who_registered_once_for_a_series_are_those_of_each_session(dana, world):
    world.meetings[WEEKLY].settings["registration_type"] = 1

    text = read(dana.look(f"/participants/{key_of(FIXTURES[3])}/registrants"))

    assert "3 of 5 registered people came. 2 didn’t, and 1 walked in." in text
    assert "All sessions" not in read(dana.look(f"/meetings/{WEEKLY}/registrants"))


def test_tab_is_there_once_the_attendance_showed_that_people_register(dana, world):
    attendance = AFTER.removesuffix("/registrants")

    assert f'href="{AFTER}"' in dana.look(attendance).text
    # The report asks for the list after the page is sent; the tab needs no call.
    assert world.calls.count(LISTS) <= 1
    office = f"/participants/{key_of(FIXTURES[0])}"
    assert f'href="{office}/registrants"' not in dana.look(office).text


def test_report_has_no_shows_and_walk_ins_as_filters_once_the_list_is_there(dana, world, parts):
    report = AFTER.removesuffix("/registrants")
    first = dana.look(report)
    parts.parallel_calls.wait_until_idle()

    page = dana.look(report).text

    assert "data-refreshing" in first.text and "No-show" not in first.text
    text = words(page)
    assert "2 No-show 1 Walk-in" in text
    assert "2 of 5 who registered didn’t come. 1 came without registering." in text
    assert re.search(r'data-copy="[^"]+" data-done="Copied 5 names, without 2 no-shows"', page)
    assert page.count('<span class="k-no">No-show</span>') == 2 and page.count("Walk-in</span></a>") >= 1
    names = {view: named(dana.look(f"{report}?show={view}").text) for view in ("", "no-show", "walk-in", "here")}
    missed = ["Amara Diallo", "Victor Chen"]
    assert names["no-show"] == missed and names[""] == names["here"] and names[""][-2:] == missed
    assert names["walk-in"] == ["Łukasz Żółć"]
    assert named(dana.look(f"{report}?sort=attendance").text)[:2] == missed
    by_name = named(dana.look(f"{report}?sort=name").text)
    assert by_name == sorted(by_name, key=fold)
    alone = dana.look(f"{report}?show=no-show").text
    assert f'data-copy="{missed[0]}\n{missed[1]}" data-done="Copied 2 names"' in alone
    hidden = dana.look(f"{report}?show=no-show&names=hide").text
    assert named(hidden) == ["AD", "VC"] and "@" not in hidden.partition("<tbody")[2].partition("</tbody>")[0]
    assert named(dana.look(f"{report}?q=amara").text) == ["Amara Diallo"]


def named(page):
    """The names of the rows of a report."""
    return re.findall(r'class="person-name"><bdi>([^<]*)', page.partition("<tbody")[2])


def test_file_has_a_row_per_registrant_and_walk_in(dana):
    file = rows(dana.get(f"{AFTER}.csv"))

    assert [(row["result"], row["first_name"] or row["name_in_meeting"], row["matched_by"]) for row in file] == [
        ("no-show", "Amara", ""),
        ("no-show", "Victor", ""),
        ("came", "Jonas", "email"),
        ("came", "Guest", "name"),
        ("came", "Mina", "Zoom ID"),
        ("walk-in", "Łukasz Żółć", ""),
    ]


def matched(dana, path, walk_in, registrant="", **more):
    """The page after a form that matches this walk-in by hand, or without ``registrant`` undoes that."""
    link = re.search(rf'match=(\w+)[^"]*"[^>]*>Match…<span class="hush"> <bdi>{walk_in}', dana.look(path).text)
    key = link[1] if link else re.search(r'name="person" value="(\w+)"', dana.look(f"{path}?show=came").text)[1]
    options = dict(re.findall(r'<option value="([^"]+)">([^<]+)', dana.look(f"{path}?match={key}").text))
    chosen = next((value for value, words in options.items() if registrant and words.startswith(registrant)), "")
    answer = dana.post(f"{path}/match", data={"person": key, "registrant": chosen, **more})
    assert answer.status_code == 303
    return dana.look(answer.headers["Location"])


def test_walk_in_is_matched_by_hand_for_the_series_and_that_is_undone_in_the_same_place(dana):
    before = f"/participants/{key_of(FIXTURES[3])}/registrants"
    key = re.search(r"match=(\w+)", dana.look(AFTER).text)[1]
    opened = dana.look(f"{AFTER}?match={key}")
    assert ">Amara Diallo (amara@northwind.example)</option>" in opened.text
    hidden = dana.look(f"{AFTER}?match={key}&names=hide").text
    assert ">AD</option>" in hidden and "amara@" not in hidden

    page = matched(dana, AFTER, "Łukasz Żółć", "Amara")

    text = read(page)
    assert "Saved for the series Łukasz Żółć counts as Amara Diallo . Undo" in text
    assert "4 of 5 registered people came. 1 didn’t." in text and "Walk-ins" not in text
    assert "Matched by Zoom ID 1, email 1, hand 1, name 1." in text and "4 of 5 who registered came" in text
    assert "Amara Diallo As Łukasz Żółć amara@northwind.example · by hand" in read(dana.look(f"{AFTER}?show=came"))
    row = next(row for row in rows(dana.get(f"{AFTER}.csv")) if row["first_name"] == "Amara")
    assert (row["result"], row["matched_by"], row["name_in_meeting"]) == ("came", "hand", "Łukasz Żółć")
    assert "hand 1" in read(dana.look(before))
    undone = matched(dana, AFTER, "Łukasz Żółć")
    assert "3 of 5 registered people came. 2 didn’t, and 1 walked in." in read(undone)
    assert "hand 1" not in read(dana.look(before))


@pytest.mark.parametrize(
    ("person", "registrant"), [("", ""), ("0", "amara@northwind.example"), (None, "someone@x.example")]
)
def test_match_of_people_who_are_not_on_the_list_changes_nothing(dana, person, registrant):
    key = re.search(r"match=(\w+)", dana.look(AFTER).text)[1] if person is None else person

    answer = dana.post(f"{AFTER}/match", data={"person": key, "registrant": registrant})

    assert answer.status_code == 303
    text = read(dana.look(answer.headers["Location"]))
    assert "The list has changed" in text and "3 of 5 registered people came." in text


def test_matches_by_hand_are_deleted_on_disconnect_and_hidden_with_the_names(dana, parts, world):
    page = matched(dana, AFTER, "Łukasz Żółć", "Amara", names="hide")
    assert "ŁŻ counts as AD" in read(page) and "Amara" not in page.text
    assert load_hand_matches(parts.user_records, world.user("dana").id, WEEKLY)

    parts.tokens.delete(world.user("dana").id)

    assert not load_hand_matches(parts.user_records, world.user("dana").id, WEEKLY)


def test_one_of_two_people_with_one_name_is_not_matched(dana, world, parts):
    joins = world.instances[FIXTURES[2]].joins
    guest = next(join for join in joins if join.name == "Łukasz Żółć")
    joins.append(replace(guest, user_id="another", participant_uuid="another"))

    page = matched(dana, AFTER, "Łukasz Żółć", "Amara")

    assert "Nobody was matched Several people in this session have this name" in read(page)
    assert not load_hand_matches(parts.user_records, world.user("dana").id, WEEKLY)


def test_matches_that_cannot_be_read_are_not_replaced(dana, world, parts):
    dana.look(AFTER)
    key = REGISTRANT_MATCHES.key_of(world.user("dana").id, key_names.digest(str(WEEKLY)))
    parts.redis.rpush(key, "a value that Redis does not return")
    person = re.search(r"match=(\w+)", dana.look(AFTER).text)[1]

    assert dana.post(f"{AFTER}/match", data={"person": person}).status_code == 503
    assert parts.redis.type(key) == b"list"


def test_no_show_says_how_many_sessions_were_missed_once_the_series_was_opened(dana, world, clock):
    for registrant in world.meetings[WEEKLY].registrants:
        registrant.created_at = 0.0
    assert "missed the last" not in read(dana.look(AFTER))
    dana.look(f"/series/{WEEKLY}")
    assert "missed the last" not in read(dana.look(AFTER)), "she registered for this session alone"
    world.meetings[WEEKLY].settings["registration_type"] = 1
    clock.tick(3600)

    text = read(dana.look(AFTER))

    assert re.search(r"Amara Diallo amara@northwind.example · missed the last \d sessions", text)


def test_five_thousand_registrants_with_one_address_twice_are_matched_once(dana, world):
    people = world.meetings[WEEKLY].registrants
    people += [Registrant(f"x{n}", f"p{n // 2}@x.example", f"P{n}", status="approved") for n in range(5000)]

    page = dana.look(AFTER)
    while "Refresh" in page.headers:
        page = dana.look(AFTER)

    assert "3 of 2,505 registered people came." in read(page).replace("2505", "2,505")
    assert "and 2002 more in the CSV file" in read(page)
    assert len(page.data) < 400_000
    opened = dana.look(AFTER + re.search(r'\?[^"]*match=\w+', page.text)[0].replace("&amp;", "&"))
    assert opened.text.count("<option") == 2503 and len(opened.data) < 700_000


def test_each_tab_says_how_many_came_and_registered_once_they_were_counted(dana, world):
    attendance = AFTER.removesuffix("/registrants")
    assert "10:00 – 10:44 · you hosted All sessions 44 min Attendance" in read(dana.look(f"{attendance}/polls"))
    assert "5 came · 44 min Attendance" in read(dana.look(attendance))
    dana.look(AFTER)
    world.calls.clear()

    assert "5 came · 44 min · 3 of 5 who registered came Attendance" in read(dana.look(f"{attendance}/polls"))
    assert world.calls.count("GET /v2/report/meetings/*/participants") == world.calls.count(LISTS) == 0


def test_names_are_hidden_on_request(dana):
    page = dana.look(f"{AFTER}?names=hide")

    read(page)
    assert "Amara" not in page.text and "amara@" not in page.text and ">AD<" in page.text


def test_after_the_meeting_each_part_fails_by_itself(dana, world):
    world.faults.append(Fault(LISTS, drop="before"))
    answer = dana.look(AFTER)
    assert "We couldn’t reach Zoom" in read(answer, 502)
    assert dana.get(f"{AFTER}.csv").status_code == 502
    world.faults.clear()
    world.meetings[WEEKLY].settings["approval_type"] = 2
    assert "People don’t register for this meeting" in read(dana.look(AFTER))
    assert dana.get(f"{AFTER}.csv").status_code == 404


def test_registration_by_session_is_chosen_above_the_list(dana, world):
    page = dana.look(f"/meetings/{WEEKLY}/registrants?status=approved")
    coming = world.meetings[WEEKLY].occurrences[-1].id

    assert "All sessions" in read(page) and f'value="{coming}"' in page.text
    chosen = read(dana.look(f"/meetings/{WEEKLY}/registrants?status=approved&occurrence={coming}"))
    assert "Amara Diallo" in chosen and "Victor Chen" not in chosen


class TestFromCopies:
    """Pages are served from copies, as in an installation."""

    @pytest.fixture
    def settings(self, settings):
        return replace(settings, page_cache_seconds=60)

    def test_second_view_costs_no_call_and_an_event_brings_the_news(self, dana, world, retro, webhooks):
        dana.look(PAGE)
        world.calls.clear()
        dana.look(PAGE)
        assert world.calls.count(LISTS) == 0

        lee = Registrant("r1", "lee@example.org", "Lee", "Park", created_at=world.now())
        retro.registrants.append(lee)
        webhooks(registration_event("meeting.registration_created", world.now(), retro, lee, world))

        assert "Lee Park" in read(dana.look(PAGE))

    def test_attendance_and_registrants_of_a_past_meeting_share_one_answer_about_it(self, dana, world):
        dana.look(AFTER.removesuffix("/registrants"))
        assert world.calls.count("GET /v2/meetings/*") == 1

        assert dana.look(AFTER).status_code == 200
        assert world.calls.count("GET /v2/meetings/*") == 1

    def test_a_decision_uses_the_newest_list(self, dana, clock, retro):
        dana.look(PAGE)
        clock.tick(1)
        person(retro, "Mei").status = "denied"

        text = read(dana.post(PAGE, data=form(retro, "approve", "Mei")))

        assert "already denied by someone else" in text


def test_registration_can_be_open_without_questions(dana, world):
    office = world.meetings[85000000104]
    open_registration(office)
    office.registration_questions = {}

    assert "Email address and first name · required" in read(dana.look(f"/meetings/{office.id}/registrants"))
