"""Backup and restore of Redis: the commands of docs/operations.md, run against a server that keeps its data."""

import os
import re
import shlex
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from devtools.processes import wait_until
from tests.support.people import Person, adapter
from tests.support.processes import HANG_SECONDS
from tests.support.servers import ROOT
from zoomapp import create_app, services

ME = "/zoom/api/v2/users/me"


RUNBOOK = (ROOT / "docs" / "operations.md").read_text().partition("## Backup and restore\n")[2].partition("\n## ")[0]
#: How Redis is started to read a backup.
APPENDONLY = re.search(r"Start Redis with `--appendonly (\w+)`", RUNBOOK)


def runbook(begin):
    """The commands of the runbook after the words ``begin``, up to the next paragraph that is not indented."""
    block = re.search(r"\n\n((?:    .+\n)+)", RUNBOOK[RUNBOOK.index(begin) :])
    return [line.split("     #")[0].strip() for line in block[1].splitlines()]


class Deployment:
    """Redis with an append-only file, an app with a connected person, and a place for a backup."""

    def __init__(self, server, parts, person, backup):
        self.server, self.parts, self.person, self.backup = server, parts, person, backup
        with server.client() as client:
            self.data = Path(client.config_get("dir")["dir"])

    def run(self, begin):
        """Run the commands after these words of the runbook; ``INFO`` until nothing is in progress any more."""
        for command in runbook(begin):
            if command.startswith("redis-cli -u"):
                assert self._redis_cli(shlex.split(command)[3:])
            else:
                environ = {**os.environ, "REDIS_DATA": str(self.data), "BACKUP": str(self.backup)}
                subprocess.run(["sh", "-c", command], check=True, env=environ, timeout=HANG_SECONDS)

    def _redis_cli(self, words):
        with self.server.client() as client:
            if words[0] != "INFO":
                return client.execute_command(*words)
            return wait_until(lambda: _is_done(client.info("persistence")), HANG_SECONDS)

    def lose_everything(self):
        self.server.kill()
        shutil.rmtree(self.data)
        self.data.mkdir()
        self.server.start(appendonly="yes")

    def restore(self):
        self.server.stop()
        self.run("**Restore it.**")
        self.server.start(appendonly=APPENDONLY[1])
        self.run(APPENDONLY[0])
        self.server.stop()
        self.server.start(appendonly="yes")

    def expiries(self):
        """The moment at which each key expires, in milliseconds."""
        with self.server.client() as client:
            return {key: client.pexpiretime(key) for key in client.scan_iter("zoomapp:*")}


def _is_done(state):
    names = ("rdb_bgsave_in_progress", "aof_rewrite_in_progress", "aof_rewrite_scheduled")
    return not any(state[name] for name in names)


@pytest.fixture
def deployment(settings, world, clock, redis_process, tmp_path):
    server = redis_process(appendonly="yes")
    built = services.build(replace(settings, redis_url=server.url), transport=adapter(world), clock=clock)
    person = Person(create_app(built), world, "dana")
    assert person.connect().status_code == 302
    yield Deployment(server, built, person, tmp_path / "backup.rdb")
    built.call_log.stop()
    built.redis.connection_pool.disconnect()


def test_restored_backup_has_sessions_grants_records_and_lifetimes(deployment, world):
    dana = deployment.person
    dana.post("/settings", data={"late_minutes": "17"})
    # The call log is written later: it would change its records' lifetimes after the backup.
    deployment.parts.call_log.stop()
    before = deployment.expiries()
    deployment.run("**Take a backup**")
    deployment.lose_everything()
    assert deployment.expiries() == {} and dana.get(ME).status_code == 401

    deployment.restore()

    after = deployment.expiries()
    restored = {key: moment for key, moment in after.items() if key in before}
    assert {b":tokens", b":preferences"} <= {key[key.rindex(b":") :] for key in restored}
    assert restored == {key: before[key] for key in restored}
    assert dana.get(ME).status_code == 200
    assert 'value="17"' in dana.look("/settings").text
    world.calls.clear()
    world.revoke_access_tokens()
    assert dana.get(ME).status_code == 200
    assert world.calls.count("POST /oauth/token") == 1


def test_grant_that_was_refreshed_after_the_backup_is_lost_and_the_person_connects_again(deployment, world):
    dana = deployment.person
    deployment.run("**Take a backup**")
    world.revoke_access_tokens()
    assert dana.get(ME).status_code == 200, "refreshed: Zoom has rotated the refresh token"
    deployment.lose_everything()

    deployment.restore()

    world.revoke_access_tokens()
    refused = dana.get(ME)
    assert (refused.status_code, refused.json["error"]) == (401, "session_expired")
    assert dana.connect().status_code == 302
    assert dana.get(ME).status_code == 200
