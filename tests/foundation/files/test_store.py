"""A kill, a full disk, a backup at any moment: no half file, no row without bytes, no lost room."""

from __future__ import annotations

import errno
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import connection, connections
from pytest_django.fixtures import Settings

from sprega.foundation.access.identity import acting
from sprega.foundation.files import actions, store
from sprega.foundation.files.models import File
from sprega.foundation.ledger.models import Payload
from tests.foundation.files.made import PDF
from tests.people import People, populate

Keep = Callable[..., File]
Kept = Callable[[], list[Path]]


class Killed(BaseException):
    """The process ends here: nothing that would tidy up is asked."""


def grow_old(paths: list[Path]) -> None:
    for path in paths:
        os.utime(path, (time.time() - 2 * actions.GRACE,) * 2)


def nothing_kept(people: People) -> bool:
    with acting(people.actor(people.copper)):
        return not File.objects.exists() and not Payload.objects.filter(kind="files.attached").exists()


@pytest.mark.parametrize(
    ("where", "what"),
    [("os.fsync", OSError(errno.EIO, "input/output error")), ("pathlib.Path.rename", Killed())],
)
def test_an_error_while_writing_leaves_nothing(
    people: People, kept: Keep, bytes_kept: Kept, monkeypatch: Any, where: str, what: BaseException
) -> None:
    def fail(*_said: Any, **_more: Any) -> None:
        raise what

    monkeypatch.setattr(where, fail)
    with pytest.raises(type(what)):
        kept()
    monkeypatch.undo()
    assert bytes_kept() == []
    assert nothing_kept(people)


def test_a_kill_between_bytes_and_row_leaves_bytes_that_are_swept(
    people: People, kept: Keep, bytes_kept: Kept, monkeypatch: Any
) -> None:
    whole = kept()

    def fail(**_more: Any) -> None:
        raise Killed

    monkeypatch.setattr(File.objects, "create", fail)
    with pytest.raises(Killed):
        kept(name="another.pdf")
    monkeypatch.undo()
    assert len(bytes_kept()) == 2
    assert actions.sweep() == 0, "somebody may still be at work"
    grow_old(bytes_kept())
    assert actions.sweep() == 1
    assert [path.name for path in bytes_kept()] == [whole.place]


def test_an_empty_database_does_not_empty_the_store(kept: Keep, bytes_kept: Kept) -> None:
    """As when somebody names another database by mistake."""
    for number in range(actions.MOST_ORPHANS + 1):
        store.put([b"of another database", bytes(number)])
    grow_old(bytes_kept())
    assert actions.sweep() == 0
    store.remove(bytes_kept()[0].name)
    assert actions.sweep() == actions.MOST_ORPHANS
    assert bytes_kept() == []


def test_remains_of_a_killed_writer_are_swept(kept: Keep, folder: Path, bytes_kept: Kept) -> None:
    whole = kept()
    half = folder / "ab" / f".{'ab' * 20}"
    half.parent.mkdir(exist_ok=True)
    half.write_bytes(b"half")
    stranger = folder / "ab" / "README"
    stranger.write_bytes(b"not ours")
    actions.sweep()
    assert half.exists(), "somebody may still be at work"
    grow_old([half, stranger])
    actions.sweep()
    assert {path.name for path in bytes_kept()} == {whole.place, "README"}


def test_a_kill_after_deleting_leaves_bytes_that_are_swept(
    people: People, kept: Keep, bytes_kept: Kept
) -> None:
    file = kept()
    actions.delete_file(actor=people.actor(people.copper), file=file.pk, version=1)  # on_commit never comes
    grow_old(bytes_kept())
    assert actions.sweep() == 1
    assert bytes_kept() == []


def test_a_full_disk_is_told_and_leaves_nothing(people: People, kept: Keep, folder: Path) -> None:
    """The kernel's own full device: writing to it is refused as on a full disk."""
    opened = []

    def full(path: Path) -> Any:
        opened.append(path)
        return Path("/dev/full").open("wb")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "_new_file", full)
        with pytest.raises(ValidationError, match="no room on the server"):
            kept()
    assert opened
    assert not [one for one in folder.rglob("*") if one.is_file()]
    assert nothing_kept(people)


def test_two_uploads_at_once_do_not_both_take_the_last_room(
    transactional_db: None, settings: Settings, bytes_kept: Kept, monkeypatch: Any
) -> None:
    people, put = populate(), store.put
    copper, settings.FILES_QUOTA = people.actor(people.copper), len(PDF)
    writing, told = threading.Event(), []

    def slowly(chunks: Any) -> store.Stored:
        writing.set()
        time.sleep(0.5)  # the other is long at its check by then
        return put(chunks)

    def keep() -> None:
        try:
            actions.attach(actor=copper, upload=ContentFile(PDF, "offer.pdf"))
        except ValidationError as refusal:
            told.append(refusal.code)
        finally:
            connections.close_all()

    monkeypatch.setattr(store, "put", slowly)
    first, second = (threading.Thread(target=keep) for _ in range(2))
    first.start()
    assert writing.wait(10)
    second.start()
    for thread in (first, second):
        thread.join(20)
    assert told == ["quota"]
    assert len(bytes_kept()) == 1
    with acting(copper):
        assert File.objects.count() == 1


def test_while_a_backup_is_made_nothing_is_removed(transactional_db: None, folder: Path) -> None:
    stored = store.put([PDF])
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [store.REMOVING])
        assert actions.remove_bytes([stored.place]) == 0
        assert store.path_of(stored.place).exists()
    finally:
        other.close()
    grow_old([store.path_of(stored.place)])
    assert actions.sweep() == 1
    assert not store.path_of(stored.place).exists()
    connection.close()
