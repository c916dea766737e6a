"""A store of one's own for each test, and uploads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from pytest_django.fixtures import Settings

from sprega.foundation.files.actions import attach
from sprega.foundation.files.models import File
from tests.foundation.files.made import PDF
from tests.people import People


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    """Where this test's files lie."""
    settings.CLUSTER = replace(settings.CLUSTER, folder=tmp_path)
    yield settings.CLUSTER.files


@pytest.fixture
def bytes_kept(folder: Path) -> Callable[[], list[Path]]:
    """Every file of the store, hidden ones too."""
    return lambda: sorted(one for one in folder.rglob("*") if one.is_file())


@pytest.fixture
def kept(people: People) -> Callable[..., File]:
    """Keep a file as the copper works' head."""

    def keep(content: bytes = PDF, name: str = "offer.pdf", **more: Any) -> File:
        person = more.pop("by", people.copper)
        return attach(actor=people.actor(person), upload=ContentFile(content, name), **more)

    return keep
