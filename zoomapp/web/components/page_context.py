"""What surrounds every page: the places, who looks, the theme, words in the reader's language."""

from __future__ import annotations

from gettext import NullTranslations
from gettext import gettext as _
from typing import Any

from flask import Flask, request, session, url_for
from markupsafe import Markup, escape

from zoomapp.web import assets
from zoomapp.web.components import filters
from zoomapp.web.components.notice import reference
from zoomapp.web.current_user import services
from zoomapp.web.middleware.minify import Minify
from zoomapp.web.viewer import next_theme, now, theme, viewer

#: English, until there is a catalogue: the module's own functions look for one on the disk at every word.
WORDS = NullTranslations()


def init_app(app: Flask) -> None:
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.add_extension(Minify)
    app.jinja_env.install_gettext_callables(WORDS.gettext, WORDS.ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals["_"] = said
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    assets.init_app(app)
    filters.init_app(app)
    app.context_processor(frame)


def said(text: str, **values: object) -> Markup:
    """A template's text in the reader's language, values escaped; the extension's own costs three times as much."""
    return Markup(WORDS.gettext(text) % {name: escape(value) for name, value in values.items()})


def frame() -> dict[str, Any]:
    """What the layouts need."""
    return {
        "app_name": services().settings.app_name,
        "viewer": viewer(),
        "theme": theme(),
        "next_theme": next_theme(),
        "here": request.full_path.rstrip("?"),
        "now": now(),
        "place": request.blueprint,
        "places": places(),
        "short_reference": reference,
    }


def places() -> tuple[tuple[str, str, str], ...]:
    """The four tabs, always in this order: name, address, words."""
    return (
        ("overview", url_for("overview.show"), _("Overview")),
        ("participants", url_for("participants.index"), _("Participants")),
        ("meetings", url_for("meetings.index"), _("Meetings")),
        ("recordings", url_for("recordings.index"), _("Recordings")),
    )


def say_done(title: str, text: str = "") -> None:
    """Tell the next page that a form succeeded."""
    session["done"] = [title, text]


def done() -> tuple[str, str] | None:
    """What the last form did, once."""
    said = session.pop("done", None)
    return (said[0], said[1]) if said else None
