"""Worlds in which less is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offline_zoom.stories.quiet_day import quiet_day

if TYPE_CHECKING:
    from offline_zoom.world import World


def personal_app(world: World) -> None:
    """Priya's own Pro account; the app is managed by each user and reads only what is theirs."""
    quiet_day(world)
    world.admin_managed = False
    world.sign_in_as("priya")


def free_plan(world: World) -> None:
    """Finn's free account."""
    quiet_day(world)
    world.admin_managed = False
    world.sign_in_as("finn")
