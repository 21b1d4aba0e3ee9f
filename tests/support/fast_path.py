"""Whether this test run uses ``zoomapp/fastpath/``: CI runs some folders a second time without it."""

import os

from zoomapp.fastpath.redis_pool import FAST_POOLS
from zoomapp.store.redis_connect import PLAIN_POOLS

FAST_PATH = os.environ.get("FAST_PATH", "1") != "0"
POOLS = FAST_POOLS if FAST_PATH else PLAIN_POOLS
