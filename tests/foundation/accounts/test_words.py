"""Every page of accounts in both languages."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.foundation.test_words import FOLDERS, sentences
from tests.people import People

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
