"""`make run`: from a clone to a served admin with one command, as a person would type it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
START_SECONDS = 120


class Unredirected(urllib.request.HTTPRedirectHandler):
    """Leaves a redirect to be looked at."""

    def redirect_request(self, *args, **kwargs):
        """Follow nothing."""
        return


def fetch(url: str) -> tuple[int, dict[str, str], str]:
    """Return status, headers and text of a page; redirects are not followed."""
    opener = urllib.request.build_opener(Unredirected)
    try:
        response = opener.open(url, timeout=20)
    except urllib.error.HTTPError as error:
        response = error
    with response:
        return response.status, dict(response.headers), response.read().decode()


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def make_run(var_dir: Path):
    """Run `make run` on data of its own; yields its address and the file with what it prints."""
    address = f"127.0.0.1:{free_port()}"
    environment = {
        name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "MAKEFLAGS"}
    }
    environment |= {"VAR_DIR": str(var_dir), "DJANGO_SETTINGS_MODULE": "project.settings"}
    command = ["make", "run", f"VENV={Path(sys.prefix)}", f"ADDRESS={address}"]
    log = var_dir.with_suffix(".log")
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=output, start_new_session=True
        )
        try:
            wait_for(f"http://{address}/", process, log)
            yield f"http://{address}", log
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)


def wait_for(url: str, process: subprocess.Popen, log: Path) -> None:
    """Return when a server answers; fail with its output when it ends instead."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            fetch(url)
        except urllib.error.URLError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"No answer in {START_SECONDS} s: {log.read_text()}")


def test_make_run_prepares_and_serves_and_a_second_start_keeps_everything(tmp_path):
    var_dir = tmp_path / "var"
    with make_run(var_dir) as (url, log):
        assert re.search(r"password: +\S{12,}", log.read_text())
        status, headers, _ = fetch(url)
        assert (status, headers["Location"]) == (302, "/admin/")
        status, headers, page = fetch(f"{url}/admin/login/")
        assert status == 200
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        for style in re.findall(r'href="(/static/[^"]+\.css)"', page):
            assert fetch(url + style)[0] == 200
    key = (var_dir / "secret_key").read_text()

    with make_run(var_dir) as (url, log):
        assert "password" not in log.read_text()
        assert fetch(f"{url}/admin/login/")[0] == 200

    assert (var_dir / "secret_key").read_text() == key


def test_another_engine_is_refused_at_start(tmp_path):
    environment = {**os.environ, "DATABASE_URL": "mysql://root@localhost/app", "VAR_DIR": str(tmp_path)}
    environment["DJANGO_SETTINGS_MODULE"] = "project.settings"

    result = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env=environment, capture_output=True, text=True
    )

    assert result.returncode != 0
    assert "dynadmin runs on no other engine" in result.stderr.splitlines()[-1]
