"""The registrants of a past session: who did not come, who came, and who came without a registration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from zoomapp import csv_export, dates
from zoomapp.attendance import Person
from zoomapp.attendance.headline import remember_counts
from zoomapp.attendance.roster_matching import who
from zoomapp.attendance.series_loading import sessions_before
from zoomapp.registration.exports import attendance_csv
from zoomapp.registration.hand_matches import HandMatch, read_hand_matches, save_hand_matches, with_match, without_match
from zoomapp.registration.matching import Match, MatchRule, RegistrantAttendance
from zoomapp.registration.missed_sessions import count_missed_sessions
from zoomapp.registration.past_registrants import PastRegistrants, load_past_registrants
from zoomapp.web.components import tally
from zoomapp.web.components.attendance import attendance_sources, requested_instance
from zoomapp.web.components.notice import MEETING, PAST, Notice
from zoomapp.web.components.page_context import done, say_done
from zoomapp.web.components.registration import REGISTRANTS
from zoomapp.web.components.section import section
from zoomapp.web.components.tally import TallyCell
from zoomapp.web.current_user import services, user_client
from zoomapp.web.pages.participants import view_options
from zoomapp.web.viewer import now, user_records, viewer
from zoomapp.zoom.registrants import Registrant

bp = Blueprint("past_registrants", __name__)

#: The groups of people: name, small bar, word.
GROUPS = (("no-show", "missed", "No-show"), ("came", "here", "Came"), ("walk-in", "new", "Walk-in"))
VIEWS = tuple(name for name, _, _ in GROUPS)
#: So many people are shown; the file has all.
MAX_ROWS = 500


@bp.get("/participants/<key>/registrants")
def show(key: str) -> ResponseReturnValue:
    """The page. ``show`` chooses one group of people; ``match``: the walk-in for whom a registrant is chosen."""
    sources = attendance_sources()
    found = load_past_registrants(sources, requested_instance(key))
    attendance, options, view = found.attendance, view_options(), request.args.get("show", "")
    troubles = _troubles(found)
    status = max((trouble.status for trouble in troubles), default=200) if attendance is None else 200
    if attendance and found.table.value and found.is_whole:
        counts = {"registered": attendance.registered, "registered_came": len(attendance.came)}
        counts["came"] = found.table.value.attended
        remember_counts(sources.cache, found.meeting.uuid, sources.keep_seconds, **counts)
    # People who register for each session have not missed the sessions that they did not register for.
    earlier = [] if found.registers_by_session else sessions_before(sources, found.meeting.id, found.meeting.uuid)
    no_shows = attendance.no_shows[:MAX_ROWS] if attendance else ()
    page = render_template(
        "pages/past_registrants.html",
        tab="registrants",
        key=key,
        about=found.meeting,
        names=options.get("names"),
        registration=found.registrants is not None,
        attendance=attendance,
        missed_sessions=count_missed_sessions(no_shows, earlier, found.hand_matches),
        is_series=found.is_series,
        whole=found.is_whole,
        seconds={row.person.key: row.seconds for row in found.table.value.rows} if found.table.value else {},
        rules=[(rule.value, count) for rule, count in attendance.matched_by.items()] if attendance else [],
        by_name=MatchRule.NAME,
        by_hand=MatchRule.HAND,
        matched=_just_matched(attendance) if attendance else None,
        cells=_cells(attendance, _link(key), view) if attendance else [],
        link=_link(key),
        view=view if view in VIEWS else "",
        troubles=troubles,
        max_rows=MAX_ROWS,
        done=done(),
    )
    return page, status


@bp.post("/participants/<key>/registrants/match")
def match(key: str) -> ResponseReturnValue:
    """Save that a walk-in is a registrant; without ``registrant`` in the form, undo that."""
    sources = attendance_sources()
    found = load_past_registrants(sources, requested_instance(key))
    person = _person(found, request.form.get("person", ""))
    key_of_registrant = request.form.get("registrant", "")
    registrant = _registrant(found, key_of_registrant)
    if person is None or (key_of_registrant and registrant is None):
        say_done("The list has changed", "Nobody was matched. Try again with the people who are shown now.")
        return redirect(_link(key)(), 303)
    if registrant and _shares_name(found, person):
        say_done("Nobody was matched", "Several people in this session have this name, so they can’t be told apart.")
        return redirect(_link(key)(), 303)
    # Read again: somebody may have matched another person while this page loaded.
    matches = read_hand_matches(user_records(), user_client().user_id, found.meeting.id)
    if registrant:
        matches = with_match(matches, HandMatch(who(person), registrant.identity, found.meeting.uuid))
    else:
        matches = without_match(matches, who(person))
    seconds = services().settings.grant_days * 86400
    if save_hand_matches(user_records(), user_client().user_id, found.meeting.id, matches, seconds):
        return redirect(_link(key)(matched=person.key if registrant else None), 303)
    say_done("The match couldn’t be saved", "Try again in a minute.")
    return redirect(_link(key)(), 303)


@bp.get("/participants/<key>/registrants.csv")
def file(key: str) -> ResponseReturnValue:
    """One row per registrant and walk-in, as CSV."""
    found = load_past_registrants(attendance_sources(), requested_instance(key))
    attendance, table = found.attendance, found.table.value
    if attendance is None or table is None:
        troubles = _troubles(found)
        notice = troubles[0] if troubles else Notice("info", "info", "People don’t register for this meeting", "", 404)
        page = render_template("pages/trouble.html", title="Registrants", notice=notice)
        return page, notice.status if notice.status >= 400 else 502
    day = dates.local(found.meeting.start_at or now(), viewer().zone).date()
    name = csv_export.disposition(day, found.meeting.topic, kind="registrants", partial=not found.is_whole)
    headers = {"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": name}
    return Response(attendance_csv(attendance, table), headers=headers)


def _link(key: str) -> Callable[..., str]:
    """A function that returns the address of this page with other parameters."""
    names = request.form.get("names") or request.args.get("names") or None

    def link(**parameters: Any) -> str:
        return url_for(".show", key=key, names=names, **parameters)

    return link


def _person(found: PastRegistrants, key: str) -> Person | None:
    people = found.table.value.people if found.table.value else ()
    return next((person for person in people if person.key == key), None)


def _shares_name(found: PastRegistrants, person: Person) -> bool:
    """Whether several people who came are the same to a match by hand, which counts for none of them then."""
    people = found.table.value.people if found.table.value else ()
    return sum(who(each) == who(person) for each in people if each.here) > 1


def _registrant(found: PastRegistrants, key: str) -> Registrant | None:
    listed = found.registrants.value if found.registrants else None
    return next((each for each in listed.registrants if each.key == key), None) if listed else None


def _just_matched(attendance: RegistrantAttendance) -> Match | None:
    """The match that the last form made, which can be undone."""
    key = request.args.get("matched", "")
    made = (each for each in attendance.came if each.rule is MatchRule.HAND and each.person.key == key)
    return next(made, None)


def _troubles(found: PastRegistrants) -> list[Notice]:
    """What went wrong with each part, without notices that say the same."""
    parts: list[Any] = [section(found.table, PAST), section(found.scheduled, MEETING)]
    if found.registrants:
        parts.append(section(found.registrants, REGISTRANTS))
        if found.registrants.value is not None:
            del parts[1]  # the settings only say whether there is a list
    notices = {part.trouble.title: part.trouble for part in parts if part.trouble}
    return list(notices.values())


def _cells(attendance: RegistrantAttendance, link: Callable[..., str], view: str) -> list[TallyCell]:
    """The groups with their numbers. The link of the chosen one leads back to all of them."""
    numbers = {
        "no-show": len(attendance.no_shows),
        "came": len(attendance.came),
        "walk-in": len(attendance.walk_ins),
    }
    groups = ((*group, numbers[group[0]]) for group in GROUPS)
    return tally.cells(groups, lambda name: link(show=None if name == view else name), view)
