"""Where every group was priced, nothing says that shares are estimated."""

import pytest
from tests.purchases import random_purchase

from sprega.engines.clearing.solve import clear
from sprega.rooms.buying.answer import limits


@pytest.mark.parametrize(("members", "estimated"), [(9, False), (14, True)])
def test_only_what_is_estimated_is_said_to_be(members: int, estimated: bool) -> None:
    purchase = random_purchase(3, members=members, items=3, suppliers=3, terms=("tiers", "discounts"))
    found = clear(purchase)
    assert found.mode == "sampled"
    said = " ".join(str(sentence) for sentence in [*found.notes, *limits(found)])
    assert ("sampled, " in said, "are estimated" in said) == (estimated, estimated)
