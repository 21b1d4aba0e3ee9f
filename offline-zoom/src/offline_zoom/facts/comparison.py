"""Compares JSON of the offline Zoom with the facts, field by field."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from offline_zoom.facts.notation import Facts, Field

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
DAY = re.compile(r"\d{4}-\d\d-\d\d")


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


#: whether a value has a type of the tables
CHECKS: dict[str, Callable[[Any], bool]] = {
    "any": lambda value: True,
    "text": lambda value: isinstance(value, str),
    "int": lambda value: type(value) is int,
    "number": is_number,
    "bool": lambda value: isinstance(value, bool),
    "time": lambda value: isinstance(value, str) and TIME.fullmatch(value) is not None,
    "day": lambda value: isinstance(value, str) and DAY.fullmatch(value) is not None,
    "texts": lambda value: isinstance(value, list) and all(isinstance(item, str) for item in value),
    "ints": lambda value: isinstance(value, list) and all(type(item) is int for item in value),
    "object": lambda value: isinstance(value, dict),
    "list": lambda value: isinstance(value, list) and all(isinstance(item, dict) for item in value),
}


@dataclass(frozen=True)
class Difference:
    """One difference: the operation or event, the path of the field, and what is wrong with it."""

    name: str
    path: str
    problem: str

    def __str__(self) -> str:
        return f"{self.name}: {self.path} {self.problem}"


@dataclass
class Comparison:
    """What was compared. ``fields`` has each pair of a name and the path of a field that was found there."""

    names: set[str] = field(default_factory=set)
    fields: set[tuple[str, str]] = field(default_factory=set)
    differences: set[Difference] = field(default_factory=set)

    def add(self, facts: Facts, answer: Any) -> None:
        """Compare one answer or event."""
        self.names.add(facts.name)
        if isinstance(answer, dict):
            self.differences |= {
                Difference(facts.name, path, problem) for path, problem in self._compare(facts, "", answer)
            }
        elif facts.shapes:
            self.differences.add(Difference(facts.name, "answer", "is no object"))

    def figures(self) -> str:
        """How much was compared."""
        operations = [name for name in self.names if " " in name]
        counts = {
            "operations": len(operations),
            "of them reading": len([name for name in operations if name.startswith("GET")]),
            "events": len(self.names) - len(operations),
            "fields": len(self.fields),
            "differences": len(self.differences),
        }
        return ", ".join(f"{name} {count}" for name, count in counts.items())

    def add_rule(self, facts: Facts, scopes: Collection[str], label: str) -> None:
        """Compare the scopes and the rate limit label of one operation."""
        if set(scopes) != set(facts.scopes):
            self.differences.add(Difference(facts.name, "scopes", f"are {', '.join(sorted(scopes))}"))
        if facts.label not in ("", label):
            self.differences.add(Difference(facts.name, "label", f"is {label}"))

    def _compare(self, facts: Facts, path: str, value: dict[str, Any]) -> Iterator[tuple[str, str]]:
        shape = facts.shapes.get(path)
        if shape is None:
            if path == "" and value:
                yield "answer", "is unknown"
            return
        for name in (name for name, fact in shape.items() if fact.required and name not in value):
            yield join(path, name), "is missing"
        for name, item in value.items():
            inner = join(path, name)
            self.fields.add((facts.name, inner))
            problem = problem_of(shape.get(name), item)
            if problem:
                yield inner, problem
                continue
            for child in item if isinstance(item, list) else [item]:
                if isinstance(child, dict):
                    yield from self._compare(facts, inner, child)


def join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def problem_of(fact: Field | None, value: Any) -> str:
    """What is wrong with the value of a field, or an empty text."""
    if fact is None:
        return "is unknown"
    is_empty = value == "" and "" in fact.values
    if not CHECKS[fact.kind](value) and not is_empty:
        return f"is no {fact.kind}"
    if fact.values and fact.kind != "time" and not is_empty:
        unknown = [str(item) for item in (value if isinstance(value, list) else [value]) if not allowed(item, fact)]
        if unknown:
            return f"has the unknown value {', '.join(unknown)}"
    return ""


def allowed(value: Any, fact: Field) -> bool:
    return str(value) in fact.values
