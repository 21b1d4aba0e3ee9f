"""The commands on a real Redis cluster, where the records are on several nodes."""

from dataclasses import replace

import pytest

from tests.support.people import COMPILED, Person, adapter
from zoomapp import create_app, services
from zoomapp.cli.doctor import store
from zoomapp.config import Settings

OLD, NEW = b"an older key of 32 bytes, random", b"the newest key, also of 32 bytes"
PEOPLE = ("dana", "jonas", "ada", "priya", "finn")


@pytest.fixture
def deploy(redis_cluster, settings: Settings, world, clock):
    """The app on the cluster with this key ring."""

    def build(*ring):
        chosen = replace(settings, redis_url=redis_cluster.url, token_encryption_keys=ring)
        app = create_app(services.build(chosen, transport=adapter(world), clock=clock))
        app.jinja_env.bytecode_cache = COMPILED
        return app

    return build


def test_token_commands_reach_the_records_of_all_nodes(deploy, world, clock):
    first = deploy(OLD)
    for name in PEOPLE:
        Person(first, world, name).connect()
    app = deploy(NEW, OLD)
    run = app.test_cli_runner().invoke

    listed, rotated = run(args=["tokens", "list"]), run(args=["tokens", "rotate"])
    clock.tick(61 * 86400)
    renewed = deploy(NEW).test_cli_runner().invoke(args=["tokens", "keepalive", "--rate", "100"])

    assert all(world.user(name).id in listed.stdout for name in PEOPLE), listed.output
    assert rotated.stdout.startswith("10 of 10 records re-encrypted"), rotated.output
    assert renewed.stdout.startswith("5 of 5 grants refreshed"), renewed.output
    account, run = world.user("dana").account_id, deploy(NEW).test_cli_runner().invoke
    forgotten, listed = run(args=["tokens", "forget-account", account, "--yes"]), run(args=["tokens", "list"])
    of_account = {name for name in PEOPLE if world.user(name).account_id == account}
    assert len(of_account) > 1 and f"of {len(of_account)} people." in forgotten.stdout, forgotten.output
    assert {name for name in PEOPLE if world.user(name).id in listed.stdout} == {*PEOPLE} - of_account


def test_the_doctor_accepts_a_redis_cluster(deploy):
    parts = deploy(NEW).extensions["zoomapp"]

    found = {each.about: each.state for each in store.check(parts)}

    assert found.pop("redis.persistence") == "warn"
    assert set(found.values()) == {"ok"}
    assert {"redis.version", "redis.tls", "redis.eviction", "redis.writable", "keys.records"} <= set(found)
