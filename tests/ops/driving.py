"""`make run` with small stand-ins for the simulator and the app, watched from outside as a person would."""

import fcntl
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

SIMULATOR = """
import http.server, json, os, sys
folder = os.path.dirname(sys.argv[sys.argv.index("--state") + 1])
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        connected = os.path.exists(folder + "/connected")
        app = {"connected": connected, "installed": "--not-installed" not in sys.argv}
        body = json.dumps({"team": {"name": "Fake & Co"}, "app": app}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *args): pass
server = http.server.HTTPServer(("127.0.0.1", int(sys.argv[sys.argv.index("--port") + 1])), Handler)
url = f"http://127.0.0.1:{server.server_port}/"
open(folder + "/simulator.pid", "w").write(str(os.getpid()))
open(folder + "/simulator.args", "w").write(json.dumps(sys.argv[1:]))
print(json.dumps({"url": url, "api_url": url + "api/", "bot_token": "xoxb-1", "app_token": "xapp-1",
                  "signing_secret": "s3cret", "client_id": "1.2", "client_secret": "c"}), flush=True)
server.serve_forever()
"""

APP = """
import json, os, signal, sys
folder = os.environ["DATA_DIR"]
open(folder + "/app.pid", "w").write(str(os.getpid()))
open(folder + "/app.env", "w").write(json.dumps(dict(os.environ)))
print("2026-11-23 09:00:00 INFO all is well", file=sys.stderr)
print("2026-11-23 09:00:01 ERROR something to see", file=sys.stderr)
open(folder + "/connected", "w").close()
signal.pause()
"""

DRIVER = """
import sys
from pathlib import Path
from ops.offline import Plan, start
folder, port, pages_port, verbose, simulator, app = sys.argv[1:]
sys.exit(start(Plan(data_dir=Path(folder), port=int(port), verbose=bool(verbose),
                    pages_port=int(pages_port) if pages_port else None,
                    simulator=[sys.executable, "-c", simulator], app=[sys.executable, "-c", app])))
"""


class Offline:
    """One `make run`, as a process."""

    def __init__(
        self,
        folder: Path,
        *,
        simulator: str,
        app: str,
        port: int,
        pages_port: int | None,
        verbose: bool,
        env: dict[str, str],
    ) -> None:
        self.folder = folder
        self._said: list[str] = []
        self._ended: tuple[str, str] | None = None
        pages = str(pages_port or "")
        arguments = [str(folder), str(port), pages, "1" if verbose else "", simulator, textwrap.dedent(app)]
        self.process = subprocess.Popen(
            [sys.executable, "-c", DRIVER, *arguments],
            cwd=ROOT,
            env=os.environ | {"NO_COLOR": "1"} | env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def read_until(self, part: str) -> str:
        """The first line with that, read before or not: what it says itself and its app's log come in any order."""
        assert self.process.stdout
        while not (found := [line for line in self._said if part in line]):
            line = self.process.stdout.readline()
            if not line:
                _, errors = self.process.communicate()
                pytest.fail(f"it ended before it said {part!r}: {errors}")
            self._said.append(line)
        return found[0]

    def end(self, number: signal.Signals | None = signal.SIGTERM) -> tuple[int, str, str]:
        """Exit code, the rest of its output, and its complaints."""
        if number is not None and self.process.poll() is None:
            self.process.send_signal(number)
        if not self._ended:
            self._ended = self.process.communicate()
        return self.process.returncode, *self._ended

    def pid_of(self, child: str) -> int:
        return int((self.folder / f"{child}.pid").read_text())

    def wait_for_lock(self) -> None:
        """Returns once nobody holds the lock: neither it nor its watchdog."""
        with (self.folder / "lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)


def is_running(pid: int) -> bool:
    """Zombies do not count: a container's first process may never collect its orphans."""
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout
    return bool(state.strip()) and not state.startswith("Z")
