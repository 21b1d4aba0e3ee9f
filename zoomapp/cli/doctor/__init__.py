"""`flask doctor`: what is wrong with this deployment, what that means, and what to do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict

import click
from flask import current_app
from flask.cli import with_appcontext

from zoomapp.cli.doctor import home, settings, store, zoom
from zoomapp.cli.doctor.finding import Finding, fail
from zoomapp.cli.support import current_services, report_errors
from zoomapp.errors import ConfigError
from zoomapp.services import Services

Check = Callable[[Services], Iterator[Finding]]

#: What must hold before a release is let on. Zoom being away keeps nobody from deploying.
FOR_RELEASE: tuple[Check, ...] = (settings.check, store.check)
ALL: tuple[Check, ...] = (*FOR_RELEASE, zoom.check, home.check)

WORDS = {"ok": "ok  ", "warn": "warn", "fail": "FAIL"}
COLORS = {"ok": "green", "warn": "yellow", "fail": "red"}


def examine(parts: Services, checks: tuple[Check, ...] = ALL) -> list[Finding]:
    """All findings, in the order they are looked for."""
    return [finding for check in checks for finding in check(parts)]


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="The findings as JSON.")
@click.option("--release", is_flag=True, help="Only what must hold before a release: settings, keys, Redis.")
@with_appcontext
@report_errors
def doctor(as_json: bool, release: bool) -> None:
    """Look at settings, keys, Redis, Zoom and our own home page; say what is wrong and what to do.

    Ends with 1 when something fails, else with 0.
    """
    findings = _faults() or examine(current_services(), FOR_RELEASE if release else ALL)
    if as_json:
        click.echo(json.dumps([asdict(each) for each in findings], indent=2))
    else:
        _show(findings)
    if any(each.state == "fail" for each in findings):
        raise click.exceptions.Exit(1)


def _faults() -> list[Finding]:
    """What keeps the app from being built at all."""
    error: ConfigError | None = current_app.extensions.get("zoomapp.config_error")
    todo = "Set it in the environment; README.md explains each setting."
    return [fail("settings", problem, todo) for problem in error.problems] if error else []


def _show(findings: list[Finding]) -> None:
    for each in findings:
        click.echo(f"{click.style(WORDS[each.state], fg=COLORS[each.state])}  {each.about:<18} {each.says}")
        if each.todo:
            click.echo(f"{'':<25}{each.todo}")
