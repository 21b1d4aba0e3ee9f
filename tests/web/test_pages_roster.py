"""The page of a roster: paste or upload a list, see who is absent, answer "Who is this?", save it, get the file."""

import csv
import html
import io
import re

import pytest

from offline_zoom.stories.quiet_day import FIXTURES, WEEKLY
from tests.web.reading import read
from zoomapp.attendance.roster_file import decode, read_roster
from zoomapp.store.encrypted_records import ROSTER, TOKENS
from zoomapp.zoom.meeting_ids import key_of

PAGE = f"/series/{WEEKLY}/roster"
FIRST, LAST = key_of(FIXTURES[1]), key_of(FIXTURES[2])
#: Jonas Weber came, Guest Lee resembles one of them, Farid did not come, Dana and others are not on it.
ABSENT = 'Ann "Al" <i>Ames</i>'
LIST = "1001\tJonas Weber\tjonas@example.com\n1002\tGuest Leeland\n1003\tFarid Nasser\n1004\tMina Park"
LONG = "\n".join(f"s{n:07};Person Number{n};p{n}@campus.example" for n in range(10_000))


def paste(person, text=LIST, keep="on", session=LAST, **more):
    form = {"list": text, "session": session, **({"keep": keep} if keep else {}), **more}
    return person.browser.post(PAGE, data=form, content_type="multipart/form-data")


def follow(person, answer):
    assert answer.status_code == 303, answer.text[:500]
    return person.look(answer.location)


def tally(page):
    return {name: int(count) for count, name in re.findall(r"<b>(\d+)</b><span>([^<]+)</span></a></li>", page)}


def typed(page):
    return re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", page, re.S)[1].replace("&#34;", '"')


def answer_form(page, words):
    """The hidden fields of the question that has these words."""
    item = next(each for each in re.findall(r"<li>(.*?)</li>", page, re.S) if words in re.sub(r"<[^>]+>", "", each))
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', item))


def rows(person, session=LAST):
    answer = person.get(f"{PAGE}.csv?session={session}")
    return {row["name"]: row for row in csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff")))}


def test_series_leads_to_the_roster_and_a_pasted_list_says_who_is_absent(dana):
    assert f'href="{PAGE}"' in dana.look(f"/series/{WEEKLY}").text
    assert "Paste a list" in read(dana.look(PAGE))

    page = follow(dana, paste(dana))

    text = read(page)
    assert "4 people are on the roster" in text and "We found: ID, name, email, separated by tabs." in text
    assert "2 of 4 were there, all on time. 1 needs your attention." in text
    assert tally(page.text) == {"Roster": 4, "Present": 2, "Late": 0, "Absent": 1, "Check": 1, "Not on it": 2}
    assert "Is “ Guest Lee ” Guest Leeland ? Same first letters. Here 40 min. ID 1002." in text
    assert 'data-copy="Farid Nasser"' in page.text
    for link, name in re.findall(r'<li><a href="([^"]+)"[^>]*>.*?<span>([^<]+)</span></a></li>', page.text):
        shown = dana.look(link.replace("&amp;", "&")).text
        count = sum(len(re.findall("<li>", each)) for each in re.findall(r'<ul class="rows.*?</ul>', shown, re.S))
        assert count == tally(page.text)[name], name
    assert rows(dana)["Jonas Weber"] == {
        "id": "1001",
        "name": "Jonas Weber",
        "email": "jonas@example.com",
        "present": "1",
        "minutes": "39",
        "late_minutes": "0",
    }
    assert (rows(dana)["Farid Nasser"]["present"], rows(dana)["Farid Nasser"]["late_minutes"]) == ("0", "")


def test_absent_people_are_copied_one_a_line_as_they_were_typed(dana):
    page = follow(dana, paste(dana, f"Farid Nasser\n{ABSENT}\nJonas Weber"))

    assert html.unescape(re.search(r'data-copy="([^"]*)"', page.text)[1]) == f"Farid Nasser\n{ABSENT}"
    assert "<i>" not in page.text


def test_answer_is_saved_for_the_series_and_can_be_undone(dana):
    page = follow(dana, paste(dana))
    form = answer_form(page.text, "Guest Lee")

    answered = follow(dana, dana.browser.post(f"{PAGE}/answers", data={**form, "answer": "yes"}))

    assert tally(answered.text)["Check"] == 0 and "your answer 1" in read(answered)
    assert rows(dana, FIRST)["Guest Leeland"]["present"] == "1"
    undo = re.search(r'<section class="notice ok">.*?</section>', answered.text, re.S)[0]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', undo))
    undone = follow(dana, dana.browser.post(f"{PAGE}/answers", data={**fields, "answer": "undo"}))
    assert tally(undone.text)["Check"] == 1
    denied = follow(dana, dana.browser.post(f"{PAGE}/answers", data={**form, "answer": "no"}))
    assert tally(denied.text) == {"Roster": 4, "Present": 2, "Late": 0, "Absent": 2, "Check": 0, "Not on it": 3}


def test_person_who_is_not_on_it_can_be_matched_with_an_absent_one(dana):
    page = follow(dana, paste(dana, "Farid Nasser"))
    others = dana.look(f"{PAGE}?session={LAST}&show=other").text
    options = re.findall(r'<option value="([^"]+)">([^<]+)</option>', others)
    who = {name: value for value, name in options}
    form = {"session": LAST, "who": who["Guest Lee"], "entry": who["Farid Nasser"], "answer": "yes"}

    answered = follow(dana, dana.browser.post(f"{PAGE}/answers", data=form))

    assert (tally(page.text)["Absent"], tally(answered.text)["Absent"]) == (1, 0)
    assert "1 need" not in read(answered) and "The one person on it was there" in read(answered)
    # The name has nothing of the other, so it is asked again in another session.
    assert "You said so for another session." in read(dana.look(f"{PAGE}?session={FIRST}"))


def test_answer_to_a_changed_roster_changes_nothing(dana):
    form = answer_form(follow(dana, paste(dana)).text, "Guest Lee")
    paste(dana, "1001 Jonas Weber")

    page = follow(dana, dana.browser.post(f"{PAGE}/answers", data={**form, "answer": "yes"}))

    assert "The roster was changed" in read(page)


def test_roster_of_one_session_leaves_the_series_alone(dana):
    paste(dana)
    paste(dana, "Jonas Weber", keep="", session=LAST)

    assert list(rows(dana, LAST)) == ["Jonas Weber"]
    assert len(rows(dana, FIRST)) == 4
    only_here = dana.look(f"{PAGE}?session={LAST}").text
    assert re.search(r'name="keep" value="on">', only_here)
    paste(dana, "Mina Park", session=LAST)
    assert list(rows(dana, LAST)) == list(rows(dana, FIRST)) == ["Mina Park"]


@pytest.mark.parametrize("name", ["list.csv", "list.txt"])
def test_file_is_read_as_latin_1_with_semicolons(dana, name):
    data = "Matrikelnummer;Nachname;Vorname\n1001;Weber;Jonas\n1002;Müller;Zoë\n".encode("latin-1")

    page = follow(dana, paste(dana, "", file=(io.BytesIO(data), name)))

    assert "2 people are on the roster" in read(page)
    assert "Zoë Müller" in typed(page.text)


def test_wrong_list_says_why_and_keeps_what_was_typed(dana):
    nothing = paste(dana, '--\n"<>\n')
    too_long = paste(dana, LONG + "\nOne More")

    assert "We found no names." in read(nothing, 422) and "<title>Error: Roster" in nothing.text
    assert '<a href="#list">We found no names.' in nothing.text
    assert typed(nothing.text).split() == ["--", '"&lt;&gt;']
    assert "10,000 lines at most. This list has 10,001." in read(too_long, 422)
    assert typed(too_long.text).count("\n") >= 10_000
    assert dana.get(f"{PAGE}.csv?session={LAST}").status_code == 404


def test_ten_thousand_lines_are_saved_and_shown_a_hundred_at_a_time(dana):
    page = follow(dana, paste(dana, LONG))

    assert tally(page.text)["Absent"] == 10_000 and page.text.count("<li>") < 300
    assert "<textarea" not in page.text
    assert typed(dana.look(f"{PAGE}?session={LAST}&edit=1").text).count("Person") == 10_000
    assert len(rows(dana)) == 10_000


def test_list_over_the_limit_says_the_limit_and_saves_nothing(dana):
    paste(dana)
    before = typed(dana.look(PAGE).text)

    for data in ({"list": "a" * 1_100_000}, {"file": (io.BytesIO(b"x\n" * 600_000), "list.csv")}):
        form, browser = {"keep": "on", **data}, {"Accept": "text/html,*/*;q=0.8"}
        answer = dana.browser.post(PAGE, data=form, content_type="multipart/form-data", headers=browser)
        assert answer.status_code == 413
        assert "This list is larger than 1 MB" in answer.text and "your list is still in the form" in answer.text
    assert typed(dana.look(PAGE).text) == before
    assert "10,000 lines and 1 MB at most" in dana.look(PAGE).text


@pytest.mark.parametrize("separator", [";", "\t"])
def test_ten_thousand_lines_with_a_mark_or_in_latin_1_are_read_whole(dana, separator):
    lines = "\n".join(f"s{n:05}{separator}Zoë Müller {n}{separator}p{n}@x.example" for n in range(10_000))

    for data in (lines.encode("latin-1"), b"\xef\xbb\xbf" + lines.encode()):
        found = read_roster(decode(data))
        assert len(found.entries) == 10_000
        assert (found.entries[0].id, found.entries[0].name) == ("s00000", "Zoë Müller 0")


def test_hidden_names_are_nowhere_on_the_page(dana):
    paste(dana)
    action = re.search(r'action="([^"]+/roster\?names=hide)"', dana.look(f"{PAGE}?names=hide&edit=1").text)[1]

    pages = [dana.look(f"{PAGE}?session={LAST}&names=hide").text]
    pages.append(dana.browser.post(action, data={"list": "--", "session": LAST}).text)

    for page in pages:
        main = page.partition('id="main"')[2].partition("</main>")[0]
        shown = re.sub(r'type="hidden"[^>]*', "", main)
        assert "<bdi>FN</bdi>" in shown
        assert not [name for name in ("Farid", "Jonas", "Guest", "example.com") if name in shown]
    assert "<textarea" not in pages[0]


def test_roster_is_deleted_on_disconnect_and_not_shown_to_others(dana, priya, parts, world):
    paste(dana)
    assert parts.user_records.load(world.user("dana").id, ROSTER, "odd") is None
    assert "Farid" not in priya.look(PAGE).text

    parts.tokens.delete(world.user("dana").id)

    assert dana.connect().status_code == 302
    assert "Farid" not in dana.look(PAGE).text


def test_sign_in_that_ended_keeps_the_list_that_was_typed(dana, parts, world):
    dana.look(PAGE)
    parts.redis.delete(TOKENS.key_of(world.user("dana").id))

    assert paste(dana).status_code in (302, 401)
    dana.connect()

    page = dana.look(PAGE)
    assert "Your entries are still here" in read(page) and "Farid Nasser" in typed(page.text)


def test_session_of_another_meeting_and_unknown_addresses_are_not_found(dana):
    paste(dana)

    assert dana.get(f"{PAGE}?session={key_of(FIXTURES[0])}").status_code == 404
    assert dana.get("/series/odd/roster").status_code == 404
    assert dana.get(f"{PAGE}.csv").status_code == 404
