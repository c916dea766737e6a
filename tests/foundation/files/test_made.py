"""Documents of long work hold what their asker may see, are theirs alone, and lead from the notice."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pypdf
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from sprega.foundation.access.identity import acting
from sprega.foundation.files import printed
from sprega.foundation.files.models import File
from sprega.foundation.jobs.actions import perform, start
from sprega.foundation.jobs.models import Run
from sprega.foundation.notices.models import Notice
from sprega.foundation.ui.table import Column
from tests.people import People
from tests.rooms.notes.actions import write_note
from tests.rooms.notes.jobs import export_notes


@pytest.fixture
def notes(people: People) -> None:
    with acting(people.actor(people.copper)) as copper:
        write_note(actor=copper, text="=copper & <own>", tonnes="1234.5")
        write_note(actor=copper, text="for all", visibility="cluster")
    with acting(people.actor(people.zinc)) as zinc:
        write_note(actor=zinc, text="zinc own", tonnes="77")


def made(people: People, form: str, client: Client) -> Any:
    """What the zinc works' person gets by the button, the worker and the notice."""
    people.sign_in(client, people.zinc)
    answer = client.post(reverse("notes:export"), {form: "1"})
    run = answer.url.rstrip("/").rpartition("/")[2]
    perform(run)
    with acting(people.actor(people.zinc)):
        (notice,) = Notice.objects.filter(kind="jobs.done")
    answer = client.get(client.get(reverse("notices:open", args=[notice.pk])).url)
    assert answer.status_code == 200
    return answer


def test_a_workbook_of_what_its_asker_sees(people: People, notes: None, client: Client) -> None:
    book = openpyxl.load_workbook(io.BytesIO(made(people, "xlsx", client).getvalue()))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[0] == ("Organisation", "Note", "Quantity (t)")
    assert set(rows[1:]) == {("Zinc Works", "zinc own", 77), ("Copper Works", "for all", 0)}


def test_a_print_of_what_its_asker_sees(people: People, notes: None, client: Client) -> None:
    answer = made(people, "pdf", client)
    assert answer.headers["Content-Type"] == "application/pdf"
    said = pypdf.PdfReader(io.BytesIO(answer.getvalue())).pages[0].extract_text()
    assert all(word in said for word in ("Notes", "zinc own", "for all", "Quantity (t)", "only you"))
    assert "copper" not in said


def test_it_is_its_askers_alone_and_goes_by_itself(people: People, notes: None, client: Client) -> None:
    made(people, "xlsx", client)
    with acting(people.actor(people.zinc)):
        file = File.objects.get()
    assert file.person == people.zinc
    assert 6.9 < (file.expires_at - timezone.now()).total_seconds() / 86400 <= 7
    assert "it goes by itself on" in file.description
    for who in ("copper", "office", "sister"):
        other = people.sign_in(Client(), getattr(people, who))
        assert other.get(reverse("files:download", args=[file.pk])).status_code == 404


def test_without_room_the_asker_is_told(people: People, notes: None, settings: Settings) -> None:
    settings.FILES_QUOTA = 100
    with acting(people.actor(people.zinc)) as zinc:
        run = start(export_notes, actor=zinc, form="xlsx")
    assert perform(run.pk) is None
    with acting(people.actor(people.zinc)):
        run.refresh_from_db()
        assert run.state == Run.State.REFUSED
        assert "Delete files that nobody needs." in run.problem
        assert not File.objects.exists()


def test_a_long_table_is_printed_up_to_its_bound(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printed, "MOST_ROWS", 200)
    columns = [Column(str(place), f"Column {place}") for place in range(6)]
    stream = io.BytesIO()
    rows = (["щ" * 20, "#read()", None, "", "*", str(row)] for row in range(300))
    printed.write_pdf(stream, title="Table", columns=columns, rows=rows, seen_by="only you")
    pages = pypdf.PdfReader(stream).pages
    said = "\n".join(page.extract_text() for page in pages)
    assert "There are more rows than 200." in said
    assert len(pages) > 3
    assert all("Column 5" in page.extract_text() for page in pages[:3])
    assert pages[0].mediabox.width > pages[0].mediabox.height
    empty = io.BytesIO()
    printed.write_pdf(empty, title="Table", columns=columns, rows=[], seen_by="only you")
    assert "nothing here that you may see" in pypdf.PdfReader(empty).pages[0].extract_text()
