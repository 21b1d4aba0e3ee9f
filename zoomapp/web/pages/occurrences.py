"""The times one meeting was held, and two of them side by side: who came to both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from zoomapp.attendance import Pair, compare
from zoomapp.attendance.attendance_table import AttendanceTable
from zoomapp.attendance.past import past_meeting, past_table
from zoomapp.errors import NotFound
from zoomapp.web.components.filters import initials
from zoomapp.web.components.notice import HELD_TIMES
from zoomapp.web.components.section import Section, load_section
from zoomapp.web.current_user import user_client
from zoomapp.web.pages.participants import staying
from zoomapp.zoom.meeting_ids import instance_of, is_number, key_of
from zoomapp.zoom.models import Page, PastMeeting

bp = Blueprint("occurrences", __name__)


def names() -> str | None:
    """How the address says that names are hidden; it goes along with every link from here."""
    return staying().get("names")


@dataclass(frozen=True)
class Held:
    """One occurrence in the list: ``before`` is the address that compares it with the one before, if there is one."""

    start_at: datetime | None
    key: str
    before: str = ""


@bp.get("/participants/<key>/times")
def index(key: str) -> ResponseReturnValue:
    """When this meeting was held, newest first."""
    instance = instance_of(key)
    if instance is None:
        raise NotFound
    about = past_meeting(instance)
    number = int(instance) if is_number(instance) else about.id if about else 0
    if not number:
        raise NotFound
    listed: Section[list[Held]] = load_section(
        f"times {number}", HELD_TIMES, lambda: user_client().past_instances(number), lambda body: _newest_first(body)
    )
    topic = about.topic if about else ""
    page = render_template("pages/occurrences.html", listed=listed, key=key, topic=topic, names=names())
    return page, listed.status, listed.headers


@bp.get("/participants/<key>/with/<other>")
def compared(key: str, other: str) -> ResponseReturnValue:
    """The people of two occurrences: those of both, those of one."""
    instances = instance_of(key), instance_of(other)
    if None in instances:
        raise NotFound
    abouts = [past_meeting(str(each)) for each in instances]
    seen = [past_table(str(each), about) for each, about in zip(instances, abouts, strict=True)]
    failed = next((each for each in seen if each.value is None), None)
    rosters = [each.value for each in seen if each.value is not None]
    page = render_template(
        "pages/comparison.html",
        trouble=next((each.trouble for each in seen if each.trouble), None),
        key=key,
        keys=(key, other),
        dates=[about.start_at if about else None for about in abouts],
        topic=next((about.topic for about in abouts if about), ""),
        complete=all(each.complete for each in rosters),
        names=names(),
        groups=_groups(*rosters) if failed is None else (),
    )
    return page, failed.status if failed else 200, failed.headers if failed else {}


@dataclass(frozen=True)
class Side:
    """One person in the comparison: seconds in the meeting each time, None where they did not come."""

    name: str
    first: float | None
    second: float | None
    by_name: bool


def _groups(first: AttendanceTable, second: AttendanceTable) -> tuple[tuple[str, list[Side]], ...]:
    """Both, only the first, only the second; everybody once."""
    times = [{row.person.key: row.seconds for row in roster.rows} for roster in (first, second)]
    pairs = [_side(pair, *times) for pair in compare(first.people, second.people)]
    both = [each for each in pairs if each.first is not None and each.second is not None]
    return (
        ("both", both),
        ("first", [each for each in pairs if each.second is None]),
        ("second", [each for each in pairs if each.first is None]),
    )


def _side(pair: Pair, first: dict[str, float], second: dict[str, float]) -> Side:
    person: Any = pair.first or pair.second
    return Side(
        # Told together by their names, shown without them.
        initials(person.name) if names() else person.name,
        first[pair.first.key] if pair.first else None,
        second[pair.second.key] if pair.second else None,
        pair.by_name,
    )


def _newest_first(body: Any) -> list[Held]:
    found = Page.of(body, "meetings", PastMeeting.from_api).items
    dated = sorted((each for each in found if each.uuid and each.start_at), key=lambda each: str(each.start_at))
    before = {later.uuid: key_of(earlier.uuid) for earlier, later in pairwise(dated)}
    return [
        Held(
            each.start_at,
            key_of(each.uuid),
            url_for(".compared", key=before[each.uuid], other=key_of(each.uuid), names=names())
            if each.uuid in before
            else "",
        )
        for each in reversed(dated)
    ]
