"""The database of the tests: a real PostgreSQL, migrated as its owner, tested as the role `app`."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from pytest_django import DjangoDbBlocker

    from tests.people import People

ROOT = Path(__file__).parent.parent
# One server for this checkout, kept between runs; beside other temporary files, since the account that
# PostgreSQL runs under must be able to reach it.
FOLDER = Path(tempfile.gettempdir()) / (
    f"sprega-tests-{os.getuid()}-" + hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
)


@contextmanager
def alone(name: str) -> Iterator[None]:
    """One process of this run at a time."""
    FOLDER.mkdir(exist_ok=True)  # passable: PostgreSQL's account must reach what lies inside
    with (FOLDER / name).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Whoever ends last stops the server."""
    if not hasattr(session.config, "workerinput") and FOLDER.exists():
        from sprega.server.database import launcher

        with alone("users"):
            if not any(_alive(int(path.suffix[1:])) for path in FOLDER.glob("user.*")):
                launcher.stop(FOLDER / "postgres")


def pytest_configure(config: pytest.Config) -> None:
    """Say that this run may use the server."""
    if not hasattr(config, "workerinput"):
        FOLDER.mkdir(exist_ok=True)
        mark = FOLDER / f"user.{os.getpid()}"
        mark.touch()
        config.add_cleanup(lambda: mark.unlink(missing_ok=True))


def _alive(pid: int) -> bool:
    return pid != os.getpid() and Path(f"/proc/{pid}").exists()


PASSWORDS = ("app's", "owner's", "maintenance's")


@dataclass(frozen=True)
class DatabaseServer:
    """The server, and the migrated database that each test process copies its own from."""

    superuser: str
    template: str

    def addresses(self, name: str) -> dict[str, str]:
        """A copy's addresses by alias: its roles are the template's."""
        from psycopg.conninfo import make_conninfo

        from sprega.server.database.roles import Passwords, addresses

        known = addresses(self.superuser, name=self.template, passwords=Passwords(*PASSWORDS))
        return {
            "default": make_conninfo(known.app, dbname=name),
            "owner": make_conninfo(known.owner, dbname=name),
            "maintenance": make_conninfo(known.maintenance, dbname=name),
        }

    def copy(self, name: str) -> None:
        """Make a database anew from the template."""
        import psycopg
        from psycopg import sql

        with alone("copying"), psycopg.connect(self.superuser, autocommit=True) as connection:
            for statement in ("DROP DATABASE IF EXISTS {0} WITH (FORCE)", "CREATE DATABASE {0} TEMPLATE {1}"):
                connection.execute(
                    sql.SQL(statement).format(sql.Identifier(name), sql.Identifier(self.template))
                )
            # A copy has the tables and rights of the template, not its settings.
            for role in ("app", "maintenance"):
                connection.execute(
                    sql.SQL("ALTER DATABASE {} SET {} = {}").format(
                        sql.Identifier(name),
                        sql.Identifier("sprega", f"{role}_role"),
                        sql.Literal(f"{self.template}_{role}"),
                    )
                )


def _fingerprint() -> str:
    """Of all that a migrated database follows from."""
    digest = hashlib.sha256()
    for folder in (ROOT / "src", ROOT / "tests", ROOT / "requirements"):
        for pattern in ("migrations/*.py", "policies.py", "roles.sql", "run.txt"):
            for path in sorted(folder.rglob(pattern)):
                digest.update(str(path).encode() + path.read_bytes())
    return digest.hexdigest()[:12]


@pytest.fixture(scope="session")
def database_server(django_db_blocker: DjangoDbBlocker) -> DatabaseServer:
    """The server of this run, started when the first test asks for it."""
    import psycopg
    from psycopg import sql

    from sprega.server.database import launcher

    server = launcher.start(FOLDER / "postgres", options=launcher.FOR_TESTS)
    template = f"template_{_fingerprint()}"
    with alone("template"), psycopg.connect(server.url(), autocommit=True) as connection:
        known = connection.execute("SELECT datname, datistemplate FROM pg_database").fetchall()
        if (template, True) not in known:
            for old, ready in known:
                if old.startswith(("template_", "test_")):
                    if ready:
                        connection.execute(
                            sql.SQL("ALTER DATABASE {} IS_TEMPLATE false").format(sql.Identifier(old))
                        )
                    connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(old)))
            with django_db_blocker.unblock():
                _migrate(server.url(), template)
            connection.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE true").format(sql.Identifier(template)))
    return DatabaseServer(server.url(), template)


def _migrate(superuser: str, template: str) -> None:
    """Make the template's roles, and its tables as their owner."""
    from django.core.management import call_command
    from django.db import connections

    from sprega.server.database.roles import Passwords, make_cluster_database

    _point("owner", make_cluster_database(superuser, name=template, passwords=Passwords(*PASSWORDS)).owner)
    call_command("migrate", database="owner", verbosity=0)
    connections["owner"].close()


def _point(alias: str, url: str) -> None:
    """Let Django's connection of an alias lead to an address."""
    from django.db import connections

    from sprega.server.settings import _address

    connections[alias].close()
    connections[alias].settings_dict.update(_address(url))


@pytest.fixture(scope="session")
def own_database(database_server: DatabaseServer, worker_id: str) -> Iterator[str]:
    """The name of this process's own copy."""
    import psycopg
    from psycopg import sql

    name = f"test_{worker_id}_{os.getpid()}"
    database_server.copy(name)
    yield name
    with psycopg.connect(database_server.superuser, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def django_db_setup(
    database_server: DatabaseServer,
    own_database: str,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """Let Django's connections lead to this process's copy, each as its own role."""
    from django.db import connections

    with django_db_blocker.unblock():
        for alias, url in database_server.addresses(own_database).items():
            _point(alias, url)
    yield
    with django_db_blocker.unblock():
        connections.close_all()


@pytest.fixture
def transactional_db(
    django_db_setup: None,
    database_server: DatabaseServer,
    own_database: str,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """A database whose commits are real (for a live server, kills, on_commit): afterwards it is copied anew.

    Django would empty the tables instead, which the ledger rightly refuses.
    """
    from django.db import connections

    with django_db_blocker.unblock():
        yield
        connections.close_all()
        database_server.copy(own_database)


@pytest.fixture
def people(db: None) -> People:
    """Two competitors and the office, in the database of a test that rolls back."""
    from tests.people import populate

    return populate()


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """A request in Bulgarian leaves its language in the thread; the next test begins without."""
    yield
    from django.utils import translation

    translation.deactivate()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The machine's own Chromium."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium")
    if path is None:
        pytest.skip("Chromium is not installed: run `make browser`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        browser.close()
