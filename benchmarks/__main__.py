# SPDX-License-Identifier: EUPL-1.2
"""Every benchmark in one run, as Markdown ready for docs/benchmarks.md.

python -m benchmarks [--only games] [--only award] [--only clearing] [--only ledger] [--only platform]
    [--only search] [--only disclosure]
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # CPU seconds are compared: no help from idle cores
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import datetime as dt
import importlib
import math
import platform
import subprocess
import sys
from collections.abc import Callable, Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

FIELDS = ("games", "award", "clearing", "disclosure", "ledger", "ledger_database", "platform", "search")
PACKAGES = ("numpy", "scipy", "numba", "highspy", "coopgame-py", "coopgt", "pyscipopt", "ortools", "pymerkle")
HEADS = {
    "games": ("what", "ours, CPU s", "peer, CPU s", "ratio", "peer"),
    "award": (*("what", "ours, CPU s", "our gap", "peer", "peer, CPU s", "peer gap", "ratio"),),
    "clearing": ("what", "CPU s", "peak MB", "remark"),
    "disclosure": ("what", "median, CPU s", "slowest, CPU s", "figures shown", "stories lost"),
    "ledger": ("what", "ours, CPU s", "peer, CPU s", "ratio", "peer"),
    "ledger_database": ("what", "a second", "CPU ms each"),
    "platform": ("what", "requests a second", "p95, ms", "web, CPU ms a request", "database, CPU ms"),
    "search": ("what", "ours, ms", "peer, ms", "peer"),
}


def seconds(value: float) -> str:
    """CPU seconds with about three digits; a dash where nothing was run."""
    if value is None or math.isnan(value):
        return "-"
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def gap(value: float) -> str:
    """A proven gap in percent."""
    return "-" if value is None or not math.isfinite(value) else f"{100 * value:.3g} %"


def ratio(peer: float, ours: float) -> str:
    """How many times the peer's time is ours."""
    return "-" if math.isnan(peer) or not ours else f"{peer / ours:.3g}"


def games(row: tuple[str, float, float, str]) -> tuple[str, ...]:
    """A row of `benchmarks.games` or `benchmarks.ledger`."""
    what, ours, peer, name = row
    return what, seconds(ours), seconds(peer), ratio(peer, ours), name


def award(row: tuple[str, float, float, str, float, float]) -> tuple[str, ...]:
    """A row of `benchmarks.award`."""
    what, ours, our_gap, name, peer, peer_gap = row
    return what, seconds(ours), gap(our_gap), name, seconds(peer), gap(peer_gap), ratio(peer, ours)


def clearing(row: tuple[str, float, float, str]) -> tuple[str, ...]:
    """A row of `benchmarks.clearing`."""
    what, used, memory, remark = row
    return what, seconds(used), "-" if math.isnan(memory) else f"{memory:.0f}", remark


def judged(row: tuple[str, float, float, int, int]) -> tuple[str, ...]:
    """A row of `benchmarks.disclosure`."""
    what, median, slowest, shown, recovered = row
    return what, seconds(median), seconds(slowest), str(shown or "-"), str(recovered)


def appends(row: tuple[str, float, float]) -> tuple[str, ...]:
    """A row of `benchmarks.ledger_database`."""
    what, rate, cpu = row
    return what, f"{rate:,.0f}", f"{cpu:.3f}"


def pages(row: tuple[str, float, float, float, float]) -> tuple[str, ...]:
    """A row of `benchmarks.platform`."""
    what, rate, p95, web, database = row
    return what, f"{rate:.0f}", f"{p95:.1f}", f"{web:.2f}", f"{database:.2f}"


def answers(row: tuple[str, float, float, str]) -> tuple[str, ...]:
    """A row of `benchmarks.search`."""
    what, ours, peer, name = row
    return what, seconds(ours), seconds(peer), name


CELLS: dict[str, Callable[..., tuple[str, ...]]] = {
    "games": games,
    "award": award,
    "clearing": clearing,
    "disclosure": judged,
    "ledger": games,
    "ledger_database": appends,
    "platform": pages,
    "search": answers,
}


def machine() -> str:
    """Processor, cores, versions and date, in two lines."""
    versions = [f"Python {platform.python_version()}"]
    for package in PACKAGES:
        try:
            versions.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    today = dt.datetime.now(dt.UTC).date()
    return f"{today}, {processor()}, {os.cpu_count()} cores, {platform.system()}\\\n{', '.join(versions)}"


def processor() -> str:
    """What the processor calls itself."""
    told = Path("/proc/cpuinfo")
    if told.exists():
        for line in told.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def table(field: str, rows: Iterable[tuple[object, ...]]) -> None:
    """Print one Markdown table, each row as soon as it is known."""
    head = HEADS[field]
    print(f"\n## {field}\n\n| {' | '.join(head)} |\n|{' --- |' * len(head)}", flush=True)
    for row in rows:
        print(f"| {' | '.join(CELLS[field](row))} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--only", choices=FIELDS, action="append", help="run only this field; may be repeated"
    )
    chosen = parser.parse_args().only or FIELDS
    print(machine(), flush=True)
    for field in (field for field in FIELDS if field in chosen):
        # A process of its own: what one starts would count this one's memory to its peak.
        command = [sys.executable, "-c", f"import benchmarks.__main__ as b; b.show({field!r})"]
        subprocess.run(command, check=True)  # noqa: S603 - our own program


def show(field: str) -> None:
    """Measure one field and print its table."""
    table(field, importlib.import_module(f"benchmarks.{field}").rows())


if __name__ == "__main__":
    main()
