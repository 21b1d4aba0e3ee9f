"""Runs in a process of its own with one version of the app first on the path. JSON in, JSON out.

``python -m tests.upgrade.run_version JOB ACCESS_MODULE APP_FOLDER REDIS_URL QUESTION ANSWER``: JOB is ``tour`` (store
something of every kind), ``read`` (read the records of the question) or ``names`` (list what has a name).
"""

import importlib
import json
import sys
from pathlib import Path

import zoomapp
from tests.upgrade.names import names_of
from tests.upgrade.readers import observe_all
from tests.upgrade.stage import build_stage
from tests.upgrade.tour import Capture, take_tour


def main(job: str, access_module: str, app_folder: str, redis_url: str, question: str, answer: str) -> None:
    assert Path(zoomapp.__file__).is_relative_to(app_folder), f"this is another version: {zoomapp.__file__}"
    access = importlib.import_module(access_module)
    if job == "tour":
        stage = build_stage(redis_url, access.build_app)
        stage.redis.flushdb()
        found = take_tour(stage).to_json()
        access.close_app(stage.app)
    elif job == "read":
        capture = Capture.from_json(json.loads(Path(question).read_text()))
        found = observe_all(capture, redis_url, access.build_app, access.close_app)
    else:
        found = names_of(access, redis_url)
    Path(answer).write_text(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
