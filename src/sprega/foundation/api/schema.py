# SPDX-License-Identifier: EUPL-1.2
"""What the schemas of all rooms share."""

from __future__ import annotations

from ninja import Schema
from pydantic import ConfigDict


class Input(Schema):
    """What a program sends: a field that nobody knows is a mistake, and told so."""

    model_config = ConfigDict(extra="forbid")
