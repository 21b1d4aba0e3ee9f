"""Records what the archived version stores and how it names things: ``python -m tests.upgrade.capture``.

It writes `records.json` and `frozen_names.json`. Run it only when the archive changes; `previous/README.md` says when.
"""

import json
import tempfile
from pathlib import Path

from devtools.processes import Group
from tests.support.redis_process import RedisProcess
from tests.upgrade.versions import NAMES, RECORDS, Version


def main() -> None:
    with tempfile.TemporaryDirectory() as name, Group(Path(name) / "logs") as group:
        folder = Path(name)
        (folder / "redis").mkdir()
        server = RedisProcess(group, folder / "redis").start()
        previous = Version.previous(server.url, folder)
        capture, names = previous.take_tour(), previous.names()
    assert not names.pop("tour_error")
    RECORDS.write_text(json.dumps(capture.to_json(), indent=1, sort_keys=True) + "\n")
    NAMES.write_text(json.dumps(names, indent=1, sort_keys=True) + "\n")
    print(f"{len(capture.keys)} keys of {len(capture.kinds)} kinds in {RECORDS.name}: {', '.join(capture.kinds)}")
    print(f"{len(names)} tables in {NAMES.name}: {', '.join(names)}")


if __name__ == "__main__":
    main()
