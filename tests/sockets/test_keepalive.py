"""`flask tokens keepalive` as a scheduler runs it: a process that may be stopped at any moment."""

import subprocess
import sys
from pathlib import Path

from devtools.processes import wait_until
from tests.sockets.test_refresh import REFRESH
from tests.support.processes import HANG_SECONDS
from tests.support.servers import CLIENT_ID, CLIENT_SECRET, ROOT, clean_environ


def keep_alive(house):
    environ = clean_environ(
        PUBLIC_URL=house.app.url,
        SECRET_KEY="a key of the tests, long enough for all",
        TOKEN_ENCRYPTION_KEYS="11" * 32,
        REDIS_URL=house.redis.url,
        ZOOM_HOST=house.zoom.url,
        ZOOM_API_HOST=house.zoom.url,
        ZOOM_CLIENT_ID=CLIENT_ID,
        ZOOM_CLIENT_SECRET=CLIENT_SECRET,
    )
    command = [Path(sys.executable).with_name("flask"), "tokens", "keepalive", "--idle-days", "0"]
    return subprocess.Popen(command, env=environ, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_stopping_keepalive_during_a_refresh_loses_no_grant(house):
    busy = house()
    busy.zoom.fault(route=REFRESH, delay=1.5, grant_type="refresh_token")
    running = keep_alive(busy)
    assert wait_until(lambda: busy.zoom.count(REFRESH) > 0, HANG_SECONDS)

    running.terminate()

    output, _ = running.communicate(timeout=HANG_SECONDS)
    assert output.startswith("1 of 1 grants refreshed")
    busy.zoom.mend()
    busy.zoom.expire_tokens()
    assert busy.call().status_code == 200
