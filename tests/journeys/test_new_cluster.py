"""A new office starts an empty cluster from a workbook and invites its first member, by keyboard alone."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page

from sprega.formats.members_workbook import COLUMNS
from tests.browser import PHONE, choose, fill, follow, visit
from tests.cli.installations import Installation, free_port, new_home
from tests.foundation.accounts.test_second_factor import code_of
from tests.journeys.walking import arrived, say

pytestmark = pytest.mark.browser
OFFICE, HEAD, PASSWORD = "office@valley.example", "head@stone.example", "a quiet river under the mill"
MEMBERS = (("Stone Works", "Каменоделство"), ("Mill", "Мелница"))


def test_from_the_workbook_to_the_first_member(chromium: Browser) -> None:
    with new_home() as home:
        installation = Installation(home)
        workbook = home.with_name("members.xlsx")
        filled(installation, workbook)
        told = installation.sprega(
            *("start", "valley", "--title-en", "Valley", "--title-bg", "Долина", "--languages", "bg,en"),
            *("--members", workbook, "--office", OFFICE, "--port", free_port(), "--lang", "bg"),
        )
        link = re.search(r"http://\S+", told)[0]
        address = link.partition("/accounts/")[0]
        with (
            installation.served("valley"),
            visit(chromium, address, language="bg", viewport=PHONE) as (page, wrong),
        ):
            open_the_office(page, link)
            invite_the_first(page)
            assert not wrong


def filled(installation: Installation, workbook: Path) -> None:
    """The workbook that the command writes, with two members."""
    installation.sprega("start", "--members-template", workbook)
    book = openpyxl.load_workbook(workbook)
    sheet = book.worksheets[0]
    for row, (name, bulgarian) in enumerate(MEMBERS, start=2):
        for column, value in (("name", name), ("name_bg", bulgarian), ("kind", "company")):
            sheet.cell(row, COLUMNS.index(column) + 1, value)
    book.save(workbook)


def open_the_office(page: Page, link: str) -> None:
    """Choose the password, sign in, and set up the second factor that the office always needs."""
    page.goto(link)
    arrived(page, say("bg", "Choose a new password"))
    fill(page, say("bg", "New Password"), PASSWORD)
    fill(page, say("bg", "New Password (again)"), PASSWORD)
    follow(page, say("bg", "Change the password"))
    arrived(page, say("bg", "Your password is changed"))
    follow(page, say("bg", "Sign in"))
    fill(page, say("bg", "E-mail address"), OFFICE)
    fill(page, say("bg", "Password"), PASSWORD)
    follow(page, say("bg", "Sign in"))
    arrived(page, say("bg", "Show that it is you"))
    follow(page, say("bg", "Set up the app"))
    if page.locator("h1").inner_text() == say("bg", "Confirm that it is you"):
        fill(page, say("bg", "Password"), PASSWORD)
        follow(page, say("bg", "Confirm"))
    fill(page, say("bg", "Authenticator code"), code_of(page.locator("main code").inner_text()))
    follow(page, say("bg", "Switch on"))
    follow(page, say("bg", "Continue to where you were"))
    arrived(page, "Очаква Ви 1 задача")


def invite_the_first(page: Page) -> None:
    """The head of the first member, which waits on Today."""
    follow(page, "2 члена още нямат представител")
    arrived(page, say("bg", "Invite somebody"))
    choose(page, say("bg", "Organisation"), MEMBERS[0][1])
    fill(page, say("bg", "E-mail address"), HEAD)
    choose(page, say("bg", "Role"), say("bg", "head of the organisation"))
    follow(page, say("bg", "Send the invitation"))
    arrived(page, say("bg", "Invitations"))
    row = page.locator("main tbody tr").inner_text()
    assert [words in row for words in (HEAD, MEMBERS[0][1], say("bg", "head of the organisation"))] == [
        True
    ] * 3
