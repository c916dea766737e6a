# SPDX-License-Identifier: EUPL-1.2
"""A cluster's database and its three roles: `roles.sql`, run from here or by hand with psql."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from sprega.engines.model import Sentence
from sprega.server.database.faults import DatabaseError

SCRIPT = Path(__file__).with_name("roles.sql")
NAME = re.compile(r"[a-z][a-z0-9_-]{0,49}")
"""The longest role is the name and `_maintenance`: PostgreSQL cuts names at 63 bytes."""
RESERVED = ("postgres", "template0", "template1")
Role = Literal["app", "owner", "maintenance"]


@dataclass(frozen=True)
class Passwords:
    """The passwords of a cluster's three roles."""

    app: str = field(repr=False)
    owner: str = field(repr=False)
    maintenance: str = field(repr=False)

    @classmethod
    def generated(cls) -> Passwords:
        """New ones that nobody can guess."""
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))


@dataclass(frozen=True)
class Addresses:
    """How to reach a cluster's database as each of its roles."""

    app: str = field(repr=False)
    owner: str = field(repr=False)
    maintenance: str = field(repr=False)

    def environment(self) -> dict[str, str]:
        """The environment variables that Sprega reads."""
        return {
            "DATABASE_URL": self.app,
            "DATABASE_OWNER_URL": self.owner,
            "DATABASE_MAINTENANCE_URL": self.maintenance,
        }


def addresses(server_url: str, *, name: str, passwords: Passwords) -> Addresses:
    """The addresses of a cluster's roles on the server of a superuser's address; nothing is asked or made."""
    return Addresses(
        app=_address(server_url, name, "app", passwords.app),
        owner=_address(server_url, name, "owner", passwords.owner),
        maintenance=_address(server_url, name, "maintenance", passwords.maintenance),
    )


def make_cluster_database(superuser_url: str, *, name: str, passwords: Passwords) -> Addresses:
    """Make a cluster's database and roles, or mend them where they exist (such as a changed password)."""
    if not NAME.fullmatch(name) or name in RESERVED:
        raise DatabaseError(
            Sentence("{name} cannot be a database's name.", {"name": repr(name)}),
            Sentence("Use up to 50 small Latin letters, digits, hyphens and underscores, a letter first."),
        )
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        # One at a time: two that alter one role would trip over each other.
        connection.execute("SELECT pg_advisory_lock(hashtext('sprega roles'))")
        _refuse_foreign_database(connection, name)
        variables = {
            "name": name,
            **{role: f"{name}_{role}" for role in ("owner", "app", "maintenance")},
            **{
                f"{role}_password": _verifier(connection, f"{name}_{role}", password)
                for role, password in vars(passwords).items()
            },
        }
        outside, inside = SCRIPT.read_text(encoding="utf-8").split('\\connect :"name"\n')
        _run(connection, outside, variables)
        with psycopg.connect(superuser_url, dbname=name, autocommit=True) as within:
            _run(within, inside, variables)
            _refuse_wrong_locale(within, name)
    return addresses(superuser_url, name=name, passwords=passwords)


def _verifier(connection: psycopg.Connection, role: str, password: str) -> str:
    """What the server stores instead of the password, so that the password reaches no log."""
    return connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()


def _refuse_foreign_database(connection: psycopg.Connection, name: str) -> None:
    owner = connection.execute(
        "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", (name,)
    ).fetchone()
    if owner and owner[0] != f"{name}_owner":
        raise DatabaseError(
            Sentence("The database {name} exists and belongs to {owner}.", {"name": name, "owner": owner[0]}),
            Sentence("Choose another name for the cluster's database."),
        )


def _refuse_wrong_locale(connection: psycopg.Connection, name: str) -> None:
    row = connection.execute(
        "SELECT lower('Ж') = 'ж' AND current_setting('server_encoding') = 'UTF8'"
    ).fetchone()
    if not row or not row[0]:
        raise DatabaseError(
            Sentence("The database {name} cannot tell Cyrillic upper from lower case.", {"name": name}),
            Sentence("Make it anew in UTF8 with the locale C.UTF-8."),
        )


def _run(connection: psycopg.Connection, script: str, variables: Mapping[str, str]) -> None:
    """Run a part of the script as psql would."""
    for statement, generates in _statements(script):
        rows = connection.execute(_filled(statement, variables))
        if generates:
            for (made,) in rows.fetchall():
                connection.execute(made)


def _statements(script: str) -> Iterator[tuple[str, bool]]:
    r"""Each statement, and whether its rows are statements to run (`\gexec`); psql's settings are left out.

    >>> list(_statements("\\set a b\nSELECT 1; -- one\nSELECT 2\n\\gexec\n"))
    [('SELECT 1', False), ('SELECT 2', True)]
    """
    statement = ""
    for line in script.splitlines():
        words = re.sub(r"\s*--.*", "", line)
        if words.startswith("\\gexec"):
            yield statement.strip(), True
            statement = ""
        elif not words.startswith("\\"):
            statement += words + "\n"
            if words.endswith(";"):
                yield statement.strip().removesuffix(";"), False
                statement = ""


def _filled(statement: str, variables: Mapping[str, str]) -> sql.Composed:
    """Put identifiers in for `:"name"` and literals for `:'name'`."""
    parts = re.split(r"""(:"\w+"|:'\w+')""", statement)
    return sql.Composed(
        [
            (sql.Identifier if part[1] == '"' else sql.Literal)(variables[part[2:-1]])
            if place % 2
            else sql.SQL(part)  # our own file, not what somebody typed
            for place, part in enumerate(parts)
        ]
    )


def _address(server_url: str, name: str, role: Role, password: str) -> str:
    """A libpq address: the superuser's, with another role and database."""
    known = {key: str(value) for key, value in conninfo_to_dict(server_url).items() if value is not None}
    for replaced in ("user", "password", "dbname"):
        known.pop(replaced, None)
    host, port = known.pop("host", ""), known.pop("port", "")
    where = f"[{host}]" if ":" in host else quote(host, safe=",")  # a socket's folder has slashes
    where += f":{port}" if port else ""
    rest = f"?{urlencode(known, quote_via=quote)}" if known else ""
    return f"postgresql://{name}_{role}:{quote(password, safe='')}@{where}/{name}{rest}"
