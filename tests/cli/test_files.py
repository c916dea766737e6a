"""A backup holds every file that its database names; the doctor says which have lost their bytes."""

from __future__ import annotations

import json
import os
import random
import subprocess
import tarfile
import threading
import time
from collections.abc import Iterator

import pytest

from tests.cli.installations import SPREGA, Installation, new_home

PREPARED = """
import json
from uuid import uuid4
from sprega.server import installation
cluster = installation.find("practice")
with installation.database_in_use() as server:
    installation.enter(cluster, installation.addresses(cluster, server))
    from django.core.files.base import ContentFile
    from sprega.foundation.access.identity import acting, actor_of
    from sprega.foundation.accounts.models import Person
    from sprega.foundation.files import actions, queries, store
    from sprega.foundation.files.models import File
    from sprega.foundation.organisations.models import Representation

    # names differ: the same file twice within a minute is one
    def somebody():
        for person in Person.objects.order_by("pk"):
            with acting(actor_of(person.pk, None)):
                held = Representation.objects.filter(person=person).first()
            if held:
                return actor_of(person.pk, held.organisation_id)
"""
KEEP = """
    for number in range(20):
        upload = ContentFile(f"offer {number} ".encode() * 1000, f"offer {number}.txt")
        actions.attach(actor=somebody(), upload=upload, visibility="public")
"""
DELETE_AND_KEEP = """
    with acting(somebody()):
        known = [(file.pk, file.version) for file in File.objects.all()]
    for file, version in known[:10]:
        actions.delete_file(actor=somebody(), file=file, version=version)
        upload = ContentFile(b"new" * 9999, f"{uuid4()}.txt")
        actions.attach(actor=somebody(), upload=upload, visibility="public")
"""
FOR_EVER = """
    print("begun")
    while True:
        uploads = [ContentFile(b"some " * 60_000, f"{uuid4()}.txt") for _ in range(3)]
        kept = [actions.attach(actor=somebody(), upload=one, visibility="public") for one in uploads]
        for file in kept[:2]:
            actions.delete_file(actor=somebody(), file=file.pk, version=1)
"""
SAY = """
    told = {}
    for file in File.objects.all():
        with store.open_place(file.place) as stream:
            told[file.name + str(file.pk)] = [file.sha256, len(stream.read())]
    print(json.dumps([told, queries.without_bytes()]))
"""


@pytest.fixture(scope="module")
def practice() -> Iterator[Installation]:
    with new_home() as home:
        installation = Installation(home)
        installation.sprega("practice")
        run(installation, KEEP)
        yield installation


def run(installation: Installation, code: str) -> str:
    """Run code within the practice cluster, as a worker would."""
    command = [SPREGA.with_name("python"), "-c", PREPARED + code]
    done = subprocess.run(
        command, env=installation.environment, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_same_bytes_after_a_backup_a_wipe_and_a_restore(practice: Installation) -> None:
    before = json.loads(run(practice, SAY))
    assert len(before[0]) == 20
    archive = practice.home.parent / "quiet.tar"
    practice.sprega("backup", archive, "--cluster", "practice")
    with new_home() as home:
        other = Installation(home)
        other.sprega("restore", archive)
        assert json.loads(run(other, SAY)) == before
        files = other.folder("practice") / "files"
        assert {path.stat().st_mode & 0o777 for path in files.rglob("*") if path.is_file()} == {0o600}
        assert {path.stat().st_mode & 0o777 for path in files.rglob("*") if path.is_dir()} == {0o700}


def test_a_backup_among_uploads_and_deletions_has_the_bytes_of_every_file(practice: Installation) -> None:
    hidden = practice.folder("practice") / "files" / "ab" / f".{'ab' * 20}"
    hidden.parent.mkdir(exist_ok=True)
    hidden.write_bytes(b"being written")
    archive = practice.home.parent / "busy.tar"
    busy = threading.Thread(target=run, args=(practice, DELETE_AND_KEEP * 3))
    busy.start()
    practice.sprega("backup", archive, "--cluster", "practice")
    busy.join()
    with tarfile.open(archive) as found:
        assert not [name for name in found.getnames() if "/." in name]
    with new_home() as home:
        other = Installation(home)
        other.sprega("restore", archive)
        told, missing = json.loads(run(other, SAY))
        assert (len(told), missing) == (20, 0)


def test_whoever_is_killed_while_keeping_and_deleting_leaves_no_file_without_its_bytes(
    practice: Installation,
) -> None:
    chance = random.Random(3)  # noqa: S311 - a test's
    for _ in range(8):
        command = [SPREGA.with_name("python"), "-u", "-c", PREPARED + FOR_EVER]
        process = subprocess.Popen(command, env=practice.environment, stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        time.sleep(chance.uniform(0.02, 0.4))
        process.kill()
        process.wait()
        process.stdout.close()
    _told, missing = json.loads(run(practice, SAY))
    assert missing == 0
    files = practice.folder("practice") / "files"
    stored = [path for path in files.rglob("*") if path.is_file()]
    for path in stored:
        os.utime(path, (time.time() - 2 * 24 * 3600,) * 2)
    told, missing = json.loads(run(practice, "    actions.sweep()\n" + SAY))
    assert missing == 0
    assert len([path for path in files.rglob("*") if path.is_file()]) == len(told) >= 20


def test_the_doctor_says_what_has_lost_its_bytes(practice: Installation) -> None:
    assert "Files whose bytes are missing: 0" in practice.sprega("doctor", "practice", code=1)
    stored = [path for path in (practice.folder("practice") / "files").rglob("*") if len(path.name) == 40]
    stored[0].unlink()
    stored[1].write_bytes(b"cut")
    said = practice.sprega("doctor", "practice", code=1)
    assert "Files whose bytes are missing: 2" in said
    assert "back from the last backup" in said
    assert "Files can be written" in said
