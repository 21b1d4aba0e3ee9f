"""``offline-zoom endpoints``: the endpoints that are simulated, and where they differ from Zoom, in Markdown."""

from __future__ import annotations

import argparse
from pathlib import Path

from offline_zoom.app import create_app
from offline_zoom.commands.options import say
from offline_zoom.facts.differences import DELIBERATE
from offline_zoom.rest.endpoints import EndpointRule
from offline_zoom.world import World

BEGIN, END = "<!-- endpoints -->", "<!-- end of endpoints -->"
DIFFERENCES = ("| differs from Zoom's schema of August 2026 on purpose | where | reason |", "|---|---|---|")
HEAD = ("| endpoint | scopes (one is enough) | rate limit | plan |", "|---|---|---|---|")


def main(arguments: list[str]) -> int:
    """Print the table, or write it into a file. Returns 1 if there is no such file, or no place in it."""
    parser = argparse.ArgumentParser("offline-zoom endpoints", description="The simulated endpoints, in Markdown.")
    parser.add_argument("--write", metavar="FILE", help=f"replace the lines between {BEGIN} and {END} in this file")
    path = parser.parse_args(arguments).write
    if not path:
        print("\n".join(table()))
        return 0
    try:
        head, begin, rest = Path(path).read_text("utf-8").partition(f"{BEGIN}\n")
    except OSError as error:
        say(str(error))
        return 1
    _, end, tail = rest.partition(END)
    if not (begin and end):
        say(f"{path} has no lines {BEGIN} and {END}")
        return 1
    Path(path).write_text("\n".join([f"{head}{BEGIN}", *table(), f"{END}{tail}"]), "utf-8")
    return 0


def table() -> list[str]:
    """The table, sorted by path, and below it that of the deliberate differences."""
    rows = [row(method, path, rule) for path, method, rule in sorted(endpoints(), key=lambda row: row[:2])]
    differences = [
        f"| `{entry.name}` | {', '.join(f'`{path}`' for path in entry.paths)} | {entry.reason} |"
        for entry in DELIBERATE
    ]
    return [*HEAD, *rows, "", *DIFFERENCES, *differences]


def endpoints() -> list[tuple[str, str, EndpointRule]]:
    """Path, method and rule of each endpoint."""
    app = create_app(World())
    found = []
    for route in app.url_map.iter_rules():
        rule = getattr(app.view_functions[route.endpoint], "rule", None)
        if isinstance(rule, EndpointRule):
            found += [(route.rule, method, rule) for method in sorted((route.methods or set()) - {"HEAD", "OPTIONS"})]
    return found


def row(method: str, path: str, rule: EndpointRule) -> str:
    """The row of one endpoint."""
    scopes = ", ".join(f"`{scope}`" for scope in dict.fromkeys((*rule.scopes.own, *rule.scopes.account)))
    plan = "any" if rule.plan == "free" else rule.plan
    return f"| `{method} {path.replace('<', '{').replace('>', '}')}` | {scopes} | {rule.label} | {plan} |"
