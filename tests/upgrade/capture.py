"""Records what the archived version stores in Redis: ``python -m tests.upgrade.capture`` writes ``records.json``.

Run it only when the archive changes; `previous/README.md` says when.
"""

import json
import tempfile
from pathlib import Path

from devtools.processes import Group
from tests.redis_process import RedisProcess
from tests.upgrade.previous_version import RECORDS, take_tour_with_previous, unpack


def main() -> None:
    with tempfile.TemporaryDirectory() as name, Group(Path(name) / "logs") as group:
        folder = Path(name)
        (folder / "redis").mkdir()
        server = RedisProcess(group, folder / "redis").start()
        capture = take_tour_with_previous(unpack(folder / "app"), server.url, folder)
    RECORDS.write_text(json.dumps(capture.to_json(), indent=1, sort_keys=True) + "\n")
    print(f"{len(capture.keys)} keys of {len(capture.kinds)} kinds in {RECORDS.name}: {', '.join(capture.kinds)}")


if __name__ == "__main__":
    main()
