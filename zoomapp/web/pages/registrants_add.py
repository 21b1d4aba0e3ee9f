"""The page that registers people for a meeting: one by a form, many by a pasted list or a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from zoomapp.errors import TokenError, UpstreamError, ZoomRefused
from zoomapp.meetings.lists import meeting_details
from zoomapp.registration.adding import AddingResult, Outcome, add_people, allows_many
from zoomapp.registration.loading import load_questions
from zoomapp.registration.pasted_people import MAX_PEOPLE, PastedPerson, check_person, read_people
from zoomapp.web.components import form_drafts
from zoomapp.web.components.notice import Notice, error_page, notice_for
from zoomapp.web.components.page_context import say_done
from zoomapp.web.components.page_data import page_cache
from zoomapp.web.components.registration import (
    ADD,
    QUESTIONS,
    adding_title,
    line_reason,
    lines_by_problem,
)
from zoomapp.web.components.section import required, section
from zoomapp.web.current_user import user_client
from zoomapp.web.pages.registrants import requested_source
from zoomapp.zoom.models import Meeting
from zoomapp.zoom.registrants import APPROVED

bp = Blueprint("registrants_add", __name__)

#: The encodings of a CSV file, the first that fits counts. Excel writes the last one.
ENCODINGS = ("utf-8-sig", "cp1252", "latin-1")
MAX_TEXT = 250_000
PERSON_FIELDS = ("email", "first_name", "last_name")


@bp.errorhandler(ZoomRefused)
@bp.errorhandler(UpstreamError)
def show_error(error: ZoomRefused | UpstreamError) -> ResponseReturnValue:
    """A page that says why the meeting could not be loaded."""
    return error_page(error, ADD, "Add people")


@bp.get("/meetings/<int:meeting_id>/registrants/add")
def form(meeting_id: int) -> ResponseReturnValue:
    """The empty form, or the one that was sent when the sign-in had ended."""
    meeting = required(meeting_details(user_client(), page_cache(), meeting_id))
    if not meeting.has_registration:
        return redirect(url_for("registrants.index", meeting_id=meeting_id), 303)
    draft = form_drafts.take()
    notice = form_drafts.restored_notice() if draft is not None else None
    fields = draft if draft is not None else MultiDict[str, str]()
    person = {name: fields.get(name, "") for name in PERSON_FIELDS}
    return _page(meeting, person, fields.get("people", ""), notice=notice)


@bp.post("/meetings/<int:meeting_id>/registrants/add")
def add(meeting_id: int) -> ResponseReturnValue:
    """Add the person of the short form, or the people of the list."""
    try:
        meeting = user_client().meeting(meeting_id)
    except TokenError:
        form_drafts.save()
        raise
    if request.form.get("kind") == "person":
        return _add_person(meeting)
    text = "\n".join(part for part in (request.form.get("people", ""), _file_text()) if part.strip())
    people = read_people(text)
    if len(people) > MAX_PEOPLE:
        faults = {"people": f"Zoom allows at most {MAX_PEOPLE:,} people per meeting. This list has {len(people):,}."}
        return _page(meeting, {}, request.form.get("people", ""), faults=faults), 422
    result = _add(meeting, people)
    if people and len(result.of(Outcome.ADDED)) == len(people):
        say_done(adding_title(result), "")
        return redirect(url_for("registrants.index", meeting_id=meeting_id, status=_new_status(result)), 303)
    return _page(meeting, {}, _as_text(result), result), *_status(result)


def _add_person(meeting: Meeting) -> ResponseReturnValue:
    """Add one person; what is wrong is said at the field."""
    person = {name: request.form.get(name, "").strip() for name in PERSON_FIELDS}
    checked = check_person(PastedPerson(1, person["email"], person["email"], person["first_name"], person["last_name"]))
    faults = {"first_name" if checked.fault.startswith(("The first", "A name")) else "email": checked.fault}
    if checked.fault:
        return _page(meeting, person, "", faults=faults), 422
    result = _add(meeting, [checked])
    line = result.lines[0]
    if line.outcome is Outcome.ADDED:
        say_done(f"{person['first_name']} {person['last_name']}".strip() + " was added", line_reason(line))
        return redirect(url_for("registrants.index", meeting_id=meeting.id, status=_new_status(result)), 303)
    if result.error:
        return _page(meeting, person, "", result=None, notice=notice_for(result.error, ADD)), *_status(result)
    return _page(meeting, person, "", faults={"email": line_reason(line)}), 422


def _add(meeting: Meeting, people: Iterable[PastedPerson]) -> AddingResult:
    approve, send_email = bool(request.form.get("approve")), bool(request.form.get("send_email"))
    source = requested_source(meeting.id)
    return add_people(source, meeting, list(people), approve=approve, send_email=send_email)


def _new_status(result: AddingResult) -> str:
    """The status of the people who were added."""
    return result.of(Outcome.ADDED)[0].status or APPROVED


def _file_text() -> str:
    """The text of the file that was sent; empty without one."""
    sent = request.files.get("file")
    content = sent.read() if sent else b""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return ""


def _as_text(result: AddingResult) -> str:
    """The lines that need a fix or were not sent, each as email, first name, last name."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    for line in result.lines:
        person = line.person
        if line.outcome not in (Outcome.FIX, Outcome.WAITING):
            continue
        cells = [person.email, person.first_name, person.last_name]
        writer.writerow(cells if any(cells) else [person.text])
    return "\n".join(line.rstrip(",") for line in lines.getvalue().splitlines())


def _status(result: AddingResult) -> tuple[int, dict[str, str]]:
    """Status and headers of a page with a result."""
    if result.error and not result.of(Outcome.ADDED):
        return (result.error.status if isinstance(result.error, UpstreamError) else 200), result.error.headers
    return (422 if result.of(Outcome.FIX) and not result.of(Outcome.ADDED) else 200), {}


def _page(
    meeting: Meeting,
    person: dict[str, str],
    text: str,
    result: AddingResult | None = None,
    *,
    faults: dict[str, str] | None = None,
    notice: Notice | None = None,
) -> str:
    first_visit = request.method == "GET"
    count = len(result.of(Outcome.FIX)) + len(result.of(Outcome.WAITING)) if result else 0
    if result and result.error:
        notice = notice_for(result.error, ADD)
    return render_template(
        "pages/registrants_add.html",
        meeting=meeting,
        person=person,
        text=text,
        faults=faults or {},
        trouble=notice,
        title=adding_title(result) if result else "",
        results=[(line, line_reason(line)) for line in lines_by_problem(result)] if result else [],
        count=count,
        can_email=allows_many(meeting),
        approve=first_visit or bool(request.form.get("approve")),
        send_email=first_visit or bool(request.form.get("send_email")),
        questions=section(load_questions(requested_source(meeting.id)), QUESTIONS),
        max_text=MAX_TEXT,
    )
