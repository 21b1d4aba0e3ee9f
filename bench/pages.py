"""Rows of pages: the list of participants beside a template that only loops; a drawing of a thousand bars."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, render_template

from bench.figures import Figure, ratio
from bench.plan import Plan
from zoomapp import create_app, services
from zoomapp.attendance import Frame
from zoomapp.attendance.attendance_table import AttendanceTable
from zoomapp.attendance.records import read_list
from zoomapp.charts import Axis, timeline
from zoomapp.config import Settings
from zoomapp.regions import DateFormats
from zoomapp.web.components.section import Section
from zoomapp.web.pages.participants import people_context
from zoomapp.zoom.models import Meeting

HERE = Path(__file__).parent
NOON = 1_772_445_600.0  # 2026-03-02 10:00 UTC
REPEATS = 12


def pages(plan: Plan) -> list[Figure]:
    """The page of 300 and of 1,000 participants, and a timeline of 1,000 bars."""
    app = create_app(services.build(_settings(plan.servers.redis_url)))
    logging.getLogger("zoomapp").handlers.clear()  # standard output is for the table
    figures = [figure for count in (300, 1000) for figure in _participants(app, count)]
    axis = Axis.around(NOON, NOON + 3600, UTC, DateFormats("en_GB"))
    bars = [(NOON + 3.6 * number, NOON + 3.6 * number + 2) for number in range(1000)]
    [drawn] = _side_by_side(lambda: timeline(axis, bars))
    return [*figures, Figure("SVG of 1,000 bars: CPU", min(drawn), "ms", must=4)]


def _participants(app: Flask, count: int) -> list[Figure]:
    """The page, a loop over the same rows with the same filters, and a loop over texts that are finished."""
    listed = [_row(number) for number in range(count)]
    texts = [(row["user_name"], row["email"], "10:00", "—", "30 min", "5", "95", row["id"]) for row in listed]
    loop, plain = (app.jinja_env.from_string((HERE / name).read_text()) for name in ("loop.html", "texts.html"))
    with app.test_request_context(f"/participants/81234567890?rows={count}"):
        table = _table(listed)
        ready = _context(table)
        axis = table.axis(UTC, DateFormats("en_GB"))
        works: tuple[Callable[[], str], ...] = (
            lambda: _page(_context(_table(listed))),
            lambda: _page(ready),
            lambda: loop.render(rows=table.rows, axis=axis, link=("/participants/81234567890/people/", "")),
            lambda: plain.render(rows=texts),
        )
        assert [work().count('role="row" id="p-') for work in works] == [count] * 4
        whole, page, bare, finished = _side_by_side(*works)
    name = f"page of {count:,} participants"
    return [
        Figure(f"{name}: CPU, from Zoom's rows on", min(whole), "ms"),
        Figure(f"{name}: the template, against the bare loop", ratio(page, bare), must=1.5),
        Figure(f"{name}: the template, against finished texts", ratio(page, finished)),
    ]


def _side_by_side(*works: Callable[[], str]) -> list[list[float]]:
    """CPU milliseconds of each, in turns; the first turn is for warming up."""
    turns = [[_cpu_ms(work) for work in works] for _ in range(REPEATS + 1)]
    return [list(column) for column in zip(*turns[1:], strict=True)]


def _cpu_ms(work: Callable[[], str]) -> float:
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1000


def _row(number: int) -> dict[str, Any]:
    """A participant as Zoom's dashboard lists them."""
    joined = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(NOON + number % 1200))
    name, email = f"Person <{number}>", f"person{number}@example.com"
    return {"id": f"id{number}", "user_id": str(number), "user_name": name, "email": email, "join_time": joined}


def _table(listed: list[dict[str, Any]]) -> AttendanceTable:
    frame = Frame(NOON + 1800)
    return AttendanceTable.of(read_list("metrics", listed, frame.now), frame, complete=True, total=len(listed))


def _context(table: AttendanceTable) -> dict[str, Any]:
    """The template variables of the participants page with all rows."""
    meeting = Meeting(81234567890, "u", "All hands", duration_minutes=60)
    section = Section(table, datetime.fromtimestamp(table.frame.now, UTC))
    return people_context("81234567890", meeting, section)


def _page(ready: dict[str, Any]) -> str:
    return render_template("pages/participants.html", **ready)


def _settings(redis_url: str) -> Settings:
    return Settings("id", "secret", "http://localhost", "k" * 32, (bytes(32),), redis_url)
