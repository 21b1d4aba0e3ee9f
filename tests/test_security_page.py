"""SECURITY.md names only tests and files that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_every_test_and_file_it_names_exists():
    text = (ROOT / "SECURITY.md").read_text()

    named = re.findall(r"`((?:tests|zoomapp|offline-zoom)/[\w/-]+\.py)(?:::(\w+))?`", text)

    assert len(named) > 80
    for path, function in named:
        source = (ROOT / path).read_text()
        assert not function or re.search(rf"^def {function}\(", source, re.MULTILINE), f"{path}::{function}"


def test_every_promise_has_a_test():
    rows = re.findall(r"^\| P(\d+) \|(.*)$", (ROOT / "SECURITY.md").read_text(), re.MULTILINE)

    numbers = [int(number) for number, _ in rows]
    assert numbers == list(range(1, 39))
    assert all("`tests/" in words for _, words in rows)
