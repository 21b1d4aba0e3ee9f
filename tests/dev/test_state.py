"""The state that survives a restart."""

import os
import socket

import pytest

from devtools.install import Failed
from devtools.state import AlreadyRunning, State, lock


def test_a_secret_stays_the_same_and_differs_from_the_others(tmp_path):
    folder = tmp_path / "data"

    first = State(folder).secret("secret_key")

    assert len(first) == 64
    assert State(folder).secret("secret_key") == first
    assert State(folder).secret("client_secret") != first


def test_only_the_owner_can_read_secrets(tmp_path):
    folder = tmp_path / "data"

    State(folder).secret("secret_key")

    assert (folder / "dev.json").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_port_stays_the_same_until_another_program_takes_it(tmp_path):
    state = State(tmp_path)
    port = state.port("sandbox")
    assert State(tmp_path).port("sandbox") == port

    with socket.create_server(("127.0.0.1", port)):
        assert State(tmp_path).port("sandbox") != port


def test_an_incomplete_state_file_is_replaced(tmp_path):
    (tmp_path / "dev.json").write_text('{"secret_key": "ab')

    assert len(State(tmp_path).secret("secret_key")) == 64


def test_a_folder_is_used_by_one_run_at_a_time(tmp_path):
    with lock(tmp_path) as held:
        print("http://127.0.0.1:5050/", file=held, flush=True)

        with pytest.raises(Failed, match="already running from this folder: http"):
            lock(tmp_path, patience_seconds=0)

    lock(tmp_path, patience_seconds=0).close()


def test_a_run_that_answers_is_reported_without_waiting(tmp_path):
    with lock(tmp_path) as held:
        print("http://127.0.0.1:5050/", file=held, flush=True)

        with pytest.raises(AlreadyRunning, match=r"^http://127\.0\.0\.1:5050/$"):
            lock(tmp_path, patience_seconds=float("inf"), answers=lambda words: True)


def test_the_address_of_an_earlier_run_is_not_reported(tmp_path):
    with lock(tmp_path) as earlier:
        print("http://127.0.0.1:5050/", file=earlier, flush=True)

    with lock(tmp_path), pytest.raises(Failed, match="Another run is starting or stopping"):
        lock(tmp_path, patience_seconds=0, answers=lambda words: True)


def test_the_lock_is_free_when_all_holders_have_exited(tmp_path):
    with lock(tmp_path) as held:
        shared = os.dup(held.fileno())
    try:
        with pytest.raises(Failed):
            lock(tmp_path, patience_seconds=0)
    finally:
        os.close(shared)

    lock(tmp_path, patience_seconds=0).close()
