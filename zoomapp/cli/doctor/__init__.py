"""`flask doctor`: checks this deployment and says what is wrong and what to do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict

import click
from flask import current_app
from flask.cli import with_appcontext

from zoomapp.cli.doctor import account, home, settings, store, webhooks, zoom
from zoomapp.cli.doctor.finding import Finding, fail
from zoomapp.cli.support import current_services, report_errors
from zoomapp.errors import ConfigError
from zoomapp.services import Services

Check = Callable[[Services], Iterator[Finding]]

#: The checks before a release. Without those of Zoom: an outage there must not stop a deploy.
FOR_RELEASE: tuple[Check, ...] = (settings.check, store.check)
ALL: tuple[Check, ...] = (*FOR_RELEASE, zoom.check, account.check, home.check, webhooks.check)

LABELS = {"ok": "ok  ", "warn": "warn", "fail": "FAIL"}
COLORS = {"ok": "green", "warn": "yellow", "fail": "red"}


def examine(services: Services, checks: tuple[Check, ...] = ALL) -> list[Finding]:
    """The findings of all checks, in their order."""
    return [finding for check in checks for finding in check(services)]


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option("--release", is_flag=True, help="Check only what a release needs: settings, keys, Redis.")
@with_appcontext
@report_errors
def doctor(as_json: bool, release: bool) -> None:
    """Check this deployment, and say what is wrong and what to do.

    Checks settings, keys, Redis, Zoom and the app's home page. Exits with 1 if a check fails, else with 0.
    """
    findings = _settings_errors() or examine(current_services(), FOR_RELEASE if release else ALL)
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        _print(findings)
    if any(finding.state == "fail" for finding in findings):
        raise click.exceptions.Exit(1)


def _settings_errors() -> list[Finding]:
    """A finding for each wrong setting that keeps the app from starting."""
    error: ConfigError | None = current_app.extensions.get("zoomapp.config_error")
    todo = "Set it in the environment; docs/reference.md explains each setting."
    return [fail("settings", problem, todo) for problem in error.problems] if error else []


def _print(findings: list[Finding]) -> None:
    for finding in findings:
        click.echo(
            f"{click.style(LABELS[finding.state], fg=COLORS[finding.state])}  {finding.about:<18} {finding.says}"
        )
        if finding.todo:
            click.echo(f"{'':<25}{finding.todo}")
