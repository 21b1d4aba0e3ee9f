"""What every page's template gets: the tabs, the viewer, the theme, text functions."""

from __future__ import annotations

from typing import Any

from flask import Flask, g, request, session, url_for
from markupsafe import Markup, escape

from zoomapp.web import assets
from zoomapp.web.components import filters
from zoomapp.web.components.attendance import meeting_headline
from zoomapp.web.components.content_notices import has_recording_tab
from zoomapp.web.components.meeting_tabs import meeting_tabs
from zoomapp.web.components.minify import Minify
from zoomapp.web.components.notice import reference, unreadable_sentence
from zoomapp.web.current_user import services
from zoomapp.web.return_path import page_path
from zoomapp.web.viewer import next_theme, now, theme, viewer

#: The name of the tab, by the first part of a page's address, where it has another name.
TABS = {"": "overview", "tools": "participants", "series": "participants"}


def init_app(app: Flask) -> None:
    app.jinja_env.add_extension(Minify)
    app.jinja_env.globals.update(fill=fill, plural=plural, unreadable_sentence=unreadable_sentence)
    app.jinja_env.globals.update(has_recording_tab=has_recording_tab)
    app.jinja_env.globals.update(meeting_headline=meeting_headline, meeting_tabs=meeting_tabs)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    assets.init_app(app)
    filters.init_app(app)
    app.context_processor(frame)


def fill(text: str, **values: object) -> Markup:
    """A template's text with its ``%(name)s`` replaced by the values, escaped."""
    return Markup(text) % {name: escape(value) for name, value in values.items()}


def plural(singular: str, plural: str, count: int) -> Markup:
    """The text for this count; ``%(num)s`` in it is the count."""
    return fill(singular if count == 1 else plural, num=count)


def frame() -> dict[str, Any]:
    """The variables of the page layouts."""
    return {
        "app_name": services().settings.app_name,
        "viewer": viewer(),
        "theme": theme(),
        "next_theme": next_theme(),
        "here": request.full_path.rstrip("?"),
        "return_path": return_path(),
        "now": now(),
        "place": place(),
        "places": places(),
        "short_reference": reference,
        "refreshing": g.get("refreshing", False),
    }


def return_path() -> str:
    """The page to return to after a sign-in: this one, or empty for the start page and for a form that was sent."""
    path = page_path(request.full_path.rstrip("?"))
    return "" if request.method != "GET" or path.startswith(("/connect", "/disconnect")) or path == "/" else path


def place() -> str:
    """The first part of this page's address, which is the name of its tab if it has one."""
    first_part = request.path.split("/", 2)[1]
    return TABS.get(first_part, first_part)


def places() -> tuple[tuple[str, str, str], ...]:
    """The four tabs, always in this order: name, address, label."""
    return (
        ("overview", url_for("overview.show"), "Overview"),
        ("participants", url_for("participants.index"), "Participants"),
        ("meetings", url_for("meetings.index"), "Meetings"),
        ("recordings", url_for("recordings.index"), "Recordings"),
    )


def say_done(title: str, text: str = "") -> None:
    """Tell the next page that a form succeeded."""
    session["done"] = [title, text]


def done() -> tuple[str, str] | None:
    """The message about the last form, which is shown once."""
    said = session.pop("done", None)
    return (said[0], said[1]) if said else None
