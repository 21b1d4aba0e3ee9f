"""The fixtures of the timed tests: those of the test suite."""

from tests.client.conftest import stack, start_stack
from tests.conftest import *  # noqa: F403
from tests.conftest import all_the_time_there_is
from tests.pages.conftest import dana_at, site
from tests.sockets.conftest import house

__all__ = ["all_the_time_there_is", "dana_at", "house", "site", "stack", "start_stack"]
