"""The page of the API shows every route, to everybody, in both languages; and names every problem."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from sprega.foundation.api.problems import PROBLEMS
from tests.attacks.api_places import ROOT, routes


@pytest.mark.parametrize("language", ["en", "bg"])
def test_every_route_and_problem(db: None, language: str) -> None:
    page = Client(headers={"accept-language": language}).get(reverse("api:reference")).content.decode()
    assert f'<html lang="{language}"' in page
    shown = re.findall(r'<span class="tag" data-tone="accent">(\w+)</span> <code>([^<]+)</code>', page)
    assert sorted(shown) == sorted((method, ROOT + path) for method, path in routes())
    for method, path in routes():
        assert f'"http://testserver{ROOT}{path}"' in page, "an example of each"
        assert f"{method} {ROOT}{path}" in page
    for name in PROBLEMS:
        assert f'id="{name}"' in page, "where the type of a problem leads"
    assert ("Какво могат програмите" in page) == (language == "bg")


def test_the_foot_leads_there(db: None, client: Client) -> None:
    assert f'href="{reverse("api:reference")}"' in client.get("/").content.decode()
