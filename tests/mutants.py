"""Guarded lines, each taken out once: the test named beside it passes before that, and fails after it.

    .venv/bin/python -m tests.mutants            all of them, in a copy of the project
    .venv/bin/python -m tests.mutants signature  those whose name has this word

Not part of the suite, which only checks that every line is still there to be taken out.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = (".git", ".venv", ".data", "node_modules", ".*_cache", ".hypothesis", "test-results", "__pycache__")


@dataclass(frozen=True)
class Mutant:
    """``old`` stands once in ``file``; with ``new`` in its place ``test`` fails."""

    name: str
    file: str
    old: str
    new: str
    test: str


MUTANTS = [
    Mutant(
        "a silence is waited for once",
        "zoomapp/storage.py",
        "            self._unless_silent(asked_at)\n",
        "",
        "tests/sockets/test_silence.py::test_twenty_callers_of_a_silent_redis_are_told_and_few_of_them_wait",
    ),
    Mutant(
        "what kept the caller waiting is not tried again",
        "zoomapp/storage.py",
        "if time.monotonic() - begun_at > AT_ONCE_SECONDS:",
        "if False:",
        "tests/sockets/test_silence.py::test_what_failed_at_once_is_tried_once_more_and_what_kept_the_caller_waiting_is_not",
    ),
    Mutant(
        "rotation by compare-and-set",
        "zoomapp/tokens/rotation.py",
        "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end",
        "",
        "tests/cli/test_tokens.py::test_rotate_never_undoes_a_renewal_that_came_in_between",
    ),
    Mutant(
        "a grant kept alive is renewed once",
        "zoomapp/tokens/grants.py",
        "self._tokens.replace(user_id, rejected=access_token)",
        "self._tokens.replace(user_id, rejected=self._tokens.load(user_id).access_token)",
        "tests/cli/test_tokens.py::test_keepalive_of_two_machines_at_once_renews_each_grant_once",
    ),
    Mutant(
        "lease over processes",
        "zoomapp/tokens/service.py",
        "if self.store.take_lease(user_id, owner, LEASE_SECONDS):",
        "if self.store.take_lease(user_id, owner, LEASE_SECONDS) or True:",
        "tests/sockets/test_refresh.py::test_fifty_calls_on_an_expired_token_over_two_workers_make_one_renewal",
    ),
    Mutant(
        "flight over threads",
        "zoomapp/tokens/flight.py",
        "if flight is not None or self._closed:",
        "if self._closed:",
        "tests/tokens/test_flight.py::test_many_callers_one_piece_of_work",
    ),
    Mutant(
        "a look again under the lease",
        "zoomapp/tokens/service.py",
        "return self._changed(user_id, rejected) or self._refresh(user_id)",
        "return self._refresh(user_id)",
        "tests/tokens/test_service.py::test_whoever_gets_the_lease_looks_again_before_spending_a_token",
    ),
    Mutant(
        "lease extended while its owner works",
        "zoomapp/tokens/service.py",
        'threading.Thread(target=self._extend, name="lease", daemon=True).start()',
        "pass",
        "tests/tokens/test_service.py::test_a_living_owners_lease_is_extended_while_zoom_is_slow",
    ),
    Mutant(
        "only the owner ends a lease",
        "zoomapp/storage.py",
        "_GIVE = \"if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0\"",
        "_GIVE = \"return redis.call('DEL', KEYS[1])\"",
        "tests/tokens/test_store.py::test_only_the_owner_ends_the_lease",
    ),
    Mutant(
        "compare before set",
        "zoomapp/tokens/store.py",
        "if kept ~= ARGV[1] then return 0 end",
        "",
        "tests/tokens/test_store.py::test_a_late_writer_changes_nothing",
    ),
    Mutant(
        "a newer authorization wins",
        "zoomapp/tokens/service.py",
        "if current is None or not self._stems_from(user_id, current, record):",
        "if current is None:",
        "tests/tokens/test_service.py::test_a_newer_authorization_wins_over_a_renewal_under_way",
    ),
    Mutant(
        "read again before a grant is ended",
        "zoomapp/tokens/service.py",
        "if tokens.ended or tokens.refresh_token != spent:",
        "if tokens.ended:",
        "tests/tokens/test_service.py::test_invalid_grant_because_another_worker_was_faster_ends_nothing",
    ),
    Mutant(
        "held tokens are offered again",
        "zoomapp/tokens/service.py",
        'threading.Thread(target=self._offer, args=(user_id,), name="held-tokens").start()',
        "pass",
        "tests/tokens/test_service.py::test_tokens_renewed_while_the_store_goes_away_are_written_when_it_returns",
    ),
    Mutant(
        "a renewal outlives a key this process does not know",
        "zoomapp/tokens/service.py",
        'raise StoreUnavailable("the record is under a key that is not in this ring") from error',
        "return False",
        "tests/tokens/test_service.py"
        "::test_a_renewal_by_a_process_without_the_newest_key_is_held_until_it_can_tell_whose_record_lies_there",
    ),
    Mutant(
        "a pause at the token endpoint is kept",
        "zoomapp/tokens/service.py",
        "min(max(FAILURE_SECONDS, wait), MOST_FAILURE_SECONDS)",
        "FAILURE_SECONDS",
        "tests/tokens/test_service.py::test_a_pause_zoom_asks_for_is_told_in_all_workers_and_kept",
    ),
    Mutant(
        "nothing between Zoom's answer and the store",
        "zoomapp/tokens/service.py",
        "            token = self._settle(user_id, record, self._oauth.refresh(tokens))\n"
        '            metrics.refresh("renewed")\n'
        "            return token\n",
        "            renewed = self._oauth.refresh(tokens)\n"
        '            metrics.refresh("renewed")\n'
        "            return self._settle(user_id, record, renewed)\n",
        "tests/tokens/test_service.py::test_nothing_is_counted_between_zooms_answer_and_the_store",
    ),
    Mutant(
        "no renewal begins after SIGTERM",
        "zoomapp/tokens/service.py",
        "self._ending.set()\n        self._flights.close()",
        "pass",
        "tests/tokens/test_service.py::test_after_sigterm_no_renewal_is_begun",
    ),
    Mutant(
        "a kind and an owner are sealed in",
        "zoomapp/tokens/cipher.py",
        'return f"{len(kind)}:{kind}:{owner}".encode()',
        'return b""',
        "tests/tokens/test_cipher.py::test_a_record_of_another_user_does_not_open",
    ),
    Mutant(
        "state belongs to a browser",
        "zoomapp/web/current.py",
        'return cast(str, session["browser"])',
        "return 'any'",
        "tests/web/test_oauth.py::test_another_browsers_callback_is_refused",
    ),
    Mutant(
        "state is used once",
        "zoomapp/begun.py",
        "pipe.hdel(_key(browser), field_name)",
        "pipe.hlen(_key(browser))",
        "tests/web/test_oauth.py::test_a_callback_is_good_once",
    ),
    Mutant(
        "state has an age",
        "zoomapp/begun.py",
        "return begun if self._clock() - begun.began_at < LIFE_SECONDS else None",
        "return begun",
        "tests/web/test_oauth.py::test_a_state_is_too_old_after_five_minutes",
    ),
    Mutant(
        "a wrong state is refused in the client",
        "zoomapp/signin.py",
        "if begun is None or not begun.in_client:",
        "begun = begun or next(iter(self._begun.all(browser)), None)\n        if begun is None:",
        "tests/web/test_oauth.py::test_a_wrong_state_is_never_accepted",
    ),
    Mutant(
        "session id changes at sign-in",
        "zoomapp/web/sessions.py",
        'session.sid = self._generate_sid(self.sid_length, session.get("user_id"))',
        "pass",
        "tests/web/test_oauth.py::test_the_session_id_is_new_after_signing_in",
    ),
    Mutant(
        "no session comes back to life",
        "zoomapp/web/sessions.py",
        "ex=self._lifetime_seconds, xx=session.stored)",
        "ex=self._lifetime_seconds)",
        "tests/web/test_sessions.py::test_a_slow_request_does_not_bring_an_ended_session_back",
    ),
    Mutant(
        "no sign-out is claimed that was none",
        "zoomapp/web/current.py",
        'raise StoreUnavailable("the session could not be ended")',
        "pass",
        "tests/web/test_sessions.py::test_signing_out_without_redis_is_an_outage_and_takes_the_cookie",
    ),
    Mutant(
        "a cookie is deleted as it was set",
        "zoomapp/web/sessions.py",
        'partitioned=bool(app.config["SESSION_COOKIE_PARTITIONED"])',
        'partitioned=bool(app.config["SESSION_COOKIE_PARTITIONED"]) and seconds > 0',
        "tests/web/test_sessions.py::test_the_cookie_is_deleted_with_the_attributes_it_was_set_with",
    ),
    Mutant(
        "a context is used once",
        "zoomapp/web/oauth.py",
        'if not storage.first_time(parts.redis, "context", opened.sealed, left):',
        "if False:",
        "tests/web/test_oauth.py::test_a_context_is_good_once",
    ),
    Mutant(
        "a context is its bytes, not its spelling",
        "zoomapp/web/oauth.py",
        'if not storage.first_time(parts.redis, "context", opened.sealed, left):',
        'if not storage.first_time(parts.redis, "context", blob.strip().rstrip("="), left):',
        "tests/web/test_oauth.py::test_no_other_spelling_of_a_context_opens_it_again",
    ),
    Mutant(
        "a context is ours",
        "zoomapp/zoom/context.py",
        'if claims["iss"] != ISSUER or claims["aud"] != client_id:',
        'if claims["iss"] != ISSUER:',
        "tests/zoom/test_context.py::test_claims_that_are_not_ours_or_not_fresh_are_refused",
    ),
    Mutant(
        "webhook signature",
        "zoomapp/zoom/webhook.py",
        'return hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))',
        "return True",
        "tests/web/test_webhook.py::test_what_zoom_did_not_sign_just_now_is_refused",
    ),
    Mutant(
        "webhook freshness",
        "zoomapp/web/webhook.py",
        "return fresh and webhook.is_signed(",
        "return webhook.is_signed(",
        "tests/web/test_webhook.py::test_stale_means_five_minutes",
    ),
    Mutant(
        "webhook counts once",
        "zoomapp/events.py",
        "if by then return by == ARGV[1] and 1 or 0 end",
        "",
        "tests/web/test_webhook.py::test_an_event_counts_once",
    ),
    Mutant(
        "a step repeated as its answer was lost is no second event",
        "zoomapp/events.py",
        "by == ARGV[1] and 1 or 0",
        "0",
        "tests/test_events.py::test_an_event_whose_answer_was_lost_is_not_taken_for_one_that_was_here_before",
    ),
    Mutant(
        "a worker that starts looks for what was left",
        "gunicorn.conf.py",
        "services.begin_work()",
        "pass",
        "tests/sockets/test_events.py::test_a_removal_whose_worker_was_killed_after_the_answer_is_done_by_the_next",
    ),
    Mutant(
        "whoever was overtaken works no further",
        "zoomapp/events.py",
        "            if not self._leases.take(LEASE, owner, LEASE_SECONDS):\n                return\n",
        "",
        "tests/test_events.py::test_whoever_was_overtaken_leaves_the_rest_and_the_lease_to_the_other",
    ),
    Mutant(
        "a stranger ends no grant",
        "zoomapp/events.py",
        "            self._tokens.load(user_id)\n        except SessionExpired:",
        "            raise SessionExpired\n        except SessionExpired:",
        "tests/web/test_webhook.py"
        "::test_a_forged_removal_deletes_nothing_while_zoom_refuses_calls_and_renews_the_grant",
    ),
    Mutant(
        "the challenge signs no event",
        "zoomapp/zoom/webhook.py",
        "if not isinstance(plain_token, str) or not PLAIN_TOKEN.fullmatch(plain_token):",
        "if not isinstance(plain_token, str):",
        "tests/web/test_webhook.py::test_the_challenge_signs_nothing_that_could_be_an_event",
    ),
    Mutant(
        "dot segments",
        "zoomapp/zoom/target.py",
        'raise BadRequest("dot segment")',
        "pass",
        "tests/zoom/test_target.py::test_no_generated_path_leaves_v2",
    ),
    Mutant(
        "fetch metadata",
        "zoomapp/web/guard.py",
        'if site is not None and site not in ("same-origin", "none"):',
        "if False:",
        "tests/web/test_guard.py::test_a_foreign_write_is_refused",
    ),
    Mutant(
        "origin",
        "zoomapp/web/guard.py",
        'raise CrossSite("Origin of another site")',
        "pass",
        "tests/web/test_guard.py::test_a_foreign_write_is_refused",
    ),
    Mutant(
        "headers that go up",
        "zoomapp/web/proxy.py",
        "headers = {name: environ[key] for name, key in UP if environ.get(key)}",
        "headers = {key[5:].replace('_', '-'): text for key, text in environ.items() if key.startswith('HTTP_')}",
        "tests/web/test_proxy.py::test_nothing_of_ours_goes_up",
    ),
    Mutant(
        "headers that come down",
        "zoomapp/web/proxy.py",
        "headers = {name: value for name in DOWN if (value := answer.headers.get(name)) is not None}",
        "headers = dict(answer.headers)",
        "tests/web/test_proxy.py::test_nothing_of_zooms_comes_down_that_is_not_an_answer",
    ),
    Mutant(
        "a body is as long as it said",
        "zoomapp/web/body.py",
        "if length is not None and len(body) != length:",
        "if False:",
        "tests/sockets/test_borders.py::test_half_a_body_never_reaches_zoom",
    ),
    Mutant(
        "a form is as long as it said",
        "zoomapp/web/body.py",
        "if length is not None and len(body) != length:",
        "if False:",
        "tests/web/test_body.py::test_half_a_form_changes_nothing",
    ),
    Mutant(
        "a body has an end",
        "zoomapp/web/body.py",
        "if len(body) > most:",
        "if False:",
        "tests/web/test_body.py::test_a_form_in_chunks_is_not_cut_off_where_it_gets_too_long",
    ),
    Mutant(
        "a write is sent once",
        "zoomapp/zoom/client.py",
        "if call.method not in SAFE or deadline.passed():",
        "if deadline.passed():",
        "tests/web/test_proxy.py::test_a_write_is_sent_at_most_once",
    ),
    Mutant(
        "a kept answer is one person's",
        "zoomapp/answers.py",
        "[who.user_id, who.grant_id, call.target, *asked]",
        "[call.target, *asked]",
        "tests/web/test_proxy.py::test_no_answer_crosses_users_however_many_ask_at_once",
    ),
    Mutant(
        "a read is repeated once",
        "zoomapp/zoom/client.py",
        "                raise\n        return self._attempt(call, headers)",
        "                raise\n        return self._deliver(call, access_token)",
        "tests/web/test_proxy.py::test_a_get_is_repeated_at_most_once",
    ),
    Mutant(
        "every request has a deadline",
        "zoomapp/web/__init__.py",
        "    deadline.begin()\n",
        "",
        "tests/web/test_proxy.py::test_every_request_has_less_than_28_seconds",
    ),
    Mutant(
        "a second try has what the first one left",
        "zoomapp/zoom/client.py",
        "seconds = deadline.remaining(ANSWER_SECONDS)\n    return min",
        "seconds = ANSWER_SECONDS\n    return min",
        "tests/zoom/test_wire.py::test_both_tries_of_a_read_share_one_budget",
    ),
    Mutant(
        "webhook answered before the work",
        "zoomapp/web/webhook.py",
        "response.call_on_close(parts.events.work_off)",
        "parts.events.work_off()",
        "tests/web/test_webhook.py::test_zoom_has_its_answer_before_the_work_begins",
    ),
    Mutant(
        "a header is one line",
        "zoomapp/zoom/exchange.py",
        'if head.count("\\r") != len(lines) + 1 or head.count("\\n") != len(lines) + 1:',
        "if False:",
        "tests/zoom/test_exchange.py::test_a_value_that_would_break_its_line_goes_nowhere",
    ),
    Mutant(
        "bytes nobody asked for end a connection",
        "zoomapp/zoom/exchange.py",
        "        if self.complete:  # bytes that nobody asked for: whose answer would they be?\n",
        "        if False:\n",
        "tests/zoom/test_exchange.py::test_what_nobody_asked_for_is_not_taken_for_the_next_answer",
    ),
    Mutant(
        "an answer and its parser let go of each other",
        "zoomapp/zoom/exchange.py",
        "        del self._parser\n",
        "",
        "tests/zoom/test_exchange.py::test_an_answer_leaves_nothing_to_the_garbage_collector",
    ),
    Mutant(
        "nobody stays while others wait for a thread",
        "zoomapp/web/worker.py",
        "if not self.tpool._work_queue.empty():",
        "if False:",
        "tests/sockets/test_worker.py::test_a_thread_leaves_a_talking_connection_when_others_wait_for_a_thread",
    ),
    Mutant(
        "workers share connections evenly",
        "zoomapp/web/worker.py",
        "time.sleep(COURTESY_SECONDS)",
        "pass",
        "tests/sockets/test_worker.py::test_nobody_leaves_room_for_a_worker_that_is_gone",
    ),
    Mutant(
        "nobody waits for a worker that is gone",
        "gunicorn.conf.py",
        "    gone(worker.age)\n",
        "",
        "tests/sockets/test_worker.py::test_nobody_leaves_room_for_a_worker_that_is_gone",
    ),
    Mutant(
        "nobody waits for the line about a call",
        "zoomapp/web/lane.py",
        "        return _then(relayed.body, tell)\n",
        "        tell()\n        return _then(relayed.body, lambda: None)\n",
        "tests/web/test_lane.py::test_nobody_waits_for_the_line_about_a_call",
    ),
    Mutant(
        "the short way is guarded like the other",
        "zoomapp/web/lane.py",
        "guard.refuse_cross_site(path, environ, self._parts.settings.public_url)",
        "pass",
        "tests/web/test_lane.py::test_both_ways_lead_to_the_same_answer",
    ),
    Mutant(
        "a session that is to be renewed takes the long way",
        "zoomapp/web/lane.py",
        "if session.modified:",
        "if False:",
        "tests/web/test_lane.py::test_a_session_past_half_its_life_is_renewed_by_a_call",
    ),
    Mutant(
        "no answer of Redis is somebody else's",
        "zoomapp/storage.py",
        "emptied_at > FRESH_SECONDS and not _is_clean(connection)",
        "emptied_at > FRESH_SECONDS and False",
        "tests/test_storage.py::test_a_connection_with_an_answer_that_nobody_read_is_not_handed_out",
    ),
    Mutant(
        "a connection read empty is looked into again once somebody else had it",
        "zoomapp/storage.py",
        "emptied_at, connection.emptied_at = connection.emptied_at, 0.0",
        "emptied_at = connection.emptied_at",
        "tests/test_storage.py::test_a_connection_with_an_answer_that_nobody_read_is_not_handed_out",
    ),
    Mutant(
        "what did not fit into a socket at once follows",
        "zoomapp/zoom/exchange.py",
        "if sent < len(request):",
        "if False:",
        "tests/zoom/test_exchange.py::test_a_long_request_reaches_a_peer_that_reads_slowly_whole",
    ),
    Mutant(
        "a forked process has a watch of its own",
        "zoomapp/zoom/watch.py",
        "os.register_at_fork(after_in_child=self._forget)",
        "pass",
        "tests/zoom/test_wire.py::test_a_process_that_was_forked_has_a_watch_of_its_own",
    ),
    Mutant(
        "counters that cannot be written cost no token",
        "zoomapp/metrics.py",
        "except (OSError, ValueError) as error:",
        "except KeyError as error:",
        "tests/tokens/test_service.py::test_counters_that_cannot_be_written_cost_no_token",
    ),
    Mutant(
        "a slow drip is cut off",
        "zoomapp/zoom/watch.py",
        "socket.socket.shutdown(sock, socket.SHUT_RDWR)",
        "pass",
        "tests/zoom/test_wire.py::test_a_head_that_drips_ends_when_its_time_is_up",
    ),
    Mutant(
        "an answer that is read whole has a largest size",
        "zoomapp/zoom/wire.py",
        "response.raw.read(MOST_WHOLE_BYTES + 1, decode_content=True)",
        "response.raw.read(decode_content=True)",
        "tests/zoom/test_wire.py::test_an_answer_that_is_read_whole_has_a_largest_size",
    ),
    Mutant(
        "an answer without a frame",
        "zoomapp/zoom/client.py",
        "if answer._has_body and not framed:",
        "if False:",
        "tests/zoom/test_wire.py::test_an_answer_without_a_frame_is_never_taken_for_whole",
    ),
    Mutant(
        "the store of recordings never sees the token",
        "zoomapp/zoom/client.py",
        "            if self.is_zoom(address):\n                request.headers",
        "            if True:\n                request.headers",
        "tests/web/test_recordings.py::test_a_file_is_streamed_with_our_token_and_its_storage_never_sees_it",
    ),
    Mutant(
        "no cookie of Zoom's is kept",
        "zoomapp/services.py",
        "session.cookies.set_policy(_NoCookies())",
        "pass",
        "tests/zoom/test_wire.py::test_a_cookie_that_is_set_does_not_come_along_with_the_next_call",
    ),
    Mutant(
        "no token in the log",
        "zoomapp/tokens/service.py",
        'log.info("tokens renewed", extra={"user": hashed(user_id)})',
        'log.info("tokens renewed", extra={"user": hashed(user_id), "new": renewed.access_token.encode().hex()})',
        "tests/journeys/test_secrets.py::test_no_secret_leaves",
    ),
    Mutant(
        "nobody's address in the log",
        "zoomapp/zoom/client.py",
        '"path": call.template, "status"',
        '"path": call.path, "status"',
        "tests/journeys/test_secrets.py::test_no_secret_leaves",
    ),
    Mutant(
        "nobody's address in what a failure says of itself",
        "zoomapp/zoom/client.py",
        'raise kind(f"{call.method} {call.template}: {type(error).__name__}") from error',
        'raise kind(f"{call.method} {call.path}: {type(error).__name__}") from error',
        "tests/journeys/test_secrets.py::test_no_secret_leaves",
    ),
    Mutant(
        "nobody's address in what Zoom's refusal says",
        "zoomapp/errors.py",
        'super().__init__(f"{zoom_status} {zoom_code}")',
        'super().__init__(f"{zoom_status} {zoom_code}: {zoom_message}")',
        "tests/journeys/test_secrets.py::test_no_secret_leaves",
    ),
    Mutant(
        "attendance: only the owner ends a lease",
        "zoomapp/snapshots.py",
        "self._leases.give(lease, owner)",
        "self._redis.delete(lease)",
        "tests/test_snapshots.py::test_who_was_too_slow_does_not_end_the_next_ones_lease",
    ),
    Mutant(
        "attendance: one asks, the others see what is there",
        "zoomapp/snapshots.py",
        "mine = self._leases.take(lease, owner, LEASE_SECONDS)",
        "mine = True",
        "tests/test_snapshots.py::test_while_one_asks_the_others_see_what_is_there",
    ),
    Mutant(
        "attendance: a pause between two calls",
        "zoomapp/snapshots.py",
        "Snapshot(_raw(body), self._clock(), self._clock() + pause())",
        "Snapshot(_raw(body), self._clock(), self._clock())",
        "tests/web/test_live_people.py::test_a_hundred_windows_for_a_minute_cost_zoom_as_much_as_one",
    ),
    Mutant(
        "attendance: shared with whom Zoom answered",
        "zoomapp/snapshots.py",
        "_Look(known if age < PROOF_SECONDS else None, pause, age)",
        "_Look(known, pause, 0.0)",
        "tests/test_snapshots.py::test_a_viewer_is_shown_it_only_after_zoom_itself_answered_them",
    ),
    Mutant(
        "attendance: a number stands for its last instance",
        "zoomapp/web/held.py",
        "uuid = last.uuid if last else instance",
        "uuid = instance",
        "tests/web/test_live_people.py::test_a_number_stands_for_the_instance_that_ran_last",
    ),
    Mutant(
        "attendance: roles outlast the report",
        "zoomapp/web/held.py",
        "Roster.of([*rows, *seen], _frame(rows, about)",
        "Roster.of(rows, _frame(rows, about)",
        "tests/web/test_live_people.py::test_who_was_host_and_co_host_is_still_said_in_the_report_and_the_file",
    ),
    Mutant(
        "attendance: a live list holds a hundred rows",
        "zoomapp/web/live.py",
        '"most": ROWS, "lively": True',
        '"lively": True',
        "tests/web/test_live_people.py::test_all_rows_are_shown_at_once_but_never_refreshed",
    ),
    Mutant(
        "attendance: nobody changes places",
        "zoomapp/web/participants.py",
        'chosen["at"] = now().timestamp()',
        "pass",
        "tests/web/test_live_people.py::test_a_refresh_changes_nobodys_place_however_the_list_is_sorted",
    ),
    Mutant(
        "attendance: names hidden beside another time",
        "zoomapp/web/occurrences.py",
        "initials(person.name) if names() else person.name",
        "person.name",
        "tests/web/test_pages_attendance.py::test_hidden_names_stay_hidden_beside_another_time",
    ),
    Mutant(
        "attendance: a refusal is no end",
        "zoomapp/web/live.py",
        "if trouble is None or trouble.status == NotFound.status:",
        "if trouble is None or trouble.status < 429:",
        "tests/web/test_live_people.py::test_a_refusal_is_no_end_and_says_why",
    ),
    Mutant(
        "attendance: in an outage one asks for all",
        "zoomapp/snapshots.py",
        'failed = self._stop(name, Pause(until, error.code, getattr(error, "daily", False)))',
        'failed = Pause(until, error.code, getattr(error, "daily", False))',
        "tests/test_snapshots.py::test_a_hundred_people_cost_zoom_as_much_as_one_in_good_times_and_in_bad",
    ),
    Mutant(
        "attendance: whom Zoom refuses loses it",
        "zoomapp/snapshots.py",
        "self._kept.drop(viewer, PROOF, keys.digest(name))",
        "pass",
        "tests/test_snapshots.py::test_whom_zoom_refuses_loses_it_at_once",
    ),
    Mutant(
        "attendance: the viewer's own grant",
        "zoomapp/web/dashboard.py",
        "if not may_read_dashboard():",
        "if False:",
        "tests/web/test_live_people.py::test_a_grant_that_lost_the_scope_is_shown_nothing_more",
    ),
    Mutant(
        "attendance: webhooks are the host's",
        "zoomapp/rooms.py",
        "return keys.of_user(host, KIND, keys.digest(uuid))",
        'return keys.of_user("", KIND, keys.digest(uuid))',
        "tests/test_rooms.py::test_what_was_told_is_there_for_the_host_and_for_nobody_else",
    ),
    Mutant(
        "attendance: nothing of who is not connected",
        "zoomapp/rooms.py",
        "if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end",
        "",
        "tests/test_rooms.py::test_of_a_host_who_is_not_connected_nothing_is_kept",
    ),
    Mutant(
        "attendance: webhooks' records go with the host",
        "zoomapp/rooms.py",
        "redis.call('SADD', KEYS[4], KEYS[2], KEYS[3])",
        "",
        "tests/test_rooms.py::test_who_leaves_takes_all_of_it_along",
    ),
    Mutant(
        "attendance: what the client saw goes with the person",
        "zoomapp/storage.py",
        "redis.call('SET', KEYS[3], ARGV[1], 'EX', ARGV[2])\nredis.call('SADD', KEYS[2], KEYS[3])",
        "redis.call('SET', KEYS[3], ARGV[1], 'EX', ARGV[2])",
        "tests/web/test_sighted.py::test_it_goes_with_the_person",
    ),
    Mutant(
        "nothing is written of who has left",
        "zoomapp/storage.py",
        "if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end\nlocal there",
        "local there",
        "tests/test_belongings.py::test_a_page_that_was_slow_writes_nothing_after_a_disconnect",
    ),
    Mutant(
        "nothing is shared of who has left",
        "zoomapp/snapshots.py",
        "            self._drop(name, everything=True)\n        return snapshot",
        "            pass\n        return snapshot",
        "tests/test_belongings.py::test_a_page_that_was_slow_writes_nothing_after_a_disconnect",
    ),
    Mutant(
        "what was shared goes along",
        "zoomapp/storage.py",
        "client.delete(shared)",
        "pass",
        "tests/test_belongings.py::test_what_is_kept_of_somebody_goes_with_them",
    ),
    Mutant(
        "attendance: a client's word is added to what better sources tell",
        "zoomapp/web/sources.py",
        "*(self.sighted.stays if self.sighted else ())]",
        "*(self.sighted.stays if self.sighted and not self.heard else ())]",
        "tests/web/test_sighted.py::test_one_webhook_switches_nothing_off_that_the_client_sees",
    ),
    Mutant(
        "attendance: what a client saw is of one instance",
        "zoomapp/sightings.py",
        'return seen if seen and uuid in ("", seen.uuid) else None',
        "return seen",
        "tests/web/test_sighted.py::test_a_room_that_is_used_twice_a_day_keeps_its_people_apart",
    ),
    Mutant(
        "attendance: two of one name in the client are two",
        "zoomapp/attendance/people.py",
        "return not any(other != who and",
        "return not any(other == who and",
        "tests/attendance/test_people.py::test_two_of_one_name_in_the_client_stay_two_beside_the_one_whom_webhooks_told",
    ),
    Mutant(
        "files: a link is good once",
        "zoomapp/handed.py",
        "self._redis.getdel(key)",
        "self._redis.get(key)",
        "tests/web/test_handed.py::test_whoever_has_the_link_gets_the_file_once",
    ),
    Mutant(
        "files: a link is for one of them",
        "zoomapp/handed.py",
        "if left and left.address == address else None",
        "if left else None",
        "tests/web/test_handed.py::test_a_link_is_for_one_file_and_whoever_tries_another_has_used_it",
    ),
    Mutant(
        "files: nothing else has a link",
        "zoomapp/web/handover.py",
        "return endpoint in FILES",
        "return True",
        "tests/web/test_handed.py::test_nothing_but_a_file_has_a_link",
    ),
    Mutant(
        "files: a key opens no page",
        "zoomapp/web/handover.py",
        "if secret is None or request.endpoint not in FILES:",
        "if secret is None:",
        "tests/web/test_handed.py::test_a_key_opens_no_page",
    ),
    Mutant(
        "attendance: names hidden in the list",
        "zoomapp/web/participants.py",
        "seen = replace(seen, value=seen.value.without_names())",
        "pass",
        "tests/web/test_pages_attendance.py::test_names_can_be_hidden_from_those_who_see_the_screen",
    ),
    Mutant(
        "attendance: addresses hidden with the names",
        "zoomapp/web/roster.py",
        'name=initials(each.name), email=""',
        "name=initials(each.name)",
        "tests/web/test_pages_attendance.py::test_hidden_names_stay_hidden_in_the_details",
    ),
    Mutant(
        "attendance: names hidden in what was merged",
        "zoomapp/web/person.py",
        "name=initials(name) if hidden else name",
        "name=name",
        "tests/web/test_pages_attendance.py::test_hidden_names_stay_hidden_in_the_details",
    ),
    Mutant(
        "attendance: no cell is a formula",
        "zoomapp/exports.py",
        'return f"\'{text}" if start.startswith(FORMULA)',
        "return text if start.startswith(FORMULA)",
        "tests/test_exports.py::test_no_text_is_a_formula",
    ),
    Mutant(
        "attendance: a hidden page is silent",
        "static/js/live.js",
        "&& !document.hidden ",
        "",
        "tests/pages/test_live_js.py::test_a_hidden_page_asks_nothing_for_five_minutes_and_at_once_when_seen",
    ),
    Mutant(
        "attendance: an app out of sight is silent",
        "static/js/live.js",
        "&& inSight ",
        "",
        "tests/pages/test_sighted_in_client.py::test_an_app_out_of_sight_asks_nothing_until_it_is_seen_again",
    ),
    Mutant(
        "recordings: a month in two pieces is done",
        "zoomapp/web/shelf.py",
        "SHORT_FRESH_SECONDS if len(spans) > 1 else 0",
        "0",
        "tests/web/test_pages_recordings.py::test_a_month_in_two_pieces_is_done_however_slow_and_asks_for_each_once",
    ),
    Mutant(
        "schedule: look before what may be there is sent again",
        "zoomapp/web/schedule.py",
        'if request.form.get("look") and (found',
        "if False and (found",
        "tests/web/test_pages_meetings.py::test_when_nobody_could_look_it_is_said_and_the_next_sending_looks_first",
    ),
    Mutant(
        "settings: what somebody else changed stays",
        "zoomapp/web/meeting.py",
        "changed_settings(shown, wanted)",
        "changed_settings(as_switches(meeting.settings), wanted)",
        "tests/web/test_pages_meetings.py::test_what_somebody_else_changed_meanwhile_stays",
    ),
    Mutant(
        "drafts: only where they were typed",
        "zoomapp/web/drafts.py",
        "if waiting() != request.path:",
        "if not waiting():",
        "tests/web/test_pages_meetings.py::test_settings_that_were_touched_survive_it_too",
    ),
    Mutant(
        "schedule: a form that failed can be sent again",
        "zoomapp/web/schedule.py",
        "        sent_before().give_up(key)\n",
        "",
        "tests/web/test_pages_meetings.py::test_a_form_that_could_not_be_sent_is_not_taken_for_one_under_way",
    ),
    Mutant(
        "long lists: goes on where it was",
        "zoomapp/web/steps.py",
        "begun=Collected(**begun) if isinstance(begun, dict) else None",
        "begun=None",
        "tests/web/test_pages_steps.py::test_a_slow_list_of_meetings_says_how_far_it_is_and_is_whole_in_the_end",
    ),
    Mutant(
        "nobody asks for what is used up",
        "zoomapp/governor.py",
        "if not self._marks.claim_probe(place, mark):",
        "if False:",
        "tests/test_governor.py::test_what_one_heard_nobody_of_the_account_asks_again",
    ),
    Mutant(
        "one call of all workers tries",
        "zoomapp/marks.py",
        "if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end",
        "",
        "tests/test_governor.py::test_the_picture_works_on_a_cluster",
    ),
    Mutant(
        "a mistaken limit is lifted",
        "zoomapp/governor.py",
        "self._marks.lift(place)",
        "pass",
        "tests/test_governor.py::test_a_mistake_heals_for_everybody_when_one_call_is_served",
    ),
    Mutant(
        "a failed try lifts nothing",
        "zoomapp/governor.py",
        "if answer.status < 400:",
        "if True:",
        "tests/test_governor.py::test_a_try_that_says_nothing_of_the_limit_leaves_the_mark",
    ),
    Mutant(
        "one thing's limit is not the account's",
        "zoomapp/zoom/limits.py",
        'and "permitted for" not in words else ""',
        'else ""',
        "tests/test_governor.py::test_a_limit_of_one_thing_is_marked_nowhere",
    ),
    Mutant(
        "a write waits for no second",
        "zoomapp/governor.py",
        "if call.method not in SAFE or seconds > self._wait_seconds",
        "if seconds > self._wait_seconds",
        "tests/test_governor.py::test_a_write_is_never_sent_twice",
    ),
    Mutant(
        "nobody waits long",
        "zoomapp/governor.py",
        "seconds > self._wait_seconds or deadline",
        "deadline",
        "tests/test_governor.py::test_nobody_waits_for_long_or_for_another_day",
    ),
    Mutant(
        "nobody waits past the end of the request",
        "zoomapp/governor.py",
        " or deadline.remaining(pause) < pause:",
        ":",
        "tests/test_governor.py::test_nobody_waits_past_the_requests_end",
    ),
    Mutant(
        "few wait at once",
        "zoomapp/governor.py",
        "if not self._waiting.acquire(blocking=False):",
        "if False:",
        "tests/test_governor.py::test_of_all_threads_only_a_few_wait",
    ),
    Mutant(
        "a picture a second old will do",
        "zoomapp/marks.py",
        "if not 0 < self._look_at - now <= FAILED_SECONDS and self._looking",
        "if self._looking",
        "tests/test_governor.py::test_a_relayed_read_costs_no_trip_of_its_own",
    ),
    Mutant(
        "a clock set back does not blind",
        "zoomapp/marks.py",
        "if not 0 < self._look_at - now <= FAILED_SECONDS and",
        "if self._look_at <= now and",
        "tests/test_governor.py::test_a_clock_that_is_set_back_keeps_nobody_from_looking",
    ),
    Mutant(
        "few marks of one person",
        "zoomapp/marks.py",
        "if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[4]) then redis.call('DEL', KEYS[1]) end",
        "",
        "tests/test_governor.py::test_nobody_fills_redis",
    ),
]


CAUGHT, SURVIVED, UNSOUND, UNCLEAR = "caught", "SURVIVED", "UNSOUND", "UNCLEAR"


def verdict(mutant: Mutant, copy: Path) -> str:
    """``caught`` when its tests pass and fail without its line. Leaves the copy as it was.

    ``UNSOUND``: they do not pass as things are. ``UNCLEAR``: without the line pytest did not even get to run them.
    """
    if _tested(mutant.test, copy) != 0:
        return UNSOUND
    file = copy / mutant.file
    before = file.read_text()
    file.write_text(before.replace(mutant.old, mutant.new))
    try:
        # 1: tests ran and failed. Everything above is an interruption, a wrong name, an error of collection.
        return {0: SURVIVED, 1: CAUGHT}.get(_tested(mutant.test, copy), UNCLEAR)
    finally:
        file.write_text(before)


def _tested(test: str, copy: Path) -> int:
    """What pytest ends with."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *test.split()]
    # A changed file of the same size, within the same second, would be taken for the one that was compiled.
    environ = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=copy, env=environ, capture_output=True, timeout=300).returncode


def main(words: list[str]) -> int:
    """1 when a mutant is not caught."""
    chosen = [each for each in MUTANTS if not words or any(word in each.name for word in words)]
    caught = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
        for mutant in chosen:
            told = verdict(mutant, copy)
            caught += told == CAUGHT
            print(f"{told:8}  {mutant.name:45} {mutant.test.split()[0]}", flush=True)
    print(f"{caught} of {len(chosen)} caught")
    return 0 if caught == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
