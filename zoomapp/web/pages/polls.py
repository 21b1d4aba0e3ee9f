"""The polls of a past meeting: a page with the results of each question, and a CSV file of the answers."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from zoomapp.meeting_content.poll_exports import polls_csv
from zoomapp.meeting_content.poll_loading import load_poll_results
from zoomapp.web.components.attendance import attendance_sources, requested_instance
from zoomapp.web.components.notice import POLLS
from zoomapp.web.components.poll_sections import content_file, content_section, no_file, page_headers
from zoomapp.web.pages.participants import view_options
from zoomapp.web.viewer import viewer

bp = Blueprint("polls", __name__)

#: More rows of "Who answered what", and more written answers, are in the file only: a page must stay readable.
MAX_ROWS = 200
#: So many written answers are shown before "Show all".
FIRST_QUOTES = 20


@bp.get("/participants/<key>/polls")
def show(key: str) -> ResponseReturnValue:
    """The page. An earlier release had the Q&A on it, so the address of one of its filters leads there."""
    names = view_options().get("names")
    if "questions" in request.args:
        return redirect(url_for("questions.show", key=key, questions=request.args["questions"] or None, names=names))
    sources = attendance_sources()
    found = load_poll_results(sources, requested_instance(key))
    results = content_section(sources, found, POLLS)
    page = render_template(
        "pages/polls.html",
        tab="polls",
        key=key,
        about=found.meeting,
        names=names,
        results=results,
        max_rows=MAX_ROWS,
        first_quotes=FIRST_QUOTES,
    )
    return page, results.status, page_headers(results)


@bp.get("/participants/<key>/polls.csv")
def polls_file(key: str) -> ResponseReturnValue:
    """The answers as CSV, one row per answer."""
    sources = attendance_sources()
    found = load_poll_results(sources, requested_instance(key))
    results = content_section(sources, found, POLLS)
    if results.value is None or not found.count:
        return no_file(results, POLLS, "Polls")
    return content_file(polls_csv(results.value, viewer().zone), sources, found, "polls")
