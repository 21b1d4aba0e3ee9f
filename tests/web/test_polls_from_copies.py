"""The pages of polls and of Q&A when they are served from saved copies."""

from dataclasses import replace

import pytest

from zoomapp.zoom.meeting_ids import key_of


@pytest.fixture
def settings(settings):
    """Pages are served from copies, as in an installation."""
    return replace(settings, page_cache_seconds=60)


@pytest.mark.parametrize(("name", "noun"), [("polls", "polls"), ("qa", "questions")])
def test_empty_copy_from_the_first_half_hour_is_no_proof_that_there_are_none(dana, world, clock, name, noun):
    instance = world.start_meeting(85000000101)
    world.join(instance, "dana")
    world.end_meeting(instance)
    attendance = f"/participants/{key_of(instance.uuid)}"
    clock.tick(1790)
    dana.look(f"{attendance}/{name}")
    clock.tick(20)

    page = dana.look(f"{attendance}/{name}")

    assert "Zoom is collecting the" in page.text and page.headers["Refresh"] == "60"
    assert f'href="{attendance}/{name}"' in dana.look(attendance).text
    reloaded = dana.get(f"{attendance}/{name}", headers={"Cache-Control": "no-cache"})
    assert f"No {noun} in this meeting" in reloaded.text
    assert f'href="{attendance}/{name}"' not in dana.look(attendance).text
