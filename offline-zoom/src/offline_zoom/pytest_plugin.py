"""A pytest plugin: the fixture ``offline_zoom`` is a running offline Zoom.

``@pytest.mark.offline_zoom(story="live-meeting")`` gives the arguments of its ``World``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from offline_zoom import Server


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", "offline_zoom(**arguments): arguments of the World of the fixture offline_zoom")


@pytest.fixture
def offline_zoom(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A running offline Zoom on a free port, with ``url`` and ``world``."""
    from offline_zoom import World, serve  # only tests that use the fixture pay for the import

    marker = request.node.get_closest_marker("offline_zoom")
    with serve(World(**(marker.kwargs if marker else {}))) as server:
        yield server
