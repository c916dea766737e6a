# SPDX-License-Identifier: EUPL-1.2
"""Real servers in folders of their own."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sprega.server.database.binaries import carried, debian
from sprega.server.database.launcher import FOR_TESTS, Server, start, stop

AS_ROOT = os.geteuid() == 0


@contextmanager
def passable_folder() -> Iterator[Path]:
    """A folder that the server's account can enter, unlike pytest's own under root."""
    folder = Path(tempfile.mkdtemp(prefix="sprega-test-"))
    folder.chmod(0o755)
    yield folder
    for lock in folder.rglob("lock"):
        if lock.parent.stat().st_uid == os.geteuid():
            stop(lock.parent)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def top() -> Iterator[Path]:
    """A folder of the test's own."""
    with passable_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def initialised() -> Iterator[Path]:
    """A folder with a stopped server, to be copied: making one takes seconds."""
    with passable_folder() as folder:
        start(folder / "postgres", options=FOR_TESTS)
        stop(folder / "postgres")
        (folder / "postgres" / "port").unlink()
        yield folder / "postgres"


@pytest.fixture(scope="session")
def server(initialised: Path) -> Iterator[Server]:
    """A server for all tests that leave it running."""
    with passable_folder() as folder:
        subprocess.run(["/bin/cp", "-a", initialised, folder / "postgres"], check=True)
        yield start(folder / "postgres", options=FOR_TESTS)


@pytest.fixture
def folder(initialised: Path, top: Path) -> Path:
    """A folder of a server that ran before."""
    subprocess.run(["/bin/cp", "-a", initialised, top / "postgres"], check=True)
    return top / "postgres"


@pytest.fixture(params=["wheel", "debian"])
def binaries(request: pytest.FixtureRequest) -> Path:
    """The programs of the wheel, then Debian's."""
    found = {"wheel": carried, "debian": debian}[request.param]()
    if not found:
        pytest.skip(f"PostgreSQL of {request.param} is not installed")
    return found[-1]
