"""The real door under attack: a story in PostgreSQL, watched by everybody under their own policies.

Each viewer keeps all that it ever saw through the door and adds what it knows: its own figures, those of its
holding, and the items that companies had stated while they were of one holding with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sprega.foundation.access.actions import give_waiver, withdraw_waiver
from sprega.foundation.access.door import Part, release_total
from sprega.foundation.access.identity import NOBODY, Actor, acting, actor_of
from sprega.foundation.access.models import Figure, Group, GroupMember, Visibility, Waiver
from sprega.foundation.access.rule import set_rule
from sprega.foundation.access.services import acting_as
from sprega.foundation.accounts.models import Person
from sprega.foundation.organisations.models import Organisation, Representation
from sprega.foundation.organisations.services import FOUNDING
from tests.attacks.totals.attacker import Attacker, Entry, Recovered, Seen, Viewer
from tests.attacks.totals.stories import Story, Subject
from tests.people import People
from tests.rooms.notes.room import SUM_NOTES

GROUP, CLUSTER, PUBLIC = Visibility.GROUP, Visibility.CLUSTER, Visibility.PUBLIC
CLASSES = (CLUSTER, GROUP, PUBLIC)
TOLD_NOTHING = {"low": None, "high": None, "shown_at": None}


@dataclass
class Watcher:
    """Somebody who looks at all totals after every step, and forgets nothing."""

    name: str
    person: Person | None
    organisation: int | None
    circles: set[str]
    """The classes whose figures it was ever entitled to; an agreement to show reaches all of a class."""
    knows: set[str | tuple[str, str]] = field(default_factory=set)
    left: bool = False

    def figures(self) -> dict[str, Figure]:
        """What the database lets it see now."""
        actor = actor_of(self.person.pk, self.organisation) if self.person else NOBODY
        with acting(actor):
            return {figure.subject: figure for figure in Figure.objects.all()}


@dataclass
class Siege:
    """A story that happens in the database, and what everybody has seen of it."""

    told: Story
    people: People
    sales: float = 0.15
    """How often a company is sold, or bought."""
    organisations: dict[str, int] = field(default_factory=dict)
    leads: dict[str, Actor] = field(default_factory=dict)
    watchers: list[Watcher] = field(default_factory=list)
    shown: list[tuple[str, str, Seen]] = field(default_factory=list)
    """Class, subject, and what was seen, oldest first."""
    found: list[Recovered] = field(default_factory=list)

    def __post_init__(self) -> None:
        office = self.people.actor(self.people.office)
        with acting_as(FOUNDING, actor=NOBODY):
            for name in self.told.holding:
                self._join_cluster(name)
            for name, holding in self.told.holding.items():
                self._hold(name, holding)
        for watcher in self.watchers:
            self.leads[watcher.name] = actor_of(watcher.person.pk, watcher.organisation)
        with acting(office):
            self.group = Group.objects.create(name="participants")
            for watcher in self.watchers[: len(self.watchers) // 2 + 1]:
                watcher.circles.add(GROUP)
                GroupMember.objects.create(group=self.group, organisation_id=watcher.organisation)
        self.watchers.append(Watcher("outsider", self.people.outsider, None, {PUBLIC}))
        self.watchers.append(Watcher("nobody", None, None, {PUBLIC}))
        self._set_rule()

    def play(self, steps: int) -> None:
        """Let the story happen; after every look at a total, attack."""
        for place, subject in enumerate(self.told.steps(steps)):
            if self.told.rng.random() < self.sales:
                self._restructure()
            if place == steps // 2:
                self._somebody_leaves()
            self._set_rule()
            self._waive(subject.name)
            self._ask(subject)

    def _ask(self, subject: Subject) -> None:
        entries = self.told.entries(subject)
        visibility = CLASSES[int(subject.name[-1]) % len(CLASSES)]
        figure = release_total(
            actor=self.told.rng.choice(list(self.leads.values())),
            service=SUM_NOTES,
            subject=subject.name,
            contributions=lambda: [
                Part(self.organisations[entry.member], entry.amount, entry.item, entry.weight)
                for entry in entries
            ],
            visibility=visibility,
            group=self.group if visibility == GROUP else None,
            form=subject.form,
        )
        self._remember(entries)
        views = {watcher.name: watcher.figures() for watcher in self.watchers}
        for watcher in self.watchers:
            entitled = visibility == PUBLIC or (visibility in watcher.circles and not watcher.left)
            assert (subject.name in views[watcher.name]) == entitled, "the class decides who sees it"
        seen = next(view[subject.name] for view in views.values() if subject.name in view)
        assert figure is None or (figure.low, figure.high) == (seen.low, seen.high)
        if seen.state == Figure.State.WITHHELD:
            assert {name: getattr(seen, name) for name in TOLD_NOTHING} == TOLD_NOTHING
        if seen.state == Figure.State.SHOWN:
            self._attack(subject.name, visibility, entries, seen)

    def _attack(self, subject: str, visibility: str, entries: tuple[Entry, ...], figure: Figure) -> None:
        waived = frozenset(self.told.waived.get(subject, ()))
        new = Seen(entries, figure.low, figure.high, self.told.percent, waived)
        self.shown.append((visibility, subject, new))
        for watcher in self.watchers:
            if visibility != PUBLIC and (visibility not in watcher.circles or watcher.left):
                continue
            view = [s for its, _, s in self.shown if its == PUBLIC or its in watcher.circles]
            knows: Viewer = frozenset(watcher.knows)
            self.found += Attacker(view, self.told.holding).recovered([knows])

    def _remember(self, entries: tuple[Entry, ...]) -> None:
        """Companies of one holding know each other's figures; each keeps what it knew."""
        holding = self.told.holding
        for watcher in self.watchers:
            if watcher.name in holding:
                sisters = {name for name in holding if holding[name] == holding[watcher.name]}
                watcher.knows |= {watcher.name}
                watcher.knows |= {(e.member, e.item) for e in entries if e.member in sisters}

    def _join_cluster(self, name: str) -> None:
        organisation = Organisation.objects.create(
            slug=f"member-{name.lower()}", name=name, standing=Organisation.Standing.MEMBER
        )
        person = Person.objects.create_user(f"{name.lower()}@members.example", "x", name=name)
        Representation.objects.create(person=person, organisation=organisation, role="lead")
        self.organisations[name] = organisation.pk
        self.watchers.append(Watcher(name, person, organisation.pk, {PUBLIC, CLUSTER}))

    def _hold(self, name: str, holding: str) -> None:
        above = None if holding == name else self.organisations[holding]
        Organisation.objects.filter(pk=self.organisations[name]).update(holding_id=above)

    def _restructure(self) -> None:
        """A company is sold to another group, or becomes its own master."""
        holding, rng = self.told.holding, self.told.rng
        single = [name for name in holding if name not in {h for n, h in holding.items() if n != name}]
        roots = [name for name in holding if holding[name] == name]
        if single:
            name = str(rng.choice(single))
            holding[name] = name if holding[name] != name else str(rng.choice(roots))
            with acting_as(FOUNDING, actor=NOBODY):
                self._hold(name, holding[name])

    def _somebody_leaves(self) -> None:
        """The last member's person no longer acts for it: it sees nothing new, and knows what it knew."""
        watcher = self.watchers[len(self.organisations) - 1]
        with acting_as(FOUNDING, actor=NOBODY):
            Organisation.objects.filter(pk=watcher.organisation).update(
                standing=Organisation.Standing.PARTNER
            )
        watcher.left = True

    def _set_rule(self) -> None:
        set_rule(
            actor=self.people.actor(self.people.office),
            percent=self.told.percent,
            threshold=self.told.colluding + 2,
            colluding=self.told.colluding,
        )

    def _waive(self, subject: str) -> None:
        """Give and withdraw until the waivers on record are those of the story."""
        wanted = self.told.waived.get(subject, set())
        for name, lead in self.leads.items():
            with acting(lead):
                given = Waiver.objects.in_force().filter(
                    subject=subject, organisation_id=lead.organisation_id
                )
                mine = given.first()
            if name in wanted and mine is None:
                give_waiver(actor=lead, subject=subject, words="We agree.")
            if name not in wanted and mine is not None:
                withdraw_waiver(actor=lead, waiver=mine.pk)
