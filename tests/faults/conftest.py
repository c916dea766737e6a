"""One cluster is made for these tests; each breaks a copy of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cli.installations import Installation, new_home
from tests.faults.cluster import copy_of, new_cluster


@pytest.fixture(scope="session")
def whole() -> Iterator[Installation]:
    """The cluster that stays whole."""
    with new_cluster() as made:
        yield made


@pytest.fixture
def own(whole: Installation) -> Iterator[Installation]:
    """A copy to break."""
    with new_home() as home:
        yield copy_of(whole, home)
