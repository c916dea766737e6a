# SPDX-License-Identifier: EUPL-1.2
"""`sprega doctor`: what is wrong with this installation, and how to mend it."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sprega.cli.refusal import DONE, WRONG
from sprega.engines.model import Sentence
from sprega.foundation.language import Language

if TYPE_CHECKING:
    from sprega.server.checkup import Finding
    from sprega.server.cluster import Cluster


def add(commands: argparse._SubParsersAction, language: Language) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    say = language.say
    words = say(Sentence("say what is wrong with this installation, and how to mend it"))
    parser = commands.add_parser("doctor", help=words, description=words, allow_abbrev=False)
    parser.add_argument(
        "name",
        nargs="?",
        metavar=say(Sentence("NAME")),
        help=say(Sentence("look at this cluster only; at all by default")),
    )
    return parser


def run(options: argparse.Namespace, language: Language) -> int:
    """Look at everything; 1 where something needs a hand."""
    from sprega.server import installation
    from sprega.server.checkup import of_installation

    if options.name is not None:
        return _cluster(installation.find(options.name), language)
    wrong = _print(of_installation(), language)
    known = installation.clusters()
    if not known:
        raise installation.no_cluster()
    with installation.database_in_use():
        # a process knows the settings of one cluster
        codes = [_in_own_process(cluster, language) for cluster in known]
    return WRONG if wrong or any(codes) else DONE


def _in_own_process(cluster: Cluster, language: Language) -> int:
    print(flush=True)
    main = "import sys; from sprega.cli.main import main; sys.exit(main())"
    command = [sys.executable, "-c", main, "doctor", cluster.name, "--lang", language.code]
    return subprocess.run(command, check=False).returncode  # noqa: S603 - our own program, no shell


def _cluster(cluster: Cluster, language: Language) -> int:
    from sprega.server import installation
    from sprega.server.checkup import of_cluster

    print(f"{cluster.name}: {cluster.folder}")
    with installation.inside(cluster):
        return WRONG if _print(of_cluster(cluster), language) else DONE


def _print(findings: Iterable[Finding], language: Language) -> int:
    """One line a finding, a second one with the mend; the number of those that need one."""
    wrong = 0
    for finding in findings:
        wrong += finding.mend is not None
        print(f"{'OK ' if finding.mend is None else '!! '} {language.say(finding.about)}", flush=True)
        if finding.mend is not None:
            print(f"    {language.say(finding.mend)}", flush=True)
    return wrong
