"""Files in pages: uploaded, listed, changed, deleted, handed out as bytes that can do nothing to a reader."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from sprega.foundation.access.identity import acting
from sprega.foundation.access.models import Group, Look, Visibility
from sprega.foundation.files import incoming, store
from sprega.foundation.files.models import File
from tests.foundation.files.made import PDF, packed, png
from tests.people import People

Keep = Callable[..., File]


@pytest.fixture
def member(people: People, client: Client) -> Client:
    return people.sign_in(client, people.copper)


def send(client: Client, content: bytes = PDF, name: str = "offer.pdf", **more: Any) -> Any:
    data = {"upload": SimpleUploadedFile(name, content), "seen_by": "organisation", **more}
    return client.post(reverse("files:upload"), data)


def files(people: People, who: str = "copper") -> list[File]:
    with acting(people.actor(getattr(people, who))):
        return list(File.objects.all())


def text(answer: Any) -> str:
    return answer.content.decode()


def test_an_upload_and_where_it_is_found(people: People, member: Client) -> None:
    assert "No files yet" in text(member.get(reverse("files:list")))
    answer = send(member, name="Оферта.pdf", description="Lime", seen_by="cluster")
    assert (answer.status_code, answer.url) == (302, reverse("files:list"))
    (file,) = files(people)
    assert (file.name, file.description, file.visibility) == ("Оферта.pdf", "Lime", "cluster")
    page = text(member.get(reverse("files:list")))
    assert all(words in page for words in ("Оферта.pdf", "Lime", "all members", "Size (kB)", "Copper"))
    other = people.sign_in(Client(), people.zinc)
    assert "Оферта.pdf" not in text(other.get(reverse("files:list")))
    page = text(other.get(reverse("files:list"), {"of": "others"}))
    assert "Оферта.pdf" in page
    assert reverse("files:change", args=[file.pk]) not in page
    book = member.get(reverse("files:list"), {"export": "xlsx"})
    assert book.getvalue().startswith(b"PK")


def test_what_is_wrong_is_told_beside_the_field(people: People, member: Client, settings: Settings) -> None:
    settings.FILES_LARGEST = 3_000_000
    for content, told in (
        (b"", "This file is empty."),
        (b"<svg/>", "Web pages and SVG drawings"),
        (packed({"a": "a"}), "Archives are not taken."),
        (PDF + bytes(3_000_001), "This file is larger than 3 MB"),
    ):
        answer = send(member, content, description="typed before")
        assert answer.status_code == 200
        assert told in text(answer)
        assert "typed before" in text(answer)
    assert "typed" in text(send(member, seen_by="sealed", description="typed"))
    settings.FILES_QUOTA = 10
    assert "Delete files that nobody needs." in text(send(member))
    assert files(people) == []


@pytest.mark.parametrize("size", [1000, 5_000_000])
def test_small_and_large_uploads_arrive_whole(people: People, member: Client, size: int) -> None:
    content = PDF[:-6] + bytes(range(256)) * (size // 256) + b"%%EOF\n"
    assert send(member, content).status_code == 302
    (file,) = files(people)
    assert file.size == len(content)
    assert member.get(reverse("files:download", args=[file.pk])).getvalue() == content


def test_of_what_is_too_large_no_more_is_written_than_allowed(
    member: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FILES_LARGEST = 4_000_000
    written = []
    keep = incoming.SpoolHandler.receive_data_chunk

    def watch(self: Any, raw_data: bytes, start: int) -> None:
        keep(self, raw_data, start)
        written.append(self.file.tell())

    monkeypatch.setattr(incoming.SpoolHandler, "receive_data_chunk", watch)
    assert "larger than 4 MB" in text(send(member, PDF + bytes(12_000_000)))
    assert 3_900_000 < max(written) <= 4_000_000
    assert written[-1] == 0


def test_a_disk_that_is_full_while_it_arrives(
    people: People, member: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = incoming.tempfile.TemporaryFile
    opened = []

    def full_at_first(**options: Any) -> Any:
        opened.append(1)
        return Path("/dev/full").open("r+b", buffering=0) if len(opened) == 1 else new(**options)

    monkeypatch.setattr(incoming.tempfile, "TemporaryFile", full_at_first)
    answer = send(member, PDF + bytes(5_000_000))
    assert "There is no room on the server&#x27;s disk." in text(answer)
    assert files(people) == []


def test_a_disk_that_is_full_while_it_is_kept(
    people: People, member: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_path: Path) -> Any:
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(store, "_new_file", full)
    assert "There is no room on the server&#x27;s disk." in text(send(member))
    assert files(people) == []


def test_what_arrives_lies_in_no_folder_that_others_read(member: Client, folder: Path) -> None:
    place = incoming.folder()
    assert place.parent == folder.parent
    assert place.stat().st_mode & 0o777 == 0o700
    send(member, PDF + bytes(5_000_000))
    assert list(place.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "name", "shown", "content_type"),
    [
        (PDF, "Оферта.pdf", True, "application/pdf"),
        (PDF[:9] + b"<html><script>alert(1)</script>" + PDF[9:], "page.html", True, "application/pdf"),
        (png(), "a.png", True, "image/png"),
        (b"hello <script>alert(1)</script>", "a.html", False, "text/plain; charset=utf-8"),
        (b'<?xml version="1.0"?><a/>', "a.xml", False, "application/xml"),
        (packed({"[Content_Types].xml": "", "xl/workbook.xml": ""}), "a.xlsx", False, None),
    ],
)
def test_bytes_can_do_nothing_to_a_reader(
    member: Client, kept: Keep, content: bytes, name: str, shown: bool, content_type: str | None
) -> None:
    file = kept(content, name)
    answer = member.get(reverse("files:download", args=[file.pk]))
    assert answer.getvalue() == content
    headers = answer.headers
    assert headers["Content-Disposition"].partition(";")[0] == ("inline" if shown else "attachment")
    assert headers["Content-Type"] == (content_type or file.of_kind.content_type)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"].split("; ")
    assert "allow-scripts" not in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "private, no-store"
    if name == "Оферта.pdf":
        assert "filename*=utf-8''%D0%9E%D1%84" in headers["Content-Disposition"]


def test_others_find_nothing_and_a_visitor_what_is_public(people: People, kept: Keep) -> None:
    own, public = kept(), kept(visibility=Visibility.PUBLIC)
    for who in (people.zinc, people.office, people.desk, people.supplier, people.outsider, None):
        client = people.sign_in(Client(), who) if who else Client()
        assert client.get(reverse("files:download", args=[own.pk])).status_code == 404
        answer = client.get(reverse("files:download", args=[public.pk]))
        assert (answer.status_code, answer.getvalue()) == (200, PDF)


def test_a_confidential_file_asks_for_the_second_factor(people: People, kept: Keep, client: Client) -> None:
    own, public = kept(), kept(visibility=Visibility.PUBLIC)
    client.force_login(people.copper)
    for name, args in (("download", [own.pk]), ("list", []), ("upload", []), ("change", [own.pk])):
        answer = client.get(reverse(f"files:{name}", args=args))
        assert answer.status_code == 302
        assert answer.url.startswith(reverse("accounts:second-factor"))
    assert client.get(reverse("files:download", args=[public.pk])).status_code == 200


def test_missing_bytes_are_no_page_that_failed(member: Client, kept: Keep) -> None:
    file = kept()
    store.remove(file.place)
    assert member.get(reverse("files:download", args=[file.pk])).status_code == 404


def test_the_desk_says_why_it_looks(people: People, kept: Keep) -> None:
    file = kept(visibility=Visibility.DESK)
    desk = people.sign_in(Client(), people.desk)
    answer = desk.get(reverse("files:download", args=[file.pk]))
    look = reverse("files:look", args=[file.pk])
    assert (answer.status_code, answer.url) == (302, look)
    page = text(desk.get(look))
    assert "Copper Works" in page
    assert file.name not in page
    assert "This field is required." in text(desk.post(look, {"reason": " "}))
    with acting(people.actor(people.copper)):
        assert not Look.objects.exists()
    answer = desk.post(look, {"reason": "to compare offers"})
    assert answer.getvalue() == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")
    with acting(people.actor(people.copper)):
        assert Look.objects.get().reason == "to compare offers"
    for who in (people.zinc, people.office, people.copper):
        other = people.sign_in(Client(), who)
        assert other.post(look, {"reason": "curious"}).status_code == 404
    with acting(people.actor(people.copper)):
        assert Look.objects.count() == 1


def test_changing_and_the_slower_of_two(people: People, member: Client, kept: Keep) -> None:
    with acting(people.actor(people.office)):
        group = Group.objects.create(name="Lime 2027")
        group.members.create(organisation=people.organisation("copper"))
        Group.objects.create(name="Of others")
    file = kept()
    address = reverse("files:change", args=[file.pk])
    page = text(member.get(address))
    assert "Lime 2027" in page
    assert "Of others" not in page
    change = {"description": "for the group", "seen_by": f"group:{group.pk}", "version": 1}
    assert member.post(address, change).status_code == 302
    answer = member.post(address, {**change, "seen_by": "public", "description": "mine"})
    assert answer.status_code == 200
    page = text(answer)
    assert "Somebody changed this file" in page
    assert "The description now says: for the group" in page
    assert 'value="mine"' in page
    assert 'name="version" value="2"' in page
    (now,) = files(people)
    assert (now.visibility, now.group_id, now.description) == ("group", group.pk, "for the group")
    page = text(member.get(reverse("files:list")))
    assert "Lime 2027" in page


def test_deleting_is_confirmed(people: People, member: Client, kept: Keep) -> None:
    file = kept()
    address = reverse("files:delete", args=[file.pk])
    assert "offer.pdf" in text(member.get(address))
    assert "confirm it" in text(member.post(address))
    assert "Somebody changed" in text(member.post(address, {"version": 7}))
    assert len(files(people)) == 1
    assert member.post(address, {"version": 1}).status_code == 302
    assert files(people) == []


@pytest.mark.parametrize("language", ["en", "bg"])
def test_pages_in_both_languages(people: People, member: Client, kept: Keep, language: str) -> None:
    people.copper.language = language
    people.copper.save()
    file = kept()
    words = {"en": ("Who may see it", "Only you."), "bg": ("Кой може да го вижда", "Само вие.")}[language]
    page = text(member.get(reverse("files:change", args=[file.pk])))
    assert all(one in page for one in words)
    for name, args in (("list", []), ("upload", []), ("delete", [file.pk])):
        page = text(member.get(reverse(f"files:{name}", args=args)))
        assert f'<html lang="{language}"' in page
        assert "style=" not in page


def test_a_persons_own_file_is_deleted_but_never_shown_to_more(
    people: People, member: Client, kept: Keep
) -> None:
    file = kept(person=people.copper.pk)
    page = text(member.get(reverse("files:list")))
    assert "only Copper" in page
    assert reverse("files:delete", args=[file.pk]) in page
    address = reverse("files:change", args=[file.pk])
    assert member.get(address).status_code == 404
    assert member.post(address, {"seen_by": "public", "version": 1}).status_code == 404
    assert files(people)[0].visibility == "organisation"


def test_the_desk_sees_a_members_files_and_the_member_learns_of_it(people: People, kept: Keep) -> None:
    kept(name="own.pdf")
    file = kept(name="needs.pdf", visibility=Visibility.DESK)
    desk = people.sign_in(Client(), people.desk)
    address = reverse("files:of-a-member")
    assert address in text(desk.get(reverse("files:list")))
    copper = people.organisation("copper").pk
    assert "This field is required." in text(desk.post(address, {"organisation": copper, "reason": ""}))
    page = text(desk.post(address, {"organisation": copper, "reason": "lime & more"}))
    assert "needs.pdf" in page
    assert "own.pdf" not in page
    look = f"{reverse('files:look', args=[file.pk])}?reason=lime+%26+more"
    assert look in page
    assert 'value="lime &amp; more"' in text(desk.get(look))
    with acting(people.actor(people.copper)):
        assert [one.reason for one in Look.objects.all()] == ["lime & more"]
    page = text(desk.post(address, {"organisation": people.organisation("zinc").pk, "reason": "lime"}))
    assert "No files for the buying desk" in page
    for who in (people.office, people.zinc, people.supplier):
        other = people.sign_in(Client(), who)
        assert other.post(address, {"organisation": copper, "reason": "curious"}).status_code == 403
        assert address not in text(other.get(reverse("files:list")))
    with acting(people.actor(people.copper)):
        assert Look.objects.count() == 1
