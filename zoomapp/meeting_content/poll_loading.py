"""Loads the poll results and the Q&A of a past meeting, and remembers how many it has."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from zoomapp.attendance.past import start_past_meeting
from zoomapp.attendance.sources import AttendanceSources
from zoomapp.meeting_content import known_contents
from zoomapp.meeting_content.absence import Absence
from zoomapp.meeting_content.loading import is_encrypted
from zoomapp.meeting_content.polls import PollResults, poll_results
from zoomapp.user_api.limited_client import CallsEnded
from zoomapp.user_api.page_cache import Loaded, PageCache
from zoomapp.user_api.user_client import UserClient
from zoomapp.zoom import endpoints, scopes
from zoomapp.zoom.models import PastMeeting
from zoomapp.zoom.polls import Poll, PollAnswer, Question, read_poll_answers, read_polls, read_questions
from zoomapp.zoom.tolerant_reader import Rows

Value = TypeVar("Value", bound=PollResults | Rows[Question])

#: Zoom collects answers for some minutes. After this time, what is not there does not come.
COLLECTING_SECONDS = 1800.0
COUNTED_KINDS: tuple[known_contents.Kind, ...] = ("poll results", "questions")
#: After this time Zoom is asked again for what it did not say.
COUNT_AGAIN_SECONDS = 600


@dataclass(frozen=True)
class PastContent(Generic[Value]):
    """The polls or the Q&A of a past meeting. ``count``: the number of polls or questions that can be shown."""

    meeting: PastMeeting
    loaded: Loaded[Value]
    count: int

    @property
    def is_complete(self) -> bool:
        """Whether the answer is from after Zoom collected everything."""
        return is_collected(self.meeting, self.loaded.at)

    @property
    def is_empty(self) -> bool:
        """Whether Zoom says that there is nothing. Unreadable entries are something; an old copy is no proof."""
        if self.loaded.error or self.loaded.value is None:
            return False
        return not (self.count or self.loaded.value.unreadable)


def load_poll_results(sources: AttendanceSources, instance: str) -> PastContent[PollResults]:
    """Poll results of the past meeting with this number or UUID. Raises NotFound for an unknown number.

    Calls that do not need each other run at the same time.
    """
    pending = start_past_meeting(sources, instance)
    uuid, cache = pending.uuid, sources.cache
    answers = cache.calls.start(lambda: _load_poll_answers(sources, uuid))
    meeting = pending.details()
    definitions = _definitions(sources, meeting.id)
    return _poll_results(sources, meeting, answers.result(), definitions)


def load_questions(sources: AttendanceSources, instance: str) -> PastContent[Rows[Question]]:
    """The Q&A of the past meeting with this number or UUID. Raises NotFound for an unknown number.

    Calls that do not need each other run at the same time.
    """
    pending = start_past_meeting(sources, instance)
    loading = sources.cache.calls.start(lambda: _load_questions(sources, pending.uuid))
    return _questions(sources, pending.details(), loading.result())


def is_collected(meeting: PastMeeting, at: datetime) -> bool:
    """Whether Zoom has collected all answers and questions by then. False if the end is unknown."""
    return meeting.end_at is not None and (at - meeting.end_at).total_seconds() >= COLLECTING_SECONDS


def unknown_kinds(cache: PageCache, uuid: str) -> list[known_contents.Kind]:
    """The kinds of ``COUNTED_KINDS`` about which nothing is saved for this past meeting. Does not call Zoom."""
    return [kind for kind in COUNTED_KINDS if not known_contents.known_content(cache, kind, uuid).is_known]


def count_unknown(sources: AttendanceSources, meeting: PastMeeting) -> None:
    """Ask Zoom how many polls and questions a past meeting has, with one call each, and save it.

    If Zoom does not say, there may be some, and Zoom is asked again after ten minutes.
    """
    count_by_kind: dict[known_contents.Kind, Callable[[], object]] = {
        "poll results": lambda: _poll_results(sources, meeting, _load_poll_answers(sources, meeting.uuid)),
        "questions": lambda: _questions(sources, meeting, _load_own_list(sources, meeting.uuid)),
    }
    for kind in unknown_kinds(sources.cache, meeting.uuid):
        with suppress(CallsEnded):
            count_by_kind[kind]()
    for kind in unknown_kinds(sources.cache, meeting.uuid):
        known_contents.remember(sources.cache, kind, meeting.uuid, COUNT_AGAIN_SECONDS, is_there=True)


def load_scheduled_polls(cache: PageCache, client: UserClient, number: int) -> Loaded[Rows[Poll]]:
    """The polls of a meeting as they were defined, before anybody answers them."""
    return cache.load(f"polls {number}", lambda: client.polls(number), read_polls)


def _load_poll_answers(sources: AttendanceSources, uuid: str) -> Loaded[Rows[PollAnswer]]:
    client = sources.user_client
    return sources.cache.load(f"poll results {uuid}", lambda: client.poll_results(uuid), read_poll_answers)


def _load_questions(sources: AttendanceSources, uuid: str) -> Loaded[Rows[Question]]:
    """The Q&A from Zoom's report if the grant may read it, because the report alone has times and a status.

    Without the report, or if it is empty, which it is at first, the Q&A is from the meeting's own list.
    """
    client, cache = sources.user_client, sources.cache
    if client.scopes() & scopes.accepted(endpoints.READ_QUESTION_REPORT):
        report = cache.load(f"question report {uuid}", lambda: client.question_report(uuid), read_questions)
        if report.error is None and report.value is not None and (report.value or report.value.unreadable):
            return report
    return _load_own_list(sources, uuid)


def _load_own_list(sources: AttendanceSources, uuid: str) -> Loaded[Rows[Question]]:
    client = sources.user_client
    return sources.cache.load(f"questions {uuid}", lambda: client.questions(uuid), read_questions)


def reason_for_none(sources: AttendanceSources, found: PastContent[Any]) -> Absence:
    """Why there is nothing: the meeting was encrypted, or it had just ended when Zoom was asked, or it had none."""
    meeting = found.meeting
    if meeting.id and is_encrypted(sources, meeting.id):
        return Absence.ENCRYPTED
    return Absence.WRITING if meeting.end_at and not found.is_complete else Absence.NONE


def _definitions(sources: AttendanceSources, number: int) -> Iterable[Poll]:
    """The polls as they were defined; none if Zoom does not say, or the grant does not allow to ask."""
    client = sources.user_client
    if not number or not client.scopes() & scopes.accepted(endpoints.LIST_POLLS):
        return ()
    return load_scheduled_polls(sources.cache, client, number).value or ()


def _poll_results(
    sources: AttendanceSources, meeting: PastMeeting, answers: Loaded[Rows[PollAnswer]], polls: Iterable[Poll] = ()
) -> PastContent[PollResults]:
    """The results. Saves how many polls there are. ``polls``: as they were defined."""
    results = answers.map(lambda rows: poll_results(rows, polls))
    found = PastContent(meeting, results, results.value.polls if results.value else 0)
    _remember(sources, "poll results", found)
    return found


def _questions(
    sources: AttendanceSources, meeting: PastMeeting, loaded: Loaded[Rows[Question]]
) -> PastContent[Rows[Question]]:
    """The questions. Saves how many there are."""
    questions = _in_order(loaded)
    found = PastContent(meeting, questions, len(questions.value or ()))
    _remember(sources, "questions", found)
    return found


def _in_order(questions: Loaded[Rows[Question]]) -> Loaded[Rows[Question]]:
    """Questions without an answer first, then in the order in which they were asked. Deleted ones are left out."""
    if questions.value is None:
        return questions
    shown = [question for question in questions.value if question.status != "deleted"]
    shown.sort(key=lambda question: (not question.is_open, question.asked_at.timestamp() if question.asked_at else 0))
    return replace(questions, value=Rows(tuple(shown), questions.value.unreadable))


def _remember(sources: AttendanceSources, kind: known_contents.Kind, found: PastContent[Any]) -> None:
    if found.count or (found.is_empty and found.is_complete):
        known_contents.remember(
            sources.cache,
            kind,
            found.meeting.uuid,
            sources.keep_seconds,
            is_there=found.count > 0,
            count=found.count,
        )
