"""The migration guide for Zoom's React sample names only existing settings, addresses and tests."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/migrating.md").read_text()


def test_the_migration_page_names_existing_settings():
    rows = re.findall(
        r"^\| [^|]+ \| ([^|]+) \| [^|]*\|$", GUIDE.partition("## Names")[2].partition("## Addresses")[0], re.M
    )
    ours = {name for cell in rows for name in re.findall(r"`([A-Z_]+)`", cell)}

    assert {"ZOOM_CLIENT_ID", "SECRET_KEY", "TOKEN_ENCRYPTION_KEYS", "FRONTEND_DIR"} <= ours
    settings = (ROOT / "docs" / "reference.md").read_text().partition("## Settings")[2].partition("## Routes")[0]
    assert {name for name in ours if f"`{name}`" not in settings} == set()


def test_the_addresses_on_the_migration_page_are_served(app):
    table = GUIDE.partition("## Addresses")[2].partition("## What changes")[0]
    rows_served = [line for line in table.splitlines() if line.startswith("| `/") and not line.endswith("none |")]
    named = {address for line in rows_served for address in re.findall(r"`(/[^`…]*)", line.split("|")[1])}

    assert len(named) == 8
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    assert {
        address for address in named if not any(rule.startswith(address.removesuffix("v2/")) for rule in rules)
    } == set()


def test_the_tests_named_on_the_migration_page_exist():
    named = set(re.findall(r"`(tests/[^`]+\.py)`", GUIDE))

    assert len(named) >= 7
    assert {name for name in named if not (ROOT / name).is_file()} == set()
