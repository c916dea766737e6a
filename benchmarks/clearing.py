# SPDX-License-Identifier: EUPL-1.2
"""A whole purchase from its workbook to the shares under every rule: CPU seconds and peak memory.

python -m benchmarks.clearing
python -m benchmarks.clearing --coupled 12 20  # members, lots: whole lots coupled by discounts, sampled

Each figure comes from a process of its own, so that its peak memory is its own. "Engine" is `clear` alone;
"with the workbook" adds reading it; "the command" is all that `sprega clear` does, report and pages too.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from sprega.engines.award.model import Bid, Item, Member, Purchase, Site, Supplier

Row = tuple[str, float, float, str]
"""What was done, CPU seconds, peak memory in MB, and a remark."""

MEMBERS, LOTS, BIDDERS, TIERS = 22, 30, 6, 4
REAL = Path(__file__).parents[2] / "shared" / "data" / "purchases" / "scms_2014.xlsx"


def target_purchase(
    seed: int = 1, needs: float = 1.0, *, members: int = MEMBERS, lots: int = LOTS
) -> Purchase:
    """22 members, 30 lots, 6 bidders with 4 tiers each, and delivery by unit and by lane.

    `needs` is the probability that a member needs a lot; at 1 every group of all 22 is priced for every lot.
    """
    rng = np.random.default_rng(seed)
    size = rng.lognormal(0.0, 1.0, members)
    volume = rng.uniform(20.0, 2000.0, lots)
    price = np.round(rng.uniform(5.0, 500.0, lots), 2)
    wanted = rng.random((members, lots)) < needs
    member, item = np.nonzero(wanted)
    quantity = np.round(size[member] * volume[item] * rng.uniform(0.5, 1.5, len(member)), 1) + 1.0
    total = np.bincount(item, quantity, lots)
    bids = []
    for k in range(BIDDERS):
        level = rng.uniform(0.95, 1.1, lots)
        for i in range(lots):
            starts = (0.0, *np.round(total[i] * np.array([0.1, 0.3, 0.6]) * rng.uniform(0.8, 1.2), 1))
            falls = (1.0, *(1.0 - np.cumsum(rng.uniform(0.01, 0.04, TIERS - 1))))
            prices = tuple(float(round(level[i] * price[i] * fall, 2)) for fall in falls)
            bids.append(Bid(k, i, tuple(float(start) for start in starts), prices))
    return Purchase(
        name=f"{members} members, {lots} lots, {BIDDERS} bidders, {TIERS} tiers",
        currency="EUR",
        award="whole-lot",
        members=tuple(
            Member(f"M{m:02}", f"Invented member {m}", f"M{m:02}", "company") for m in range(members)
        ),
        sites=tuple(Site(f"M{m:02}", m, "") for m in range(members)),
        items=tuple(Item(f"P{i:02}", f"Good {i}", i, "t") for i in range(lots)),
        lots=tuple(f"P{i:02}" for i in range(lots)),
        suppliers=tuple(Supplier(f"S{k}", f"Invented supplier {k}") for k in range(BIDDERS)),
        bids=tuple(bids),
        demand_site=member,
        demand_item=item,
        demand_quantity=quantity,
        demand_price=np.round(price[item] * rng.uniform(1.0, 1.2, len(item)), 2),
        per_unit=np.round(rng.uniform(0.0, 2.0, (BIDDERS, members)), 2),
        per_lane=np.round(rng.uniform(20.0, 200.0, (BIDDERS, members)), 2),
    )


def discounted_purchase(members: int, lots: int) -> Purchase:
    """The same with a discount of each bidder on the value of all its goods; a member needs 7 lots of 10."""
    plain = target_purchase(needs=0.7, members=members, lots=lots)
    rng = np.random.default_rng(101)
    best = [min(bid.prices[-1] for bid in plain.bids if bid.item == i) for i in range(lots)]
    total = float(plain.item_demand @ np.array(best))
    firms = []
    for firm in plain.suppliers:
        base = total * rng.uniform(0.08, 0.2)
        levels = ((1.0, 0.02), (2.0, 0.035), (3.5, 0.05))
        firms.append(replace(firm, discounts=tuple((float(round(base * f)), share) for f, share in levels)))
    return replace(plain, suppliers=tuple(firms))


def measure_coupled(members: int, lots: int) -> None:
    """Clear a purchase whose lots are coupled; seconds on the wall, and widths in percent of the cost."""
    from sprega.engines.clearing.solve import clear

    purchase = discounted_purchase(members, lots)
    start = time.perf_counter()
    found = clear(purchase)
    seconds = time.perf_counter() - start
    assert found.least_core is not None
    widths = {"least core": found.least_core[1] - found.least_core[0]}
    excess = [s.worst_excess for s in found.stability.values() if isinstance(s.worst_excess, tuple)]
    widths["worst excess, widest"] = max(high - low for low, high in excess)
    low, high = found.share_intervals["shapley"]
    widths["by contribution, half, widest"] = float((high - low).max()) / 2
    told = ", ".join(f"{name} {100 * width / found.cost:.4f} %" for name, width in widths.items())
    print(f"{members} members, {lots} lots: {seconds:.1f} s; {told}")


def measure(workbook: str) -> None:
    """In a process of its own: read and clear a workbook, and print what that took as JSON."""
    from sprega.engines.clearing.solve import clear
    from sprega.formats.purchase_workbook import read_purchase

    start = time.process_time()
    purchase = read_purchase(workbook).purchase
    assert purchase is not None
    read = time.process_time()
    cleared = clear(purchase)
    done = time.process_time()
    assert set(cleared.shares) == {"equal-price", "shapley", "nucleolus", "proportional"}
    found = {
        "engine": done - read,
        "whole": done - start,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "mode": cleared.mode,
        "proven": cleared.proven,
        "rule": cleared.rule,
    }
    print(json.dumps(found))


def _apart(workbook: Path, kernels: Path | None = None) -> dict[str, float | str | bool]:
    """Run `measure` in a process of its own; `kernels` is where to keep compiled ones, empty at first."""
    environment = dict(os.environ) if kernels is None else {**os.environ, "NUMBA_CACHE_DIR": str(kernels)}
    command = [sys.executable, "-m", "benchmarks.clearing", str(workbook)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)  # noqa: S603
    found: dict[str, float | str | bool] = json.loads(done.stdout)
    return found


def _remark(found: dict[str, float | str | bool]) -> str:
    proved = "proved" if found["proven"] else "not proved"
    return f"{found['mode']}, {proved}, rule applied: {found['rule']}"


def _command(workbook: Path, folder: Path) -> tuple[float, float]:
    """CPU seconds and peak MB of the command with all that it writes."""
    command = [sys.executable, "-m", "benchmarks.clearing", "--command", str(workbook), str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:  # noqa: S603
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def _beside(what: str, workbook: Path, folder: Path) -> Iterator[Row]:
    """The three rows of a workbook, its kernels being compiled already."""
    found = _apart(workbook)
    yield f"{what}: engine", float(found["engine"]), float(found["memory"]), _remark(found)
    yield f"{what}: with the workbook", float(found["whole"]), float(found["memory"]), ""
    seconds, memory = _command(workbook, folder / f"{workbook.stem}-result")
    yield f"{what}: the command", seconds, memory, "with report and members' pages"


def rows() -> Iterator[Row]:
    """Yield what was done, CPU seconds, peak memory in MB, and a remark."""
    from sprega.formats.purchase_workbook import read_purchase, write_purchase

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        target, half = folder / "target.xlsx", folder / "half.xlsx"
        write_purchase(target_purchase(), target)
        write_purchase(target_purchase(seed=2, needs=0.5), half)
        cold = _apart(target, kernels=folder / "kernels")
        what = "target purchase, first run ever: engine"
        yield what, float(cold["engine"]), float(cold["memory"]), "compiles the kernels, once on a machine"
        _apart(target)
        yield from _beside("target purchase", target, folder)
        yield from _beside("the same, a member needs half of the lots", half, folder)
        if not REAL.exists():
            yield "the real purchase", np.nan, np.nan, "not run: its data lies outside the repository"
            return
        real = read_purchase(REAL).purchase
        assert real is not None
        for kind in ("whole-lot", "split"):
            workbook = folder / f"real-{kind}.xlsx"
            write_purchase(replace(real, award=kind), workbook)
            yield from _beside(f"the real purchase, {kind}", workbook, folder)


def main() -> None:
    print(f"{'':56}{'CPU s':>8}{'MB':>8}")
    for what, seconds, memory, remark in rows():
        print(f"{what:56}{seconds:8.2f}{memory:8.0f}  {remark}", flush=True)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    elif sys.argv[1] == "--coupled":
        measure_coupled(int(sys.argv[2]), int(sys.argv[3]))
    elif sys.argv[1] == "--command":
        from sprega.cli.main import main as sprega

        sys.exit(sprega(["clear", sys.argv[2], "--out", sys.argv[3]]))
    else:
        measure(sys.argv[1])
