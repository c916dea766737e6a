"""The disk is full: people are told, nothing is half-kept, and with room again everything works."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.installations import Installation, eventually
from tests.faults.cluster import NAME, Browser, copy_of, installation, planted, value_of

ROOM = 200
"""Megabytes of the small disk."""


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A disk of its own, where this machine lets us make one."""
    place = Path(tempfile.mkdtemp(prefix="sprega-small-disk-"))
    place.chmod(0o755)
    made = subprocess.run(
        ["/bin/mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "sprega", place],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        place.rmdir()
        pytest.skip(f"this machine lets us mount no small disk: {made.stderr.decode().strip()}")
    try:
        yield place
    finally:
        subprocess.run(["/bin/umount", "--lazy", place], check=True)
        place.rmdir()


def fill(place: Path) -> Path:
    """Take all that is left."""
    filler = place / "filler"
    with filler.open("wb", buffering=0) as stream:
        for size in (1 << 20, 1 << 12):
            try:
                while True:
                    stream.write(b"\0" * size)
            except OSError:
                continue
    assert shutil.disk_usage(place).free < 1 << 14
    return filler


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes a small disk")
def test_a_full_disk_and_room_again(whole: Installation) -> None:
    with small_disk(ROOM) as place:
        own = copy_of(whole, place / "home")
        kept = planted(own)["members"][0]
        note = f"/notes/{kept['note']}/edit/"
        with own.served("--no-worker"):
            head = Browser(own.port(NAME), kept["session"])
            filler = fill(place)
            saved, refused = write_until_refused(head, note)
            assert refused.status in (503, 507), refused
            assert ("The disk of the server is full" in refused.text) == (refused.status == 507)
            filler.unlink()
            eventually(lambda: head.get(note).status == 200, 60)
            page = head.get(note)
            assert value_of(page.text, "version") == str(saved)
            assert head.post(note, text="room again", tonnes="1", version=value_of(page.text, "version")).done
        own.sprega("ledger", own.home.parent / "ledger")
        assert "The ledger is right" in own.sprega("verify", own.home.parent / "ledger")


def write_until_refused(head: Browser, note: str) -> tuple[int, object]:
    """Change the note until the database finds no room; the version that is kept, and the refusal."""
    version = int(value_of(head.get(note).text, "version"))
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        answer = head.post(note, text="x" * 400, tonnes="1", version=version)
        if not answer.done:
            return version, answer
        version += 1
    raise AssertionError("the disk is not full")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes a small disk")
def test_a_disk_too_small_for_a_first_start(tmp_path: Path) -> None:
    with small_disk(12) as place:
        home = installation(place / "home")
        said = home.sprega("start", NAME, code=2)
        assert "full" in said
        assert "Make room" in said
        assert not (home.home / "clusters" / NAME).exists()
        subprocess.run(["/bin/mount", "-o", f"remount,size={ROOM}m", place], check=True)
        assert "is made" in home.sprega("start", NAME)
