"""What happened: one's own events in words, each with a proof that the command verifies."""

import json
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from sprega.cli.main import main
from sprega.foundation.access.actions import look_at
from sprega.foundation.access.identity import NOBODY, acting
from sprega.foundation.ledger import pages
from sprega.foundation.ledger.actions import change_key, place_commitments, record
from sprega.foundation.ledger.models import Payload
from tests.people import People


@pytest.fixture
def look(people: People) -> int:
    """The desk looked at the copper works' figures; the number of the event."""
    with acting(people.actor(people.desk)) as desk:
        return look_at(actor=desk, organisation=people.organisation("copper"), reason="checks lime").event_id


def page(people: People, who: str, name: str, *args: object, **wishes: str) -> str:
    answer = people.sign_in(Client(), getattr(people, who)).get(reverse(name, args=args), wishes)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def test_the_member_and_the_desk_see_it_in_words(people: People, look: int) -> None:
    said = "The buying desk looked at figures of Copper Works. Reason: checks lime"
    for who in ("copper", "copper_safety", "desk"):
        assert said in page(people, who, "ledger:events")
        assert said in page(people, who, "ledger:event", look)
    people.copper.language = "bg"
    people.copper.save()
    assert "Звеното за съвместни покупки прегледа данни на" in page(people, "copper", "ledger:event", look)


@pytest.mark.parametrize(
    "who", ["zinc", "sister", "office", "board", "mayor", "supplier", "former", "outsider"]
)
def test_others_find_nothing(people: People, look: int, who: str) -> None:
    place_commitments()
    client = people.sign_in(Client(), getattr(people, who))
    assert "checks lime" not in client.get(reverse("ledger:events")).content.decode()
    for name in ("ledger:event", "ledger:proof"):
        assert client.get(reverse(name, args=[look])).status_code == 404


def test_a_proof_that_the_command_verifies(
    people: People, look: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    client = people.sign_in(Client(), people.copper)
    assert "Not yet placed" in page(people, "copper", "ledger:event", look)
    assert client.get(reverse("ledger:proof", args=[look])).status_code == 409
    place_commitments()
    (tmp_path / "old.txt").write_bytes(Client().get(reverse("ledger:keys")).content)
    change_key(actor=NOBODY)
    shown = page(people, "copper", "ledger:event", look)
    assert "Show the proof" in shown
    answer = client.get(reverse("ledger:proof", args=[look]))
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="proof-')
    proof, keys = tmp_path / "proof.json", tmp_path / "keys.txt"
    proof.write_bytes(answer.content)
    keys.write_bytes(Client().get(reverse("ledger:keys")).content)
    assert main(["verify", str(proof), "--keys", str(keys)]) == 0
    assert main(["verify", str(proof), "--keys", str(tmp_path / "old.txt")]) == 0, "led to the new key"
    assert "The event stands in the ledger" in capsys.readouterr().out
    changed = json.loads(answer.content)
    changed["payload"]["facts"]["reason"] = "was bored"
    proof.write_text(json.dumps(changed), "utf-8")
    assert main(["verify", str(proof), "--keys", str(keys)]) == 1


def test_which_and_when(people: People, look: int) -> None:
    with acting(people.actor(people.copper)) as copper:
        record(kind="notes.written", actor=copper, subject=copper.organisation_id)
    everything = page(people, "copper", "ledger:events")
    assert "wrote a note" in everything
    assert "checks lime" in everything
    only = page(people, "copper", "ledger:events", area="notes")
    assert "wrote a note" in only
    assert "checks lime" not in only
    assert "Nothing matches" in page(people, "copper", "ledger:events", last_day="2020-01-01")
    assert "wrote a note" in page(people, "copper", "ledger:events", first_day="2020-01-01")
    wrong = page(people, "copper", "ledger:events", first_day="yesterday", before="x\0y", area="no-such")
    assert "wrote a note" in wrong, "what cannot be read narrows nothing, and says so"
    assert "problem" in wrong


def test_paging_by_a_cursor(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "AT_ONCE", 2)
    with acting(people.actor(people.copper)) as copper:
        for total in ("one", "two", "three"):
            record(kind="access.waiver_withdrawn", actor=copper, facts={"total": total})
        second = Payload.objects.order_by("-pk")[1].pk
    first_page = page(people, "copper", "ledger:events")
    assert "three" in first_page
    assert "two" in first_page
    assert ": one." not in first_page
    assert f"before={second}" in first_page
    last_page = page(people, "copper", "ledger:events", before=str(second))
    assert ": one." in last_page
    assert "Earlier ones" not in last_page


def test_a_workbook_of_them(people: People, look: int) -> None:
    import io

    import openpyxl

    answer = people.sign_in(Client(), people.copper).get(reverse("ledger:events"), {"export": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer)))["events"]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("When", "What happened", "Who")
    assert any("checks lime" in str(row[1]) and row[2] == "Desk" for row in rows[1:])


def test_checkpoints_are_everybodys(people: People, look: int, tmp_path: Path) -> None:
    assert "No checkpoint yet" in Client().get(reverse("ledger:checkpoints")).content.decode()
    assert Client().get(reverse("ledger:keys")).content == b""
    assert "wait for their place" in page(people, "office", "ledger:checkpoints")
    assert "wait for their place" not in page(people, "copper", "ledger:checkpoints")
    size = place_commitments()
    shown = Client().get(reverse("ledger:checkpoints")).content.decode()
    assert reverse("ledger:checkpoint", args=[size]) in shown
    note = Client().get(reverse("ledger:checkpoint", args=[size])).content.decode()
    assert note.startswith(f"sprega/test\n{size}\n")
    assert "No event waits" in page(people, "office", "ledger:checkpoints")
    assert Client().get(reverse("ledger:checkpoint", args=[10**30])).status_code == 404


def test_an_empty_log_says_what_will_be_here(people: People) -> None:
    assert "Nothing happened yet" in page(people, "outsider", "ledger:events")
