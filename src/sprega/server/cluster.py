# SPDX-License-Identifier: EUPL-1.2
"""What an installation knows of one cluster: a folder with `cluster.json` and `secrets.json`."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from sprega.engines.model import EngineError, Sentence
from sprega.server.whole_file import write_json

LANGUAGES = ("en", "bg")


@dataclass(frozen=True)
class Cluster:
    """One cluster of an installation.

    Attributes
    ----------
    folder : Path
        Holds the cluster's files, keys and logs; nothing of another cluster.
    name : str
        Short name in commands and addresses of the database: lower-case letters, digits, hyphens.
    title : dict of language to str
        What people call it.
    port : int
        Where it is served on this machine.
    practice : bool
        The practice cluster: fictional members, accounts offered as "look around as".
    languages : tuple of str
        Offered to its people, the first by default.
    hosts : tuple of str
        Host names at which it may be asked for, beside the machine's own.
    """

    folder: Path
    name: str
    title: dict[str, str]
    port: int
    practice: bool = False
    languages: tuple[str, ...] = LANGUAGES
    hosts: tuple[str, ...] = ()

    @classmethod
    def read(cls, folder: Path) -> Cluster:
        """The cluster of a folder."""
        try:
            kept = json.loads((folder / "cluster.json").read_text("utf-8"))
        except (OSError, ValueError) as error:
            sentence = Sentence(
                "There is no cluster in {folder}: {reason}", {"folder": folder, "reason": error}
            )
            raise EngineError(sentence) from error
        return cls(
            folder,
            kept["name"],
            kept["title"],
            kept["port"],
            kept["practice"],
            tuple(kept["languages"]),
            tuple(kept["hosts"]),
        )

    def write(self) -> None:
        """Keep the settings; written whole or not at all."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept = {name: value for name, value in asdict(self).items() if name != "folder"}
        write_json(self.folder / "cluster.json", kept)

    @property
    def files(self) -> Path:
        """Where uploaded files lie, outside of what the web serves."""
        return self.folder / "files"

    def secret(self, name: str, make: Callable[[], str] = lambda: secrets.token_urlsafe(48)) -> str:
        """A secret: from the environment, else made once and kept where only the owner reads."""
        from_outside = os.environ.get(f"SPREGA_{name.upper()}")
        if from_outside:
            return from_outside
        path = self.folder / "secrets.json"
        with (self.folder / "secrets.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # two processes that make one secret would keep different ones
            kept = json.loads(path.read_text("utf-8")) if path.exists() else {}
            if name not in kept:
                kept[name] = make()
                write_json(path, kept)
        return str(kept[name])
