"""The archived version of the app and the current one, each in a process of its own."""

import json
import os
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.upgrade.stage import ROOT
from tests.upgrade.tour import Capture

FOLDER = Path(__file__).resolve().parent
ARCHIVE = FOLDER / "previous" / "app.tar.xz"
RECORDS, NAMES = FOLDER / "records.json", FOLDER / "frozen_names.json"


def unpack(folder: Path) -> Path:
    """The folder with the archived app in it."""
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(folder, filter="data")
    return folder


def records() -> Capture:
    """What the archived version stored, as ``capture.py`` recorded it."""
    return Capture.from_json(json.loads(RECORDS.read_text()))


def frozen_names() -> dict[str, Any]:
    found = json.loads(NAMES.read_text())
    assert isinstance(found, dict)
    return found


@dataclass(frozen=True)
class Version:
    """One version of the app. Its processes write their files into ``work_folder``."""

    app_folder: Path
    access_module: str
    redis_url: str
    work_folder: Path

    @classmethod
    def previous(cls, redis_url: str, work_folder: Path) -> "Version":
        app_folder = unpack(work_folder / "previous")
        return cls(app_folder, "tests.upgrade.previous.app_access", redis_url, work_folder)

    @classmethod
    def current(cls, redis_url: str, work_folder: Path) -> "Version":
        return cls(ROOT, "tests.upgrade.app_access", redis_url, work_folder)

    def take_tour(self) -> Capture:
        """Store something of every kind."""
        return Capture.from_json(self._run("tour", {}))

    def read(self, capture: Capture) -> dict[str, Any]:
        """What this version makes of these records, by kind."""
        found = self._run("read", capture.to_json())
        assert isinstance(found, dict)
        return found

    def names(self) -> dict[str, Any]:
        """What has a name in this version: routes, settings, metrics, stored records."""
        found = self._run("names", {})
        assert isinstance(found, dict)
        return found

    def _run(self, job: str, given: Any) -> Any:
        question, answer = self.work_folder / f"{job}-question.json", self.work_folder / f"{job}-answer.json"
        question.write_text(json.dumps(given))
        # The app of this version comes first on the path, then the tests and the offline Zoom of the current one.
        environ = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join([str(self.app_folder), str(ROOT)])}
        environ |= {"PYTHONDONTWRITEBYTECODE": "1", "HOME": str(self.work_folder)}
        command = [sys.executable, "-m", "tests.upgrade.run_version", job, self.access_module, str(self.app_folder)]
        command += [self.redis_url, str(question), str(answer)]
        done = subprocess.run(command, cwd=self.app_folder, env=environ, capture_output=True, text=True)
        assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return json.loads(answer.read_text())
