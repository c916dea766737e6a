"""Pages of a list are counted as far as a reader turns, and not at all where one page holds everything."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.template.loader import render_to_string
from django.test import RequestFactory

from sprega.foundation.ui import paging
from sprega.foundation.ui.paging import page_of
from sprega.foundation.ui.table import Column, Table

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Any:
    """Thirty rows."""
    ContentType.objects.all().delete()
    ContentType.objects.bulk_create(ContentType(app_label="a", model=f"m{n:02}") for n in range(30))
    return ContentType.objects.order_by("model")


def shown(rows: Any, asked: str, per_page: int = 4) -> tuple[list[str], int, bool]:
    page = page_of(rows, per_page, asked)
    return [row.model for row in page.object_list], page.paginator.count, page.paginator.more


@pytest.fixture
def few_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "AHEAD", 2)


def test_all_on_one_page(rows: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert shown(rows, "", 30)[1:] == (30, False)
    with django_assert_num_queries(1):
        assert shown(rows.filter(model="none"), "") == ([], 0, False)


def test_few_rows_are_counted_exactly(rows: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        assert shown(rows, "", 20) == ([f"m{n:02}" for n in range(20)], 30, False)
    with django_assert_num_queries(2):
        assert shown(rows, "2", 20) == ([f"m{n:02}" for n in range(20, 30)], 30, False)


@pytest.mark.usefixtures("few_ahead")
def test_many_rows_are_counted_as_far_as_one_turns(rows: Any) -> None:
    assert shown(rows, "") == (["m00", "m01", "m02", "m03"], 12, True)
    assert shown(rows, "3") == (["m08", "m09", "m10", "m11"], 20, True)
    assert shown(rows, "7") == (["m24", "m25", "m26", "m27"], 30, False)
    assert shown(rows, "8") == (["m28", "m29"], 30, False)


@pytest.mark.parametrize("asked", ["0", "-1", "x", "1.5", " ", "1" * 30])
def test_what_is_no_page_leads_to_the_first(rows: Any, asked: str) -> None:
    assert shown(rows, asked)[0][0] == "m00"


def test_beyond_the_last_page_is_the_last(rows: Any) -> None:
    assert shown(rows, "99") == (["m28", "m29"], 30, False)
    assert shown(list(rows), "99") == (["m28", "m29"], 30, False)


def test_rows_that_are_cut_already_stay_cut(rows: Any) -> None:
    assert shown(rows[:6], "2") == (["m04", "m05"], 6, False)


@pytest.mark.usefixtures("few_ahead")
def test_the_page_says_that_there_are_more(rows: Any) -> None:
    def drawn(asked: str) -> str:
        request = RequestFactory().get(f"/?page={asked}")
        table = Table(request, rows, [Column("model", "Model")], per_page=4)
        return render_to_string("ui/components/table.html", {"table": table})

    assert "1 to 4 of more than 12" in drawn("")
    assert "29 to 30 of 30" in drawn("8")
