"""A PostgreSQL of one's own, set up by the documented script: all works on it as on the embedded one."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from sprega.server.database import binaries, launcher
from tests.cli.installations import Installation, answer, eventually, new_home
from tests.faults.cluster import NAME, ROOT, Browser, installation, processes

ROLES = ("owner", "app", "maintenance")
VARIABLES = {"app": "DATABASE_URL", "owner": "DATABASE_OWNER_URL", "maintenance": "DATABASE_MAINTENANCE_URL"}


@pytest.fixture(scope="module")
def server() -> Iterator[launcher.Server]:
    """A server that Sprega has not started, and knows nothing of."""
    with new_home() as home:
        home.mkdir(mode=0o755)
        yield launcher.start(home / "own")
        launcher.stop(home / "own")


def made_by_script(server: launcher.Server, database: str) -> dict[str, str]:
    """A database and its roles, as the comment in roles.sql says; the addresses."""
    passwords = {role: f"{role}'s of {database}!" for role in ROLES}
    psql = next(folder / "psql" for folder in [*binaries.carried(), *binaries.debian()])
    done = subprocess.run(
        [
            *(psql, "-X", "-q", "-v", f"name={database}"),
            *("-f", ROOT / "src/sprega/server/database/roles.sql", server.url()),
        ],
        env={"PATH": os.environ["PATH"], **{f"{role.upper()}_PASSWORD": passwords[role] for role in ROLES}},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {
        VARIABLES[role]: f"postgresql://{database}_{role}:{quote(passwords[role], safe='')}"
        f"@127.0.0.1:{server.port}/{database}"
        for role in ROLES
    }


def without(made: Installation, *names: str) -> Installation:
    """The same, and fewer addresses."""
    kept = {name: value for name, value in made.further.items() if name not in names}
    return Installation(made.home, further=kept)


def test_start_serve_backup_upgrade_restore(server: launcher.Server, tmp_path: Path) -> None:
    with new_home() as home, new_home() as elsewhere:
        own = installation(home, **made_by_script(server, "first"))
        (tmp_path / "password").write_text("a long enough password of the office\n")
        office = ("--office", "o@broken.example", "--password-file", tmp_path / "password")
        assert "is made" in own.sprega("start", NAME, "--title-en", "Elsewhere", *office)
        assert not (home / "clusters").stat().st_mode & 0o077, "keys lie there"
        archive, ledger = home.parent / "kept.tar", home.parent / "ledger"
        with own.served() as serving:
            port = own.port(NAME)
            assert answer(port)[0] == 200
            eventually(lambda: answer(port, "/health") == (200, '{"status": "ok"}'))
            assert not processes(own, "postgres -D")
            own.sprega("backup", archive)
            assert "DATABASE_MAINTENANCE_URL" in without(own, "DATABASE_MAINTENANCE_URL").sprega(
                "backup", home.parent / "none.tar", code=2
            )
            restart(server)
            eventually(lambda: Browser(port).get("/").status == 200, 20)
            eventually(lambda: answer(port, "/health")[0] == 200, 60)
            assert serving.process.poll() is None
        grown = Installation(home, further={**own.further, "SPREGA_FURTHER_ROOMS": NEXT})
        said = without(grown, "DATABASE_OWNER_URL").sprega("serve", code=2)
        assert "Set DATABASE_OWNER_URL" in said
        assert "Migrations that ran: 4" in grown.sprega("upgrade", NAME)
        own.sprega("ledger", ledger)
        assert "The ledger is right" in own.sprega("verify", ledger)
        other = installation(elsewhere, **own.further)
        assert "is not empty" in other.sprega("restore", archive, code=2)
        assert not (elsewhere / "clusters" / NAME).exists()
        other = installation(elsewhere, **made_by_script(server, "second"))
        assert "is restored" in other.sprega("restore", archive)
        assert "exists already" in other.sprega("restore", archive, code=2)
        assert "is not empty" in other.sprega("restore", archive, "--force", code=2)
        other.sprega("ledger", ledger)
        assert "The ledger is right" in other.sprega("verify", ledger)
        other.sprega("doctor", code=1)
        with other.served("--no-worker"):
            assert answer(other.port(NAME))[0] == 200


NEXT = "tests.rooms.notes,tests.faults.growing"


def restart(server: launcher.Server) -> None:
    """As its administrator does after an update."""
    launcher.stop(server.folder)
    assert launcher.start(server.folder, port=server.port).port == server.port


def test_an_address_at_which_nobody_answers_is_named() -> None:
    with new_home() as home:
        nowhere = "postgresql://app:secret-word@127.0.0.1:1/none"
        own = installation(home, **dict.fromkeys(VARIABLES.values(), nowhere))
        said = own.sprega("start", NAME, code=2)
        assert "The database does not answer" in said
        assert "Check DATABASE_URL" in said
        assert "secret-word" not in said
        assert not (home / "clusters" / NAME).exists()
