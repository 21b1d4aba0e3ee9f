"""The registrants of a meeting: the page, its file, and forms that approve, deny and cancel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from zoomapp import csv_export, dates
from zoomapp.errors import UpstreamError, ZoomRefused
from zoomapp.meetings import agenda
from zoomapp.meetings.lists import meeting_details
from zoomapp.meetings.settings import is_host
from zoomapp.registration.decisions import ACTIONS, APPROVE, DecisionResult, choose_people, decide
from zoomapp.registration.exports import registrants_csv
from zoomapp.registration.loading import (
    RegistrantList,
    RegistrationSource,
    load_questions,
    load_registrants,
    start_counts,
)
from zoomapp.user_api.page_cache import Loaded
from zoomapp.web.components.notice import error_page, notice_for, unreadable_sentence
from zoomapp.web.components.page_context import done, say_done
from zoomapp.web.components.page_data import page_cache
from zoomapp.web.components.registration import (
    BUTTONS,
    DONE,
    LABELS,
    QUESTIONS,
    REGISTRANTS,
    STATUS,
    decision_title,
    unchanged_reason,
)
from zoomapp.web.components.section import Section, required, section
from zoomapp.web.current_user import user_client
from zoomapp.web.viewer import now, start_viewer, viewer
from zoomapp.zoom.models import Meeting
from zoomapp.zoom.registrants import APPROVED, PENDING, STATUSES, Registrant

bp = Blueprint("registrants", __name__)

ROWS, MAX_ROWS = 100, 5000
#: A change of more people is confirmed first, and so is every change but an approval.
MAX_UNCONFIRMED = 10


@bp.errorhandler(ZoomRefused)
@bp.errorhandler(UpstreamError)
def show_error(error: ZoomRefused | UpstreamError) -> ResponseReturnValue:
    """A page that says why the registrants could not be loaded."""
    return error_page(error, REGISTRANTS, "Registrants")


@bp.get("/meetings/<int:meeting_id>/registrants")
def index(meeting_id: int) -> ResponseReturnValue:
    """The registrants with one status. ``status`` and ``occurrence`` choose, ``q`` searches, ``rows`` limits."""
    start_viewer(page_cache().calls)
    meeting = required(meeting_details(user_client(), page_cache(), meeting_id))
    if not meeting.has_registration or not is_host(meeting, user_client().user_id):
        own = is_host(meeting, user_client().user_id)
        return render_template("pages/registrants.html", meeting=meeting, is_host=own, registration=False)
    source, status = requested_source(meeting_id), _status(meeting)
    counts = start_counts(source, status)
    pending_questions = source.cache.calls.start(lambda: load_questions(source))
    people = section(load_registrants(source, status), REGISTRANTS)
    query, rows = request.args.get("q", "").strip()[:200], request.args.get("rows", ROWS, type=int)
    rows = max(ROWS, min(rows, MAX_ROWS))
    found = _found(people.value, query)
    page = render_template(
        "pages/registrants.html",
        meeting=meeting,
        is_host=True,
        registration=True,
        status=status,
        occurrence=source.occurrence_id,
        chips=_chips(source, status, people, {name: call.result() for name, call in counts.items()}),
        people=people,
        missing=unreadable_sentence(people.value.unreadable) if people.value and people.value.unreadable else "",
        found=found[:rows],
        found_count=len(found),
        more=url_for(".index", meeting_id=meeting_id, **_choices(rows=rows + ROWS)) if len(found) > rows else "",
        query=query,
        questions=section(pending_questions.result(), QUESTIONS),
        actions=[(action, BUTTONS[action]) for action in ACTIONS[status]],
        done=done(),
    )
    return page, people.status, people.headers


@bp.post("/meetings/<int:meeting_id>/registrants")
def change(meeting_id: int) -> ResponseReturnValue:
    """Approve, deny or cancel: at once for a few approvals, else after a page that asks."""
    choice, source = _Choice.of_form(), requested_source(meeting_id)
    if choice is None:
        return redirect(url_for(".index", meeting_id=meeting_id, **_choices()), 303)
    if choice.must_be_confirmed:
        people = choose_people(source, choice.status, choice.keys)
        keys = sorted(choice.keys) if choice.keys is not None else [person.key for person in people]
        context = {"meeting_id": meeting_id, "choice": choice, "people": people, "keys": keys, "words": BUTTONS}
        return render_template("pages/registrants_confirm.html", **context, **_place())
    result = decide(source, choice.action, choice.status, choice.keys or ())
    if result.unchanged or result.waiting or result.error:
        return _partial(meeting_id, choice, result)
    say_done(decision_title(result, choice.action), "Zoom emails them." if choice.action == APPROVE else "")
    return redirect(url_for(".index", meeting_id=meeting_id, **_choices(status=choice.status)), 303)


@bp.get("/meetings/<int:meeting_id>/registrants.csv")
def file(meeting_id: int) -> ResponseReturnValue:
    """The registrants with every status as CSV."""
    meeting = required(meeting_details(user_client(), page_cache(), meeting_id))
    source = requested_source(meeting_id)
    lists = [required(load_registrants(source, status)) for status in STATUSES]
    people = [person for loaded in lists for person in loaded.registrants]
    partial = any(not loaded.complete or loaded.unreadable for loaded in lists)
    day = dates.local(meeting.start_at or now(), viewer().zone).date()
    name = csv_export.disposition(day, meeting.topic, kind="registrants", partial=partial)
    headers = {"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": name}
    return Response(registrants_csv(people, viewer().zone), headers=headers)


def requested_source(meeting_id: int) -> RegistrationSource:
    """Where the registrants of this request come from: the meeting, or one session of it."""
    occurrence = request.values.get("occurrence", "")
    return RegistrationSource(user_client(), page_cache(), meeting_id, occurrence if occurrence.isdigit() else "")


@dataclass(frozen=True)
class _Choice:
    """What a form asks for. ``keys``: of the chosen people; None for all with this status."""

    action: str
    status: str
    keys: frozenset[str] | None
    confirmed: bool

    @classmethod
    def of_form(cls) -> _Choice | None:
        """None for a form without an action, or without people."""
        form = request.form
        status = form.get("status", PENDING)
        action, _, only = form.get("only", "").partition(" ")
        keys = frozenset([only]) if only else frozenset(form.getlist("person"))
        action = action or form.get("action", "")
        everyone = bool(form.get("everyone")) and not only
        if status not in STATUSES or action not in ACTIONS[status] or not (keys or everyone):
            return None
        return cls(action, status, None if everyone else keys, bool(form.get("confirmed")))

    @property
    def must_be_confirmed(self) -> bool:
        """Whether a page asks first. It names the people, so that a person who registers meanwhile stays unchanged."""
        if self.keys is None:
            return True
        return not self.confirmed and (self.action != APPROVE or len(self.keys) > MAX_UNCONFIRMED)


def _partial(meeting_id: int, choice: _Choice, result: DecisionResult) -> ResponseReturnValue:
    """The page that names the people whose registration was not changed, and continues with the others."""
    notice = notice_for(result.error, STATUS) if result.error else None
    page = render_template(
        "pages/registrants_result.html",
        meeting_id=meeting_id,
        choice=choice,
        title=decision_title(result, choice.action),
        trouble=notice,
        unchanged=[(item.registrant, unchanged_reason(item)) for item in result.unchanged],
        retry=[item.registrant for item in result.refused],
        waiting=result.waiting,
        words=BUTTONS,
        done_word=DONE[choice.action],
        **_place(),
    )
    return page, notice.status if notice and not result.changed else 200


def _status(meeting: Meeting) -> str:
    """The status in the address; without one, whom the host has to decide about."""
    status = request.args.get("status", "")
    by_hand = str(meeting.settings.get("approval_type")) == "1"
    return status if status in STATUSES else PENDING if by_hand else APPROVED


def _place() -> dict[str, str]:
    """The session that all forms of a page keep."""
    occurrence = request.values.get("occurrence", "")
    return {"occurrence": occurrence if occurrence.isdigit() else ""}


def _choices(**changes: Any) -> dict[str, Any]:
    """The query of this page with changes."""
    names = ("status", "occurrence", "q")
    return {**{name: request.values[name] for name in names if request.values.get(name)}, **changes}


def _found(people: RegistrantList | None, query: str) -> Sequence[Registrant]:
    registrants = people.registrants if people else ()
    if not query:
        return registrants
    return [person for person in registrants if agenda.matches(query, f"{person.name} {person.email}")]


def _chips(
    source: RegistrationSource, status: str, people: Section[RegistrantList], counts: dict[str, Loaded[int]]
) -> list[tuple[str, str, int | str, bool, str]]:
    """The statuses: address, label, number or a dash, whether it is chosen, no CSS class."""
    numbers: dict[str, int | None] = {name: count.value for name, count in counts.items()}
    numbers[status] = len(people.value.registrants) if people.value and people.value.complete else None
    if people.value and not people.value.complete:
        numbers[status] = people.value.total
    return [
        (
            url_for(".index", meeting_id=source.meeting_id, status=name, occurrence=source.occurrence_id or None),
            LABELS[name],
            "—" if numbers[name] is None else numbers[name] or 0,
            name == status,
            "",
        )
        for name in STATUSES
    ]
