"""What a restart must find again: keys, the sandbox's credentials, ports. One file, readable by its owner alone."""

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
    """Small facts kept in ``dev.json`` of a data folder; each is made when first asked for."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        self._path = folder / "dev.json"
        self._facts: dict[str, str | int] = {}
        with contextlib.suppress(FileNotFoundError, ValueError):
            self._facts = json.loads(self._path.read_text())

    def secret(self, name: str) -> str:
        """64 hex digits that stay the same."""
        if name not in self._facts:
            self._keep(name, secrets.token_hex(32))
        return str(self._facts[name])

    def port(self, name: str) -> int:
        """The same free port as last time; another one when somebody took it."""
        if name not in self._facts or not is_free(int(self._facts[name])):
            self._keep(name, free_port())
        return int(self._facts[name])

    def _keep(self, name: str, value: str | int) -> None:
        self._facts[name] = value
        new = self._path.with_suffix(".new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(self._facts, file, indent=1)
        new.replace(self._path)


class AlreadyRunning(Failed):
    """The folder is in use by a run that answers; the text is what that run wrote into the lock file."""


def lock(folder: Path, patience_seconds: float = 3, answers: Callable[[str], bool] = lambda words: False) -> IO[str]:
    """A lock on the folder, held while the file is open: two databases on one file would destroy it.

    ``answers``: whether the run that wrote these words into the lock file can be reached. Raises AlreadyRunning then,
    without waiting. Raises Failed when the folder is still locked after ``patience_seconds``: the patience is for a
    launcher that was killed a moment ago, whose processes are still ending.
    """
    file = _open_lock_file(folder)
    deadline = time.monotonic() + patience_seconds
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            file.truncate(0)  # the address of an earlier run
            return file
        except BlockingIOError:
            words = _words_in(file)
            if words and answers(words):
                raise AlreadyRunning(words) from None
            if time.monotonic() > deadline:
                raise Failed(_in_use(words)) from None
            time.sleep(0.02)


def _open_lock_file(folder: Path) -> IO[str]:
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        return (folder / "lock").open("a+")
    except PermissionError:
        raise Failed(
            f"You cannot write to {folder}: it belongs to another user. Delete it, or run this command as its owner."
        ) from None


def _words_in(file: IO[str]) -> str:
    file.seek(0)
    return file.read().strip()


def _in_use(words: str) -> str:
    if words:
        return f"It is already running from this folder: {words}"
    return "Another run is starting or stopping in this folder; try again in a moment."
