"""Two apps on one Redis: during a failover of Redis no refresh is repeated and no token is lost."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from devtools.processes import free_port, wait_until
from tests.sockets.remote import Zoom, connect
from tests.sockets.test_refresh import REFRESH
from tests.support.fast_path import POOLS
from tests.support.processes import HANG_SECONDS
from tests.support.redis_process import RedisProcess
from zoomapp.store import key_names, redis_client, redis_connect, user_keys
from zoomapp.tokens.store import RedisTokenStore

FAILED_OVER_WITHIN_SECONDS = HANG_SECONDS


@pytest.fixture
def machines(serve_app, serve_offline_zoom):
    """A factory of deployments: two apps of two workers each on one Redis, the offline Zoom, and a connected user."""

    def build(redis_url):
        port = free_port()
        public = f"http://127.0.0.1:{port}"
        zoom = Zoom(serve_offline_zoom(public, story="quiet-day"))
        zoom.control("switches", auto_consent=True)
        apps = [
            serve_app(redis_url, zoom.url, port=port),
            serve_app(redis_url, zoom.url, port=free_port(), PUBLIC_URL=public),
        ]
        cookies = connect(apps[0].url).cookies.get_dict()
        zoom.clear()
        return apps, zoom, cookies

    return build


def call(app, cookies):
    return requests.get(f"{app.url}/zoom/api/v2/users/me", cookies=cookies, timeout=HANG_SECONDS).status_code


def walk(apps, cookies):
    """Each app shows a page, answers a call and lets a user sign in."""
    pages = [requests.get(f"{app.url}/meetings", cookies=cookies, timeout=HANG_SECONDS).status_code for app in apps]
    newcomers = [connect(app.url).cookies.get_dict() for app in apps]
    return [
        *pages,
        *(call(app, each) for app, each in zip(apps, newcomers, strict=True)),
        *(call(app, cookies) for app in apps),
    ]


def lose(master: RedisProcess, apps, zoom, cookies):
    """Twenty calls at once over both machines on an expired token; the master dies while Zoom is renewing it."""
    zoom.fault(route=REFRESH, delay=1.5, grant_type="refresh_token")
    zoom.expire_tokens()
    zoom.clear()
    killer = threading.Thread(
        target=lambda: wait_until(lambda: zoom.count(REFRESH) > 0, HANG_SECONDS) and master.kill(), daemon=True
    )
    killer.start()
    with ThreadPoolExecutor(20) as pool:
        during = list(pool.map(lambda number: call(apps[number % 2], cookies), range(20)))
    killer.join()
    return during


def test_a_cluster_that_loses_a_node_during_a_refresh_loses_no_token(redis_cluster, machines):
    apps, zoom, cookies = machines(redis_cluster.url)
    master = redis_cluster.master_of(key_names.of_user(zoom.user_id("priya"), "tokens"))

    before = walk(apps, cookies)
    during = lose(master, apps, zoom, cookies)

    assert before == [200] * 6
    assert set(during) <= {200, 503, 504}
    for app in apps:
        assert wait_until(lambda app=app: call(app, cookies) == 200, FAILED_OVER_WITHIN_SECONDS, every=0.2)
    assert [call(app, cookies) for app in apps * 4] == [200] * 8
    assert zoom.count(REFRESH) == 1
    assert walk(apps, cookies) == [200] * 6


def test_a_sentinel_failover_during_a_refresh_loses_no_token(redis_sentinel, machines):
    apps, zoom, cookies = machines(redis_sentinel.url)

    before = walk(apps, cookies)
    during = lose(redis_sentinel.master, apps, zoom, cookies)

    assert before == [200] * 6
    assert set(during) <= {200, 503, 504}
    for app in apps:
        assert wait_until(lambda app=app: call(app, cookies) == 200, FAILED_OVER_WITHIN_SECONDS, every=0.2)
    assert [call(app, cookies) for app in apps * 4] == [200] * 8
    assert zoom.count(REFRESH) == 1
    assert walk(apps, cookies) == [200] * 6


def test_every_command_for_one_user_stays_in_one_slot_of_a_cluster(redis_cluster):
    client = redis_connect.connect(redis_cluster.url, pools=POOLS)
    store = RedisTokenStore(client)

    for user in ("alice", "bob", "carol", "dave"):
        store.save(user, b"one")
        assert store.compare_and_set(user, b"one", b"two")
        lease = store.lease(user, 5)
        assert lease.take() and not store.lease(user, 5).take()
        lease.give_back()
        listed = key_names.of_user(user, "session", "x")
        client.set(listed, b"1", ex=60)
        user_keys.add_user_key(client, user, listed)
        belongings, elsewhere = user_keys.UserKeys(client), key_names.tagged(f"of nobody {user}", "snapshot")
        assert belongings.put(user, listed, b"1", 60) is user_keys.WriteResult.DONE
        client.set(elsewhere, b"1", ex=60)
        assert belongings.lend(user, elsewhere) is user_keys.WriteResult.DONE
        assert store.load(user) == b"two"
        assert store.delete(user)
        assert client.get(listed) is None and client.get(elsewhere) is None
        assert belongings.put(user, listed, b"1", 60) is user_keys.WriteResult.NOT_CONNECTED


def test_an_unreachable_cluster_gives_503_and_no_crash():
    client = redis_connect.connect(f"redis+cluster://127.0.0.1:{free_port()}", pools=POOLS)

    with pytest.raises(redis_client.StoreUnavailable):
        redis_client.load(client, "zoomapp:{x}:tokens")
