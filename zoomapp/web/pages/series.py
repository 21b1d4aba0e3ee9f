"""A meeting over its sessions: who keeps coming, who is drifting away. A page, and the same as a CSV file.

Of the newest sessions, or of those that the address names: any number of sessions can be compared.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from zoomapp import csv_export
from zoomapp.attendance.series import SORTS, averages, chosen, match_people
from zoomapp.attendance.series_exports import series_csv
from zoomapp.attendance.series_loading import MAX_SESSIONS, LoadedSeries, load_series
from zoomapp.errors import NotFound
from zoomapp.user_api.long_lists import ListIncomplete
from zoomapp.web.components import series_view
from zoomapp.web.components.attendance import attendance_sources, requested_instance
from zoomapp.web.components.notice import PAST, PAST_INSTANCES, notice_for
from zoomapp.web.components.section import section
from zoomapp.web.pages.participants import names_hidden
from zoomapp.web.viewer import viewer
from zoomapp.zoom.meeting_ids import instance_of, is_number

bp = Blueprint("series", __name__)

#: How many sessions a page may show: the choices and the value of ``sessions`` in the address.
COUNTS = {"10": 10, "25": 25, "all": MAX_SESSIONS}
#: How many rows are shown first, and how many columns at most in a wide and in a narrow window.
ROWS, MAX_ROWS = 100, 10_000
WIDE_COLUMNS, NARROW_COLUMNS = 20, 12
#: The query parameters that the links of the page keep.
OPTIONS = ("session", "sessions", "show", "q", "sort", "names", "view")


@bp.get("/series/<key>")
def show(key: str) -> ResponseReturnValue:
    """The page. ``key`` is a meeting's number."""
    number, compared = requested_number(key), _compared_keys()
    series = _load(number)
    listed = section(series.listed, PAST_INSTANCES)
    failed = [session for session in series.sessions if session.state == "failed"]
    people = match_people(series.sessions, 60.0 * viewer().chosen.late_minutes, compared=bool(compared))
    page = render_template(
        "pages/series.html",
        key=key,
        number=number,
        series=series,
        listed=listed,
        failed=len(failed),
        trouble=notice_for(series.error, PAST) if series.error else None,
        loaded=[session for session in series.sessions if session.has_data],
        compared=compared,
        count=_count(),
        counts=tuple(COUNTS),
        names=request.args.get("names"),
        view=series_view,
        link=_link(key),
        options=_options(),
        kept_options=[each for each in request.args.items(multi=True) if each[0] in OPTIONS and each[0] != "q"],
        **_picture(series),
        **_people(key, people),
    )
    headers = {"Refresh": "1"} if series.done < len(series.sessions) else listed.headers
    return page, listed.status, headers


@bp.get("/series/<key>.csv")
def file(key: str) -> ResponseReturnValue:
    """Everyone of the sessions that the address chooses, as CSV. Raises ListIncomplete until all are loaded."""
    series, compared = _load(requested_number(key)), _compared_keys()
    listed = section(series.listed, PAST_INSTANCES)
    loaded = [session for session in series.sessions if session.has_data]
    if not loaded:
        trouble = listed.trouble or (notice_for(series.error, PAST) if series.error else None)
        if trouble is None:
            raise NotFound
        page = render_template("pages/trouble.html", title="All sessions", notice=trouble)
        return page, trouble.status if trouble.status >= 400 else 502, listed.headers
    if series.done < len(series.sessions):
        raise ListIncomplete(series.done, len(series.sessions))
    people = match_people(series.sessions, 60.0 * viewer().chosen.late_minutes, compared=bool(compared))
    day = series_view.moment(loaded[-1]).astimezone(viewer().zone).date()
    is_partial = len(loaded) < len(series.sessions) and series.error is not None
    name = csv_export.disposition(day, series.topic, kind="series", partial=is_partial)
    pieces = series_csv(sorted(people, key=SORTS[""]), series.sessions, viewer().zone)
    return Response(pieces, headers={"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": name})


@bp.get("/series/<key>/compare")
def compare(key: str) -> ResponseReturnValue:
    """Redirect of an old address to the comparison of two sessions."""
    first, second = (request.args.get(name, "") for name in ("first", "second"))
    if not first or not second or instance_of(first) is None or instance_of(second) is None:
        raise NotFound
    names = request.args.get("names") or None
    return redirect(url_for("occurrences.compared", key=first, other=second, names=names))


def requested_number(key: str) -> int:
    """The meeting number in an address. Raises NotFound."""
    instance = requested_instance(key)
    if not is_number(instance):
        raise NotFound
    return int(instance)


def _load(number: int) -> LoadedSeries:
    """The newest sessions of the meeting, or those that the address names."""
    compared, count = _compared_keys(), COUNTS[_count()]
    uuids = {instance_of(key) or "" for key in compared} if compared else None
    return load_series(attendance_sources(), number, MAX_SESSIONS if compared else count, uuids=uuids)


def _compared_keys() -> list[str]:
    """The keys of the sessions that the address names."""
    return [key for key in request.args.getlist("session") if key]


def _count() -> str:
    count = request.args.get("sessions", "")
    return count if count in COUNTS else "10"


def _options() -> dict[str, Any]:
    values = {name: [value for value in request.args.getlist(name) if value] for name in OPTIONS}
    return {name: found if name == "session" else found[0] for name, found in values.items() if found}


def _link(key: str) -> Any:
    """A function that returns the address of this page with other options."""

    def link(**changes: Any) -> str:
        return url_for("series.show", key=key, **{**_options(), **changes})

    return link


def _picture(series: LoadedSeries) -> dict[str, Any]:
    """The columns: the newest sessions, or those before the newest ``before`` ones."""
    before = max(0, min(request.args.get("before", 0, type=int), max(0, len(series.sessions) - 1)))
    end = len(series.sessions) - before
    start = max(0, end - WIDE_COLUMNS)
    return {
        "columns": series_view.columns_of(series.sessions[start:end]),
        "start": start,
        "before": before,
        "narrow_columns": NARROW_COLUMNS,
        "averages": averages(series.sessions),
        "chart": series_view.chart_of(series_view.columns_of(series.sessions)),
    }


def _people(key: str, people: list[Any]) -> dict[str, Any]:
    show, query = request.args.get("show", ""), request.args.get("q", "").strip()[:200]
    compared = len(_compared_keys())
    show = show if show in [name for name, *_ in series_view.filters_of(compared)] else ""
    max_rows = max(ROWS, min(request.args.get("rows", ROWS, type=int), MAX_ROWS))
    return {
        "people": people,
        "rows": chosen(people, show, query, request.args.get("sort", "")),
        "tally": series_view.tally_of(people, show, lambda name: _link(key)(show=name or None, q=None), compared),
        "show": show,
        "query": query,
        "sort": request.args.get("sort", "") if request.args.get("sort", "") in SORTS else "",
        "max_rows": max_rows,
        "hide_names": names_hidden(),
    }
