"""Merges groups of connections that have no id in common but an equal name.

Two people who were present at the same time are never merged. Guests of one name who come one after the other count
as one person. A stay in a breakout room needs more care: Zoom's lists leave out the ids there, and the person was in
the meeting directly before or after it.
"""

from collections import defaultdict
from itertools import pairwise

from zoomapp.attendance import intervals
from zoomapp.attendance.groups import IDENTITIES, Group

#: The longest pause between the meeting and a breakout room that counts as moving.
MOVE_SECONDS = 60.0
#: A name that more groups have, such as "iPhone", identifies no person.
MAX_GROUPS = 100


def merge_by_name(groups: list[Group]) -> list[Group]:
    """The groups, those merged that only an equal name connects."""
    by_name: dict[str, list[Group]] = defaultdict(list)
    for group in groups:
        if name := group.name:
            by_name[name].append(group)
    for same in by_name.values():
        if len(same) > 1:
            _merge_breakout_stays(same)
            _merge_guests([group for group in same if not group.absorbed])
    return [group for group in groups if not group.absorbed]


def _merge_breakout_stays(same: list[Group]) -> None:
    """Merge stays in breakout rooms with their persons, as long as there is only one possible person."""
    breakout_only = [group for group in same if _is_breakout_only(group)]
    if not breakout_only or len(same) > MAX_GROUPS:
        return
    merged = True
    while merged:
        merged = False
        for group in breakout_only:
            if not group.absorbed and (owner := _owner(group, [other for other in same if not other.absorbed])):
                owner.absorb(group)
                owner.by_name = merged = True


def _owner(group: Group, same: list[Group]) -> Group | None:
    """The person whose stay in a breakout room this is; None if it could be several.

    The neighbors in time are all groups that the stay touches and does not overlap.
    """
    neighbors = [other for other in same if other is not group and _is_neighbor(group, other)]
    people = [other for other in same if not _is_breakout_only(other)]
    if len(people) == 1:
        return people[0] if people[0] in neighbors else None
    only_guests = not any(other.has_identity for other in same)
    if len(neighbors) == 1 or (neighbors and only_guests and _never_overlap(neighbors)):
        return neighbors[0]
    return None


def _is_breakout_only(group: Group) -> bool:
    return not group.in_meeting and not group.waiting


def _is_neighbor(group: Group, other: Group) -> bool:
    """Whether the breakout stays of ``group`` may continue the stays of ``other``."""
    rooms = intervals.close_breakout_stays(group.in_breakout_rooms, other.in_meeting)
    # An open stay of the other's may be this one, which two connections report.
    ended = [(start, end) for start, end in other.in_breakout_rooms if end is not None]
    stays = [*other.in_meeting, *other.waiting, *ended]
    return (
        group.may_be(other, IDENTITIES)
        and intervals.touch(group.in_breakout_rooms, [*stays, *other.in_breakout_rooms], MOVE_SECONDS)
        and not intervals.overlap(rooms, stays)
    )


def _never_overlap(groups: list[Group]) -> bool:
    """Whether these groups are never present at the same time: then the next step merges guests of one name."""
    stays = sorted((stay for group in groups for stay in intervals.union(group.stays)), key=lambda stay: stay[0])
    return all(intervals.until(stay) <= following[0] for stay, following in pairwise(stays))


def _merge_guests(same: list[Group]) -> None:
    """Merge groups without any id that are never present at the same time, in order of arrival."""
    rows: list[Group] = []
    guests = [group for group in same if not group.has_identity]
    people = [group for group in guests if not _is_breakout_only(group)]
    for group in people:
        _merge_guest(group, rows)
    # A breakout stay that could be of several people stays by itself.
    named = len(rows) + sum(1 for group in same if group.has_identity)
    for group in guests:
        if _is_breakout_only(group) and named == 1 and rows:
            _merge_guest(group, rows[:1])


def _merge_guest(group: Group, rows: list[Group]) -> None:
    """Merge the group with the first row that it does not overlap; without one, add it to the rows."""
    row = next((row for row in rows if not intervals.overlap(row.stays, group.stays)), None)
    if row is None:
        rows.append(group)
    else:
        row.absorb(group)
        row.by_name = True
