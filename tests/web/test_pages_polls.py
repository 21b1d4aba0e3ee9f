"""The polls and the Q&A of a past meeting: their pages, their files, and why there is nothing."""

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from offline_zoom.faults import Fault
from offline_zoom.identifiers import meeting_uuid
from offline_zoom.model import Statements
from offline_zoom.polls import RELEASE, add_polls
from offline_zoom.stories.quiet_day import FIXTURES, TOWN_HALL, WEEKLY
from tests.web.reading import read, words
from zoomapp.zoom.meeting_ids import key_of

WEEK_AGO, QUESTIONS_ONLY, OFFICE = FIXTURES[2], FIXTURES[1], FIXTURES[0]
RESULTS, QUESTIONS = "GET /v2/past_meetings/*/polls", "GET /v2/past_meetings/*/qa"
QUESTION_REPORT = "GET /v2/report/meetings/*/qa"
DEFINITIONS = "GET /v2/meetings/*/polls"
TABS = 'aria-label="This meeting">'
ATTENDANCE = f"/participants/{key_of(WEEK_AGO)}"
PAGE = f"{ATTENDANCE}/polls"
QA = f"{ATTENDANCE}/qa"
QA_FILE = f"{QA}.csv"
REGISTRANTS = f"{ATTENDANCE}/registrants"
RELEASE_QUESTION = "When should the billing page go out?"
NO_DEFINITIONS = ["deleted", "off", "refused", "outage", "no scope"]
ODD = ["=1+1", "+1", "-1", "@cmd", "\tx", "\rx", "<script>alert(1)</script>", '"><img src=x>']


def page_of(uuid, name="polls"):
    return f"/participants/{key_of(uuid)}/{name}"


def card(page, question):
    """The card of one question, without markup."""
    cards = re.findall(r'<section class="card poll".*?</section>', page, re.DOTALL)
    return next(words(f'id="main">{each}</main>') for each in cards if question in each)


def rows(answer):
    assert answer.status_code == 200
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def answers(*texts, question=RELEASE_QUESTION, poll_id=RELEASE, names=None):
    return [
        Statements(
            names[n] if names else f"Person {n}",
            "",
            [{"polling_id": poll_id, "question": question, "answer": text, "date_time": "2026-02-23T09:10:00Z"}],
        )
        for n, text in enumerate(texts)
    ]


def test_poll_has_all_choices_with_counts_and_percents(dana):
    answer = dana.look(PAGE)

    read(answer)
    assert "3 polls, 4 questions." in words(answer.text)
    text = card(answer.text, RELEASE_QUESTION)
    assert "Release · Pick one · 5 answers" in text
    assert "Thursday, December 3 3 · 60%" in text
    assert "No opinion 0 · 0%" in text
    assert "Choices without votes aren’t listed" not in answer.text


def test_numbers_of_the_bars_are_in_a_table_as_well(dana):
    page = dana.look(PAGE).text
    table = page.partition(f": {RELEASE_QUESTION}</span></summary>")[2].partition("Show as table")[2]
    table = table.partition("</table>")[0]

    assert '<th scope="col">Choice</th>' in table
    assert '<th scope="row"><bdi>Thursday, December 3</bdi></th><td>3</td><td>60%</td>' in table
    assert all('aria-hidden="true"' in bar for bar in re.findall(r'<svg class="meter"[^>]*>', page))


def test_page_says_who_answered_what(dana):
    text = card(dana.look(PAGE).text, RELEASE_QUESTION)

    assert "Mina Park Monday, December 7" in text


def test_anonymous_poll_has_no_names_on_the_page_and_in_the_file(dana, world):
    world.instances[WEEK_AGO].poll_answers += answers(
        "4", question="How useful was this meeting?", poll_id=world.meetings[WEEKLY].polls[1].id, names=["Lena Fischer"]
    )

    page, file = dana.look(PAGE), rows(dana.get(f"{PAGE}.csv"))

    assert "No names are shown: this poll is anonymous." in card(page.text, "How useful was this meeting?")
    assert "Lena Fischer" not in page.text
    feedback = [row for row in file if row["poll"] == "Feedback"]
    assert {row["name"] + row["email"] + row["answered_at"] for row in feedback} == {""}
    assert [row["answer"] for row in feedback if row["type"] == "rating_scale"] == ["2", "3", "4", "4", "5", "5"]


def test_quiz_marks_right_answers_and_splits_several_choices_of_one_text(dana):
    text = card(dana.look(PAGE).text, "Which customers wait for a credit?")

    assert "Quiz, pick any · 5 answers · 2 right" in text
    assert "Fabrikam; Contoso Right answer 3 · 60%" in text
    assert "Litware 0 · 0%" in text


def lose_definitions(world, how):
    """Let Zoom withhold how the polls were defined."""
    if how == "deleted":
        world.switches.change({"polls": "deleted"})
    elif how == "no scope":
        world.switches.change({"withheld_scopes": ["meeting:read:list_polls:admin"]})
    else:
        faults = {
            "off": Fault(DEFINITIONS, 400, body={"code": 4400, "message": "Polls are off."}),
            "refused": Fault(DEFINITIONS, 404, body={"code": 404, "message": "Meeting not found."}),
            "outage": Fault(DEFINITIONS, drop="before"),
        }
        world.faults.append(faults[how])


@pytest.mark.parametrize("how", NO_DEFINITIONS)
def test_without_definitions_the_choices_are_what_people_answered(anyone, world, how):
    lose_definitions(world, how)
    anyone.connect()

    answer = anyone.look(PAGE)

    text = card(answer.text, RELEASE_QUESTION)
    assert "Thursday, December 3 3 · 60%" in text
    assert "No opinion" not in text
    assert "Choices without votes aren’t listed." in answer.text
    assert "permission is missing" not in answer.text
    if how == "no scope":
        assert not [call for call in world.calls.all() if call.path.endswith(f"/meetings/{WEEKLY}/polls")]


@pytest.mark.parametrize("how", NO_DEFINITIONS)
def test_without_definitions_no_names_are_shown(anyone, world, how):
    lose_definitions(world, how)
    anyone.connect()

    page, file = anyone.look(PAGE), rows(anyone.get(f"{PAGE}.csv"))

    text = card(page.text, RELEASE_QUESTION)
    assert "No names are shown: the poll’s settings couldn’t be read, so it may be anonymous." in text
    assert "Mina Park" not in page.text
    assert len(file) == 19 and {row["name"] + row["email"] for row in file} == {""}


def asked(*details, name="Kim Lee"):
    return Fault(QUESTION_REPORT, 200, {}, {"questions": [{"name": name, "question_details": list(details)}]})


def test_questions_of_the_report_have_times_and_a_status_and_are_filtered(dana, world):
    answer = {"content": "Yes.", "name": "Dana Okoye", "create_time": "2026-02-23T09:16:00Z"}
    world.faults.append(
        asked(
            {"question": "Aloud?", "question_status": "answered", "create_time": "2026-02-23T09:25:00Z"},
            {"question": "Later?", "question_status": "open", "create_time": "2026-02-23T09:22:00Z"},
            {"question": "<b>Dark?</b>", "question_status": "dismissed", "create_time": "2026-02-23T09:19:00Z"},
            {"question": "Gone?", "question_status": "deleted"},
            {"question": "Sooner?", "question_status": "open", "create_time": "2026-02-23T09:21:00Z"},
            {"question": "Two?", "question_status": "answered", "answer_details": [answer]},
        )
    )

    page = dana.look(QA)

    text = read(page).partition("Questions and answers")[2]
    assert "5 questions. 2 are still open." in text and 'data-copy="Sooner?\nLater?"' in page.text
    assert "All 5 Open 2 Answered 2 Dismissed 1" in text and "Gone?" not in text
    assert re.search(r"Sooner\? Open Kim Lee · 10:21 Later\? Open Kim Lee · 10:22", text)
    assert "Two? Answered Kim Lee Dana Okoye 10:16 Yes." in text
    assert "Aloud? Answered live Kim Lee · 10:25 Answered by voice, so Zoom has no text. Transcript from 10:25" in text
    dismissed = read(dana.look(f"{QA}?questions=dismissed&names=hide")).partition("Questions and answers")[2]
    assert "<b>Dark?</b> Dismissed Hidden · 10:19" in dismissed and "Two?" not in dismissed
    assert [row["status"] for row in rows(dana.get(QA_FILE))] == [
        "Open",
        "Open",
        "Answered",
        "Dismissed",
        "Answered live",
    ]
    assert world.calls.count("GET /v2/past_meetings/*/qa") == 0


def test_question_that_was_answered_aloud_leads_to_its_moment_in_the_transcript(dana, world):
    aloud = {"question": "Aloud?", "question_status": "answered"}
    asked_at = [{"create_time": f"2026-02-23T{time}:00Z"} for time in ("09:05", "08:00")]
    world.faults.append(asked({**aloud, **asked_at[0]}, {**aloud, **asked_at[1]}, aloud))
    link = r'<a href="([^"]+)#moment">Transcript from'

    addresses = re.findall(link, dana.look(f"{QA}?names=hide").text)

    assert len(addresses) == 1 and "names=hide" in addresses[0]
    transcript = dana.look(addresses[0].replace("&amp;", "&")).text
    turn = re.search(r'<li class="turn hit" id="t-\d+">.*?<div id="moment">.*?>(\d\d:\d\d)</a>', transcript, re.DOTALL)
    assert turn[1] in ("10:04", "10:05") and transcript.count("turn hit") == 1
    world.switches.change({"transcript": "missing"})
    absent = dana.look(addresses[0].replace("&amp;", "&"))
    assert "If there is a recording , you find this moment about 0:04:19 after it starts." in read(absent, 404)
    assert f'href="{ATTENDANCE}/recording?names=hide">recording</a>' in absent.text


@pytest.mark.parametrize(
    "report",
    [
        Fault(QUESTION_REPORT, drop="before"),
        Fault(QUESTION_REPORT, 404, body={"code": 3001, "message": "Not found."}),
        Fault(QUESTION_REPORT, 200, {}, {"questions": []}),
        None,
    ],
    ids=["outage", "refused", "empty", "no scope"],
)
def test_without_the_report_the_questions_are_from_the_usual_list(anyone, world, report):
    if report:
        world.faults.append(report)
    else:
        world.switches.change({"withheld_scopes": ["report:read:meeting_qna:admin"]})
    anyone.connect()

    text = read(anyone.look(QA)).partition("Questions and answers")[2]

    assert "3 questions. 1 has no answer." in text and "All 3 No answer 1 Answered 2" in text
    assert "Will the old invoices keep their numbers? No answer Jonas Weber" in text


def test_ranking_and_matching_are_drawn_and_the_file_has_the_answers(dana, world):
    ranked = {"name": "What first?", "type": "rank_order", "answers": ["1st", "2nd"]}
    ranked["prompts"] = [{"prompt_question": "<i>Speed</i>"}, {"prompt_question": "Price"}]
    capitals = {"name": "Which capital?", "type": "matching", "answers": ["Lima", "Quito"]}
    capitals["prompts"] = [{"prompt_question": "Peru", "prompt_right_answers": ["Lima"]}]
    world.meetings[WEEKLY].polls[0].questions = [ranked, capitals]
    world.instances[WEEK_AGO].poll_answers = [
        *answers("Price: 1st;<i>Speed</i>: 2nd", "Price:1st", question="What first?"),
        *answers("Peru: Lima", "Peru: =Quito()", question="Which capital?"),
    ]

    page = dana.look(PAGE).text

    assert "1. Price place 1.0 2. <i>Speed</i> place 2.0" in card(page, "What first?")
    assert "Peru Answer People Percent Lima Right answer 1 50% Quito() 1 50%" in card(page, "Which capital?")
    assert "<i>" not in page.partition("<main")[2]
    assert [row["answer"] for row in rows(dana.get(f"{PAGE}.csv"))][:2] == ["Price: 1st;<i>Speed</i>: 2nd", "Price:1st"]


def test_question_has_its_asker_and_answer_and_an_unanswered_one_is_first(dana):
    text = read(dana.look(QA)).partition("Questions and answers")[2]

    assert "3 questions. 1 is still open." in text
    first, second = text.index("Will the old invoices"), text.index("Does the new page work")
    assert first < second
    assert re.search(r"Will the old invoices keep their numbers\? Open Jonas Weber · [\d:]+", text)
    assert re.search(r"Answered Łukasz Żółć · [\d:]+ Dana Okoye [\d:]+ Yes. The second one is used", text)
    assert re.search(r"to customers\? Answered Anonymous · [\d:]+ Dana Okoye [\d:]+ Not before", text)


@pytest.mark.parametrize("name", ["Anonymous Attendee", "anonymous  attendee", " ANONYMOUS "])
def test_person_called_anonymous_is_anonymous_in_pages_files_and_copied_text(dana, world, name):
    instance, email = world.instances[WEEK_AGO], "kim.lee@example.com"
    instance.questions = [Statements(name, email, [{"question": "Why now?", "answer": ""}])]
    instance.poll_answers = [replace(each, name=name, email=email) for each in answers("Monday, December 7")]

    polls, qa = dana.look(PAGE), dana.look(QA)
    asked, answered = rows(dana.get(QA_FILE)), rows(dana.get(f"{PAGE}.csv"))

    assert "Why now? Open Anonymous" in words(qa.text)
    assert "No names are shown: Zoom sent none." in card(polls.text, RELEASE_QUESTION)
    assert 'data-copy="Why now?"' in qa.text
    for text in (polls.text, qa.text, str(asked), str(answered)):
        assert email not in text and name not in text
    assert {row["name"] + row["email"] for row in (*asked, *answered)} == {""}


def test_meeting_with_questions_alone_shows_them(dana):
    text = read(dana.look(page_of(QUESTIONS_ONLY, "qa")))

    assert "Will the old invoices keep their numbers?" in text
    assert "No polls in this meeting" in dana.look(page_of(QUESTIONS_ONLY)).text
    assert dana.look(f"{page_of(QUESTIONS_ONLY)}.csv").status_code == 404


def test_files_have_a_row_per_answer_and_a_name_with_day_and_topic(dana):
    polls, questions = dana.get(f"{PAGE}.csv"), dana.get(QA_FILE)

    first = rows(polls)[0]
    assert list(first) == ["poll", "question", "type", "name", "email", "answer", "answered_at"]
    assert first["answer"] == "Thursday, December 3"
    assert first["answered_at"] == "2026-02-23T10:10:41+01:00"
    assert len(rows(polls)) == 19
    asked = rows(questions)
    assert [row["status"] for row in asked] == ["Open", "Answered", "Answered"]
    assert (asked[2]["name"], asked[2]["email"]) == ("", "")
    assert polls.content_type == questions.content_type == "text/csv; charset=utf-8"
    assert 'filename="polls_2026-02-23_weekly-sync.csv"' in polls.headers["Content-Disposition"]
    assert 'filename="qa_2026-02-23_weekly-sync.csv"' in questions.headers["Content-Disposition"]


def test_no_cell_of_a_file_is_a_formula(dana, world):
    instance = world.instances[WEEK_AGO]
    instance.poll_answers = answers(*ODD, names=ODD)
    instance.questions = [Statements(text, text, [{"question": text, "answer": text}]) for text in ODD]

    for path in (f"{PAGE}.csv", QA_FILE):
        cells = [cell for row in rows(dana.get(path)) for cell in row.values()]
        assert "'=1+1" in cells
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_markup_in_answers_names_and_questions_is_text(dana, world):
    instance, (poll, *_) = world.instances[WEEK_AGO], world.meetings[WEEKLY].polls
    poll.title = poll.questions[0]["answers"][3] = ODD[6]
    instance.poll_answers = answers(*ODD, names=ODD) + answers(*ODD[6:], question=ODD[6], poll_id=ODD[7])
    instance.questions = [Statements(text, text, [{"question": text, "answer": text}]) for text in ODD]

    polls, qa = (dana.look(path) for path in (PAGE, QA))

    for answer in (polls, qa):
        read(answer)
        body = answer.text.partition("<main")[2].partition("</main>")[0]
        assert "<script" not in body and "<img" not in body
        assert body.count("&lt;script&gt;alert(1)&lt;/script&gt;") > 2
    assert '<p class="quote">&lt;script&gt;' in polls.text


def test_same_name_twice_is_two_people(dana, world):
    days = ("Monday, December 7", "Thursday, December 3")
    world.instances[WEEK_AGO].poll_answers = answers(*days, names=["Kim Lee", "Kim Lee"])

    text = card(dana.look(PAGE).text, RELEASE_QUESTION)

    assert "2 answers" in text
    assert text.count("Kim Lee") == 2


def test_poll_of_500_answers_is_shown_and_whole_in_the_file(dana, world):
    written = answers(*(f"=Written answer {n:03}" for n in range(500)), question="Why?", poll_id="unknown")
    world.instances[WEEK_AGO].poll_answers = answers(*["Monday, December 7"] * 500) + written

    answer = dana.look(PAGE)

    read(answer)
    assert "Monday, December 7 500 · 100%" in card(answer.text, RELEASE_QUESTION)
    why = card(answer.text, "Why?")
    assert "Written answer 199" in why and "Written answer 200" not in why
    assert "The CSV file has all 500." in why
    assert len(answer.data) < 200_000
    cells = [row["answer"] for row in rows(dana.get(f"{PAGE}.csv"))]
    assert len(cells) == 1000 and cells[-1] == "'=Written answer 499"


def test_unreadable_answers_and_questions_are_counted_and_the_files_are_called_partial(dana, world):
    instance = world.instances[WEEK_AGO]
    instance.poll_answers = [*answers("Monday, December 7", {"a": 1}, True, 7), Statements(7, [], "none")]
    instance.questions = [Statements("Kim", {}, [{"question": ["x"]}, 7]), *instance.questions]

    answer = dana.look(PAGE)

    assert "3 entries from Zoom could not be read, so this list is not complete." in read(answer)
    assert "2 entries from Zoom could not be read, so this list is not complete." in read(dana.look(QA))
    assert "2 answers" in card(answer.text, RELEASE_QUESTION)
    assert "_partial.csv" in dana.get(f"{PAGE}.csv").headers["Content-Disposition"]
    assert "_partial.csv" in dana.get(QA_FILE).headers["Content-Disposition"]


def test_meeting_without_polls_and_questions_says_so(dana, world):
    world.switches.change({"polls": "missing", "questions": "missing"})

    for path, title in ((PAGE, "No polls in this meeting"), (QA, "No questions in this meeting")):
        page, file = dana.look(path), dana.look(f"{path}.csv")

        assert page.status_code == file.status_code == 404
        assert title in page.text and title in file.text
        assert "Refresh" not in page.headers


def test_answers_are_being_collected_in_the_first_half_hour(dana, world, clock):
    instance = world.start_meeting(85000000101)
    world.join(instance, "dana")
    world.tick(600)
    world.end_meeting(instance)
    path = page_of(instance.uuid)

    early = dana.look(path)
    add_polls(world.meetings[85000000101], instance)
    clock.tick(120)
    later = dana.look(path)

    assert (early.status_code, early.headers["Refresh"]) == (404, "60")
    assert "Zoom is collecting the answers" in early.text
    assert RELEASE_QUESTION in read(later)
    assert "Zoom is collecting the questions" in dana.look(page_of(instance.uuid, "qa")).text


def test_encrypted_meeting_says_that_it_has_neither(dana, world):
    world.meetings[WEEKLY].settings["encryption_type"] = "e2ee"

    for path, title in ((PAGE, "Encrypted meetings have no polls"), (QA, "Encrypted meetings have no Q&amp;A")):
        answer = dana.look(path)

        assert answer.status_code == 404
        assert title in answer.text


@pytest.mark.parametrize(
    ("withheld", "page", "other", "shown"),
    [
        ("meeting:read:list_poll_results", PAGE, QA, "Will the old invoices keep their numbers?"),
        ("meeting:read:past_qa", QA, PAGE, RELEASE_QUESTION),
    ],
)
def test_missing_permission_is_named_and_the_other_page_works(anyone, world, withheld, page, other, shown):
    world.switches.change({"withheld_scopes": [f"{withheld}:admin", "report:read:meeting_qna:admin"]})
    anyone.connect()

    text = read(anyone.look(page))

    assert "One permission is missing" in text
    assert withheld in text
    assert shown in read(anyone.look(other))


def test_free_plan_shows_the_questions_and_says_what_polls_need(dana, world):
    world.faults.append(Fault(RESULTS, 400, body={"code": 200, "message": "Only available for Paid account: x."}))

    text = read(dana.look(PAGE))

    assert "Polls need a Pro plan or higher" in text
    assert "Will the old invoices keep their numbers?" in read(dana.look(QA))


@pytest.mark.parametrize(
    ("status", "code", "title"),
    [
        (403, 403, "Not shared with you"),
        (400, 3003, "Not shared with you"),
        (401, 1010, "Not shared with you"),
        (400, 12702, "This meeting is too old"),
        (404, 3001, "Zoom doesn’t know this meeting"),
    ],
)
def test_refusal_has_one_notice(dana, world, status, code, title):
    for route in (RESULTS, QUESTIONS, QUESTION_REPORT):
        world.faults.append(Fault(route, status, body={"code": code, "message": "No."}))

    for path in (PAGE, QA):
        page, file = dana.look(path), dana.look(f"{path}.csv")

        assert page.status_code == file.status_code == 404
        assert page.text.count(f"<h2>{title}</h2>") == 1
        assert title in file.text


def test_refusal_of_the_questions_as_another_account_keeps_the_person_connected(dana, world):
    for route in (QUESTIONS, QUESTION_REPORT):
        world.faults.append(Fault(route, 401, body={"code": 1010, "message": "User does not belong to this account."}))

    assert "Not shared with you" in read(dana.look(QA), 404)
    assert RELEASE_QUESTION in read(dana.look(PAGE))
    assert dana.look("/").status_code == 200


@pytest.mark.parametrize(
    ("fault", "status", "title"),
    [
        ({"drop": "before"}, 502, "We couldn’t reach Zoom"),
        ({"status": 429, "headers": {"Retry-After": "9"}, "body": {"code": 429}}, 429, "Zoom asked us to slow down"),
        ({"status": 200, "body": {}}, 502, "We couldn’t reach Zoom"),
    ],
)
def test_outage_and_rate_limit_are_no_missing_polls(dana, world, fault, status, title):
    for route in (RESULTS, QUESTIONS, QUESTION_REPORT):
        world.faults.append(Fault(route, **fault))

    for path in (PAGE, QA):
        page, file = dana.look(path), dana.look(f"{path}.csv")

        assert page.status_code == file.status_code == status
        assert page.headers.get("Retry-After") == fault.get("headers", {}).get("Retry-After")
        assert page.text.count(f"<h2>{title}</h2>") == 1
        assert "in this meeting</h2>" not in page.text


def test_each_page_makes_its_own_calls_only(dana, world):
    world.faults += [Fault(route, drop="before") for route in (QUESTIONS, QUESTION_REPORT)]
    assert RELEASE_QUESTION in read(dana.look(PAGE))
    world.faults[:] = [Fault(route, drop="before") for route in (RESULTS, DEFINITIONS)]

    assert "Will the old invoices keep their numbers?" in read(dana.look(QA))
    assert world.calls.count(RESULTS) == world.calls.count(DEFINITIONS) == world.calls.count(QUESTION_REPORT) == 1


def test_address_of_a_filter_of_the_former_common_page_leads_to_the_questions(dana):
    answer = dana.get(f"{PAGE}?questions=open&names=hide")

    assert (answer.status_code, answer.location) == (302, f"{QA}?questions=open&names=hide")
    assert "Hidden" in read(dana.look(answer.location))
    assert dana.get(f"{PAGE}?questions=").location == QA


def test_empty_copy_from_before_an_outage_is_no_proof_that_there_are_none(dana, world, clock):
    instance = world.start_meeting(85000000101)
    world.join(instance, "dana")
    world.tick(600)
    world.end_meeting(instance)
    path = page_of(instance.uuid)
    assert "Zoom is collecting the answers" in dana.look(path).text
    world.faults.append(Fault(RESULTS, drop="before"))
    clock.tick(2400)

    text = read(dana.look(path))

    assert "We couldn’t reach Zoom" in text
    assert "No polls in this meeting" not in text and "collecting" not in text
    assert f'href="{path}"' in dana.look(path.removesuffix("/polls")).text


def test_meeting_with_an_unknown_end_may_still_get_polls(dana, world):
    office = f"/participants/{key_of(OFFICE)}"
    world.faults.append(Fault("GET /v2/past_meetings/*", 404, body={"code": 3001, "message": "Not found."}))
    assert "No polls in this meeting" in dana.look(f"{office}/polls").text
    world.faults.clear()

    assert f'href="{office}/polls"' in dana.look(office).text


def test_unreadable_answers_alone_are_no_missing_polls(dana, world):
    world.instances[OFFICE].poll_answers = [Statements("Kim", "", "none")]

    text = read(dana.look(page_of(OFFICE)))

    assert "1 entry from Zoom could not be read" in text
    assert "No polls in this meeting" not in text


def test_colleague_is_not_the_host(world, anyone):
    anyone.name = "jonas"
    anyone.connect()

    text = read(anyone.look(PAGE), 200)

    assert "One permission is missing" in text
    assert "meeting:read:list_poll_results:admin" in text


def test_unknown_meeting_is_not_found(dana):
    assert dana.look("/participants/999999999/polls").status_code == 404
    assert dana.look("/participants/nonsense/polls").status_code == 404
    answer = dana.look(f"/participants/{'A' * 22}/polls")
    assert answer.status_code == 404
    assert "Zoom doesn’t know this meeting" in answer.text


def test_number_stands_for_the_latest_meeting(dana):
    assert "Town hall" in dana.look(f"/participants/{TOWN_HALL}/polls").text
    assert RELEASE_QUESTION in read(dana.look(f"/participants/{WEEKLY}/polls"))


def test_tab_is_gone_once_the_page_found_nothing(dana, parts):
    office = f"/participants/{key_of(OFFICE)}"
    # An earlier release saved one fact about both: it says nothing about either of them.
    page_cache = parts.page_caches.of(dana.id, b"", datetime.now(UTC))
    page_cache.remember(f"any polls {OFFICE}", {"any": False}, 1000)
    before = dana.look(office).text
    assert f'href="{office}/polls"' in before and f'href="{office}/qa"' in before

    for name, word, gone in (("polls", "Polls", {"polls"}), ("qa", "Q&amp;A", {"polls", "qa"})):
        empty = dana.look(f"{office}/{name}").text
        after = dana.look(office).text

        assert f'aria-current="page">{word}</a>' in empty
        links = {each for each in ("summary", "polls", "qa") if f'href="{office}/{each}"' in after}
        assert links == {"summary", "polls", "qa"} - gone


def test_tab_comes_back_when_there_is_something(dana, world):
    office = f"/participants/{key_of(OFFICE)}"
    dana.look(f"{office}/polls")
    add_polls(world.meetings[WEEKLY], world.instances[OFFICE])

    dana.look(f"{office}/polls")

    assert f'href="{office}/polls"' in dana.look(office).text


@pytest.mark.parametrize(("route", "name"), [(RESULTS, "polls"), (QUESTIONS, "qa")])
def test_tab_stays_after_a_page_that_could_not_ask(dana, world, route, name):
    office = f"/participants/{key_of(OFFICE)}"
    world.faults.append(Fault(route, drop="before"))
    dana.look(f"{office}/{name}")

    assert f'href="{office}/{name}"' in dana.look(office).text


def test_tabs_say_how_much_their_pages_list_once_these_counted_it(dana, world):
    def tabs():
        page = dana.look(f"{ATTENDANCE}/summary").text
        return words(f'id="main">{page.partition(TABS)[2].partition("</nav>")[0]}</main>')

    assert tabs() == "Attendance Summary Recording Polls Q&A Registrants"
    for path in (ATTENDANCE, PAGE, QA, REGISTRANTS):
        dana.look(path)
    world.calls.clear()

    assert tabs() == "Attendance 5 Summary Recording Polls 3 Q&A 3 Registrants 5"
    assert not [call for call in world.calls.all() if call.path.endswith(("/polls", "/qa", "/participants"))]


def test_attendance_of_a_past_meeting_asks_nothing_about_polls(dana, world):
    dana.look(ATTENDANCE)

    assert not [call for call in world.calls.all() if call.path.endswith(("/polls", "/qa"))]


def test_hidden_names_stay_hidden_in_polls_and_questions(dana, world):
    details = {"question": "Why?", "answer_details": [{"content": "Yes.", "name": "Ada Kovács"}]}
    anonymous = {"name": "Anonymous Attendee", "question_details": [{"question": "Why not?"}]}
    questions = [{"name": "Łukasz Żółć", "question_details": [details]}, anonymous]
    world.faults.append(Fault(QUESTION_REPORT, 200, {}, {"questions": questions}))

    shown, hidden = ("".join(dana.look(f"{path}{query}").text for path in (PAGE, QA)) for query in ("", "?names=hide"))

    for name in ("Mina Park", "Łukasz Żółć", "Ada Kovács"):
        assert name in shown and name not in hidden
    assert "Hidden Monday, December 7" in card(hidden, RELEASE_QUESTION)
    assert "Why not? No answer Anonymous" in words(dana.look(f"{QA}?names=hide").text)


@pytest.mark.parametrize("page", [ATTENDANCE, PAGE, QA, f"{ATTENDANCE}/summary"])
def test_tabs_of_a_meeting_keep_names_hidden(dana, page):
    dana.look(ATTENDANCE)  # finds that people register for it
    tabs = dana.look(f"{page}?names=hide").text.partition('aria-label="This meeting"')[2].partition("</nav>")[0]

    links = re.findall(r'href="([^"]*)"', tabs)
    pages = (ATTENDANCE, f"{ATTENDANCE}/summary", f"{ATTENDANCE}/recording", PAGE, QA, REGISTRANTS)
    assert links == [f"{path}?names=hide" for path in pages]
    assert "names" not in dana.look(page).text.partition('aria-label="This meeting"')[2].partition("</nav>")[0]


def test_meeting_of_another_host_has_no_tab(dana, world):
    uuid = meeting_uuid("catch-up ada")
    world.instances[uuid].summary = world.instances[WEEK_AGO].summary

    page = dana.look(f"/participants/{key_of(uuid)}").text

    assert f'href="/participants/{key_of(uuid)}/summary"' in page
    assert "/polls" not in page and "/qa" not in page
