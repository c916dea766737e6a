"""Nothing is kept about a person that no declaration names."""

from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise

from sprega.foundation.access.services import registered
from sprega.foundation.accounts.models import Person
from sprega.foundation.personal.declarations import declarations
from sprega.foundation.personal.words import BASES, MEANINGS
from tests.foundation.access.planting import load_services


def tables_about_persons() -> set[str]:
    """Every table that points to a person, and those that point to one of these by one-to-one alone."""
    direct = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if field.remote_field and field.remote_field.model is Person
    }
    return {Person._meta.db_table, *direct}


def test_every_table_about_persons_is_declared() -> None:
    declared = [table for one in declarations() for table in one.tables]
    assert len(declared) == len(set(declared)), "two declarations name one table"
    known = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    assert set(declared) <= known, "a table that is gone needs no declaration"
    missing = tables_about_persons() - set(declared)
    assert not missing, "say in its app's personal_data.py what is kept, why and how long"


def test_every_word_of_them_is_translated() -> None:
    load_services()
    ours = [one for one in declarations() if one.name != "notes"]
    words = [word for one in ours for word in (one.label, one.purpose, one.kept_for, one.stays) if word]
    words += [*BASES.values(), *MEANINGS.values()]
    words += [service.purpose for service in registered() if "notes" not in service.name.split("-")]
    assert all(isinstance(word, Promise) for word in words), [w for w in words if isinstance(w, str)]
    for word in words:
        with translation.override("en"):
            english = str(word)
        with translation.override("bg"):
            assert str(word) != english, english


def test_everybody_reads_what_is_kept_and_who_computes(db: None) -> None:
    told = Client().get(reverse("personal:kept")).content.decode()
    for one in declarations():
        assert str(one.purpose).replace("'", "&#x27;") in told
    for service in registered():
        assert service.name in told
    bulgarian = Client(headers={"accept-language": "bg"}).get(reverse("personal:kept")).content.decode()
    assert "Какво се пази и защо" in bulgarian


def test_what_nobody_erases_says_why_it_stays() -> None:
    kept = [one for one in declarations() if one.erase is None]
    assert kept
    assert all(one.stays for one in kept)
