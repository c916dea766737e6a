"""Clusters are made whole or not at all; a backup gives back what there was."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import tarfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import openpyxl
import pytest

from tests.cli.installations import SPREGA, Installation, new_home

GUARDS = """
    SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,
           (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(c.relacl) a),
           (SELECT array_agg(concat_ws(' ', p.polcmd, pg_get_expr(p.polqual, p.polrelid),
                             pg_get_expr(p.polwithcheck, p.polrelid), p.polroles::regrole[])
                             ORDER BY p.polname)
              FROM pg_policy p WHERE p.polrelid = c.oid),
           (SELECT array_agg(t.tgname ORDER BY t.tgname) FROM pg_trigger t
             WHERE t.tgrelid = c.oid AND NOT t.tgisinternal)
      FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S')
     UNION ALL
    SELECT 'new ' || d.defaclobjtype::text, null, null,
           (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(d.defaclacl) a), null, null
      FROM pg_default_acl d
     UNION ALL
    SELECT p.oid::regprocedure::text, p.prosecdef, null,
           (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(p.proacl) a), p.proconfig, null
      FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
     ORDER BY 1
"""
"""Who may do what with which table, and what keeps it so."""


@pytest.fixture(scope="module")
def made() -> Iterator[Installation]:
    """The founding text's cluster with an office, and the practice cluster; for tests that only read."""
    with new_home() as home:
        installation = Installation(home)
        password = home.parent / "password"
        password.write_text("a long enough password of the office\n")
        installation.sprega(
            "start", "srednogorie", "--founding-text", "--office", "o@ics.bg", "--password-file", password
        )
        installation.sprega("practice")
        yield installation


@pytest.fixture
def own(made: Installation) -> Iterator[Installation]:
    """A copy to change."""
    with new_home() as home:
        yield made.copy(home)


def rows(installation: Installation, name: str, statement: str) -> list[tuple]:
    """What a cluster's database holds, past the policies."""
    script = f"""
import json, sys
from sprega.server import installation
import psycopg
cluster = installation.find({name!r})
with installation.database_in_use() as server:
    with psycopg.connect(installation.addresses(cluster, server).maintenance) as connection:
        print(json.dumps(connection.execute({statement!r}).fetchall(), default=str))
"""
    python = SPREGA.with_name("python")
    done = subprocess.run(
        [python, "-c", script], env=installation.environment, capture_output=True, text=True, check=True
    )
    return [tuple(row) for row in json.loads(done.stdout)]


def test_the_founding_text_and_nothing_invented(made: Installation) -> None:
    members = rows(
        made,
        "srednogorie",
        "SELECT m.name, m.kind, h.name FROM organisations_organisation m"
        " LEFT JOIN organisations_organisation h ON h.id = m.holding_id WHERE m.standing = 'member'",
    )
    assert len(members) == 22
    assert sum(kind == "municipality" for _, kind, _ in members) == 10
    assert [(name, holding) for name, _, holding in members if holding] == [("Ellatzite-Med", "Geotechmin")]
    others = rows(
        made, "srednogorie", "SELECT name FROM organisations_organisation WHERE standing <> 'member'"
    )
    assert others == [("Industrial Cluster Srednogorie",)]
    assert rows(made, "srednogorie", "SELECT email FROM accounts_person") == [("o@ics.bg",)]


def test_the_practice_cluster_has_its_people_and_says_them_again(made: Installation) -> None:
    standings = rows(made, "practice", "SELECT standing, count(*) FROM organisations_organisation GROUP BY 1")
    assert dict(standings) == {"cluster": 1, "member": 23, "supplier": 6, "partner": 1}
    said = made.sprega("practice")
    kept = json.loads((made.folder("practice") / "accounts.json").read_text())
    assert len(kept) == 10
    assert all(one["password"] in said for one in kept)
    holdings = rows(
        made,
        "practice",
        "SELECT slug FROM organisations_organisation WHERE holding_id IS NOT NULL ORDER BY 1",
    )
    assert holdings == [("m05",), ("m07",), ("m12",), ("m13",)]


def test_what_is_kept_is_for_its_owner_alone(made: Installation) -> None:
    for path in (made.home / "clusters", *(made.home / "clusters").rglob("*")):
        assert path.stat().st_mode & 0o077 == 0 or path.suffix == ".lock", path


def test_a_cluster_is_not_made_twice_nor_by_a_bad_name(made: Installation) -> None:
    assert "exists already" in made.sprega("start", "srednogorie", code=2)
    assert made.sprega("start", "srednogorie", "--if-missing") == ""
    assert "cannot be a cluster's name" in made.sprega("start", "Ics!", code=2)
    assert "no e-mail address" in made.sprega("start", "other", "--office", "somebody", code=2)
    assert not made.folder("other").exists()


def test_a_faulty_workbook_makes_nothing(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Members"
    for row in (("name", "kind"), ("Works", "compny"), (None, "company")):
        book.active.append(row)
    book.save(tmp_path / "members.xlsx")
    installation = Installation(tmp_path / "home")
    said = installation.sprega("start", "one", "--members", tmp_path / "members.xlsx", code=2)
    assert "Faults: 2" in said
    assert not (tmp_path / "home").exists()


def test_an_interrupted_start_is_begun_anew() -> None:
    with new_home() as home:
        installation = Installation(home)
        process = subprocess.Popen(
            [SPREGA, "start", "one", "--founding-text"], env=installation.environment, start_new_session=True
        )
        while not (home / "clusters" / ".one.unfinished" / "secrets.json").exists():
            time.sleep(0.02)
        time.sleep(0.7)  # in the migrations
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert not installation.folder("one").exists()
        assert "Members: 22" in installation.sprega("start", "one", "--founding-text")


def test_backup_wipe_restore_gives_the_same_ledger_and_the_same_guards(own: Installation) -> None:
    stored = own.folder("practice") / "files" / "ab"
    stored.mkdir(parents=True)
    (stored / "something").write_bytes(b"of a member")
    archive = own.home.parent / "backup.tar"
    own.sprega("ledger", own.home.parent / "before", "--cluster", "practice")
    own.sprega("backup", archive, "--cluster", "practice")
    assert archive.stat().st_mode & 0o777 == 0o600
    before = rows(own, "practice", GUARDS)
    ledger = rows(own, "practice", "SELECT * FROM ledger_checkpoint")
    with new_home() as home:
        other = Installation(home)
        assert "restored as of" in other.sprega("restore", archive)
        for now, then in zip(rows(other, "practice", GUARDS), before, strict=True):
            assert _bare(now) == _bare(then)
        assert rows(other, "practice", "SELECT * FROM ledger_checkpoint") == ledger
        assert (other.folder("practice") / "files" / "ab" / "something").read_bytes() == b"of a member"
        other.sprega("ledger", home.parent / "after")
        said = other.sprega("verify", home.parent / "after", "--checkpoint", _last_line(own))
        assert "The ledger is right" in said
        secrets = (other.folder("practice") / "secrets.json").read_text()
        assert secrets == (own.folder("practice") / "secrets.json").read_text()


def test_a_new_key_is_followed_by_whoever_kept_the_old_one(own: Installation) -> None:
    before, after = own.home.parent / "before", own.home.parent / "after"
    old = own.home.parent / "old.txt"
    own.sprega("ledger", before, "--cluster", "practice")
    old.write_text(json.loads(before.read_text().splitlines()[0])["keys"][0])
    said = own.sprega("ledger-key", "--cluster", "practice")
    assert "The earlier key has signed" in said
    own.sprega("ledger", after, "--cluster", "practice")
    assert said.split()[1] in own.sprega("verify", after, "--keys", old, "--checkpoint", _last_line(own))
    assert "Nothing vouches for this key" in own.sprega("ledger-key", "--lost", "--cluster", "practice")
    own.sprega("ledger", after, "--cluster", "practice")
    assert "No known key has signed" in own.sprega("verify", after, "--keys", old, code=1)
    own.sprega("verify", after)


def test_the_first_of_a_board_is_opened_by_the_command(own: Installation) -> None:
    said = own.sprega("office", "srednogorie", "first@ics.bg", "--board")
    assert "/accounts/password/reset/key/" in said
    given = rows(
        own,
        "srednogorie",
        "SELECT r.role, p.email FROM organisations_representation r"
        " JOIN accounts_person p ON p.id = r.person_id ORDER BY 1",
    )
    assert given == [("board", "first@ics.bg"), ("office", "o@ics.bg")]


def _bare(row: tuple) -> str:
    """Without brackets and casts, which PostgreSQL writes anew when it reads a condition again."""
    return re.sub(r"::(text|character varying)(\[\])?|[()\s]", "", str(row))


def _last_line(installation: Installation) -> Path:
    """The last checkpoint that the first export held, as an auditor would have kept it."""
    lines = (installation.home.parent / "before").read_text().splitlines()
    kept = installation.home.parent / "checkpoint"
    kept.write_text([line for line in lines if line.startswith('{"checkpoint"')][-1])
    return kept


def test_a_restore_replaces_a_cluster_only_when_told_and_whole(own: Installation) -> None:
    archive = own.home.parent / "backup.tar"
    own.sprega("backup", archive, "--cluster", "practice")
    own.sprega("office", "practice", "late@practice.example")
    late = "SELECT count(*) FROM accounts_person WHERE email = 'late@practice.example'"
    assert "--force" in own.sprega("restore", archive, code=2)
    damaged = own.home.parent / "damaged.tar"
    _with_other_root(archive, damaged)
    assert "does not end as the backup says" in own.sprega("restore", damaged, "--force", code=2)
    assert rows(own, "practice", late) == [(1,)]
    own.sprega("restore", archive, "--force")
    assert rows(own, "practice", late) == [(0,)]
    assert "no whole backup" in own.sprega("restore", own.folder("practice") / "cluster.json", code=2)


def _with_other_root(archive: Path, to: Path) -> None:
    folder = to.with_suffix(".d")
    with tarfile.open(archive) as whole:
        whole.extractall(folder, filter="data")
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "root": "0" * 64}))
    with tarfile.open(to, "w") as other:
        for name in ("manifest.json", "database.dump", "cluster"):
            other.add(folder / name, name)


def test_an_archive_writes_nothing_outside_its_cluster(own: Installation) -> None:
    archive, evil = own.home.parent / "backup.tar", own.home.parent / "evil.tar"
    own.sprega("backup", archive, "--cluster", "practice")
    with tarfile.open(archive) as whole, tarfile.open(evil, "w") as other:
        for member in whole:
            other.addfile(member, whole.extractfile(member))
        member = tarfile.TarInfo("cluster/../../../outside")
        other.addfile(member)
    assert "no whole backup" in own.sprega("restore", evil, "--force", code=2)
    assert not list(own.home.parent.rglob("outside"))


def test_doctor_names_what_is_wrong_and_what_to_do(own: Installation) -> None:
    (own.folder("srednogorie") / "secrets.json").chmod(0o644)
    said = own.sprega("doctor", code=1)
    assert "chmod go=" in said
    assert "sprega worker practice" in said
    assert "No backup was made yet" in said
    assert "SPREGA_SMTP_URL" in said
    assert said.count("Every table with a member's data has its policies") == 2


def test_upgrade_without_anything_due_backs_nothing_up(own: Installation) -> None:
    assert "Migrations that ran: 0" in own.sprega("upgrade", "practice")
    assert not (own.home / "backups").exists()


def test_an_upgrade_backs_up_first_and_goes_on(own: Installation) -> None:
    script = """
from sprega.server import installation
cluster = installation.find("practice")
with installation.database_in_use() as server:
    installation.enter(cluster, installation.addresses(cluster, server))
    from django.core.management import call_command
    call_command("migrate", "usersessions", "zero", database="owner", verbosity=0)
"""
    subprocess.run([SPREGA.with_name("python"), "-c", script], env=own.environment, check=True)
    said = own.sprega("upgrade", "practice")
    assert "Backed up first" in said
    assert "Migrations that ran: 0" not in said
    assert len(list((own.home / "backups").iterdir())) == 1


def test_an_upgrade_cut_off_goes_on_at_the_next_one(own: Installation) -> None:
    script = """
from sprega.server import installation
cluster = installation.find("practice")
with installation.database_in_use() as server:
    installation.enter(cluster, installation.addresses(cluster, server))
    from django.core.management import call_command
    for app in ("usersessions", "socialaccount", "mfa"):
        call_command("migrate", app, "zero", database="owner", verbosity=0)
"""
    subprocess.run([SPREGA.with_name("python"), "-c", script], env=own.environment, check=True)
    done = "SELECT count(*) FROM django_migrations WHERE app IN ('usersessions', 'socialaccount', 'mfa')"
    assert rows(own, "practice", done) == [(0,)]
    upgrade = [SPREGA, "upgrade", "practice", "--no-backup"]
    for _ in range(2):
        process = subprocess.Popen(upgrade, env=own.environment, start_new_session=True)
        time.sleep(2.2)  # two processes have begun by then, and the second is somewhere in its migrations
        for pid in (*_children(process.pid), process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()
    own.sprega(*upgrade[1:])
    assert "Migrations that ran: 0" in own.sprega("upgrade", "practice")
    assert rows(own, "practice", done)[0][0] >= 10


def _children(process: int) -> list[int]:
    try:
        return [int(pid) for pid in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except FileNotFoundError:
        return []
