"""Who acts for an organisation learns whom else the office lets act for it: nobody slips in beside them."""

from sprega.foundation.access.identity import Actor, acting
from sprega.foundation.accounts.actions import accept_invitation, invite
from sprega.foundation.accounts.models import Person
from sprega.foundation.notices.models import Notice
from sprega.foundation.organisations.actions import give_representation
from tests.foundation.accounts.letters import letters
from tests.people import PASSWORD, People

KIND = "organisations.representation_given"


def told(person: Person) -> list[str]:
    with acting(Actor(person.pk)):
        return [str(notice) for notice in Notice.objects.filter(person=person, kind=KIND)]


def test_a_representation_that_the_office_gives(people: People) -> None:
    give_representation(
        actor=people.actor(people.office),
        person=people.outsider,
        organisation=people.organisation("copper"),
        role="lead",
    )
    for colleague in (people.copper, people.copper_safety):
        (sentence,) = told(colleague)
        assert sentence.startswith("Outsider (outsider@example.org) may act for your organisation: head")
    for other in (people.outsider, people.zinc, people.sister, people.former, people.office):
        assert told(other) == []


def test_an_invitation_of_the_office_that_is_accepted(people: People) -> None:
    copper = people.organisation("copper")
    invite(actor=people.actor(people.office), organisation=copper, role="lead", email="new@example.org")
    assert told(people.copper) == [], "nothing has come of it yet"
    token = letters()[-1].text.partition("/accounts/invitation/")[2].partition("/")[0]
    accept_invitation(token=token, name="Neda New", password=PASSWORD)
    (sentence,) = told(people.copper)
    assert sentence.startswith("Neda New (new@example.org)")
    assert told(Person.objects.get(email="new@example.org")) == []
