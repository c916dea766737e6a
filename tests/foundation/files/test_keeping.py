"""Files are kept whole, seen by their class, limited, changed by one at a time, and deleted for good."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from sprega.foundation.access.actions import look_at
from sprega.foundation.access.identity import NOBODY, acting
from sprega.foundation.access.models import Group, Visibility
from sprega.foundation.access.services import acting_as
from sprega.foundation.files import actions, queries, store
from sprega.foundation.files.models import File
from sprega.foundation.files.services import STOREKEEPER
from sprega.foundation.ledger.models import Payload
from tests.foundation.files.made import PDF
from tests.people import People

Keep = Callable[..., File]
EVERYBODY = ("copper", "copper_safety", "office", "desk", "zinc", "sister", "supplier", "former", "outsider")
INSIDE = {"copper", "copper_safety", "office", "desk", "zinc", "sister"}
OURS = {"copper", "copper_safety"}


def seers(people: People) -> set[str]:
    """Who sees the one file that there is."""
    found = set()
    for who in EVERYBODY:
        with acting(people.actor(getattr(people, who))):
            found |= {who} if File.objects.exists() else set()
    with acting(NOBODY):
        return found | ({"nobody"} if File.objects.exists() else set())


def told(people: People) -> list[str]:
    with acting(people.actor(people.copper)):
        return list(
            Payload.objects.filter(kind__startswith="files.")
            .order_by("commitment")
            .values_list("kind", flat=True)
        )


@pytest.mark.parametrize(
    ("visibility", "who"),
    [
        (Visibility.ORGANISATION, OURS),
        (Visibility.DESK, OURS),
        (Visibility.CLUSTER, INSIDE),
        (Visibility.PUBLIC, {*EVERYBODY, "nobody"}),
    ],
)
def test_who_sees_a_file(people: People, kept: Keep, visibility: str, who: set[str]) -> None:
    kept(visibility=visibility)
    assert seers(people) == who


def test_a_group_sees_it(people: People, kept: Keep) -> None:
    with acting(people.actor(people.office)):
        group = Group.objects.create(name="Lime 2027")
        for slug in ("copper", "sister"):
            group.members.create(organisation=people.organisation(slug))
        other = Group.objects.create(name="Other")
    kept(visibility=Visibility.GROUP, group=group)
    assert seers(people) == {*OURS, "sister"}
    for wrong in ({"visibility": "group"}, {"group": group}, {"visibility": "group", "group": other}):
        with pytest.raises(ValidationError):
            kept(**wrong)
    with acting(people.actor(people.copper)):
        assert File.objects.count() == 1


def test_one_of_a_person_is_that_persons_alone(people: People, kept: Keep) -> None:
    kept(person=people.copper.pk, visibility=Visibility.CLUSTER)
    assert seers(people) == {"copper"}
    with acting(people.actor(people.copper_safety)):
        assert File.objects.update(name="stolen") == 0
        texts = Payload.objects.filter(kind="files.attached").values_list("text", flat=True)
        assert texts
        assert not [text for text in texts if b"offer" in bytes(text)]
    with acting(people.actor(people.zinc)) as zinc:
        with pytest.raises(ValidationError, match="Choose who"):
            kept(by=people.zinc, visibility=Visibility.SEALED)
        assert queries.stored(zinc.organisation_id, viewer=zinc) == 0


def test_the_desk_sees_by_a_look_alone(people: People, kept: Keep) -> None:
    file = kept(visibility=Visibility.DESK)
    desk = people.actor(people.desk)
    with acting(desk):
        assert not File.objects.exists()
        assert queries.behind_a_look(file.pk, viewer=desk) == people.organisation("copper")
        look_at(actor=desk, organisation=people.organisation("copper"), reason="award")
        assert File.objects.get() == file
    own = kept()
    for who, one in ((people.desk, own), (people.zinc, file), (people.office, file)):
        assert queries.behind_a_look(one.pk, viewer=people.actor(who)) is None


def test_bytes_lie_whole_under_a_random_name(kept: Keep, bytes_kept: Callable[[], list[Path]]) -> None:
    file = kept(name="../../Оферта.exe", description="  two\nlines\0 ")
    (path,) = bytes_kept()
    assert path.read_bytes() == PDF
    assert path.stat().st_mode & 0o777 == 0o600
    assert {one.stat().st_mode & 0o777 for one in (path.parent, path.parent.parent)} == {0o700}
    assert (path.name, path.parent.name) == (file.place, file.place[:2])
    assert (file.name, file.kind, file.size) == ("Оферта.exe.pdf", "pdf", len(PDF))
    assert file.sha256 == hashlib.sha256(PDF).hexdigest()
    assert file.description == "two lines"
    with pytest.raises(ValueError, match="not a place"):
        store.path_of("../../secrets.json")


def test_who_acts_for_nobody_keeps_nothing(people: People, kept: Keep, bytes_kept: Callable) -> None:
    with pytest.raises(PermissionDenied):
        kept(by=people.outsider)
    assert bytes_kept() == []


def test_the_largest_file(kept: Keep, settings: Settings, bytes_kept: Callable) -> None:
    settings.FILES_LARGEST = 10_000_000
    with pytest.raises(ValidationError, match="larger than 10 MB"):
        kept(PDF[:-6] + bytes(10_000_000) + b"%%EOF\n")
    assert bytes_kept() == []


def test_an_organisations_room(
    people: People, kept: Keep, settings: Settings, bytes_kept: Callable[[], list[Path]]
) -> None:
    settings.FILES_QUOTA = 2 * len(PDF)
    kept(person=people.copper_safety.pk, by=people.copper_safety)
    kept()
    with pytest.raises(ValidationError, match="Delete files"):
        kept()
    assert len(bytes_kept()) == 2
    kept(by=people.zinc)
    assert told(people) == ["files.attached", "files.attached"]


def test_the_slower_of_two_is_told(people: People, kept: Keep) -> None:
    file, copper = kept(), people.actor(people.copper)
    change = {"actor": copper, "file": file.pk, "visibility": Visibility.CLUSTER}
    actions.change_file(**change, version=1, description="for all")
    with pytest.raises(ValidationError, match="Somebody changed"):
        actions.change_file(**{**change, "visibility": Visibility.PUBLIC}, version=1)
    with pytest.raises(ValidationError, match="Somebody changed"):
        actions.delete_file(actor=copper, file=file.pk, version=1)
    with acting(copper):
        now = File.objects.get()
    assert (now.visibility, now.description, now.version) == ("cluster", "for all", 2)
    assert told(people) == ["files.attached", "files.changed"]


def test_nobody_else_changes_or_deletes(people: People, kept: Keep, bytes_kept: Callable) -> None:
    file = kept(visibility=Visibility.PUBLIC)
    for who in ("zinc", "office", "desk", "supplier", "outsider"):
        actor = people.actor(getattr(people, who))
        with pytest.raises(File.DoesNotExist):
            actions.change_file(actor=actor, file=file.pk, version=1, visibility=Visibility.CLUSTER)
        with pytest.raises(File.DoesNotExist):
            actions.delete_file(actor=actor, file=file.pk, version=1)
    assert len(bytes_kept()) == 1
    with acting(NOBODY):
        assert File.objects.get().version == 1


def test_deleting_removes_the_bytes_once_it_is_certain(
    people: People,
    kept: Keep,
    bytes_kept: Callable,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    file = kept()
    with django_capture_on_commit_callbacks(execute=True):
        actions.delete_file(actor=people.actor(people.copper), file=file.pk, version=1)
        assert len(bytes_kept()) == 1
    assert bytes_kept() == []
    assert told(people) == ["files.attached", "files.deleted"]


def test_what_expires_goes_by_itself(
    people: People,
    kept: Keep,
    bytes_kept: Callable,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    now = timezone.now()
    kept(expires_at=now + timedelta(days=1))
    over = kept(expires_at=now - timedelta(seconds=1), person=people.copper.pk)
    with acting(people.actor(people.copper)):
        assert over not in queries.files()
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.forget_expired() == 1
    assert len(bytes_kept()) == 1
    with acting_as(STOREKEEPER, actor=NOBODY):
        assert File.objects.count() == 1


def test_files_of_a_thing(people: People, kept: Keep) -> None:
    about = people.organisation("copper")
    file, _other = kept(about=about), kept()
    with acting(people.actor(people.copper)):
        assert list(queries.attached_to(about)) == [file]
    with acting(people.actor(people.zinc)):
        assert not queries.attached_to(about)


def test_an_upload_may_be_any_file_of_djangos(people: People) -> None:
    upload = ContentFile(b"a;b\n", "prices.csv")
    file = actions.attach(actor=people.actor(people.copper), upload=upload)
    assert (file.name, file.kind) == ("prices.csv", "csv")
    with store.open_place(file.place) as stream:
        assert stream.read() == b"a;b\n"


def test_a_double_click_keeps_one(people: People, kept: Keep, bytes_kept: Callable[[], list[Path]]) -> None:
    first = kept()
    assert kept() == first
    assert len(bytes_kept()) == 1
    for other in (
        {"name": "other.pdf"},
        {"description": "other"},
        {"visibility": "cluster"},
        {"content": PDF[:-1]},
    ):
        assert kept(**other) != first
    with acting(people.actor(people.copper)):
        File.objects.update(uploaded_at=timezone.now() - 2 * actions.DOUBLE_CLICK)
    assert kept() != first
    assert told(people) == ["files.attached"] * 6
