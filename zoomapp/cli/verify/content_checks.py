"""Checks that read summaries, polls and questions of past meetings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zoomapp.cli.verify.account import MAX_PAST, Account, Refusal
from zoomapp.cli.verify.check import NotTestable, Result, answers, describe, judge
from zoomapp.errors import NotFound, ZoomRefused
from zoomapp.meeting_content.absence import FEATURE_OFF, NOT_ALLOWED, RESTRICTED
from zoomapp.meeting_content.poll_choices import Choices, split_choices
from zoomapp.zoom import endpoints
from zoomapp.zoom.tolerant_reader import JsonObject

NO_PAST = "The user has held no meeting."
HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t#:]*$", re.MULTILINE)
HEADINGS = ("quick recap", "summary", "next steps")
#: Codes of refusals that are about a setting, not about a content that does not exist.
BY_SETTING = (FEATURE_OFF, NOT_ALLOWED, RESTRICTED, 403)


@answers("absent-summary", "Zoom refuses a summary that does not exist with 404 and code 3001")
def absent_summary(account: Account) -> Result:
    for meeting in past_meetings(account):
        refusal = account.refusal(endpoints.READ_SUMMARY, instance=meeting.text("uuid"))
        if refusal and refusal.code in BY_SETTING:
            raise NotTestable(f"Summaries are {describe(refusal)}, because of a setting of the account.")
        if refusal:
            return judge(refusal == Refusal(404, 3001), f"A summary that does not exist is {describe(refusal)}.")
    raise NotTestable(f"Each of the last {MAX_PAST} meetings has a summary.")


@answers("summary-headings", 'A summary has the headings "Quick recap", "Summary" and "Next steps"')
def summary_headings(account: Account) -> Result:
    for meeting in past_meetings(account):
        try:
            body = JsonObject(account.client.call(endpoints.READ_SUMMARY, instance=meeting.text("uuid")), "summary")
        except ZoomRefused:
            continue
        if content := body.text("summary_content"):
            missing = set(HEADINGS).difference(map(str.casefold, HEADING.findall(content)))
            return judge(not missing, f"A summary has {len(HEADINGS) - len(missing)} of the three headings.")
    raise NotTestable(f"None of the last {MAX_PAST} meetings has a summary.")


@answers("empty-polls", "A meeting without polls or questions has an empty list")
def empty_polls(account: Account) -> Result:
    """A meeting with polls or questions says nothing, so an older one is read."""
    found = {}
    for name, endpoint in (("polls", endpoints.LIST_POLL_RESULTS), ("questions", endpoints.READ_QUESTIONS)):
        for meeting in past_meetings(account):
            if refusal := account.refusal(endpoint, instance=meeting.text("uuid")):
                if refusal.code in BY_SETTING:
                    raise NotTestable(f"The {name} are {describe(refusal)}, because of a setting of the account.")
                return judge(False, f"The {name} of a meeting are {describe(refusal)}.")
            if not account.rows(endpoint, "questions", instance=meeting.text("uuid")):
                found[name] = "an empty list"
                break
    if not found:
        raise NotTestable(f"Each of the last {MAX_PAST} meetings has polls and questions.")
    return judge(True, f"A meeting without {' and one without '.join(found)} has an empty list.")


@answers("polling-id", "`polling_id` of an answer is the `id` of a poll")
def polling_id(account: Account) -> Result:
    for meeting in past_meetings(account):
        people = account.objects(endpoints.LIST_POLL_RESULTS, "questions", instance=meeting.text("uuid"))
        answered = {row.text("polling_id") for person in people for row in person.rows("question_details")}
        if answered:
            listed = polls_of(account, meeting)
            found = answered & {poll.text("id") for poll in listed}
            if not listed:  # they were deleted after the meeting
                continue
            return judge(found == answered, f"{len(found)} of {len(answered)} polls were found by their id.")
    raise NotTestable(f"None of the last {MAX_PAST} meetings has polls that were answered and still exist.")


@answers("poll-choices", "Zoom joins several choices of one person with a semicolon and no space after it")
def poll_choices(account: Account) -> Result:
    """Also whether an anonymous poll names people."""
    several, odd, named = 0, 0, 0
    for meeting in past_meetings(account):
        people = account.objects(endpoints.LIST_POLL_RESULTS, "questions", instance=meeting.text("uuid"))
        polls = polls_of(account, meeting) if people else []
        named += sum(map(bool, names_in_anonymous_polls(people, polls)))
        for answer, options in answers_with_several_choices(people, polls):
            parts = split_choices([answer], Choices(options), several=True)
            several, odd = several + 1, odd + (answer != ";".join(parts) or not {*parts} <= {*options})
    if not several:
        raise NotTestable(f"No answer of the last {MAX_PAST} meetings has several choices of a poll.")
    return judge(
        not odd and not named,
        f"{odd} of {several} answers with several choices are joined otherwise, and {named} answers of anonymous polls "
        "have a name.",
    )


def answers_with_several_choices(people: list[JsonObject], polls: list[JsonObject]) -> Iterator[tuple[str, list[str]]]:
    """Each answer to a multiple choice that is not one of the options, with the options."""
    questions = [question for poll in polls for question in poll.rows("questions")]
    options = {row.text("name"): row.texts("answers") for row in questions if row.text("type") == "multiple"}
    for person in people:
        for row in person.rows("question_details"):
            choices, answer = options.get(row.text("question"), []), row.text("answer")
            if choices and answer and answer not in choices:
                yield answer, choices


def names_in_anonymous_polls(people: list[JsonObject], polls: list[JsonObject]) -> Iterator[str]:
    """The name or the email, which should be empty, of each answer in an anonymous poll."""
    anonymous = {poll.text("id") for poll in polls if poll.flag("anonymous")}
    for person in people:
        for row in person.rows("question_details"):
            if row.text("polling_id") in anonymous:
                yield person.text("name", "email")


def polls_of(account: Account, meeting: JsonObject) -> list[JsonObject]:
    """The polls of a meeting's number; none if the meeting or its polls were deleted."""
    try:
        return account.objects(endpoints.LIST_POLLS, "polls", meeting_id=meeting.number("id"))
    except NotFound:
        return []


def past_meetings(account: Account) -> list[JsonObject]:
    """The user's last meetings. Raises NotTestable without one."""
    if not account.past_meetings:
        raise NotTestable(NO_PAST)
    return account.past_meetings


CHECKS = (absent_summary, summary_headings, empty_polls, polling_id, poll_choices)
