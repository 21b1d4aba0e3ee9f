"""Install the locked packages into ``.venv``, unless they are installed already."""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OFFLINE_ZOOM = ROOT / "offline-zoom"
OFFLINE_ZOOM_PROJECT = "offline-zoom/pyproject.toml"

RUN = ("requirements.txt", "requirements-dev.txt")
TEST = (*RUN, "requirements-test.txt")


class Failed(Exception):
    """A command cannot continue. The message says why and what to do."""

    #: The command's exit status.
    status = 1


class Misuse(Failed):
    """The command was started with an argument or a setting that cannot be used."""

    status = 2


def say(text: str) -> None:
    """Print progress to standard error; only results go to standard output."""
    print(text, file=sys.stderr, flush=True)


def ensure(locks: tuple[str, ...]) -> None:
    """Install the packages of these lock files, and offline-zoom, into ``.venv`` if they changed. Raises Failed."""
    try:
        usable = _version() >= (3, 11)
        complete = usable and all(_is_installed(lock, lock) for lock in locks)
        editable = usable and _is_installed(OFFLINE_ZOOM.name, OFFLINE_ZOOM_PROJECT)
        if not (complete and editable):
            _require_own(VENV)
    except PermissionError:
        raise Failed(_not_yours(VENV)) from None
    if not usable:
        _create()
    if not complete:
        _install(locks)
    if not (complete and editable):
        _install_offline_zoom()


def keep_bytecode() -> None:
    """Cache compiled modules in `.data` if the environment forbids to write them into the source tree.

    Without a cache every start compiles all packages again and takes twice as long.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ["PYTHONPYCACHEPREFIX"] = str(ROOT / ".data" / "bytecode")


def _require_own(folder: Path) -> None:
    """Raises Failed when the folder belongs to another user, or cannot be written.

    Root could write to it, but would leave files that the owner cannot change.
    """
    if folder.exists() and (folder.stat().st_uid != os.geteuid() or not os.access(folder, os.W_OK | os.X_OK)):
        raise Failed(_not_yours(folder))


def _not_yours(folder: Path) -> str:
    return (
        f"You cannot change {folder.name}: it belongs to another user ({_owner(folder)}) or is not writable. "
        "Delete it, or run this command as its owner."
    )


def _owner(folder: Path) -> str:
    try:
        return folder.owner()
    except KeyError:  # a user without a name on this machine
        return f"user id {folder.stat().st_uid}"


def _version() -> tuple[int, ...]:
    """The Python version of a working ``.venv``; (0,) if there is none.

    It may differ from the Python that runs `dev.py`: with pyenv that depends on the folder.
    """
    if not PYTHON.exists() or not any(VENV.glob("lib/python*/site-packages/pip/__main__.py")):
        return (0,)
    found = re.search(r"^version\s*=\s*(\d+)\.(\d+)\.(\d+)", (VENV / "pyvenv.cfg").read_text(), re.MULTILINE)
    return tuple(int(part) for part in found.groups()) if found else (0,)


def _create() -> None:
    if importlib.util.find_spec("ensurepip") is None:  # a package of its own in Debian
        _install_venv_module()
    say("Creating .venv …")
    if subprocess.run([sys.executable, "-m", "venv", "--clear", VENV]).returncode:
        raise Failed("The virtual environment could not be created; see above.")


def _install_venv_module() -> None:
    package = "python{}.{}-venv".format(*sys.version_info)
    if not may_apt() or not apt_install(package):
        raise Failed(
            f"This Python cannot create virtual environments. Install that part with:\n  {apt_command(package)}"
        )


def _install(locks: tuple[str, ...]) -> None:
    say(f"Installing the packages of {', '.join(locks)} into .venv (once) …")
    wanted = [argument for lock in locks for argument in ("-r", str(ROOT / lock))]
    pip = [str(PYTHON), "-m", "pip", "install", "-qq", "--no-input", "--disable-pip-version-check"]
    # Python compiles a module when it is first imported; that halves the installation time.
    if subprocess.run([*pip, "--no-compile", "--require-hashes", *wanted]).returncode:
        raise Failed("The packages could not be installed; see above. If .venv looks broken, delete it and try again.")
    for lock in locks:
        _stamp(lock).write_text(_digest(lock))


def _install_offline_zoom() -> None:
    """Install the package of ``offline-zoom/`` in editable mode."""
    pip = [str(PYTHON), "-m", "pip", "install", "-qq", "--no-input", "--disable-pip-version-check", "--no-index"]
    if subprocess.run([*pip, "--no-deps", "--no-build-isolation", "-e", str(OFFLINE_ZOOM)]).returncode:
        raise Failed("offline-zoom could not be installed; see above. If .venv looks broken, delete it and try again.")
    _stamp(OFFLINE_ZOOM.name).write_text(_digest(OFFLINE_ZOOM_PROJECT))


def _is_installed(name: str, file: str) -> bool:
    """Whether the current content of ``file`` is installed."""
    return _stamp(name).exists() and _stamp(name).read_text() == _digest(file)


def _stamp(lock: str) -> Path:
    return VENV / f"installed-{lock}"


def _digest(lock: str) -> str:
    return hashlib.sha256((ROOT / lock).read_bytes() + repr(_version()).encode()).hexdigest()


def may_apt() -> bool:
    """Whether this process may install system packages: root, with apt."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_command(*packages: str) -> str:
    """The installation command for Debian and Ubuntu."""
    names = " ".join(packages)
    return f"sudo apt-get update && sudo apt-get install -y --no-install-recommends {names}"


def apt_install(*packages: str) -> bool:
    """Whether apt installed these packages. Its output goes to standard error."""
    say(f"Installing {', '.join(packages)} with apt (once) …")
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    commands = (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages])
    return all(subprocess.run(command, env=environ, stdout=sys.stderr.fileno()).returncode == 0 for command in commands)
