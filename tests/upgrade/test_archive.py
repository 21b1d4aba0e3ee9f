"""The archive of the previous version holds an app and nothing else."""

import tarfile

from tests.upgrade.versions import ARCHIVE

PARTS = {"zoomapp", "templates", "static", "wsgi.py", "gunicorn.conf.py", "requirements.txt"}


def test_archive_holds_the_app_alone():
    with tarfile.open(ARCHIVE) as archive:
        names = archive.getnames()

    assert {name.split("/")[0] for name in names} == PARTS
    assert not [name for name in names if "__pycache__" in name]


def test_archive_is_small():
    assert ARCHIVE.stat().st_size < 300_000
