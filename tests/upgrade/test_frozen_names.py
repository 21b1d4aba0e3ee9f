"""Names that deployments, dashboards, scripts and stored records rely on are neither removed nor renamed.

`frozen_names.json` lists them as the archived version has them. New names may be added.
"""

import pytest

from tests.upgrade.stored import kind_of
from tests.upgrade.versions import Version, frozen_names, records

FROZEN = frozen_names()
COLUMNS = FROZEN["columns"]


@pytest.fixture(scope="module")
def names(redis_server, tmp_path_factory):
    """The names that the current version has."""
    return Version.current(redis_server, tmp_path_factory.mktemp("names")).names()


def missing(frozen, current, path=""):
    """What of the frozen names the current version lacks."""
    if isinstance(frozen, dict):
        there = current if isinstance(current, dict) else {}
        lost = [f"{path}/{name}" for name in frozen if name not in there]
        common = [name for name in frozen if name in there]
        return lost + [each for name in common for each in missing(frozen[name], there[name], f"{path}/{name}")]
    if isinstance(frozen, list):
        return [f"{path}: {name}" for name in frozen if name not in current]
    return [] if frozen == current else [f"{path}: {frozen} is {current}"]


def test_no_name_is_removed_or_renamed(names):
    assert missing(FROZEN, names) == []


def test_tour_through_the_app_succeeds(names):
    assert names["tour_error"] == ""


def test_columns_keep_their_order(names):
    current = {file: [each for each in names["columns"][file] if each in frozen] for file, frozen in COLUMNS.items()}

    assert current == COLUMNS


def test_a_removed_name_is_found():
    frozen = {"records": {"tokens": {"type": "string", "fields": ["scope"]}}, "routes": ["GET /"]}
    current = {"records": {"tokens": {"type": "hash", "fields": ["scopes"]}}, "routes": ["GET /new"]}

    assert missing(frozen, current) == [
        "/records/tokens/type: string is hash",
        "/records/tokens/fields: scope",
        "/routes: GET /",
    ]


def test_table_names_every_kind_of_record_that_was_captured():
    assert set(FROZEN["records"]) == {kind_of(name) for name in records().keys}
