"""One module per page. A module with a blueprint called ``bp`` is part of the app."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from flask import Blueprint


def page_blueprints() -> Iterator[Blueprint]:
    """The blueprint ``bp`` of each module of this package that has one, by the modules' names.

    Their order does not matter: no two routes of the app match the same address equally well.
    """
    for name in sorted(module.name for module in iter_modules(__path__)):
        blueprint = getattr(import_module(f"{__name__}.{name}"), "bp", None)
        if isinstance(blueprint, Blueprint):
            yield blueprint
