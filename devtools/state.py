"""State that survives a restart: keys, the offline Zoom's credentials, ports. One file that only its owner can read."""

import contextlib
import fcntl
import json
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from devtools.install import Failed
from devtools.processes import free_port, is_free


class State:
    """Values in ``dev.json`` of a data folder; each is created at its first use."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        self._path = folder / "dev.json"
        self._facts: dict[str, str | int] = {}
        with contextlib.suppress(FileNotFoundError, ValueError):
            self._facts = json.loads(self._path.read_text())

    def secret(self, name: str) -> str:
        """64 random hex digits, the same at every start."""
        if name not in self._facts:
            self._save(name, secrets.token_hex(32))
        return str(self._facts[name])

    def port(self, name: str) -> int:
        """The same port as last time, or another free one if it is in use."""
        if name not in self._facts or not is_free(int(self._facts[name])):
            self._save(name, free_port())
        return int(self._facts[name])

    def _save(self, name: str, value: str | int) -> None:
        self._facts[name] = value
        new = self._path.with_suffix(".new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(self._facts, file, indent=1)
        new.replace(self._path)


class AlreadyRunning(Failed):
    """The folder is in use by a run that answers. The message is the text of the lock file."""


def lock(folder: Path, patience_seconds: float = 3, answers: Callable[[str], bool] = lambda text: False) -> IO[str]:
    """A lock on the folder while the file is open: two databases on one file would destroy it.

    ``answers``: whether the run that wrote this text into the lock file can be reached; then raises AlreadyRunning at
    once. Raises Failed if the folder is still locked after ``patience_seconds``, the time for the processes of a run
    that was just killed to end.
    """
    file = _open_lock_file(folder)
    deadline = time.monotonic() + patience_seconds
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            file.truncate(0)  # the address of an earlier run
            return file
        except BlockingIOError:
            text = _text_of(file)
            if text and answers(text):
                raise AlreadyRunning(text) from None
            if time.monotonic() > deadline:
                raise Failed(_in_use(text)) from None
            time.sleep(0.02)


def _open_lock_file(folder: Path) -> IO[str]:
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        return (folder / "lock").open("a+")
    except PermissionError:
        raise Failed(
            f"You cannot write to {folder}: it belongs to another user. Delete it, or run this command as its owner."
        ) from None


def _text_of(file: IO[str]) -> str:
    file.seek(0)
    return file.read().strip()


def _in_use(text: str) -> str:
    if text:
        return f"Rollcall is already running from this folder: {text}"
    return "Another run is starting or stopping in this folder; try again in a moment."
