"""A real Redis cluster with replicas, and a real master and replica behind Sentinels, all on loopback."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis
from redis.crc import key_slot

from devtools.processes import Child, Group, free_port, listening, wait_until
from tests.support.processes import STARTED_WITHIN_SECONDS, until_started
from tests.support.redis_process import RedisProcess, which_redis

SLOTS = 16384
#: A node that is silent for this long counts as failed. The default of 15 s would make tests slow.
FAILED_AFTER_MILLISECONDS = "1000"


@dataclass
class Cluster:
    """The masters and replicas of a cluster. ``replicas[n]`` belongs to ``masters[n]``."""

    masters: list[RedisProcess]
    replicas: list[RedisProcess]

    @property
    def url(self) -> str:
        return "redis+cluster://" + ",".join(f"127.0.0.1:{each.port}" for each in self.masters)

    def master_of(self, key: str) -> RedisProcess:
        """The master that got the key's slot when the cluster was created."""
        size = SLOTS // len(self.masters) + 1
        return self.masters[key_slot(key.encode()) // size]


@pytest.fixture
def redis_cluster(redis_process: Callable[..., RedisProcess]) -> Cluster:
    """Three masters and three replicas, joined and serving."""
    nodes = [
        redis_process(
            cluster_enabled="yes",
            cluster_node_timeout=FAILED_AFTER_MILLISECONDS,
            cluster_replica_validity_factor="0",
            cluster_port=str(free_port()),
        )
        for _ in range(6)
    ]
    masters, replicas = nodes[:3], nodes[3:]
    for number, node in enumerate(nodes):
        with node.client() as client:
            client.execute_command("CLUSTER SET-CONFIG-EPOCH", number + 1)
    size = SLOTS // 3 + 1
    for number, master in enumerate(masters):
        with master.client() as client:
            for slot in range(number * size, min(SLOTS, (number + 1) * size), 512):
                last = min(SLOTS, (number + 1) * size, slot + 512)
                client.execute_command("CLUSTER ADDSLOTS", *range(slot, last))
    assert wait_until(lambda: _meet(nodes), STARTED_WITHIN_SECONDS, every=0.3)
    for master, replica in zip(masters, replicas, strict=True):
        with master.client() as client, replica.client() as follower:
            follower.execute_command("CLUSTER REPLICATE", client.execute_command("CLUSTER MYID"))
    assert wait_until(lambda: all(_serves(node) for node in nodes), STARTED_WITHIN_SECONDS)
    assert wait_until(lambda: all(_follows(node) for node in replicas), STARTED_WITHIN_SECONDS)
    return Cluster(masters, replicas)


@dataclass
class Guarded:
    """A master and its replica, watched by three Sentinels."""

    master: RedisProcess
    replica: RedisProcess
    sentinels: list[Child]
    url: str

    def freeze(self) -> None:
        """Stop the master and all Sentinels: they accept connections and answer nothing."""
        for pid in self._pids:
            os.kill(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        for pid in self._pids:
            os.kill(pid, signal.SIGCONT)

    @property
    def _pids(self) -> list[int]:
        return [self.master.pid, *(each.pid for each in self.sentinels)]


@pytest.fixture
def redis_sentinel(redis_process: Callable[..., RedisProcess], group: Group, tmp_path: Path) -> Guarded:
    """A master and a replica, which takes over when two of three Sentinels miss the master."""
    master = redis_process()
    replica = redis_process(replicaof=f"127.0.0.1 {master.port}")
    assert wait_until(lambda: _follows(replica), STARTED_WITHIN_SECONDS)
    started = [_sentinel(group, tmp_path, master.port) for _ in range(3)]
    ports = [port for port, _ in started]
    assert wait_until(lambda: all(_informed(port) for port in ports), STARTED_WITHIN_SECONDS)
    hosts = ",".join(f"127.0.0.1:{port}" for port in ports)
    return Guarded(master, replica, [child for _, child in started], f"redis+sentinel://{hosts}/rollcall")


def _sentinel(group: Group, folder: Path, master: int) -> tuple[int, Child]:
    port = free_port()
    config = folder / f"sentinel-{port}.conf"
    config.write_text(
        f"port {port}\nbind 127.0.0.1\ndir {folder}\n"
        f"sentinel monitor rollcall 127.0.0.1 {master} 2\n"
        f"sentinel down-after-milliseconds rollcall {FAILED_AFTER_MILLISECONDS}\n"
        "sentinel failover-timeout rollcall 5000\n"
    )
    child = group.start(f"sentinel-{port}", [which_redis() or "", config, "--sentinel"])
    until_started(child, lambda: listening(port))
    return port, child


def _informed(port: int) -> bool:
    """Whether this Sentinel has found the replica and the two other Sentinels."""
    with redis.Redis(port=port) as client:
        master_info = client.sentinel_master("rollcall")
    return master_info["num-slaves"] == 1 and master_info["num-other-sentinels"] == 2


def _meet(nodes: list[RedisProcess]) -> bool:
    """Whether each node knows all others. If not, introduces them to the first one, which forgets slow nodes."""
    if all(_knows(node, len(nodes)) for node in nodes):
        return True
    with nodes[0].client() as first:
        for node in nodes[1:]:
            with node.client() as client:
                bus = client.config_get("cluster-port")["cluster-port"]
            first.execute_command("CLUSTER MEET", "127.0.0.1", node.port, bus)
    return False


def _knows(node: RedisProcess, count: int) -> bool:
    with node.client() as client:
        return int(client.cluster("INFO")["cluster_known_nodes"]) == count


def _serves(node: RedisProcess) -> bool:
    with node.client() as client:
        return str(client.cluster("INFO")["cluster_state"]) == "ok"


def _follows(node: RedisProcess) -> bool:
    with node.client() as client:
        return client.info("replication").get("master_link_status") == "up"
