"""The style guide: every template macro; only with an offline Zoom."""

import re
from dataclasses import replace
from pathlib import Path

from tests.web.reading import read
from zoomapp import create_app, services

ROOT = Path(__file__).resolve().parents[2]


def test_the_style_guide_shows_every_macro():
    macros = {
        name
        for path in (ROOT / "templates" / "macros").glob("*.html")
        for name in re.findall(r"macro (\w+)\(", path.read_text())
    }
    shown = (ROOT / "templates" / "pages" / "styleguide.html").read_text()

    # What is only ever drawn by another macro is seen with that one.
    assert {name for name in macros if f"{name}(" not in shown} <= {"person_rows"}


def test_the_style_guide_follows_the_page_rules_in_both_themes(dana):
    for theme in ("light", "dark"):
        page = dana.look(f"/_styleguide?theme={theme}")

        read(page)
        assert f'<html lang="en" data-theme="{theme}">' in page.text


def test_there_is_no_style_guide_with_the_real_zoom(settings):
    app = create_app(services.build(replace(settings, zoom_host="https://zoom.us")))

    assert app.test_client().get("/_styleguide").status_code == 404
