"""Requests that no browser of ours sends: every address answers each, and none by a 500."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.attacks.places import PLACES, Planted, plant
from tests.cli.installations import Installation, new_home
from tests.faults.cluster import NAME, Browser, copy_of
from tests.people import People

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=edge"
HUGE = 10**30


@dataclass(frozen=True)
class Odd:
    """One odd request: of somebody signed in, or with odd cookies of nobody."""

    method: str = "GET"
    query: str = ""
    body: bytes = b""
    kind: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)


ODD = {
    "no such method": Odd("FOO"),
    "trace": Odd("TRACE"),
    "options": Odd("OPTIONS"),
    "delete with a body": Odd("DELETE", body=b"a=b", kind=FORM),
    "put": Odd("PUT", body=b"\x00\xff", kind="application/octet-stream"),
    "a forged session": Odd(cookies={"sessionid": "a" * 32}),
    "a session of bytes": Odd(cookies={"sessionid": "\x01'\";--%00" + "b" * 5000}),
    "odd cookies": Odd(
        cookies={"theme": "<script>", "django_language": "../../etc", "messages": "x:y", "csrftoken": "\x7f"}
    ),
    "a cookie header of nothing": Odd(headers={"HTTP_COOKIE": ";;;=;a==b;\x7f"}),
    "odd headers": Odd(
        headers={
            "HTTP_ACCEPT_LANGUAGE": "xx-" + "y" * 600 + ",*;q=7",
            "HTTP_ACCEPT": "text/html;q=x, */;;, a/b/c",
            "HTTP_HX_REQUEST": "true",
            "HTTP_HX_CURRENT_URL": "http://[bad",
            "HTTP_HX_TARGET": "\x00",
            "HTTP_AUTHORIZATION": "Bearer \x00'",
            "HTTP_X_FORWARDED_HOST": "evil.example",
            "HTTP_X_FORWARDED_FOR": "x, y",
            "HTTP_IF_MODIFIED_SINCE": "never",
            "HTTP_RANGE": "bytes=9-1,x",
        }
    ),
    "an odd query": Odd(
        query="page=x&sort=--&sort=1;drop&q=%00%ff%fe&export=x&next=//evil.example&cursor=%0"
    ),
    "a far page": Odd(query=f"page={HUGE}&q={'x' * 3000}&sort=-pk&state=nothing&role=%F0%9F%92%A3&limit=-1"),
    "a query of odd numbers": Odd(
        query="organisation=%D9%A3&organisation=1e9&email=a&next=%0d%0aX:y&format=.."
    ),
    "many fields": Odd("POST", body=b"&".join(b"a%d=1" % n for n in range(1200)), kind=FORM),
    "a form of bytes": Odd("POST", body=b"\xff\xfe=%zz&=%&text=%00&version=%D9%A3", kind=FORM),
    "a form of huge numbers": Odd(
        "POST",
        body=f"version={HUGE}&tonnes=1e{HUGE}&organisation={HUGE}&person={HUGE}&email=%00@%00".encode(),
        kind=FORM,
    ),
    "a form that says it is json": Odd("POST", body=b"{[", kind="application/json"),
    "an unknown charset": Odd("POST", body=b"a=b", kind=f"{FORM}; charset=klingon"),
    "a part that never ends": Odd(
        "POST",
        body=b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc',
        kind=MULTIPART,
    ),
    "a part without a name": Odd(
        "POST", body=b"--edge\r\nContent-Type: x\r\n\r\nabc\r\n--edge--\r\n", kind=MULTIPART
    ),
    "no edge": Odd("POST", body=b"abc", kind="multipart/form-data"),
    "base64 that is none": Odd(
        "POST",
        body=b'--edge\r\nContent-Disposition: form-data; name="text"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n!!!\r\n--edge--\r\n",
        kind=MULTIPART,
    ),
    "a wrong length": Odd("POST", body=b"a=b", kind=FORM, headers={"CONTENT_LENGTH": "-5"}),
    "from elsewhere": Odd("POST", kind=FORM, headers={"HTTP_REFERER": "http://evil", "HTTP_ORIGIN": "null"}),
}


@pytest.fixture
def planted(people: People) -> Planted:
    return plant(people)


@pytest.mark.parametrize("sends", [False, True], ids=["asked", "sent"])
def test_no_address_breaks(people: People, planted: Planted, sends: bool) -> None:
    owners = {place.owner for place in PLACES.values()}
    signed_in = {who: people.sign_in(Client(), getattr(people, who)).cookies for who in owners}
    broken = {}
    for (name, place), (what, odd) in product(PLACES.items(), ODD.items()):
        if (odd.method == "POST") != sends:
            continue
        client = Client(raise_request_exception=False, enforce_csrf_checks=bool(odd.cookies))
        client.cookies.update({} if odd.cookies else signed_in[place.owner])
        with transaction.atomic():  # some sign out, some change what the next would find
            answer = ask(client, reverse(name, kwargs=place.args(planted)), odd)
            transaction.set_rollback(True)
        if answer.status_code >= 500:
            broken[name, what] = answer.status_code
    assert not broken


def ask(client: Client, address: str, odd: Odd) -> HttpResponse:
    """Send it as it is."""
    for name, value in odd.cookies.items():
        client.cookies[name] = value
    sent: dict[str, Any] = {"QUERY_STRING": odd.query, **odd.headers}
    return client.generic(odd.method, address, odd.body, content_type=odd.kind, **sent)


def odd_values(value: Any) -> list[Any]:
    """What may stand in an address instead of a value, as far as its pattern lets it through."""
    return [HUGE, 0] if isinstance(value, int) else ["0" * 200, "%00", "%D1%8F%20..", "%FF"]


def test_no_identifier_in_an_address_breaks_it(people: People, planted: Planted) -> None:
    broken = []
    for name, place in PLACES.items():
        given = place.args(planted)
        client = people.sign_in(Client(raise_request_exception=False), getattr(people, place.owner))
        for key, value in given.items():
            for odd in odd_values(value):
                address = reverse(name, kwargs=given).replace(str(value), str(odd))
                for send in (client.get, client.post):
                    if send(address).status_code >= 500:
                        broken.append((name, key, odd, send.__name__))
    assert not broken


@pytest.mark.parametrize("host", ["evil.example", "", "a" * 300, "[::1", "бг", "x y"])
def test_another_host_gets_no_page(people: People, settings, host: str) -> None:
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    for name in ("ui:home", "account_login", "notes:list"):
        answer = Client(raise_request_exception=False).get(reverse(name), HTTP_HOST=host)
        assert answer.status_code == 400, (name, host)
        assert "evil" not in answer.content.decode()


LINE = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
FORM_LINE = b"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
RAW = {
    "a header of 100 kB": LINE + b"X-Long: " + b"x" * 100_000 + b"\r\n\r\n",
    "2000 headers": LINE + b"".join(b"X-%d: y\r\n" % n for n in range(2000)) + b"\r\n",
    "an address of 70 kB": b"GET /?" + b"x" * 70_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "no http": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "two lengths": FORM_LINE + b"Content-Length: 5\r\nContent-Length: 9\r\n\r\nabcde",
    "a length that is none": FORM_LINE + b"Content-Length: many\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "bytes in a header": LINE + b"Cookie: \xff\xfe\r\n\r\n",
    "bytes in an address": b"GET /\xff\xfe HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "a bad chunk": FORM_LINE + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
    "an upgrade": LINE + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
}
"""Bytes on the wire; the answer may be that the connection ends."""


@pytest.fixture(scope="module")
def served(whole: Installation) -> Iterator[int]:
    """The port of a served cluster of which nothing is changed."""
    with new_home() as home:
        copy = copy_of(whole, home)
        with copy.served("--no-worker"):
            yield copy.port(NAME)


@pytest.mark.parametrize("raw", RAW.values(), ids=RAW)
def test_the_server_survives_what_is_no_request(served: int, raw: bytes) -> None:
    said = on_the_wire(served, raw)
    assert said == b"" or said.split()[1][:1] in (b"2", b"3", b"4"), said[:80]
    assert Browser(served).get("/accounts/login/").status == 200


def on_the_wire(port: int, raw: bytes) -> bytes:
    """What is answered first; nothing if the connection ends, or if the server waits for more."""
    with socket.create_connection(("127.0.0.1", port), timeout=2) as wire, suppress(OSError):
        wire.sendall(raw)
        return wire.recv(200)
    return b""
