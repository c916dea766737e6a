"""What visitors of the practice cluster find: done once, each thing in the name of whom it concerns."""

from types import SimpleNamespace

from sprega.foundation.access.identity import Actor, acting
from sprega.foundation.access.queries import looks
from sprega.foundation.accounts.models import Person
from sprega.foundation.files.models import File
from sprega.foundation.organisations.queries import today
from sprega.server import practice
from sprega.server.practice_data import _actor, fill_foundation

Who = Person.PracticeRole


def seen(actor: Actor) -> set[str]:
    with acting(actor):
        return set(File.objects.values_list("name", flat=True))


def test_done_once_and_seen_by_those_whom_it_concerns(db: None, tmp_path) -> None:
    practice.fill(SimpleNamespace(folder=tmp_path))
    fill_foundation()
    fill_foundation()  # the job was tried again
    member, competitor, board = _actor(Who.PURCHASING), _actor(Who.COMPETITOR), _actor(Who.BOARD)
    (own,) = seen(member) - seen(competitor)
    assert own.startswith("Contracts")
    assert len(seen(competitor)) == 2
    with acting(member):
        assert looks(viewer=member).count() == 1
    with acting(board):
        assert len(list(today(board))) == 1
