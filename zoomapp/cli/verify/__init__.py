"""`flask verify`: compares what this app assumes about Zoom (docs/unknowns.md) with a real account."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import click
from flask.cli import with_appcontext

from zoomapp import log_setup
from zoomapp.cli.support import current_services, report_errors
from zoomapp.cli.verify import (
    content_checks,
    list_checks,
    meeting_checks,
    oauth_checks,
    registration_checks,
    report,
)
from zoomapp.cli.verify.account import Account
from zoomapp.cli.verify.check import Check, NotTestable, Result
from zoomapp.errors import MissingScope, PlanRequired, TokenError, UpstreamError, ZoomRefused

CHECKS: tuple[Check, ...] = (
    *oauth_checks.CHECKS,
    *list_checks.CHECKS,
    *content_checks.CHECKS,
    *meeting_checks.CHECKS,
    *registration_checks.CHECKS,
)
COLORS = {"confirmed": "green", "different": "red", "not testable": "yellow"}
WRONG_USE, INTERRUPTED = 2, 130
LIST = "\b\nChecks:\n" + "\n".join(f"  {check.name:<26}{check.row}" for check in CHECKS)


def verify(checks: Iterable[Check], account: Account, may_write: Callable[[Check], bool]) -> Iterator[report.Row]:
    """The result of each check. What it created is deleted when it ends, also after Ctrl-C."""
    for check in checks:
        if check.writes and not may_write(check):
            result = Result("not testable", "It writes, and you did not allow it.")
        else:
            result = run(check, account)
        yield report.row_of(check, result)


def run(check: Check, account: Account) -> Result:
    """The result of one check. A check that cannot run is not testable."""
    try:
        return check.run(account)
    except NotTestable as reason:
        return Result("not testable", str(reason))
    except MissingScope as error:
        return Result("not testable", f"The user’s grant lacks a scope: {' or '.join(error.scopes)}.")
    except PlanRequired:
        return Result("not testable", "The account’s plan does not include it.")
    except ZoomRefused as error:
        return Result("not testable", f"Zoom refused a call with {error.zoom_status} and code {error.zoom_code}.")
    except TokenError:
        return Result("not testable", "The user’s grant has ended.")
    except UpstreamError as error:
        return Result("not testable", f"Zoom did not answer a call ({error.detail}).")
    finally:
        for number in account.delete_meetings():
            click.echo(f"The meeting {number} could not be deleted. Delete it in Zoom.", err=True)


@click.command("verify", epilog=LIST)
@click.argument("user_id")
@click.option("--yes", "allow_writes", is_flag=True, help="Do not ask before a check that writes.")
@click.option("--only", "names", multiple=True, metavar="ROW", help="Run only this check. Can be repeated.")
@click.option(
    "--report",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the report to FILE, and as text beside it.",
)
@with_appcontext
@report_errors
def verify_command(user_id: str, allow_writes: bool, names: tuple[str, ...], path: Path | None) -> None:
    """Compare a real Zoom account with what this app assumes.

    docs/unknowns.md lists the assumptions. USER_ID must be signed in. Asks before a check that writes, and deletes
    what it created. Exits with 0 if nothing differs, with 1 if something does, with 2 if it could not begin, and with
    130 after Ctrl-C.
    """
    # The checks provoke refusals, which are no news for a log.
    log_setup.configure("CRITICAL", sys.stderr)
    account = _account(user_id)
    rows: list[report.Row] = []
    interrupted = False
    try:
        for row in verify(_selected(names), account, lambda check: allow_writes or _allowed(check)):
            rows.append(row)
            outcome = click.style(f"{row.outcome:<13}", fg=COLORS[row.outcome])
            click.echo(f"{outcome} {row.name}: {row.assumption}\n{'':<14}{row.found}")
    except (KeyboardInterrupt, click.Abort):
        interrupted = True
        click.echo("Stopped.", err=True)
    different = sum(row.outcome == "different" for row in rows)
    click.echo(f"{len(rows)} checks, {different} differ. {len(report.untestable_rows())} rows need a person.", err=True)
    if path:
        text_path = report.write(path, report.report(account, [*rows, *report.untestable_rows()]))
        click.echo(f"The report is in {path} and {text_path}. It names no person.", err=True)
    if interrupted or different:
        raise click.exceptions.Exit(INTERRUPTED if interrupted else 1)


def _account(user_id: str) -> Account:
    """The account of a user who is signed in. Ends the command for another one."""
    try:
        return Account(current_services(), user_id, wait)
    except TokenError as error:
        raise click.BadParameter(f"{user_id} is not signed in. List the users with: flask tokens list") from error
    except (ZoomRefused, UpstreamError) as error:
        click.echo(f"Error: Zoom does not answer for this user ({error.detail or error}).", err=True)
        raise click.exceptions.Exit(WRONG_USE) from error


def _selected(names: tuple[str, ...]) -> list[Check]:
    unknown = set(names) - {check.name for check in CHECKS}
    if unknown:
        raise click.BadParameter(f"there is no check named {', '.join(sorted(unknown))}", param_hint="--only")
    return [check for check in CHECKS if not names or check.name in names]


def _allowed(check: Check) -> bool:
    return click.confirm(f"The check {check.name} {check.writes}. Run it?", err=True)


def wait(seconds: float) -> None:
    """Wait, with a progress bar if it takes long."""
    with click.progressbar(length=int(seconds), label="Waiting", file=sys.stderr) as bar:
        for _ in range(int(seconds)):
            time.sleep(1)
            bar.update(1)
