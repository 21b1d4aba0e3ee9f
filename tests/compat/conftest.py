"""A small frontend that makes the calls of Zoom's React sample, as the folder of a build."""

import shutil
from pathlib import Path

import pytest

FRONTEND = Path(__file__).parent / "frontend"
SDK = Path(__file__).parents[2] / "static" / "vendor" / "appssdk" / "sdk.es.js"
HASHED = "static/js/main.1a2b3c4d.js"


def lay_out(folder: Path) -> Path:
    """The frontend as a build: the page, a script named after its content, and the SDK beside it."""
    shutil.copytree(FRONTEND, folder, dirs_exist_ok=True)
    (folder / "static/js/main.js").rename(folder / HASHED)
    shutil.copy(SDK, folder / "static/js/sdk.0f1e2d3c.js")
    return folder


@pytest.fixture
def build(tmp_path: Path) -> Path:
    return lay_out(tmp_path / "build")
