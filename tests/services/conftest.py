"""A database and a queue of one's own for each test, on the private sockets that .ci/run opened, and workers to kill."""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.parse
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


class Installation:
    """One portal in its own environment: commands, workers, and a look into its database."""

    def __init__(self, folder: Path, **environment: str):
        # Settings and shell of the outer run stay outside: only what is said here holds.
        plain = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "PYTHONPYCACHEPREFIX") if key in os.environ}
        self.environment = {**plain, "VAR_DIR": str(folder), "DEMO": "1", "PYTHONPATH": str(ROOT), **environment}
        self.workers: list[subprocess.Popen] = []

    def run(self, *command: str, timeout: float = 240, **environment: str) -> str:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        assert done.returncode == 0, done.stderr[-4000:]
        return done.stdout

    def worker(self, **environment: str) -> subprocess.Popen:
        command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--concurrency", "1", "--loglevel", "ERROR",
                   "--without-gossip", "--without-mingle", "-n", f"{uuid.uuid4().hex[:8]}@test"]  # fmt: skip
        started = subprocess.Popen(
            command, cwd=ROOT, env={**self.environment, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        self.workers.append(started)
        return started

    def told(self, script: str, **environment: str):
        """Run tests/services/scripts.py and read the JSON it prints last."""
        name, *arguments = script.split()
        out = self.run("-m", "tests.services.scripts", name, *arguments, **environment)
        return json.loads(out.strip().splitlines()[-1])

    def end(self) -> None:
        for worker in self.workers:
            kill(worker)


def kill(worker: subprocess.Popen) -> None:
    """End a worker and its children at once, by process group id."""
    if worker.poll() is None:
        os.killpg(worker.pid, signal.SIGKILL)
    worker.wait(20)


def wait_until(happened, *, seconds: float, step: float = 0.2) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, f"did not happen within {seconds} s"
        time.sleep(step)


def quoted(path: str) -> str:
    return urllib.parse.quote(path, safe="")


def own_number() -> int:
    """The number of this process among those that run tests side by side: one Redis has fifteen queues beside its first."""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def once(folder: Path, make: Callable[[Path], None]) -> Path:
    """A folder that the first process of a run makes, and the others find: the demo world is built once on each database."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with Path(f"{folder}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            half = folder.with_name(f"{folder.name}-{uuid.uuid4().hex[:8]}")
            make(half)
            half.rename(folder)
    return folder


@pytest.fixture(scope="session")
def shared(tmp_path_factory) -> Path:
    """Where the processes of a run, and the runs of a proof, keep what they share."""
    base = tmp_path_factory.getbasetemp()
    return Path(os.environ.get("TEST_TEMPLATES") or (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base))


@pytest.fixture(scope="session")
def built_alone(shared):
    """``built_alone(folder)``: SQLite and the worker in the same process, with the demo world signed and nothing traced."""

    def built(folder: Path) -> Installation:
        shutil.copytree(once(shared / "built-alone", lambda half: Installation(half).told("build")), folder)
        return Installation(folder)

    return built


@pytest.fixture
def embedded(tmp_path):
    """SQLite and the worker in the same process."""
    return Installation(tmp_path / "embedded")


def emptied(socket: str, number: str) -> None:
    """What an earlier test's workers left in this process's queue is nobody's."""
    import redis

    redis.Redis(unix_socket_path=socket, db=int(number)).flushdb()


BUILT = "services_built"


def _built(postgres: str) -> Callable[[Path], None]:
    def build(folder: Path) -> None:
        with _administered(postgres) as admin:
            admin.execute(f'CREATE DATABASE "{BUILT}"')
        Installation(folder, DATABASE_URL=_address(postgres, BUILT)).told("build")

    return build


def _administered(postgres: str):
    import psycopg

    return psycopg.connect(host=postgres, user="traceline", dbname="postgres", autocommit=True)


def _address(postgres: str, name: str) -> str:
    return f"postgres://traceline@{quoted(postgres)}/{name}"


@pytest.fixture
def served(tmp_path):
    """PostgreSQL and Redis on their sockets, with an empty database and a queue of this test's own."""
    yield from _served(tmp_path / "served", None)


@pytest.fixture
def served_world(tmp_path, shared):
    """The same with the demo world signed, nothing traced and nothing in the queue."""
    yield from _served(tmp_path / "served", shared)


def _served(folder: Path, shared: Path | None):
    postgres, redis = os.environ.get("TEST_POSTGRES_SOCKET"), os.environ.get("TEST_REDIS_SOCKET")
    if not postgres or not redis:
        pytest.skip("TEST_POSTGRES_SOCKET and TEST_REDIS_SOCKET are not set; .ci/run opens both")
    name, copied = f"services_{uuid.uuid4().hex[:10]}", ""
    if shared:
        shutil.copytree(once(shared / "built-served", _built(postgres)), folder)
        copied = f' TEMPLATE "{BUILT}"'
    with _administered(postgres) as admin:
        admin.execute(f'CREATE DATABASE "{name}"{copied}')
    number = str(1 + own_number())
    installation = Installation(
        folder,
        DATABASE_URL=_address(postgres, name),
        CELERY_BROKER_URL=f"redis+socket://{redis}?virtual_host={number}",
    )
    emptied(redis, number)
    yield installation
    installation.end()
    with _administered(postgres) as admin:
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
