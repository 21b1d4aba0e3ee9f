"""A state machine of tokens: authorized, expired, refused, lost, removed and re-encrypted in any order."""

import threading

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from offline_zoom.faults import Fault
from offline_zoom.serving.requests_adapter import OfflineZoomAdapter
from offline_zoom.world import World
from tests.support.people import OWN, ZOOM, Clock
from tests.support.processes import HANG_SECONDS
from zoomapp.errors import NotAuthorized, SessionExpired, UpstreamError
from zoomapp.services import http_session
from zoomapp.store.encryption import KeyRing
from zoomapp.tokens.service import TokenService
from zoomapp.tokens.store import MemoryTokenStore
from zoomapp.zoom.oauth import ZoomOAuth

REFRESH = "POST /oauth/token"
REDIRECT = OWN + "/api/zoomapp/auth"
OUTAGES = ("token-error", "token-html", "wrong-client", "token-limit")


class Tokens(RuleBasedStateMachine):
    """Two workers, one store, one user, one Zoom. ``grant``: whether Zoom would still renew for us."""

    @initialize()
    def begin(self):
        self.clock = Clock()
        self.world = World(clock=self.clock, sleep=self.clock.tick, redirect_uris=[OWN], base_url=ZOOM)
        session = http_session(OfflineZoomAdapter(self.world))
        client = (self.world.client_id, (self.world.client_secret,))
        self.oauth = ZoomOAuth(session, ZOOM, *client, REDIRECT, self.clock)
        self.store = MemoryTokenStore()
        self.keys = [bytes([0]) * 32]
        self.user = self.world.user("dana").id
        self.start_workers()
        self.kept = False
        self.grant = False
        self.newest = ""

    def start_workers(self):
        ring = KeyRing(tuple(self.keys))
        self.workers = [TokenService(self.store, ring, self.oauth, 300, self.clock) for _ in range(2)]

    def ask(self, worker):
        """A token as a request gets it, with any renewal ahead of time ended. The failure shared before is over."""
        self.store.save_failure(self.user, "", 1)
        try:
            return self.workers[worker].access_token(self.user)
        finally:
            for thread in threading.enumerate():
                if thread.name in ("single-flight", "unsaved-tokens"):
                    thread.join(HANG_SECONDS)

    @rule(worker=st.integers(0, 1))
    def authorize(self, worker):
        code = self.world.issue_code("dana", REDIRECT, "v" * 43)
        tokens = self.oauth.exchange(code, "v" * 43, REDIRECT)
        self.workers[worker].save(self.user, tokens)
        self.kept, self.grant, self.newest = True, True, tokens.access_token

    @rule(seconds=st.sampled_from([1, 1800, 3350, 3600, 86400]))
    def time_passes(self, seconds):
        self.clock.tick(seconds)

    @rule(worker=st.integers(0, 1))
    def request_token(self, worker):
        self.world.calls.clear()
        alive = self.kept and self.grant

        try:
            token = self.ask(worker)
            if self.world.calls.count(REFRESH):
                # A renewal ahead of time has ended meanwhile, and with it the token it replaced.
                token = self.ask(worker)
        except (NotAuthorized, SessionExpired):
            assert not alive
        else:
            assert self.kept
            assert self.accepted(token) or not self.grant
        assert self.world.calls.count(REFRESH) <= 1

    @precondition(lambda self: self.kept and self.grant)
    @rule(first=st.integers(0, 1))
    def both_ask_at_once_when_it_has_expired(self, first):
        self.clock.tick(3600)
        self.world.calls.clear()
        self.store.save_failure(self.user, "", 1)
        got = [None, None]

        def call(place):
            got[place] = self.workers[(first + place) % 2].access_token(self.user)

        threads = [threading.Thread(target=call, args=(place,)) for place in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(HANG_SECONDS)

        assert got[0] == got[1] and self.accepted(got[0])
        assert self.world.calls.count(REFRESH) == 1

    @precondition(lambda self: self.kept and self.grant)
    @rule(worker=st.integers(0, 1), outage=st.sampled_from(OUTAGES))
    def the_token_endpoint_is_away(self, worker, outage):
        self.clock.tick(3600)
        self.world.faults.add(outage)

        with pytest.raises(UpstreamError):
            self.ask(worker)

        self.world.faults.clear()
        assert self.accepted(self.ask(worker))

    @precondition(lambda self: self.kept and self.grant)
    @rule(worker=st.integers(0, 1))
    def zoom_rotates_and_its_answer_is_lost(self, worker):
        self.clock.tick(3600)
        self.world.faults.add("lost-rotation")

        with pytest.raises(UpstreamError):
            self.ask(worker)

        self.world.faults.clear()
        self.grant = False

    @precondition(lambda self: self.kept)
    @rule()
    def zoom_ends_the_grant(self):
        self.world.deauthorize(self.user)
        self.grant = False

    @precondition(lambda self: self.kept and self.grant)
    @rule(worker=st.integers(0, 1))
    def a_newer_authorization_comes_while_zoom_renews(self, worker):
        self.clock.tick(3600)
        world_sleep, self.world.sleep = self.world.sleep, lambda seconds: self.authorize(1 - worker)
        self.world.faults.append(Fault(REFRESH, hold=1, grant_type="refresh_token", count=1))

        token = self.ask(worker)

        self.world.sleep = world_sleep
        assert token == self.newest and self.accepted(token)

    @precondition(lambda self: self.kept and self.grant)
    @rule(worker=st.integers(0, 1))
    def the_user_is_removed_while_zoom_renews(self, worker):
        self.clock.tick(3600)
        world_sleep, self.world.sleep = self.world.sleep, lambda seconds: self.workers[1 - worker].delete(self.user)
        self.world.faults.append(Fault(REFRESH, hold=1, grant_type="refresh_token", count=1))

        with pytest.raises(NotAuthorized):
            self.ask(worker)

        self.world.sleep = world_sleep
        self.kept = self.grant = False

    @rule(worker=st.integers(0, 1))
    def delete(self, worker):
        assert self.workers[worker].delete(self.user) == self.kept
        self.kept = self.grant = False

    @rule()
    def a_new_key_and_new_workers(self):
        self.keys.insert(0, bytes([len(self.keys)]) * 32)
        self.start_workers()

    @invariant()
    def nothing_kept_means_nothing_there(self):
        if hasattr(self, "kept") and not self.kept:
            assert self.store.load(self.user) is None

    @invariant()
    def nobody_holds_the_lease(self):
        if hasattr(self, "store"):
            lease = self.store.lease(self.user, 1)
            assert lease.take()
            lease.give_back()

    def accepted(self, token):
        """Whether Zoom takes this token."""
        session = http_session(OfflineZoomAdapter(self.world))
        answer = session.get(f"{ZOOM}/v2/users/me", headers={"Authorization": f"Bearer {token}"})
        return answer.status_code == 200


TestTokens = Tokens.TestCase
TestTokens.settings = hypothesis_settings(max_examples=40, stateful_step_count=20, deadline=None)
