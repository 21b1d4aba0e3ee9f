"""Matches the people of a meeting with a roster: by an id in the display name, email, full name, remembered answer.

A name that could be two people, or only resembles one, becomes a question.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from zoomapp.attendance.names import same_name
from zoomapp.attendance.people import Person
from zoomapp.attendance.roster_file import RosterEntry
from zoomapp.attendance.series import Visit
from zoomapp.meetings.agenda import fold

How = Literal["id", "email", "name", "answer"]
#: How matches are named on the page, in the order in which they are tried.
HOW: dict[How, str] = {"id": "ID in the name", "email": "email", "name": "name", "answer": "your answer"}

SAME_NAME, SAME_ID, SAID_BEFORE = "Same name.", "Same ID or email.", "You said so for another session."
FIRST_LETTERS, LAST_NAME = "Same first letters.", "Same last name."
#: How many similar names are looked at for one person.
MAX_SIMILAR = 50
_WORD = re.compile(r"\w+")


class Answer(msgspec.Struct, frozen=True):
    """What the user said: ``who`` of the meeting is, or is not, the roster's ``entry``. ``session``: a UUID."""

    who: str
    entry: str
    is_same: bool
    session: str = ""


@dataclass(frozen=True)
class Question:
    """Is this person of the meeting that entry of the roster?"""

    person: Person
    entry: RosterEntry
    reason: str


@dataclass
class Matching:
    """``matched``: for the index of an entry, its people. ``how``: by which rule. ``others``: not on the roster."""

    matched: dict[int, list[Person]] = field(default_factory=dict)
    how: dict[int, How] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    others: list[Person] = field(default_factory=list)

    @property
    def counts(self) -> Counter[How]:
        """How many entries each rule found."""
        return Counter(self.how.values())


def who(person: Person | Visit) -> str:
    """Identifies a person in other sessions, too: an id, or the display name of a guest."""
    kinds = dict(sorted(person.identities, reverse=True))
    for kind in ("user_id", "email", "registrant_id", "customer_key"):
        if kind in kinds:
            return f"{kind} {kinds[kind]}"
    return f"name {same_name(person.name)}"


def match_roster(
    entries: Sequence[RosterEntry], people: Iterable[Person], answers: Sequence[Answer] = (), session: str = ""
) -> Matching:
    """The matching of the people who came with a roster. ``session``: the UUID that new answers are for."""
    index = _Index(entries)
    said = {(answer.who, answer.entry): answer for answer in answers}
    found, open_people = Matching(), []
    for person in people:
        rule, candidates = index.certain(person)
        candidates = [each for each in candidates if not _denied(said, person, entries[each])]
        if len(candidates) == 1 and rule != "name":
            _match(found, candidates[0], person, rule)
        else:
            open_people.append((person, candidates))
    open_people = _match_names(found, open_people)
    open_people = _match_answers(found, open_people, index, said, session)
    for person, candidates in open_people:
        _ask(found, person, candidates, index, said)
    return found


class _Index:
    """The entries of a roster by what can be found in a meeting."""

    def __init__(self, entries: Sequence[RosterEntry]) -> None:
        self.entries = entries
        self.by_key = {entry.key: number for number, entry in enumerate(entries)}
        self.by_id: dict[tuple[str, ...], list[int]] = defaultdict(list)
        self.by_email: dict[str, list[int]] = defaultdict(list)
        self.by_name: dict[tuple[str, ...], list[int]] = defaultdict(list)
        self.by_last: dict[str, list[int]] = defaultdict(list)
        self.words = [_words(entry.name) for entry in entries]
        starts = []
        for number, entry in enumerate(entries):
            if entry.id:
                self.by_id[tuple(_words(entry.id))].append(number)
            if entry.email:
                self.by_email[entry.email].append(number)
            if words := self.words[number]:
                self.by_name[tuple(sorted(words))].append(number)
                self.by_last[words[-1]].append(number)
                starts.append((words[0], number))
        self.starts = sorted(starts)
        self.id_lengths = sorted({len(key) for key in self.by_id})

    def certain(self, person: Person) -> tuple[How, list[int]]:
        """The first rule that finds anything, and what it finds."""
        words = _words(person.name)
        ids = [
            number
            for length in self.id_lengths
            for start in range(len(words) - length + 1)
            for number in self.by_id.get(tuple(words[start : start + length]), ())
        ]
        if ids:
            return "id", list(dict.fromkeys(ids))
        addresses = {person.email.lower(), *(value.lower() for kind, value in person.identities if kind == "email")}
        emails = [number for address in sorted(addresses - {""}) for number in self.by_email.get(address, ())]
        if emails:
            return "email", list(dict.fromkeys(emails))
        return "name", self.by_name.get(tuple(sorted(words)), []) if words else []

    def similar(self, person: Person) -> Iterator[tuple[int, str]]:
        """Entries with a similar name, each with the reason."""
        words = _words(person.name)
        if not words:
            return
        if any(len(word) > 1 for word in words):
            first = bisect_left(self.starts, (words[0], -1))
            for start, number in self.starts[first : first + MAX_SIMILAR]:
                if start.startswith(words[0]) and _are_prefixes(words, self.words[number]):
                    yield number, FIRST_LETTERS
        if len(words) > 1 and len(words[-1]) > 1:
            for number in self.by_last.get(words[-1], [])[:MAX_SIMILAR]:
                yield number, LAST_NAME


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text))


def _are_prefixes(short: Sequence[str], words: Sequence[str]) -> bool:
    """Whether each word of a short form begins a word of the name, in order: "jon a" of "jonathan abara"."""
    rest = iter(words)
    return all(any(word.startswith(each) for word in rest) for each in short)


def _denied(said: dict[tuple[str, str], Answer], person: Person, entry: RosterEntry) -> bool:
    answer = said.get((who(person), entry.key))
    return answer is not None and not answer.is_same


def _match(found: Matching, number: int, person: Person, how: How) -> None:
    found.matched.setdefault(number, []).append(person)
    found.how.setdefault(number, how)


_Open = list[tuple[Person, list[int]]]


def _match_names(found: Matching, people: _Open) -> _Open:
    """Match equal names, as long as there is one person and one entry of the name that no better rule matched."""
    claims = Counter(candidates[0] for _, candidates in people if len(candidates) == 1)
    remaining: _Open = []
    for person, candidates in people:
        if len(candidates) == 1 and claims[candidates[0]] == 1 and candidates[0] not in found.matched:
            _match(found, candidates[0], person, "name")
        else:
            remaining.append((person, candidates))
    return remaining


def _match_answers(
    found: Matching, people: _Open, index: _Index, said: dict[tuple[str, str], Answer], session: str
) -> _Open:
    """Match what the user answered. A name such as "iPhone (3)" may be somebody else in another session: ask again."""
    yes: dict[str, list[Answer]] = defaultdict(list)
    for answer in said.values():
        if answer.is_same and answer.entry in index.by_key:
            yes[answer.who].append(answer)
    names = Counter(who(person) for person, _ in people)
    remaining: _Open = []
    for person, candidates in people:
        answers = yes.get(who(person), [])
        numbers = [index.by_key[answer.entry] for answer in answers]
        is_sure = len(answers) == 1 and names[who(person)] == 1
        if is_sure and (answers[0].session == session or _resembles(person, index.words[numbers[0]])):
            _match(found, numbers[0], person, "answer")
        else:
            remaining.append((person, list(dict.fromkeys([*numbers, *candidates]))))
    return remaining


def resembles(person: Person | Visit, name: str) -> bool:
    """Whether an id says who the person is, or the display name has something of this name."""
    return _resembles(person, _words(name))


def _resembles(person: Person | Visit, words: Sequence[str]) -> bool:
    return not who(person).startswith("name ") or any(
        word.startswith(each) for each in _words(person.name) for word in words if len(each) > 1
    )


def _ask(
    found: Matching, person: Person, candidates: list[int], index: _Index, said: dict[tuple[str, str], Answer]
) -> None:
    """The next question about this person; without one, the person is not on the roster."""
    words = sorted(_words(person.name))
    reasons = {number: SAME_NAME if sorted(index.words[number]) == words else SAME_ID for number in candidates}
    for number in candidates:
        if (answer := said.get((who(person), index.entries[number].key))) and answer.is_same:
            reasons[number] = SAID_BEFORE
    for number, reason in index.similar(person):
        if number not in found.matched:
            reasons.setdefault(number, reason)
    open_numbers = [number for number in reasons if not _denied(said, person, index.entries[number])]
    if open_numbers:
        entry = index.entries[open_numbers[0]]
        found.questions.append(Question(person, entry, reasons[open_numbers[0]]))
    else:
        found.others.append(person)
