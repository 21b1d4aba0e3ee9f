"""The mock server beside the offline Zoom answers the same operations: ``python -m bench.mock_server``."""

import re
from pathlib import Path

import pytest
import yaml

from bench.mock_server import PATHS, STORY
from devtools.install import ROOT
from offline_zoom.world import World
from tests.offline_zoom.conftest import caller

OPERATIONS = yaml.safe_load(Path(ROOT, "bench/mock_server.yaml").read_text())["paths"]


@pytest.fixture(scope="module")
def dana():
    return caller(World(STORY), "dana")


@pytest.mark.parametrize(("path", "template"), list(zip(PATHS, OPERATIONS, strict=True)))
def test_example_of_the_mock_server_has_fields_of_the_offline_zoom(path, template, dana):
    (response,) = OPERATIONS[template]["get"]["responses"].values()
    example = response["content"]["application/json"]["example"]

    assert re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path)
    assert example.keys() <= dana.json(path).keys()
