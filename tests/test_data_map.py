"""A member's lawyer reads where everything is stored: the map names each of our tables."""

from pathlib import Path

from django.apps import apps

PAGE = Path(__file__).parents[1] / "docs" / "for-members" / "data-map.md"


def test_every_table_of_ours_stands_on_the_map() -> None:
    ours = {
        model._meta.db_table
        for model in apps.get_models()
        if model.__module__.startswith("sprega.foundation.")
    }
    named = set(
        PAGE.read_text(encoding="utf-8").replace("`", " ").replace(",", " ").replace(";", " ").split()
    )
    assert ours
    assert ours <= named
