"""The archived version of the app: unpacked to a folder, and run in a process of its own."""

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

from tests.upgrade.stage import ROOT
from tests.upgrade.tour import Capture

FOLDER = Path(__file__).resolve().parent
ARCHIVE = FOLDER / "previous" / "app.tar.xz"
RECORDS = FOLDER / "records.json"


def unpack(folder: Path) -> Path:
    """The folder with the archived app in it."""
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(folder, filter="data")
    return folder


def records() -> Capture:
    """What the archived version stored, as ``capture.py`` recorded it."""
    return Capture.from_json(json.loads(RECORDS.read_text()))


def take_tour_with_previous(app_folder: Path, redis_url: str, work_folder: Path) -> Capture:
    """Take the tour through the archived version."""
    return Capture.from_json(_run(app_folder, redis_url, work_folder, "tour", {}))


def read_with_previous(app_folder: Path, redis_url: str, work_folder: Path, capture: Capture) -> dict[str, Any]:
    """What the archived version makes of these records, by kind."""
    found = _run(app_folder, redis_url, work_folder, "read", capture.to_json())
    assert isinstance(found, dict)
    return found


def _run(app_folder: Path, redis_url: str, work_folder: Path, job: str, given: Any) -> Any:
    question, answer = work_folder / f"{job}-question.json", work_folder / f"{job}-answer.json"
    question.write_text(json.dumps(given))
    # The archived app comes first on the path, then the tests and the offline Zoom of this version.
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join([str(app_folder), str(ROOT)])}
    environ |= {"PYTHONDONTWRITEBYTECODE": "1", "HOME": str(work_folder)}
    command = [sys.executable, "-m", "tests.upgrade.run_previous", job, str(app_folder), redis_url]
    done = subprocess.run(
        [*command, str(question), str(answer)], cwd=app_folder, env=environ, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return json.loads(answer.read_text())
