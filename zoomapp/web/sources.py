"""Where a meeting's people come from, all merged: webhooks and the dashboard while it runs, then Zoom's own lists.

Each viewer gets what they themselves may know: webhooks of their own meetings, the dashboard if their grant reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import msgspec

from zoomapp import keys, scopes
from zoomapp.attendance import Frame, Record, from_metrics, from_past, from_report
from zoomapp.errors import NotFound
from zoomapp.sightings import Seen
from zoomapp.snapshots import Snapshot
from zoomapp.web.block import Block, block, recent
from zoomapp.web.current import gateway, services
from zoomapp.web.dashboard import dashboard
from zoomapp.web.planned import Plan, plan_of, plan_when_held
from zoomapp.web.roster import Roster
from zoomapp.web.steps import all_rows
from zoomapp.web.trouble import HELD, PAST, REPORT, Need, Trouble
from zoomapp.web.viewer import now, viewer
from zoomapp.web.watched import running
from zoomapp.zoom.models import Meeting, PastMeeting

#: Many windows of one person do not make Zoom list that person's running meetings again and again.
LIST_SECONDS = 15.0


def people(instance: str, old: float = 0.0) -> tuple[Meeting | None, PastMeeting | None, Block[Roster]]:
    """The meeting if it runs, else what it was about, and who is or was in it.

    Of a past meeting, what this viewer saw at most ``old`` seconds ago will do.
    """
    meeting = running(instance, LIST_SECONDS).value
    seen = live_roster(meeting) if meeting else None
    # Somebody else's meeting may turn out not to run.
    if seen is None or (seen.status == NotFound.status and not (meeting and meeting.uuid)):
        about = held(instance, old) or _heard(instance)
        return None, about, past_roster(instance, about, old)
    return meeting, None, seen


@dataclass(frozen=True)
class Sight:
    """What this viewer may know of a running meeting: how much webhooks told, and when; what the others say."""

    meeting: Meeting
    heard: int
    heard_at: float
    seen: Block[Snapshot]
    sighted: Seen | None

    @cached_property
    def version(self) -> str:
        """Another one whenever anything but the time has changed; told before anything is merged."""
        trouble = self.seen.trouble.title if self.seen.trouble else ""
        listed = keys.digest(bytes(self.seen.value.raw)) if self.seen.value else ""
        sighted = keys.digest(msgspec.json.encode(self.sighted.stays)) if self.sighted else ""
        return f"{self.heard} {listed} {sighted} {trouble}"

    @property
    def at(self) -> datetime:
        """The moment of the last news, whoever brought them; they may have stopped coming."""
        news = [self.heard_at] if self.heard else []
        news += [self.seen.value.at] if self.seen.value else []
        news += [self.sighted.at] if self.sighted else []
        return datetime.fromtimestamp(max(news), UTC) if news else now()

    @property
    def trouble(self) -> Trouble | None:
        """Why the dashboard does not tell. Where webhooks do, that Zoom refuses it is none."""
        failure = self.seen.trouble
        return None if failure and self.heard and failure.status < 429 else failure

    def roster(self) -> Block[Roster]:
        """All of it, merged."""
        plan = plan_of(self.meeting)
        frame = Frame(now().timestamp(), plan.starts_at, plan.ends_at, late_seconds=_late_seconds(), told=plan.told)
        heard = services().rooms.records(gateway().user_id, self.meeting.uuid) if self.heard else ()
        body: dict[str, Any] = {"rows": (), "total": 0, "complete": True}
        if self.seen.value is not None:
            body = self.seen.value.body
        listed = [from_metrics(row, self.seen.at.timestamp()) for row in body["rows"]]
        records = [*heard, *listed, *(self.sighted.stays if self.sighted else ())]
        if self.seen.value is None and not records:
            return Block(None, self.seen.at, self.trouble)
        roster = Roster.of(records, frame, complete=body["complete"], total=body["total"], version=self.version)
        return Block(roster, self.at, self.trouble)


def sight(meeting: Meeting) -> Sight:
    """What there is to see now. Asks Zoom if nobody did a moment ago."""
    heard, heard_at = services().rooms.news(gateway().user_id, meeting.uuid)
    seen = dashboard(meeting, beside_webhooks=heard > 0)
    return Sight(meeting, heard, heard_at, seen, services().sightings.of(gateway().user_id, meeting.id, meeting.uuid))


def live_roster(meeting: Meeting) -> Block[Roster]:
    """Who is in a running meeting, from everything this viewer may know."""
    return sight(meeting).roster()


def held(instance: str, old: float = 0.0) -> PastMeeting | None:
    """What a past meeting was about, from when to when; None where Zoom does not say."""
    name, read = f"held {instance}", PastMeeting.from_api
    known = recent(name, read, old) if old else None
    return (known or block(name, HELD, lambda: gateway().past_meeting(instance), read, _kept())).value


def past_roster(instance: str, about: PastMeeting | None = None, old: float = 0.0) -> Block[Roster]:
    """Who was in a past meeting: Zoom's report where this grant may read it, else the meeting's own list.

    Until there is either, what webhooks told the host.
    """
    if gateway().scopes() & scopes.REPORT.accepted:
        found = _listed(
            f"report {instance}",
            REPORT,
            lambda token: gateway().report_participants(instance, token),
            from_report,
            about,
            old,
        )
        # Zoom's report takes up to half an hour; the other list may be there already.
        if found.value is not None and found.value.people:
            return found
    found = _listed(
        f"past {instance}", PAST, lambda token: gateway().past_participants(instance, token), from_past, about, old
    )
    listed = found.value is not None and found.value.people
    return found if listed else _overheard(instance) or found


def _overheard(instance: str) -> Block[Roster] | None:
    """Who was in a meeting that is over, as webhooks told its host."""
    room = services().rooms.find(gateway().user_id, instance)
    heard = services().rooms.records(gateway().user_id, room.uuid) if room else ()
    if not room or not heard:
        return None
    at = datetime.fromtimestamp(room.heard_at, UTC)
    ended_at = datetime.fromtimestamp(room.ended_at or room.heard_at, UTC)
    about = PastMeeting(room.uuid, room.number, room.topic, end_at=ended_at)
    return Block(Roster.of(heard, _frame(heard, about)), at)


def _frame(records: Sequence[Record], about: PastMeeting | None) -> Frame:
    """What the times of a held meeting are held against. Where nobody told its end, the last one's leave was it."""
    began = min((each.joined_at for each in records if each.joined_at is not None), default=now().timestamp())
    ended = max((each.left_at for each in records if each.left_at is not None), default=now().timestamp())
    if about and about.start_at:
        began = about.start_at.timestamp()
    if about and about.end_at:
        ended = about.end_at.timestamp()
    plan = plan_when_held(about.uuid, about.id, began, ended) if about else Plan(told=False)
    return Frame(now().timestamp(), plan.starts_at, plan.ends_at, ended, _late_seconds(), told=plan.told)


def _late_seconds() -> float:
    return 60.0 * viewer().chosen.late_minutes


def _heard(instance: str) -> PastMeeting | None:
    """What webhooks told of a meeting that is over, for its host."""
    room = services().rooms.find(gateway().user_id, instance)
    if room is None or room.ended_at is None:
        return None
    return PastMeeting(room.uuid, room.number, room.topic, end_at=datetime.fromtimestamp(room.ended_at, UTC))


def _kept() -> int:
    return services().settings.attendance_days * 86400


def _listed(
    name: str,
    need: Need,
    fetch: Callable[[str], Any],
    record: Callable[[Any], Record],
    about: PastMeeting | None,
    old: float,
) -> Block[Roster]:
    def all_pages() -> dict[str, Any]:
        found = all_rows(name, fetch, "participants")
        return {"rows": found.rows, "total": found.total, "complete": found.complete}

    def read(body: Any) -> Roster:
        records = [record(row) for row in body["rows"]]
        return Roster.of(records, _frame(records, about), complete=body["complete"], total=body["total"])

    return (recent(name, read, old) if old else None) or block(name, need, all_pages, read, _kept())
