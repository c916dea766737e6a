"""People at work while things are killed, and what they were told had been done."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.cli.installations import Installation
from tests.faults.cluster import NAME, ROOT, Browser, addresses, planted, value_of

PATIENCE = 60.0
"""Seconds that somebody goes on trying; longer means that it does not come back."""

MOST_INVITED = 50
"""By one person; a few more in an hour and they would be asked to wait."""


@dataclass
class Told:
    """What was answered as done, by kind of action; `lost` counts tries of which nobody knows."""

    notes: set[str] = field(default_factory=set)
    texts: dict[str, str] = field(default_factory=dict)
    waivers: set[str] = field(default_factory=set)
    notices: set[str] = field(default_factory=set)
    runs: set[str] = field(default_factory=set)
    invited: set[str] = field(default_factory=set)
    ended: set[int] = field(default_factory=set)
    given: set[str] = field(default_factory=set)
    lost: Counter[str] = field(default_factory=Counter)
    answers: Counter[int] = field(default_factory=Counter)
    longest: float = 0.0

    @property
    def actions(self) -> int:
        """How many actions were answered as done."""
        kinds = (self.notes, self.waivers, self.notices, self.runs, self.invited, self.ended, self.given)
        return sum(map(len, kinds)) + self.changes

    changes: int = 0

    def __str__(self) -> str:
        told = {"done": self.actions, "changes": self.changes, "runs": len(self.runs)}
        return f"{told} lost {dict(self.lost)} answers {dict(self.answers)} longest {self.longest:.1f} s"

    def loses(self, what: str) -> None:
        """Nobody knows whether it was done; whoever tried takes breath."""
        self.lost[what] += 1
        time.sleep(0.5)


class Worker(threading.Thread):
    """Somebody who does one thing after the other until told to stop; an error ends the test."""

    def __init__(self, work: Callable[[], None], stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.work, self.stop, self.error = work, stop, None

    def run(self) -> None:
        try:
            while not self.stop.is_set():
                self.work()
        except BaseException as error:
            self.error = error
            self.stop.set()
            raise


class Head:
    """The head of a member: changes its note and invites people, by the pages."""

    def __init__(self, made: Installation, number: int, told: Told) -> None:
        kept = planted(made)["members"][number]
        self.told, self.number, self.note = told, number, kept["note"]
        self.browser, self.count = Browser(made.port(NAME), kept["session"]), 0

    def work(self) -> None:
        """One change and one invitation."""
        self.count += 1
        self.change(f"text {self.count} of {self.number}")
        if self.count <= MOST_INVITED:
            self.invite(f"new-{self.count}-{self.number}@broken.example")
        time.sleep(0.2)

    def change(self, text: str) -> None:
        """Change the note, as often as it takes."""
        page = f"/notes/{self.note}/edit/"
        seen = until(self.told, lambda: self.browser.get(page), 200)
        form = {"text": text, "tonnes": "2", "version": value_of(seen.text, "version")}
        answer = self.browser.post(page, **form)
        self.told.answers[answer.status] += 1
        if answer.done:
            self.told.texts[self.note] = text
            self.told.changes += 1
        else:
            assert answer.status in (0, 503), answer
            self.told.texts.pop(self.note, None)
            self.told.loses("change")

    def invite(self, address: str) -> None:
        """Invite somebody, once."""
        answer = self.browser.post("/accounts/invitations/new/", email=address, role="energy", language="bg")
        self.told.answers[answer.status] += 1
        if answer.done:
            self.told.invited.add(address)
        else:
            assert answer.status in (0, 503), answer
            self.told.loses("invite")


class Office:
    """The cluster office: gives and ends representations, by the pages."""

    ROLES = ("purchasing", "energy", "safety", "environment", "training", "research")

    def __init__(self, made: Installation, told: Told) -> None:
        kept = planted(made)
        self.told, self.count, self.given = told, 0, set()
        self.browser = Browser(made.port(NAME), kept["office"]["session"])
        people = [(one["spare"], one["organisation"]) for one in kept["members"]]
        self.gives = [(*one, role) for role in self.ROLES for one in people]
        self.ends = [end for one in kept["members"] for end in one["ends"]]

    def work(self) -> None:
        """Give one role and end another person's."""
        if self.gives:
            email, organisation, role = self.gives.pop()
            form = {"email": email, "organisation": organisation, "role": role}
            if self.sent("give", "/organisations/people/give/", form):
                self.told.given.add(f"{email} {role}")
        if self.ends:
            representation = self.ends.pop()
            if self.sent("end", f"/organisations/people/{representation}/end/", {"version": 1}):
                self.told.ended.add(representation)
        time.sleep(0.5)

    def sent(self, what: str, path: str, form: dict[str, object]) -> bool:
        """Whether a form was answered as done."""
        answer = self.browser.post(path, **form)
        self.told.answers[answer.status] += 1
        if not answer.done:
            assert answer.status in (0, 503), answer
            self.told.loses(what)
        return answer.done


class Program:
    """A program of the cluster: writes notes, gives waivers, tells people, starts runs, by the actions."""

    KINDS = ("write", "waive", "notify", "run")

    def __init__(self, process: subprocess.Popen[str], made: Installation, told: Told) -> None:
        self.process, self.told, self.members = process, told, planted(made)["members"]
        self.count = 0

    def work(self) -> None:
        """One action."""
        member = self.members[self.count % len(self.members)]
        kind = self.KINDS[self.count % len(self.KINDS)]
        asked = {"do": kind, "text": f"made {self.count}", **member}
        self.count += 1
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        said = json.loads(self.process.stdout.readline())
        if made := said.get("done"):
            kinds = {"write": "notes", "waive": "waivers", "notify": "notices", "run": "runs"}
            getattr(self.told, kinds[kind]).add(made)
        else:
            self.told.loses(kind)
        time.sleep(0.1)


def until(told: Told, ask: Callable[[], object], status: int) -> object:
    """Ask for a page until it comes; every other answer must be a clear one."""
    began = time.monotonic()
    while True:
        answer = ask()
        told.answers[answer.status] += 1
        if answer.status == status:
            told.longest = max(told.longest, time.monotonic() - began)
            return answer
        assert answer.status in (0, 503), answer
        assert time.monotonic() - began < PATIENCE, "it does not come back"
        time.sleep(0.2)


@contextmanager
def at_work(made: Installation, *, heads: int) -> Iterator[tuple[Told, threading.Event]]:
    """People at work while this lasts; what they were told."""
    told, stop = Told(), threading.Event()
    url = addresses(made)["DATABASE_URL"]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.acting"],
        env={**made.environment, "DATABASE_URL": url},
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    works = [Office(made, told).work, Program(process, made, told).work]
    works += [Head(made, number, told).work for number in range(heads)]
    workers = [Worker(work, stop) for work in works]
    for worker in workers:
        worker.start()
    try:
        yield told, stop
    finally:
        stop.set()
        for worker in workers:
            worker.join(PATIENCE)
        process.stdin.close()
        process.wait(30)
    assert not [worker.error for worker in workers if worker.error]


def killings(seed: int) -> Iterator[tuple[str, float]]:
    """What to kill next, and how long to wait before."""
    chance = random.Random(seed)  # noqa: S311 - the same each time
    while True:
        kinds = ["web", "worker", "postmaster", "backend"]
        chance.shuffle(kinds)  # each in turn, in an order that nobody foresees
        for kind in kinds:
            yield kind, chance.uniform(0.8, 2.5)
