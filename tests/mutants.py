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
        "zoomapp/store/redis_client.py",
        "            self._breaker.check()\n",
        "",
        "tests/sockets/test_silence.py::test_twenty_callers_of_a_silent_redis_are_told_and_few_of_them_wait",
    ),
    Mutant(
        "what kept the caller waiting is not tried again",
        "zoomapp/store/redis_client.py",
        "if time.monotonic() - started_at > IMMEDIATE_FAILURE_SECONDS:",
        "if False:",
        "tests/sockets/test_silence.py::test_what_failed_at_once_is_tried_once_more_and_what_kept_the_caller_waiting_is_not",
    ),
    Mutant(
        "rotation by compare-and-set",
        "zoomapp/store/key_rotation.py",
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
        "zoomapp/single_flight.py",
        "if flight is not None or self._closed:",
        "if self._closed:",
        "tests/test_single_flight.py::test_many_callers_one_piece_of_work",
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
        "zoomapp/store/leases.py",
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
        "zoomapp/store/encryption.py",
        'return f"{len(kind)}:{kind}:{owner}".encode()',
        'return b""',
        "tests/store/test_encryption.py::test_a_record_of_another_user_does_not_open",
    ),
    Mutant(
        "state belongs to a browser",
        "zoomapp/web/current_user.py",
        'return cast(str, session.get("browser") or secrets.token_urlsafe(16))',
        "return 'any'",
        "tests/web/test_auth.py::test_another_browsers_callback_is_refused",
    ),
    Mutant(
        "state is used once",
        "zoomapp/auth/pending_signins.py",
        "pipe.hdel(_key(browser), field_name)",
        "pipe.hlen(_key(browser))",
        "tests/web/test_auth.py::test_a_callback_is_good_once",
    ),
    Mutant(
        "state has an age",
        "zoomapp/auth/pending_signins.py",
        "return begun if self._clock() - begun.began_at < LIFETIME_SECONDS else None",
        "return begun",
        "tests/web/test_auth.py::test_a_state_is_too_old_after_five_minutes",
    ),
    Mutant(
        "a wrong state is refused in the client",
        "zoomapp/auth/signin.py",
        "if begun is None or not begun.in_client:",
        "begun = begun or next(iter(self._begun.all(browser)), None)\n        if begun is None:",
        "tests/web/test_auth.py::test_a_wrong_state_is_never_accepted",
    ),
    Mutant(
        "session id changes at sign-in",
        "zoomapp/web/sessions.py",
        'session.sid = self._generate_sid(self.sid_length, session.get("user_id"))',
        "pass",
        "tests/web/test_auth.py::test_the_session_id_is_new_after_signing_in",
    ),
    Mutant(
        "no session comes back to life",
        "zoomapp/web/sessions.py",
        "ex=self._seconds(content), xx=session.stored)",
        "ex=self._seconds(content))",
        "tests/web/test_sessions.py::test_a_slow_request_does_not_bring_an_ended_session_back",
    ),
    Mutant(
        "no sign-out is claimed that was none",
        "zoomapp/web/current_user.py",
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
        "zoomapp/web/auth.py",
        "if not uses.claim(opened.sealed, this_session().sid, int(opened.expires_at - now) + 10):",
        "if False:",
        "tests/web/test_auth.py::test_a_context_is_good_once",
    ),
    Mutant(
        "a context is its bytes, not its spelling",
        "zoomapp/web/auth.py",
        "if not uses.claim(opened.sealed, this_session().sid, int(opened.expires_at - now) + 10):",
        "if not uses.claim(blob.encode(), this_session().sid, int(opened.expires_at - now) + 10):",
        "tests/web/test_auth.py::test_no_other_spelling_of_a_context_opens_it_again",
    ),
    Mutant(
        "a context is repeated by its own session only",
        "zoomapp/auth/used_contexts.py",
        "return recent and session == key_names.digest(session_id)",
        "return recent",
        "tests/web/test_auth.py::test_a_repeat_by_another_session_of_the_same_person_is_refused",
    ),
    Mutant(
        "a context is repeated within a minute",
        "zoomapp/auth/used_contexts.py",
        "<= REPEAT_SECONDS * 1000",
        "<= REPEAT_SECONDS * 2000",
        "tests/web/test_auth.py::test_a_repeat_after_a_minute_is_refused",
    ),
    Mutant(
        "a repeated context changes nothing",
        "zoomapp/web/auth.py",
        "            return first_page(opened.kind)\n",
        "            pass\n",
        "tests/web/test_auth.py::test_a_context_that_its_own_session_repeats_leads_to_the_same_page",
    ),
    Mutant(
        "a foreign referer",
        "zoomapp/web/middleware/csrf.py",
        'raise CrossSite("Referer of another site")',
        "return",
        "tests/web/middleware/test_csrf.py::test_a_write_from_a_page_of_another_site_is_refused_by_its_referer_alone",
    ),
    Mutant(
        "our referer ends where our host ends",
        "zoomapp/web/middleware/csrf.py",
        'referer.startswith(f"{public_url}/")',
        "referer.startswith(public_url)",
        "tests/web/middleware/test_csrf.py::test_a_write_from_a_page_of_another_site_is_refused_by_its_referer_alone",
    ),
    Mutant(
        "start links and passcodes are not opened from elsewhere",
        "zoomapp/web/middleware/csrf.py",
        "        if _hands_out_credential():\n",
        "        if False:\n",
        "tests/web/middleware/test_csrf.py::test_another_site_opens_no_page_that_hands_out_a_credential",
    ),
    Mutant(
        "a failure that nothing answered",
        "zoomapp/web/__init__.py",
        "last_resort.LastResort(wsgi_app, parts.settings)",
        "wsgi_app",
        "tests/web/test_last_resort.py::test_a_failure_after_the_view_is_answered_with_all_headers",
    ),
    Mutant(
        "a failure inside the error page",
        "zoomapp/web/errors.py",
        "        return plain_page(error, services().settings.app_name, request_id.get())\n",
        "        raise\n",
        "tests/web/test_last_resort.py::test_a_failure_inside_the_error_page_gives_a_plain_one",
    ),
    Mutant(
        "JSON that is nested too deep",
        "zoomapp/web/middleware/request_json.py",
        "(msgspec.MsgspecError, UnicodeDecodeError, RecursionError)",
        "(msgspec.MsgspecError, UnicodeDecodeError)",
        "tests/web/test_hostile_input.py::test_json_nested_too_deep_is_a_bad_request",
    ),
    Mutant(
        "no days before Zoom",
        "zoomapp/recordings/library.py",
        "    end = max(min(_day(last) or today(), today()), EARLIEST)\n",
        "    end = min(_day(last) or today(), today())\n",
        "tests/web/test_hostile_input.py::test_no_range_of_days_gives_a_500",
    ),
    Mutant(
        "control characters in the log",
        "zoomapp/log_setup.py",
        "line[name] = value if type(value) in _NUMBERS else _safe_value(value)",
        "line[name] = value",
        "tests/test_log_setup.py::test_what_a_stranger_sends_to_the_app_is_made_safe",
    ),
    Mutant(
        "a context is ours",
        "zoomapp/zoom/app_context.py",
        'if claims["iss"] != ISSUER or claims["aud"] != client_id:',
        'if claims["iss"] != ISSUER:',
        "tests/zoom/test_app_context.py::test_claims_that_are_not_ours_or_not_fresh_are_refused",
    ),
    Mutant(
        "webhook signature",
        "zoomapp/zoom/webhook_signature.py",
        'return hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))',
        "return True",
        "tests/web/test_webhook.py::test_what_zoom_did_not_sign_just_now_is_refused",
    ),
    Mutant(
        "webhook freshness",
        "zoomapp/web/webhook.py",
        "return fresh and webhook_signature.is_signed(",
        "return webhook.is_signed(",
        "tests/web/test_webhook.py::test_stale_means_five_minutes",
    ),
    Mutant(
        "webhook counts once",
        "zoomapp/webhooks/queue.py",
        "if by then return by == ARGV[1] and 1 or 0 end",
        "",
        "tests/web/test_webhook.py::test_an_event_counts_once",
    ),
    Mutant(
        "a step repeated as its answer was lost is no second event",
        "zoomapp/webhooks/queue.py",
        "by == ARGV[1] and 1 or 0",
        "0",
        "tests/webhooks/test_queue.py::test_an_event_whose_answer_was_lost_is_not_taken_for_one_that_was_here_before",
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
        "zoomapp/webhooks/queue.py",
        "            if not self._leases.take(LEASE, owner, LEASE_SECONDS):\n                return\n",
        "",
        "tests/webhooks/test_queue.py::test_whoever_was_overtaken_leaves_the_rest_and_the_lease_to_the_other",
    ),
    Mutant(
        "a stranger ends no grant",
        "zoomapp/webhooks/queue.py",
        "            self._tokens.load(user_id)\n        except SessionExpired:",
        "            raise SessionExpired\n        except SessionExpired:",
        "tests/web/test_webhook.py"
        "::test_a_forged_removal_deletes_nothing_while_zoom_refuses_calls_and_renews_the_grant",
    ),
    Mutant(
        "the challenge signs no event",
        "zoomapp/zoom/webhook_signature.py",
        "if not isinstance(plain_token, str) or not PLAIN_TOKEN.fullmatch(plain_token):",
        "if not isinstance(plain_token, str):",
        "tests/web/test_webhook.py::test_the_challenge_signs_nothing_that_could_be_an_event",
    ),
    Mutant(
        "dot segments",
        "zoomapp/zoom/request_target.py",
        'raise BadRequest("dot segment")',
        "pass",
        "tests/zoom/test_request_target.py::test_no_generated_path_leaves_v2",
    ),
    Mutant(
        "fetch metadata",
        "zoomapp/web/middleware/csrf.py",
        'if site is not None and site not in ("same-origin", "none"):',
        "if False:",
        "tests/web/middleware/test_csrf.py::test_a_foreign_write_is_refused",
    ),
    Mutant(
        "origin",
        "zoomapp/web/middleware/csrf.py",
        'raise CrossSite("Origin of another site")',
        "pass",
        "tests/web/middleware/test_csrf.py::test_a_foreign_write_is_refused",
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
        "zoomapp/web/middleware/request_body.py",
        "if length is not None and len(body) != length:",
        "if False:",
        "tests/sockets/test_borders.py::test_half_a_body_never_reaches_zoom",
    ),
    Mutant(
        "a form is as long as it said",
        "zoomapp/web/middleware/request_body.py",
        "if length is not None and len(body) != length:",
        "if False:",
        "tests/web/middleware/test_request_body.py::test_half_a_form_changes_nothing",
    ),
    Mutant(
        "a body has an end",
        "zoomapp/web/middleware/request_body.py",
        "if len(body) > most:",
        "if False:",
        "tests/web/middleware/test_request_body.py::test_a_form_in_chunks_is_not_cut_off_where_it_gets_too_long",
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
        "zoomapp/user_api/response_cache.py",
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
        "    deadline.start()\n",
        "",
        "tests/web/test_proxy.py::test_every_request_has_less_than_28_seconds",
    ),
    Mutant(
        "a second try has what the first one left",
        "zoomapp/zoom/client.py",
        "seconds = deadline.remaining(ANSWER_SECONDS)\n    return min",
        "seconds = ANSWER_SECONDS\n    return min",
        "tests/zoom/test_transport.py::test_both_tries_of_a_read_share_one_budget",
    ),
    Mutant(
        "webhook answered before the work",
        "zoomapp/web/webhook.py",
        "response.call_on_close(parts.webhook_queue.work_off)",
        "parts.webhook_queue.work_off()",
        "tests/web/test_webhook.py::test_zoom_has_its_answer_before_the_work_begins",
    ),
    Mutant(
        "a header is one line",
        "zoomapp/fastpath/http1.py",
        'if head.count("\\r") != len(lines) + 1 or head.count("\\n") != len(lines) + 1:',
        "if False:",
        "tests/fastpath/test_http1.py::test_a_value_that_would_break_its_line_goes_nowhere",
    ),
    Mutant(
        "bytes nobody asked for end a connection",
        "zoomapp/fastpath/http1.py",
        "        if self.complete:  # a second response: nobody can tell which request it is for\n",
        "        if False:\n",
        "tests/zoom/test_exchange.py::test_what_nobody_asked_for_is_not_taken_for_the_next_answer",
    ),
    Mutant(
        "an answer and its parser let go of each other",
        "zoomapp/fastpath/http1.py",
        "        del self._parser\n",
        "",
        "tests/fastpath/test_http1.py::test_an_answer_leaves_nothing_to_the_garbage_collector",
    ),
    Mutant(
        "one person holds a share of the pool",
        "zoomapp/user_api/fair_pool.py",
        "each.waiting and each.running < self._share",
        "each.waiting",
        "tests/web/test_batch.py::test_twenty_slow_reads_of_one_person_leave_places_for_another",
    ),
    Mutant(
        "a batch waits a bounded time for its start",
        "zoomapp/user_api/fair_pool.py",
        "started.wait(deadline.remaining(self._start_seconds))",
        "started.wait()",
        "tests/user_api/test_fair_pool.py::test_a_batch_that_cannot_start_in_time_is_told_the_pool_is_busy",
    ),
    Mutant(
        "a stranger sends little",
        "zoomapp/web/middleware/request_body.py",
        "most = min(most, reads.max_bytes)",
        "pass",
        "tests/web/middleware/test_request_body.py::test_a_stranger_may_send_16_kb",
    ),
    Mutant(
        "the session is checked before the body of a proxied call",
        "zoomapp/web/proxy.py",
        "    target = _target(environ)\n",
        "    target = _target(environ)\n    _outgoing(environ, target)\n",
        "tests/web/middleware/test_request_body.py::test_the_session_is_checked_before_a_body_is_read",
    ),
    Mutant(
        "the session is checked before the body of a batch",
        "zoomapp/web/batch.py",
        "    who, now = user_client(), services().clock()\n    wanted = _wanted()\n",
        "    wanted = _wanted()\n    who, now = user_client(), services().clock()\n",
        "tests/web/middleware/test_request_body.py::test_the_session_is_checked_before_a_body_is_read",
    ),
    Mutant(
        "bodies in memory are counted",
        "zoomapp/web/middleware/request_body.py",
        "body_limits.memory.take(size)",
        "pass",
        "tests/web/middleware/test_request_body.py::test_bodies_in_memory_are_bounded_together",
    ),
    Mutant(
        "the memory of a relayed body is given back",
        "zoomapp/web/middleware/proxy.py",
        "        request_body.release(environ)\n",
        "",
        "tests/web/middleware/test_request_body.py::test_the_memory_of_a_relayed_body_is_free_after_its_answer",
    ),
    Mutant(
        "eight webhooks at once",
        "zoomapp/web/webhook.py",
        "with webhooks_in_flight.place():",
        "if True:",
        "tests/web/test_webhook.py::test_the_ninth_event_at_once_is_told_the_app_is_busy",
    ),
    Mutant(
        "half a head holds no thread",
        "zoomapp/server/worker.py",
        "if arrival is Arrival.PARTIAL:\n",
        "if False:\n",
        "tests/sockets/test_request_limits.py::test_a_head_in_two_pieces_is_answered",
    ),
    Mutant(
        "what was read ahead comes first",
        "zoomapp/fastpath/worker.py",
        "_work_queue.empty() or buffered(conn):",
        "_work_queue.empty():",
        "tests/sockets/test_request_limits.py::test_a_request_of_which_half_came_with_the_one_before_is_answered",
    ),
    Mutant(
        "a head has ten seconds",
        "zoomapp/server/worker.py",
        "if now < head.started_at + seconds:",
        "if True:",
        "tests/sockets/test_request_limits.py::test_half_a_head_gets_408_and_silence_is_closed",
    ),
    Mutant(
        "a closing connection does not block the main loop",
        "zoomapp/server/worker.py",
        "            self._start_closing(conn)\n\n    def _start_closing",
        "            super().finish_request(conn, fs)\n\n    def _start_closing",
        "tests/sockets/test_request_limits.py::test_health_is_answered_while_1100_clients_do_not_close_their_connection",
    ),
    Mutant(
        "a body that drips ends",
        "zoomapp/server/worker.py",
        "body_limits.end_overdue_reads()",
        "pass",
        "tests/sockets/test_request_limits.py::test_a_body_that_drips_gets_408",
    ),
    Mutant(
        "nobody stays while others wait for a thread",
        "zoomapp/fastpath/worker.py",
        "if not self.tpool._work_queue.empty() or buffered(conn):",
        "if buffered(conn):",
        "tests/sockets/test_worker.py::test_a_thread_leaves_a_talking_connection_when_others_wait_for_a_thread",
    ),
    Mutant(
        "workers share connections evenly",
        "zoomapp/fastpath/worker.py",
        "time.sleep(ACCEPT_DELAY_SECONDS)",
        "pass",
        "tests/sockets/test_worker.py::test_nobody_leaves_room_for_a_worker_that_is_gone",
    ),
    Mutant(
        "nobody waits for a worker that is gone",
        "gunicorn.conf.py",
        "        worker_exited(worker.age)\n",
        "        pass\n",
        "tests/sockets/test_worker.py::test_nobody_leaves_room_for_a_worker_that_is_gone",
    ),
    Mutant(
        "nobody waits for the line about a call",
        "zoomapp/web/middleware/proxy.py",
        "        return _then(relayed.body, tell)\n",
        "        tell()\n        return _then(relayed.body, lambda: None)\n",
        "tests/web/middleware/test_proxy_middleware.py::test_nobody_waits_for_the_line_about_a_call",
    ),
    Mutant(
        "the short way is guarded like the other",
        "zoomapp/web/middleware/proxy.py",
        "csrf.refuse_cross_site(path, environ, self._parts.settings.public_url)",
        "pass",
        "tests/web/middleware/test_proxy_middleware.py::test_both_ways_lead_to_the_same_answer",
    ),
    Mutant(
        "a session that is to be renewed takes the long way",
        "zoomapp/web/middleware/proxy.py",
        "if session.modified:",
        "if False:",
        "tests/web/middleware/test_proxy_middleware.py::test_a_session_past_half_its_life_is_renewed_by_a_call",
    ),
    Mutant(
        "no answer of Redis is somebody else's",
        "zoomapp/fastpath/redis_pool.py",
        "emptied_at > FRESH_SECONDS and not _is_clean(connection)",
        "emptied_at > FRESH_SECONDS and False",
        "tests/store/test_redis_client.py::test_a_connection_with_an_answer_that_nobody_read_is_not_handed_out",
    ),
    Mutant(
        "a connection read empty is looked into again once somebody else had it",
        "zoomapp/fastpath/redis_pool.py",
        "emptied_at, connection.emptied_at = connection.emptied_at, 0.0",
        "emptied_at = connection.emptied_at",
        "tests/store/test_redis_client.py::test_a_connection_with_an_answer_that_nobody_read_is_not_handed_out",
    ),
    Mutant(
        "what did not fit into a socket at once follows",
        "zoomapp/fastpath/http1.py",
        "if sent < len(request):",
        "if False:",
        "tests/zoom/test_exchange.py::test_a_long_request_reaches_a_peer_that_reads_slowly_whole",
    ),
    Mutant(
        "a forked process has a watch of its own",
        "zoomapp/zoom/watchdog.py",
        "os.register_at_fork(after_in_child=self._forget)",
        "pass",
        "tests/zoom/test_transport.py::test_a_process_that_was_forked_has_a_watch_of_its_own",
    ),
    Mutant(
        "counters that cannot be written cost no token",
        "zoomapp/metrics.py",
        "except (OSError, ValueError) as error:",
        "except KeyError as error:",
        "tests/tokens/test_service.py::test_counters_that_cannot_be_written_cost_no_token",
    ),
    Mutant(
        "urllib3 does not choose the target",
        "zoomapp/zoom/urllib3_transport.py",
        "super().putrequest(method, request.target, skip_host",
        "super().putrequest(method, url, skip_host",
        "tests/zoom/test_transport.py::test_the_target_goes_out_byte_for_byte",
    ),
    Mutant(
        "an interim response is skipped without the fast path, too",
        "zoomapp/zoom/urllib3_transport.py",
        "while 100 <= self.status < 200 and",
        "while False and",
        "tests/zoom/test_exchange.py::test_an_interim_answer_is_not_the_answer",
    ),
    Mutant(
        "FAST_PATH chooses the worker",
        "gunicorn.conf.py",
        'not in ("0", "false", "no")',
        'not in ("off",)',
        "tests/fastpath/test_fast_path.py::test_gunicorn_runs_the_fast_worker_unless_fast_path_is_off",
    ),
    Mutant(
        "a slow drip is cut off",
        "zoomapp/zoom/watchdog.py",
        "socket.socket.shutdown(sock, socket.SHUT_RDWR)",
        "pass",
        "tests/zoom/test_transport.py::test_a_head_that_drips_ends_when_its_time_is_up",
    ),
    Mutant(
        "an answer that is read whole has a largest size",
        "zoomapp/zoom/urllib3_transport.py",
        "raw.read(MAX_WHOLE_BYTES + 1, decode_content=True)",
        "raw.read(1 << 40, decode_content=True)",
        "tests/zoom/test_transport.py::test_an_answer_that_is_read_whole_has_a_largest_size",
    ),
    Mutant(
        "an answer without a frame",
        "zoomapp/zoom/client.py",
        "if answer._has_body and not framed:",
        "if False:",
        "tests/zoom/test_transport.py::test_an_answer_without_a_frame_is_never_taken_for_whole",
    ),
    Mutant(
        "the store of recordings never sees the token",
        "zoomapp/zoom/client.py",
        "        if self.hosts.may_have_token(url):\n            headers",
        "        if True:\n            headers",
        "tests/web/test_recordings.py::test_a_file_is_streamed_with_our_token_and_its_storage_never_sees_it",
    ),
    Mutant(
        "a download begins at Zoom",
        "zoomapp/zoom/client.py",
        "if not self.hosts.may_have_token(url):",
        "if False:",
        "tests/zoom/test_addresses.py::test_a_download_contacts_approved_hosts_only_and_the_token_goes_to_zoom_only",
    ),
    Mutant(
        "a download is redirected to public hosts only",
        "zoomapp/zoom/client.py",
        "if not self.hosts.may_have_token(url) and not self.hosts.may_hold_files(url):",
        "if False:",
        "tests/zoom/test_addresses.py::test_a_download_contacts_approved_hosts_only_and_the_token_goes_to_zoom_only",
    ),
    Mutant(
        "no backslash in an address",
        "zoomapp/urls.py",
        r"(?P<target>/(?:[!$&-;=?-\[\]-~]++|",
        r"(?P<target>[/\\](?:[!$&-;=?-~]++|",
        "tests/test_urls.py::test_every_parser_reads_an_accepted_address_alike",
    ),
    Mutant(
        "an address is ASCII",
        "zoomapp/urls.py",
        "or not address.isascii()",
        "",
        "tests/test_urls.py::test_an_address_that_could_be_read_in_two_ways_is_refused",
    ),
    Mutant(
        "links lead to Zoom",
        "zoomapp/zoom/addresses.py",
        'return str(url) if is_zoom else ""',
        "return str(url)",
        "tests/web/test_links.py::test_a_deep_link_to_another_host_is_not_followed",
    ),
    Mutant(
        "only well-formed UTF-8 is relayed",
        "zoomapp/zoom/request_target.py",
        "    _check_utf8(path)\n",
        "",
        "tests/zoom/test_request_target.py::test_targets_that_could_mean_another_place_are_refused",
    ),
    Mutant(
        "a refused connection is not a time-out",
        "zoomapp/fastpath/http1.py",
        "except NewConnectionError as error:",
        "except () as error:",
        "tests/zoom/test_unreachable.py::test_nobody_at_zooms_address_is_a_bad_gateway",
    ),
    Mutant(
        "all gzip members are searched for secrets",
        "zoomapp/zoom/content_encoding.py",
        "        if not body:\n",
        "        if True:\n",
        "tests/zoom/test_cacheable.py::test_a_secret_in_any_gzip_member_keeps_the_answer_from_being_cached",
    ),
    Mutant(
        "a 5xx without JSON is a bad gateway",
        "zoomapp/web/proxy.py",
        "    if answer.status >= 500:\n",
        "    if False:\n",
        "tests/web/test_proxy.py::test_a_server_error_without_json_is_a_bad_gateway",
    ),
    Mutant(
        "no cookie of Zoom's is kept",
        "zoomapp/services.py",
        "session.cookies.set_policy(_NoCookies())",
        "pass",
        "tests/zoom/test_transport.py::test_a_cookie_that_is_set_does_not_come_along_with_the_next_call",
    ),
    Mutant(
        "no token in the log",
        "zoomapp/tokens/service.py",
        'log.info("tokens renewed", extra={"user": hash_user_id(user_id)})',
        'log.info("tokens renewed", extra={"user": hash_user_id(user_id), "new": renewed.access_token.encode().hex()})',
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
        'raise _no_answer(f"{call.method} {call.template}", error) from error',
        'raise _no_answer(f"{call.method} {call.path}", error) from error',
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
        "zoomapp/user_api/shared_poll.py",
        "self._leases.give(lease, owner)",
        "self._redis.delete(lease)",
        "tests/user_api/test_shared_poll.py::test_who_was_too_slow_does_not_end_the_next_ones_lease",
    ),
    Mutant(
        "attendance: one asks, the others see what is there",
        "zoomapp/user_api/shared_poll.py",
        "mine = self._leases.take(lease, owner, LEASE_SECONDS)",
        "mine = True",
        "tests/user_api/test_shared_poll.py::test_while_one_asks_the_others_see_what_is_there",
    ),
    Mutant(
        "attendance: a pause between two calls",
        "zoomapp/user_api/shared_poll.py",
        "Snapshot(_raw(body), self._clock(), self._clock() + pause())",
        "Snapshot(_raw(body), self._clock(), self._clock())",
        "tests/web/test_live_people.py::test_a_hundred_windows_for_a_minute_cost_zoom_as_much_as_one",
    ),
    Mutant(
        "attendance: shared with whom Zoom answered",
        "zoomapp/user_api/shared_poll.py",
        "_Look(known if age < PROOF_SECONDS else None, pause, age)",
        "_Look(known, pause, 0.0)",
        "tests/user_api/test_shared_poll.py::test_a_viewer_is_shown_it_only_after_zoom_itself_answered_them",
    ),
    Mutant(
        "attendance: a number stands for its last instance",
        "zoomapp/attendance/past.py",
        "uuid = last.uuid if last else instance",
        "uuid = instance",
        "tests/web/test_live_people.py::test_a_number_stands_for_the_instance_that_ran_last",
    ),
    Mutant(
        "attendance: roles outlast the report",
        "zoomapp/attendance/past.py",
        "AttendanceTable.of([*rows, *seen], _frame(rows, about)",
        "AttendanceTable.of(rows, _frame(rows, about)",
        "tests/web/test_live_people.py::test_who_was_host_and_co_host_is_still_said_in_the_report_and_the_file",
    ),
    Mutant(
        "attendance: a live list holds a hundred rows",
        "zoomapp/web/pages/live_participants.py",
        '"most": ROWS, "lively": True',
        '"lively": True',
        "tests/web/test_live_people.py::test_all_rows_are_shown_at_once_but_never_refreshed",
    ),
    Mutant(
        "attendance: nobody changes places",
        "zoomapp/web/pages/participants.py",
        'chosen["at"] = now().timestamp()',
        "pass",
        "tests/web/test_live_people.py::test_a_refresh_changes_nobodys_place_however_the_list_is_sorted",
    ),
    Mutant(
        "attendance: names hidden beside another time",
        "zoomapp/web/pages/occurrences.py",
        "initials(person.name) if names() else person.name",
        "person.name",
        "tests/web/test_pages_attendance.py::test_hidden_names_stay_hidden_beside_another_time",
    ),
    Mutant(
        "attendance: a refusal is no end",
        "zoomapp/web/pages/live_participants.py",
        "if trouble is None or trouble.status == NotFound.status:",
        "if trouble is None or trouble.status < 429:",
        "tests/web/test_live_people.py::test_a_refusal_is_no_end_and_says_why",
    ),
    Mutant(
        "attendance: in an outage one asks for all",
        "zoomapp/user_api/shared_poll.py",
        'failed = self._stop(name, FailurePause(until, error.code, getattr(error, "daily", False)))',
        'failed = FailurePause(until, error.code, getattr(error, "daily", False))',
        "tests/user_api/test_shared_poll.py::test_a_hundred_people_cost_zoom_as_much_as_one_in_good_times_and_in_bad",
    ),
    Mutant(
        "attendance: whom Zoom refuses loses it",
        "zoomapp/user_api/shared_poll.py",
        "self._kept.drop(viewer, PROOF, key_names.digest(name))",
        "pass",
        "tests/user_api/test_shared_poll.py::test_whom_zoom_refuses_loses_it_at_once",
    ),
    Mutant(
        "attendance: the viewer's own grant",
        "zoomapp/attendance/dashboard.py",
        "if not may_read_dashboard():",
        "if False:",
        "tests/web/test_live_people.py::test_a_grant_that_lost_the_scope_is_shown_nothing_more",
    ),
    Mutant(
        "attendance: webhooks are the host's",
        "zoomapp/attendance/webhook_log.py",
        "return key_names.of_user(host, KIND, key_names.digest(uuid))",
        'return key_names.of_user("", KIND, key_names.digest(uuid))',
        "tests/attendance/test_webhook_log.py::test_what_was_told_is_there_for_the_host_and_for_nobody_else",
    ),
    Mutant(
        "attendance: nothing of who is not connected",
        "zoomapp/attendance/webhook_log.py",
        "if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end",
        "",
        "tests/attendance/test_webhook_log.py::test_of_a_host_who_is_not_connected_nothing_is_kept",
    ),
    Mutant(
        "attendance: webhooks' records go with the host",
        "zoomapp/attendance/webhook_log.py",
        "list_keys(KEYS[4], ARGV[1], KEYS[2], KEYS[3])\n",
        "",
        "tests/attendance/test_webhook_log.py::test_who_leaves_takes_all_of_it_along",
    ),
    Mutant(
        "attendance: what the client saw goes with the person",
        "zoomapp/store/user_keys.py",
        "redis.call('SET', KEYS[3], ARGV[1], 'EX', ARGV[2])\nlist_keys(KEYS[2], ARGV[3], KEYS[3])",
        "redis.call('SET', KEYS[3], ARGV[1], 'EX', ARGV[2])",
        "tests/web/test_client_reports.py::test_it_goes_with_the_person",
    ),
    Mutant(
        "nothing is written of who has left",
        "zoomapp/store/user_keys.py",
        "if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end\nlocal there",
        "local there",
        "tests/store/test_user_keys.py::test_a_page_that_was_slow_writes_nothing_after_a_disconnect",
    ),
    Mutant(
        "nothing is shared of who has left",
        "zoomapp/user_api/shared_poll.py",
        "            self._drop(name, everything=True)\n        return snapshot",
        "            pass\n        return snapshot",
        "tests/store/test_user_keys.py::test_a_page_that_was_slow_writes_nothing_after_a_disconnect",
    ),
    Mutant(
        "what was shared goes along",
        "zoomapp/store/user_keys.py",
        "client.delete(shared)",
        "pass",
        "tests/store/test_user_keys.py::test_what_is_kept_of_somebody_goes_with_them",
    ),
    Mutant(
        "attendance: a client's word is added to what better sources tell",
        "zoomapp/attendance/sources.py",
        "*(self.sighted.stays if self.sighted else ())]",
        "*(self.sighted.stays if self.sighted and not self.heard else ())]",
        "tests/web/test_client_reports.py::test_one_webhook_switches_nothing_off_that_the_client_sees",
    ),
    Mutant(
        "attendance: what a client saw is of one instance",
        "zoomapp/attendance/client_reports.py",
        'return seen if seen and uuid in ("", seen.uuid) else None',
        "return seen",
        "tests/web/test_client_reports.py::test_a_room_that_is_used_twice_a_day_keeps_its_people_apart",
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
        "zoomapp/store/one_time_links.py",
        "self._redis.getdel(key)",
        "self._redis.get(key)",
        "tests/web/test_one_time_links.py::test_whoever_has_the_link_gets_the_file_once",
    ),
    Mutant(
        "files: a link is for one of them",
        "zoomapp/store/one_time_links.py",
        "if left and left.address == address else None",
        "if left else None",
        "tests/web/test_one_time_links.py::test_a_link_is_for_one_file_and_whoever_tries_another_has_used_it",
    ),
    Mutant(
        "files: nothing else has a link",
        "zoomapp/web/one_time_links.py",
        "return endpoint in FILES",
        "return True",
        "tests/web/test_one_time_links.py::test_nothing_but_a_file_has_a_link",
    ),
    Mutant(
        "files: a key opens no page",
        "zoomapp/web/one_time_links.py",
        "if secret is None or request.endpoint not in FILES:",
        "if secret is None:",
        "tests/web/test_one_time_links.py::test_a_key_opens_no_page",
    ),
    Mutant(
        "attendance: names hidden in the list",
        "zoomapp/web/pages/participants.py",
        "seen = replace(seen, value=seen.value.without_names())",
        "pass",
        "tests/web/test_pages_attendance.py::test_names_can_be_hidden_from_those_who_see_the_screen",
    ),
    Mutant(
        "attendance: addresses hidden with the names",
        "zoomapp/attendance/attendance_table.py",
        'name=initials(each.name), email=""',
        "name=initials(each.name)",
        "tests/web/test_pages_attendance.py::test_hidden_names_stay_hidden_in_the_details",
    ),
    Mutant(
        "attendance: names hidden in what was merged",
        "zoomapp/web/pages/person.py",
        "name=initials(name) if hidden else name",
        "name=name",
        "tests/web/test_pages_attendance.py::test_hidden_names_stay_hidden_in_the_details",
    ),
    Mutant(
        "attendance: no cell is a formula",
        "zoomapp/csv_export.py",
        'return f"\'{text}" if start.startswith(FORMULA)',
        "return text if start.startswith(FORMULA)",
        "tests/attendance/test_exports.py::test_no_text_is_a_formula",
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
        "zoomapp/recordings/library.py",
        "SHORT_FRESH_SECONDS if len(spans) > 1 else 0",
        "0",
        "tests/web/test_pages_recordings.py::test_a_month_in_two_pieces_is_done_however_slow_and_asks_for_each_once",
    ),
    Mutant(
        "schedule: look before what may be there is sent again",
        "zoomapp/web/pages/schedule.py",
        'if request.form.get("look") and (found',
        "if False and (found",
        "tests/web/test_pages_meetings.py::test_when_nobody_could_look_it_is_said_and_the_next_sending_looks_first",
    ),
    Mutant(
        "settings: what somebody else changed stays",
        "zoomapp/web/pages/meeting.py",
        "changed_settings(shown, wanted)",
        "changed_settings(as_switches(meeting.settings), wanted)",
        "tests/web/test_pages_meetings.py::test_what_somebody_else_changed_meanwhile_stays",
    ),
    Mutant(
        "drafts: only where they were typed",
        "zoomapp/web/components/form_drafts.py",
        "if waiting() != request.path:",
        "if not waiting():",
        "tests/web/test_pages_meetings.py::test_settings_that_were_touched_survive_it_too",
    ),
    Mutant(
        "schedule: a form that failed can be sent again",
        "zoomapp/web/pages/schedule.py",
        "        sent_before().give_up(key)\n",
        "",
        "tests/web/test_pages_meetings.py::test_a_form_that_could_not_be_sent_is_not_taken_for_one_under_way",
    ),
    Mutant(
        "long lists: goes on where it was",
        "zoomapp/web/components/progressive_list.py",
        "begun=Collected(**begun) if isinstance(begun, dict) else None",
        "begun=None",
        "tests/web/test_pages_steps.py::test_a_slow_list_of_meetings_says_how_far_it_is_and_is_whole_in_the_end",
    ),
    Mutant(
        "nobody asks for what is used up",
        "zoomapp/user_api/quota_guard.py",
        "if not self._marks.claim_probe(place, mark):",
        "if False:",
        "tests/user_api/test_quota_guard.py::test_what_one_heard_nobody_of_the_account_asks_again",
    ),
    Mutant(
        "one call of all workers tries",
        "zoomapp/user_api/exhausted_quotas.py",
        "if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end",
        "",
        "tests/user_api/test_quota_guard.py::test_the_picture_works_on_a_cluster",
    ),
    Mutant(
        "a mistaken limit is lifted",
        "zoomapp/user_api/quota_guard.py",
        "self._marks.lift(place)",
        "pass",
        "tests/user_api/test_quota_guard.py::test_a_mistake_heals_for_everybody_when_one_call_is_served",
    ),
    Mutant(
        "a failed try lifts nothing",
        "zoomapp/user_api/quota_guard.py",
        "if answer.status < 400:",
        "if True:",
        "tests/user_api/test_quota_guard.py::test_a_try_that_says_nothing_of_the_limit_leaves_the_mark",
    ),
    Mutant(
        "one thing's limit is not the account's",
        "zoomapp/zoom/rate_limits.py",
        'and "permitted for" not in words else ""',
        'else ""',
        "tests/user_api/test_quota_guard.py::test_a_limit_of_one_thing_is_marked_nowhere",
    ),
    Mutant(
        "a write waits for no second",
        "zoomapp/user_api/quota_guard.py",
        "if call.method not in SAFE or seconds > self._wait_seconds",
        "if seconds > self._wait_seconds",
        "tests/user_api/test_quota_guard.py::test_a_write_is_never_sent_twice",
    ),
    Mutant(
        "nobody waits long",
        "zoomapp/user_api/quota_guard.py",
        "seconds > self._wait_seconds or deadline",
        "deadline",
        "tests/user_api/test_quota_guard.py::test_nobody_waits_for_long_or_for_another_day",
    ),
    Mutant(
        "nobody waits past the end of the request",
        "zoomapp/user_api/quota_guard.py",
        " or deadline.remaining(pause) < pause:",
        ":",
        "tests/user_api/test_quota_guard.py::test_nobody_waits_past_the_requests_end",
    ),
    Mutant(
        "few wait at once",
        "zoomapp/user_api/quota_guard.py",
        "if not self._waiting.acquire(blocking=False):",
        "if False:",
        "tests/user_api/test_quota_guard.py::test_of_all_threads_only_a_few_wait",
    ),
    Mutant(
        "a picture a second old will do",
        "zoomapp/user_api/exhausted_quotas.py",
        "if not 0 < self._look_at - now <= FAILED_SECONDS and self._looking",
        "if self._looking",
        "tests/user_api/test_quota_guard.py::test_a_relayed_read_costs_no_trip_of_its_own",
    ),
    Mutant(
        "a clock set back does not blind",
        "zoomapp/user_api/exhausted_quotas.py",
        "if not 0 < self._look_at - now <= FAILED_SECONDS and",
        "if self._look_at <= now and",
        "tests/user_api/test_quota_guard.py::test_a_clock_that_is_set_back_keeps_nobody_from_looking",
    ),
    Mutant(
        "few marks of one person",
        "zoomapp/user_api/exhausted_quotas.py",
        "if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[4]) then redis.call('DEL', KEYS[1]) end",
        "",
        "tests/user_api/test_quota_guard.py::test_nobody_fills_redis",
    ),
    Mutant(
        "an endpoint that refuses a fresh token costs one refresh",
        "zoomapp/user_api/user_client.py",
        "if tokens.access_token == token and refused and refused.refuses_successors(*entry, token):",
        "if False:",
        "tests/web/test_refused_endpoints.py::test_ten_calls_of_an_endpoint_that_always_refuses_cost_one_refresh",
    ),
    Mutant(
        "a refusal of a fresh token stays saved",
        "zoomapp/user_api/user_client.py",
        "            if refused and not still_refused:\n",
        "            if refused:\n",
        "tests/web/test_refused_endpoints.py::test_the_refusal_is_known_in_every_process",
    ),
    Mutant(
        "an endpoint that takes the fresh token is not remembered",
        "zoomapp/user_api/user_client.py",
        "                refused.remove(*entry)\n",
        "                pass\n",
        "tests/web/test_refused_endpoints.py::test_an_endpoint_that_takes_the_fresh_token_is_not_remembered",
    ),
    Mutant(
        "code 124 means the access token, whatever the status",
        "zoomapp/user_api/user_client.py",
        "(answer.status == 401 or _error_code(body) == INVALID_ACCESS_TOKEN)",
        "answer.status == 401",
        "tests/web/test_refused_endpoints.py::test_code_124_with_any_status_is_refreshed_once_and_repeated_once",
    ),
    Mutant(
        "a session in which nobody signed in lives minutes",
        "zoomapp/web/sessions.py",
        'return self._lifetime_seconds if "user_id" in content else min(VISITOR_SECONDS, self._lifetime_seconds)',
        "return self._lifetime_seconds",
        "tests/web/test_pending_signins.py::test_a_session_in_which_nobody_signed_in_lives_minutes",
    ),
    Mutant(
        "a browser's pending sign-ins are bounded in one step",
        "zoomapp/auth/pending_signins.py",
        "for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do others[#others + 1] = field end\n",
        "",
        "tests/web/test_pending_signins.py"
        "::test_a_browser_has_at_most_twelve_pending_sign_ins_however_many_start_at_once",
    ),
    Mutant(
        "all pending sign-ins together are bounded",
        "zoomapp/auth/pending_signins.py",
        "        self._count(field_name)\n",
        "",
        "tests/web/test_pending_signins.py::test_above_fifty_thousand_a_new_one_is_told_to_wait_and_leaves_nothing",
    ),
    Mutant(
        "a finished sign-in counts no more",
        "zoomapp/auth/pending_signins.py",
        "            self._forget_count(field_name)\n",
        "            pass\n",
        "tests/web/test_pending_signins.py::test_a_finished_or_expired_sign_in_counts_no_more",
    ),
    Mutant(
        "only a sign-in that started leaves a session",
        "zoomapp/web/current_user.py",
        'return cast(str, session.get("browser") or secrets.token_urlsafe(16))',
        'return cast(str, session.setdefault("browser", secrets.token_urlsafe(16)))',
        "tests/web/test_pending_signins.py::test_a_stranger_who_finishes_what_was_not_started_gets_no_session",
    ),
    Mutant(
        "kept answers are counted as they lie in memory",
        "zoomapp/user_api/response_cache.py",
        "return ENTRY_BYTES + sys.getsizeof(kept.headers) + sum(map(sys.getsizeof, texts))",
        "return len(kept.body)",
        "tests/web/test_response_cache.py::test_kept_answers_of_any_size_fit_into_the_memory_they_may_take",
    ),
    Mutant(
        "a stranger's claim leaves no key",
        "zoomapp/webhooks/queue.py",
        "if self._tokens.store.load(user_id) and leases.claim_once(",
        "if leases.claim_once(",
        "tests/web/test_webhook.py::test_unsigned_removals_of_strangers_leave_no_key",
    ),
    Mutant(
        "a list of keys forgets what expired",
        "zoomapp/store/user_keys.py",
        "  if added == 0 then return end\n",
        "  if true then return end\n",
        "tests/store/test_key_lists.py::test_a_list_forgets_what_expired",
    ),
    Mutant(
        "a script asks only for keys of its own node",
        "zoomapp/store/user_keys.py",
        "    if string.sub(key, 1, #own) == own and ",
        "    if ",
        "tests/store/test_key_lists.py::test_a_key_with_another_tag_stays_on_the_list",
    ),
    Mutant(
        "a refusal that ends no grant is not tried again at once",
        "zoomapp/tokens/service.py",
        "        self._note_failure(user_id, current, error, REFUSED_SECONDS, REFUSED_SECONDS)\n",
        "",
        "tests/tokens/test_service.py"
        "::test_a_refusal_that_ends_no_grant_keeps_the_record_and_is_not_tried_again_for_five_minutes",
    ),
    Mutant(
        "a refused code is no outage",
        "zoomapp/zoom/oauth.py",
        "elif answer is not None and status in REFUSALS and",
        "elif False and",
        "tests/web/test_auth.py::test_a_refusal_of_the_code_whatever_it_is_called_signs_nobody_in",
    ),
    Mutant(
        "wrong credentials are nobody's refusal",
        "zoomapp/zoom/oauth.py",
        'if error == "invalid_client":',
        "if False:",
        "tests/web/test_auth.py::test_an_outage_during_the_exchange_is_not_the_persons_fault",
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
