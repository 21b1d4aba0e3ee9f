"""Builds and runs the app as a host does, from `requirements.txt`, the Procfile and settings only."""

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from devtools import found
from devtools.processes import Child, Group, free_port
from tests.hosts.router import router
from tests.sockets.remote import Zoom
from tests.support.certificates import self_signed
from tests.support.processes import HANG_SECONDS, status, until_started
from tests.support.redis_process import RedisProcess
from tests.support.servers import CLIENT_ID, CLIENT_SECRET, ROOT, Served, clean_environ

#: What a host would check out and run; everything else of the project must not be needed.
CODE = ("Procfile", "gunicorn.conf.py", "wsgi.py", "static", "templates", "zoomapp")


@dataclass
class Slug:
    """A folder with the code, and the commands of the Procfile, with a Python of their own."""

    folder: Path
    python: Path

    def command(self, process: str) -> str:
        lines = (self.folder / "Procfile").read_text().splitlines()
        return dict(line.split(": ", 1) for line in lines)[process]

    def environ(self, **settings: str) -> dict[str, str]:
        environ = clean_environ(**settings)
        return {**environ, "PATH": f"{self.python.parent}:{environ['PATH']}"}

    def release(self, **settings: str) -> subprocess.CompletedProcess[str]:
        """What the host runs before it lets a new version on."""
        return subprocess.run(
            self.command("release"),
            shell=True,
            cwd=self.folder,
            env=self.environ(**settings),
            capture_output=True,
            text=True,
            timeout=HANG_SECONDS,
        )


@pytest.fixture(scope="session")
def slug(tmp_path_factory: pytest.TempPathFactory) -> Slug:
    """Built once, with pip and the lock file as they are."""
    folder = tmp_path_factory.mktemp("slug")
    for name in CODE:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("*.pyc.*"))
        else:
            shutil.copy(ROOT / name, folder / name)
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    python = folder / "venv" / "bin" / "python"
    install = [python, "-m", "pip", "install", "-q", "--require-hashes", "-r", ROOT / "requirements.txt"]
    subprocess.run(install, check=True, env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"})
    return Slug(folder, python)


@dataclass
class Hosted:
    """The app as a host runs it, its address past the router, and what stands around it."""

    url: str
    app_port: int
    child: Child
    zoom: Zoom
    certificate: Path


@pytest.fixture
def tls_redis(redis_process: Callable[..., RedisProcess], tmp_path: Path) -> str:
    """The address of a Redis that speaks TLS only to those who need not know its certificate."""
    if not found.redis_server():
        pytest.fail("This test needs a Redis with TLS on the PATH; `python3 dev.py test` says how to get it.")
    (tmp_path / "redis-tls").mkdir()
    certificate, key = self_signed(tmp_path / "redis-tls")
    port = free_port()
    files = {"tls_cert_file": str(certificate), "tls_key_file": str(key), "tls_auth_clients": "no"}
    redis_process(appendonly="yes", tls_port=str(port), **files)
    return f"rediss://127.0.0.1:{port}/0"


@pytest.fixture
def config(tls_redis: str) -> dict[str, str]:
    """What an operator sets, and the host by itself."""
    return {
        "PORT": str(free_port()),
        "WEB_CONCURRENCY": "2",
        "FORWARDED_ALLOW_IPS": "*",
        "PUBLIC_URL": f"https://127.0.0.1:{free_port()}",
        "SECRET_KEY": secrets.token_hex(32),
        "TOKEN_ENCRYPTION_KEYS": secrets.token_hex(32),
        "REDIS_URL": tls_redis,
        "REDIS_TLS_VERIFY": "0",
        "ZOOM_CLIENT_ID": CLIENT_ID,
        "ZOOM_CLIENT_SECRET": CLIENT_SECRET,
        "ZOOM_WEBHOOK_SECRET": "a-webhook-secret-of-the-tests",
    }


@pytest.fixture
def hosted(
    slug: Slug, config: dict[str, str], serve_offline_zoom: Callable[..., Served], group: Group, tmp_path: Path
) -> Iterator[Hosted]:
    """The web process of the Procfile behind a router, with a TLS Redis."""
    url, app_port = config["PUBLIC_URL"], int(config["PORT"])
    zoom = serve_offline_zoom(url, story="quiet-day")
    environ = slug.environ(**config, ZOOM_HOST=zoom.url, ZOOM_API_HOST=zoom.url)
    child = group.start("web", ["sh", "-c", f"exec env {slug.command('web')}"], environ, slug.folder)
    until_started(child, lambda: status(f"http://127.0.0.1:{app_port}/readyz") == 200)
    certificate = self_signed(tmp_path)
    with router(int(url.rsplit(":", 1)[1]), app_port, certificate):
        yield Hosted(url, app_port, child, Zoom(zoom), certificate[0])
