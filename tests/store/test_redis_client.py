"""Connections to Redis: no extra commands, and no reuse with an unread reply."""

import socket
import threading
from urllib.parse import urlsplit

import pytest

from zoomapp.fastpath.redis_pool import FAST_POOLS
from zoomapp.store import redis_client, redis_connect
from zoomapp.store.redis_connect import PLAIN_POOLS


@pytest.fixture
def overheard(redis_url):
    """A real server behind a proxy that records the commands."""
    there = urlsplit(redis_url)
    sent = []
    listener = socket.create_server(("127.0.0.1", 0))

    def relay():
        ours, _ = listener.accept()
        with ours, socket.create_connection((there.hostname, there.port)) as theirs:
            back = threading.Thread(target=pump, args=(theirs, ours, []))
            back.start()
            pump(ours, theirs, sent)
            theirs.shutdown(socket.SHUT_WR)
            back.join()

    thread = threading.Thread(target=relay)
    thread.start()
    yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0", sent
    thread.join()
    listener.close()


def pump(source, target, heard):
    while data := source.recv(65536):
        heard.append(data)
        target.sendall(data)


@pytest.mark.parametrize("pools", [PLAIN_POOLS, FAST_POOLS])
def test_a_new_connection_asks_for_no_maintenance_notices(overheard, pools):
    url, sent = overheard
    client = redis_connect.connect(url, pools=pools)

    client.ping()
    client.connection_pool.disconnect()

    said = b"".join(sent).upper()
    assert b"PING" in said
    assert b"MAINT_NOTIFICATIONS" not in said


@pytest.mark.parametrize("pools", [PLAIN_POOLS, FAST_POOLS])
def test_a_connection_with_an_unread_reply_is_not_reused(redis_url, pools):
    client = redis_connect.connect(redis_url, pools=pools)
    client.set("zoomapp:mine", b"1", ex=60)
    redis_client.load_together(
        client, "zoomapp:mine"
    )  # its reply was read a moment ago, and it was used by another caller since
    connection = client.connection_pool.get_connection()
    connection.send_command("SET", "zoomapp:other", b"2", "GET", "EX", 60)
    while not connection.can_read(timeout=1):
        pass
    client.connection_pool.release(connection)

    assert client.get("zoomapp:mine") == b"1"
