"""What stands in the way of a start is named with what to do; what a killed cluster left never does."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli.installations import Installation, answer, new_home
from tests.faults.cluster import NAME, Browser, installation, planted


def test_after_a_kill_of_everything_it_serves_at_once(own: Installation) -> None:
    note = f"/notes/{planted(own)['members'][0]['note']}/edit/"
    with own.served() as serving:
        head = Browser(own.port(NAME), planted(own)["members"][0]["session"])
        assert head.post(note, text="before", tonnes="1", version=1).done
        for pid in serving.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        serving.process.wait()
        # what a kill or a power cut may leave beside pid files and locks
        (own.home / "postgres" / "port.new").write_text("54")
        (own.folder(NAME) / ".secrets.json.0011aabb").write_text('{"half":')
        (own.home / "clusters" / ".half.unfinished").mkdir()
        began = time.monotonic()
        with own.served():
            assert time.monotonic() - began < 30
            assert "before" in head.get(note).text
            assert "is served already" in own.sprega("serve", code=2)
            assert answer(own.port(NAME))[0] == 200


def a_file(home: Path) -> None:
    home.write_text("something of somebody")


def a_file_for_the_clusters(home: Path) -> None:
    home.mkdir()
    (home / "clusters").write_text("something of somebody")


def a_file_for_the_database(home: Path) -> None:
    home.mkdir()
    (home / "postgres").write_text("something of somebody")


def a_link_for_the_lock(home: Path) -> None:
    (home / "postgres").mkdir(parents=True)
    (home / "postgres" / "lock").symlink_to(home.parent / "elsewhere")


def anothers_data(home: Path) -> None:
    (home / "postgres" / "data").mkdir(parents=True)
    (home / "postgres" / "data" / "diary.txt").write_text("dear diary")


@pytest.mark.parametrize(
    "taken", [a_file, a_file_for_the_clusters, a_file_for_the_database, a_link_for_the_lock, anothers_data]
)
def test_a_folder_that_is_taken_is_named_and_left_alone(taken: Callable[[Path], None]) -> None:
    with new_home() as home:
        taken(home)
        before = contents(home)
        said = installation(home).sprega("start", NAME, code=2)
        assert str(home) in said
        assert "Traceback" not in said
        assert len(said.splitlines()) == 1
        after = contents(home)
        assert {path: after.get(path) for path in before} == before
        assert not (home.parent / "elsewhere").exists()
        assert not list(home.glob("clusters/*"))


def test_a_folder_that_cannot_be_written_is_named() -> None:
    said = installation(Path("/proc/sprega")).sprega("start", NAME, code=2)
    assert "/proc/sprega" in said
    assert "SPREGA_HOME" in said


def contents(home: Path) -> dict[Path, bytes]:
    """Every file below, and what it holds."""
    places = [home, *home.rglob("*")]
    return {path: path.read_bytes() for path in places if path.is_file() and not path.is_symlink()}
