"""Somebody about whom something is kept in every place, beside another head, so that they may leave."""

import pytest

from sprega.foundation.access.identity import NOBODY
from sprega.foundation.access.services import acting_as
from sprega.foundation.organisations.models import Representation
from sprega.foundation.organisations.services import FOUNDING
from tests.foundation.personal.somebody import Somebody, come_in
from tests.people import People


@pytest.fixture
def somebody(people: People) -> Somebody:
    with acting_as(FOUNDING, actor=NOBODY):
        Representation.objects.create(
            person=people.zinc, organisation=people.organisation("zinc"), role="lead"
        )
    return come_in(people)
