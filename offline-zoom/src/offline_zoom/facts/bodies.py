"""Checks the bodies of requests by the facts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from offline_zoom.facts.comparison import join, problem_of
from offline_zoom.facts.notation import Facts, Shape, load_facts, unnamed


@cache
def facts_with_bodies() -> dict[str, Facts]:
    """The facts of all operations that take a body, by their name without the names of parameters."""
    return {unnamed(name): facts for name, facts in load_facts().items() if facts.body}


def wrong_fields(operation: str, body: dict[str, Any]) -> list[str]:
    """The paths of required fields that are missing, and of fields with a wrong type or an unknown value.

    A field that is null counts as missing. Other fields are ignored, as Zoom does.
    """
    facts = facts_with_bodies().get(unnamed(operation))
    return list(_wrong(facts.body, "", body)) if facts else []


def _wrong(shapes: dict[str, Shape], path: str, value: dict[str, Any]) -> Iterator[str]:
    for name, fact in shapes.get(path, {}).items():
        item, inner = value.get(name), join(path, name)
        if item is None:
            if fact.required:
                yield inner
        elif problem_of(fact, item):
            yield inner
        else:
            for child in item if isinstance(item, list) else [item]:
                if isinstance(child, dict):
                    yield from _wrong(shapes, inner, child)
