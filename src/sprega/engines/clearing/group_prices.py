# SPDX-License-Identifier: EUPL-1.2
"""What single groups of a purchase pay on their own, priced one after the other or side by side."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np

from sprega.engines.award.model import WHOLE_LOT, Award, Floats, Purchase
from sprega.engines.award.solve import GroupPayment, group_payment
from sprega.engines.award.whole_lot import whole_lot_payments

FEW = 4
"""Fewer jobs are sooner done one after the other than handed out."""

Job: TypeAlias = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]

PROBES = 8
"""Large groups that are priced to see whether the quick way will do."""


class Groups:
    """Prices groups one after the other or side by side, each once, and remembers what was proved.

    `found` holds what is known of each group: an infinite payment says that only its lower bound is.
    """

    def __init__(self, purchase: Purchase, award: Award, *, deadline: float | None, dask: str | None) -> None:
        self.purchase, self.award, self.deadline, self.dask = purchase, award, deadline, dask
        self.found: dict[int, GroupPayment] = {}
        self.quick = purchase.award == WHOLE_LOT and not late(deadline) and self._mostly_quick()

    def _mostly_quick(self) -> bool:
        """Whether the search over offers prices large groups: smallest orders and fixed costs defeat it."""
        count = len(self.purchase.players)
        large = [((1 << count) - 1) ^ (1 << b) for b in range(min(count, PROBES))]
        priced = np.isfinite(whole_lot_payments(self.purchase, large)).sum()
        return bool(2 * priced > len(large))

    def __call__(self, masks: Sequence[int]) -> list[float]:
        """c(S) of each mask over the players."""
        everybody = (1 << len(self.purchase.players)) - 1
        asked = [mask for mask in masks if mask != everybody and mask not in self.found]
        self.found.update(zip(asked, self._side_by_side(asked), strict=True))
        return [self.award.payment if mask == everybody else self.found[mask].payment for mask in masks]

    @property
    def proven(self) -> bool:
        """Whether every payment is the least."""
        return all(payment.proven for payment in self.found.values())

    def below(self, masks: Sequence[int], limits: Floats) -> list[GroupPayment]:
        """The groups' payments where these are below the limits; otherwise infinite, the limit as bound."""
        return self._side_by_side(masks, limits)

    def _side_by_side(self, masks: Sequence[int], limits: Floats | None = None) -> list[GroupPayment]:
        from joblib import cpu_count, delayed

        until = moment_of(self.deadline)
        # what is priced in milliseconds travels in few parcels, the rest one by one
        size = max(1, -(-len(masks) // (4 * cpu_count()))) if self.quick else 1
        jobs = [
            delayed(_price_all)(
                self.purchase,
                self.award,
                masks[first : first + size],
                None if limits is None else limits[first : first + size],
                until,
                quick=self.quick,
            )
            for first in range(0, len(masks), size)
        ]
        answers = side_by_side(jobs, dask=self.dask) if len(jobs) >= FEW else one_by_one(jobs)
        return [payment for answer in answers for payment in answer]


def _price_all(
    purchase: Purchase,
    award: Award,
    masks: Sequence[int],
    limits: Floats | None,
    until: float | None,
    *,
    quick: bool,
) -> list[GroupPayment]:
    """Several groups' payments, on whatever machine this runs."""
    deadline = deadline_of(until)
    payments = np.full(len(masks), np.nan)
    if quick and not late(deadline):
        payments = whole_lot_payments(purchase, masks, limits)
    found = []
    for position, (mask, payment) in enumerate(zip(masks, payments, strict=True)):
        if np.isnan(payment):
            found.append(_price(purchase, award, mask, deadline))
        elif limits is not None and payment >= limits[position]:
            found.append(GroupPayment(np.inf, float(payment), proven=True))
        else:
            found.append(GroupPayment(float(payment), float(payment), proven=True))
    return found


def _price(purchase: Purchase, award: Award, mask: int, deadline: float | None) -> GroupPayment:
    """One group's payment by the general program."""
    members = tuple(m for b, m in enumerate(purchase.players) if mask >> b & 1)
    return group_payment(purchase, members, deadline=deadline, plan=award)


def one_by_one(jobs: Iterable[Job]) -> Iterator[Any]:
    """Do delayed calls here, as they are asked for."""
    return (function(*given, **named) for function, given, named in jobs)


def side_by_side(jobs: Iterable[Job], *, dask: str | None) -> Iterator[Any]:
    """Do delayed calls on this machine's cores, or on a Dask cluster; answers come in their order."""
    from joblib import Parallel, parallel_config

    if dask is None:
        yield from Parallel(n_jobs=-1, return_as="generator")(jobs)
        return
    from distributed import Client

    with Client(dask), parallel_config(backend="dask"):
        yield from Parallel()(jobs)


def moment_of(deadline: float | None) -> float | None:
    """A deadline as other processes and machines can read it: a job that waits its turn gets no more time."""
    return None if deadline is None else time.time() + deadline - time.monotonic()


def deadline_of(moment: float | None) -> float | None:
    """The same on this process's own clock."""
    return None if moment is None else time.monotonic() + moment - time.time()


def late(deadline: float | None) -> bool:
    """Whether the deadline is past."""
    return deadline is not None and time.monotonic() > deadline
