"""The foundation speaks Bulgarian: every sentence of its apps and of the server, every page of accounts."""

import io
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.test import Client
from django.urls import reverse
from django.utils.translation.template import templatize

from sprega import server
from sprega.foundation import (
    access,
    accounts,
    api,
    files,
    jobs,
    ledger,
    mail,
    notices,
    organisations,
    personal,
    search,
)
from tests.people import People

KEYWORDS = dict.fromkeys(("gettext", "_", "gettext_lazy", "pgettext")) | {"ngettext": (1, 2)}
FOLDERS = [
    Path(app.__file__).parent
    for app in (
        access,
        accounts,
        api,
        files,
        jobs,
        ledger,
        mail,
        notices,
        organisations,
        personal,
        search,
        server,
    )
]
PAGES = (
    "account_login",
    "account_logout",
    "account_signup",
    "account_inactive",
    "account_email",
    "account_email_verification_sent",
    "account_change_password",
    "account_reauthenticate",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_deactivate_totp",
    "usersessions_list",
    "socialaccount_connections",
    "socialaccount_login_cancelled",
    "socialaccount_login_error",
    "accounts:account",
    "accounts:second-factor",
    "accounts:invitations",
    "accounts:invite",
    "organisations:people",
    "organisations:give",
    "tokens:list",
    "api:reference",
)


def sentences(folder: Path) -> set[str]:
    """Every sentence of an app's code and templates."""
    found: set[str] = set()
    for path in folder.rglob("*"):
        if path.suffix == ".py" and "migrations" not in path.parts:
            source = path.read_bytes()
        elif path.suffix in (".html", ".txt"):
            source = templatize(path.read_text("utf-8"), origin=str(path)).encode()
        else:
            continue
        for _line, message, _comments, _context in extract("python", io.BytesIO(source), KEYWORDS):
            found.add(message if isinstance(message, str) else message[0])
    return found


def catalogue(folder: Path) -> dict[str, object]:
    with (folder / "locale/bg/LC_MESSAGES/django.po").open("rb") as stream:
        return {message.id: message for message in read_po(stream) if message.id}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_sentence_is_translated(folder: Path) -> None:
    known = {key if isinstance(key, str) else key[0]: one for key, one in catalogue(folder).items()}
    said = sentences(folder)
    assert not said - known.keys()
    assert not [
        key for key, one in known.items() if key not in said and "allauth's own" not in one.auto_comments
    ]
    for key, one in known.items():
        for text in (one.string,) if isinstance(one.string, str) else one.string:
            assert text, key
            assert "!" not in text, key
            assert not one.fuzzy, key
            if isinstance(one.id, str):
                assert sorted(re.findall(r"%\(\w+\)s", key)) == sorted(re.findall(r"%\(\w+\)s", text)), key


@pytest.mark.parametrize("language", ["en", "bg"])
def test_pages_in_both_languages(people: People, client: Client, language: str) -> None:
    people.office.language = language
    people.office.save()
    people.sign_in(client, people.office)
    ours = {one for folder in FOLDERS for one in sentences(folder) if "%(" not in one and len(one) > 12}
    visitor = Client(headers={"accept-language": language})
    for browser in (client, visitor):
        for name in PAGES:
            answer = browser.get(reverse(name))
            if answer.status_code != 200:
                assert answer.status_code in (302, 401, 404), name
                continue
            page = answer.content.decode()
            assert f'<html lang="{language}"' in page, name
            assert "style=" not in page, name
            main = page[page.index("<main") :]
            words = {one for one in ours if f">{one}<" in main}
            if language == "bg":
                assert not words, name
