"""The roster of a series: a pasted or uploaded list of the people who should come, and who of them came."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from zoomapp import csv_export
from zoomapp.attendance.attendance_table import AttendanceTable
from zoomapp.attendance.occurrences import list_occurrences
from zoomapp.attendance.past import past_attendance
from zoomapp.attendance.roster import Roster, Rosters, as_lines, roster_csv, roster_report
from zoomapp.attendance.roster_file import RosterError, decode, found_sentence, read_roster
from zoomapp.attendance.roster_matching import Answer, who
from zoomapp.attendance.sources import AttendanceSources
from zoomapp.errors import NotFound, TokenError, TooLarge, UpstreamError
from zoomapp.user_api.page_cache import Loaded
from zoomapp.web import errors
from zoomapp.web.components import form_drafts, roster_view
from zoomapp.web.components.attendance import attendance_sources
from zoomapp.web.components.notice import PAST, Notice
from zoomapp.web.components.page_context import done, say_done
from zoomapp.web.components.section import section
from zoomapp.web.current_user import services, user_client, user_id
from zoomapp.web.pages.participants import names_hidden
from zoomapp.web.pages.series import requested_number
from zoomapp.web.viewer import user_records, viewer
from zoomapp.zoom.meeting_ids import instance_of, is_number, key_of
from zoomapp.zoom.models import PastMeeting

bp = Blueprint("roster", __name__)

#: How many rows each list shows first, and of how many people the page has the whole list as text.
ROWS, MAX_ROWS, MAX_EDIT = 100, 10_000, 300
MAX_FORM_BYTES = 1024 * 1024
#: The limit that the form names. What comes with the list must fit into MAX_FORM_BYTES as well.
MAX_LIST_BYTES = 1_000_000
#: The sessions that can be chosen on the page.
SESSIONS = 10


@bp.get("/series/<key>/roster")
def show(key: str) -> ResponseReturnValue:
    """The page for one session; without ``session`` for the newest."""
    if (draft := form_drafts.take()) is not None:
        notice = form_drafts.restored_notice()
        return _page(key, draft.get("session", ""), text=draft.get("list", ""), restored=notice)
    return _page(key, request.args.get("session", ""))


@bp.post("/series/<key>/roster")
def save(key: str) -> ResponseReturnValue:
    """Save the list that was sent as text or as a file, or show what is wrong with it."""
    request.max_form_memory_size = MAX_FORM_BYTES
    number, session = requested_number(key), _instance(request.form.get("session", ""))
    file = request.files.get("file")
    text = decode(file.read()) if file and file.filename else request.form.get("list", "")
    is_kept = request.form.get("keep") == "on"
    try:
        rosters = _rosters()
        try:
            found = read_roster(text)
        except RosterError as error:
            return _page(key, key_of(session), text=text, fault=str(error), is_kept=is_kept)
        before = rosters.load(number, session)
        roster = Roster(found.entries, before.answers if before else (), "" if is_kept else session)
        if not rosters.save(number, roster):
            fault = "The roster couldn’t be saved. Your list is still here: try again in a minute."
            return _page(key, key_of(session), text=text, fault=fault, is_kept=is_kept, status=503)
    except TokenError:
        form_drafts.save()
        raise
    if is_kept and session:
        rosters.delete(number, session)
    repeated = f" {found.repeated} named someone again." if found.repeated else ""
    unreadable = f" Lines without a name: {', '.join(map(str, found.unreadable[:10]))}." if found.unreadable else ""
    say_done(f"{len(found.entries)} people are on the roster", found_sentence(found) + repeated + unreadable)
    return redirect(url_for("roster.show", key=key, session=key_of(session) or None, **_names()), 303)


@bp.errorhandler(TooLarge)
@bp.errorhandler(RequestEntityTooLarge)
def refuse_large_list(error: Exception) -> ResponseReturnValue:
    """The answer to a list over the limit, which the server does not read. The browser still has it in its form."""
    if not errors.prefers_html() or user_id() is None:
        return errors.answer(TooLarge(str(error)))
    text = (
        "A list can have at most 1 MB, which is enough for 10,000 people. Nothing was saved. Go back in your browser: "
        "your list is still in the form."
    )
    notice = Notice("warn", "info", "This list is larger than 1 MB", text, TooLarge.status)
    return render_template("pages/trouble.html", title="Roster", notice=notice), TooLarge.status


@bp.post("/series/<key>/roster/answers")
def answer(key: str) -> ResponseReturnValue:
    """Save or undo an answer to "Who is this?"."""
    number, session = requested_number(key), _instance(request.form.get("session", ""))
    person, entry = request.form.get("who", ""), request.form.get("entry", "")
    rosters = _rosters()
    roster = rosters.load(number, session)
    if roster is None or entry not in roster.by_key:
        say_done("The roster was changed", "Your answer no longer belongs to it.")
        return redirect(url_for("roster.show", key=key, session=key_of(session) or None, **_names()), 303)
    said = request.form.get("answer", "")
    if said == "undo":
        roster = roster.without_answer(person, entry)
    elif said in ("yes", "no"):
        roster = roster.answered(Answer(person, entry, said == "yes", session))
    if not rosters.save(number, roster):
        say_done("Your answer couldn’t be saved", "Try again in a minute.")
        said = ""
    undo: dict[str, Any] = {"who": person, "entry": entry} if said in ("yes", "no") else {}
    return redirect(url_for("roster.show", key=key, session=key_of(session) or None, **undo, **_names()), 303)


@bp.get("/series/<key>/roster.csv")
def file(key: str) -> ResponseReturnValue:
    """The roster with present, minutes and late minutes, for a grade book."""
    number, sources = requested_number(key), attendance_sources()
    session = _instance(request.args.get("session", ""))
    roster = _rosters().load(number, session)
    if roster is None or not session:
        raise NotFound
    meeting, loaded = _attendance(sources, number, session)
    part = section(loaded, PAST)
    if part.value is None:
        page = render_template("pages/trouble.html", title="Roster", notice=part.trouble)
        return page, part.status if part.status >= 400 else 502, part.headers
    day = (meeting.start_at if meeting and meeting.start_at else sources.now).astimezone(viewer().zone).date()
    topic = meeting.topic if meeting else ""
    name = csv_export.disposition(day, topic, kind="roster", partial=not part.value.is_whole)
    pieces = roster_csv(roster_report(roster, part.value, session))
    return Response(pieces, headers={"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": name})


def _page(
    key: str,
    session_key: str,
    *,
    text: str | None = None,
    fault: str = "",
    is_kept: bool = True,
    restored: Any = None,
    status: int = 422,
) -> ResponseReturnValue:
    """The page. ``text``: what was typed, if it is shown again because of the ``fault`` or ``restored``."""
    number, sources = requested_number(key), attendance_sources()
    _, topic, listed = list_occurrences(sources, str(number))
    sessions = list(listed.value or ())[:SESSIONS]
    session = _instance(session_key) or (sessions[0].uuid if sessions else "")
    if not session and isinstance(listed.error, UpstreamError):
        raise listed.error
    meeting, loaded = _attendance(sources, number, session) if session else (None, None)
    part = section(loaded, PAST) if loaded else None
    roster = _rosters().load(number, session)
    table = part.value if part else None
    report = roster_report(roster, table, session) if roster and table is not None else None
    show = request.args.get("show", "") if request.args.get("show", "") in roster_view.EMPTY else ""
    # Names that are hidden above are not shown in the field.
    is_short = roster is not None and len(roster.entries) <= MAX_EDIT and not names_hidden()
    is_editing = roster is None or text is not None or "edit" in request.args or is_short
    if text is None:
        text = as_lines(roster.entries) if roster and is_editing else ""

    def link(**changes: Any) -> str:
        chosen = {"session": key_of(session) or None, "show": show or None, **_names(), **changes}
        return url_for("roster.show", key=key, **chosen)

    page = render_template(
        "pages/roster.html",
        key=key,
        topic=meeting.topic if meeting else topic,
        meeting=meeting,
        session=session,
        sessions=sessions,
        part=part,
        roster=roster,
        report=report,
        tally=roster_view.tally_of(report, show, lambda name: link(show=name or None)) if report else (),
        show=show,
        view=roster_view,
        max_bytes=MAX_LIST_BYTES,
        who=who,
        said=_said(roster),
        text=text,
        fault=fault,
        restored=restored,
        is_editing=is_editing,
        is_kept=is_kept if fault or not roster else not roster.session,
        max_rows=max(ROWS, min(request.args.get("rows", ROWS, type=int), MAX_ROWS)),
        names=request.args.get("names"),
        hide_names=names_hidden(),
        link=link,
        done=done(),
    )
    if fault:
        return page, status
    return page, part.status if part else 200, part.headers if part else {}


def _attendance(
    sources: AttendanceSources, number: int, session: str
) -> tuple[PastMeeting | None, Loaded[AttendanceTable]]:
    """A session and its attendance. Raises NotFound for a session of another meeting."""
    meeting, loaded = past_attendance(sources, session)
    if meeting and meeting.id and meeting.id != number:
        raise NotFound
    return meeting, loaded


def _said(roster: Roster | None) -> Answer | None:
    """The answer that was just given, which can be undone."""
    pair = (request.args.get("who", ""), request.args.get("entry", ""))
    answers = roster.answers if roster and request.method == "GET" else ()
    return next((each for each in answers if (each.who, each.entry) == pair), None)


def _instance(key: str) -> str:
    """The UUID of a session's key; empty for anything else."""
    instance = instance_of(key)
    return "" if instance is None or is_number(instance) else instance


def _names() -> dict[str, Any]:
    return {"names": "hide"} if "hide" in (request.args.get("names"), request.form.get("names")) else {}


def _rosters() -> Rosters:
    seconds = services().settings.grant_days * 86400
    return Rosters(user_records(), user_client().user_id, seconds)
