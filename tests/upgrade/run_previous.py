"""Runs in a process whose ``zoomapp`` is the archived one: takes the tour, or reads records. JSON in, JSON out.

``python -m tests.upgrade.run_previous tour|read APP_FOLDER REDIS_URL QUESTION ANSWER``
"""

import json
import sys
from pathlib import Path

import zoomapp
from tests.upgrade.previous.app_access import build_app, close_app
from tests.upgrade.readers import observe_all
from tests.upgrade.stage import build_stage
from tests.upgrade.tour import Capture, take_tour


def main(job: str, app_folder: str, redis_url: str, question: str, answer: str) -> None:
    assert Path(zoomapp.__file__).is_relative_to(app_folder), f"this is not the archived app: {zoomapp.__file__}"
    if job == "tour":
        stage = build_stage(redis_url, build_app)
        stage.redis.flushdb()
        found = take_tour(stage).to_json()
        close_app(stage.app)
    else:
        found = observe_all(Capture.from_json(json.loads(Path(question).read_text())), redis_url, build_app, close_app)
    Path(answer).write_text(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
