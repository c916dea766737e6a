# SPDX-License-Identifier: EUPL-1.2
"""What does not fit in a request, field by field, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.core.exceptions import ValidationError as Invalid
from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "missing": _("Write a value here: it is required."),
    "extra_forbidden": _("There is no such field. Check its spelling."),
    "string_type": _("Write text here."),
    "string_too_short": _("This is too short: its length must be at least %(min_length)s."),
    "string_too_long": _("This is too long: its length must be at most %(max_length)s."),
    "string_pattern_mismatch": _("This is not written as it must be."),
    "bool": _("Write true or false."),
    "int": _("Write a whole number."),
    "float": _("Write a number."),
    "finite_number": _("Write a number."),
    "decimal_max_digits": _("Write at most %(max_digits)s digits."),
    "decimal_max_places": _("Write at most %(decimal_places)s digits after the decimal point."),
    "decimal_whole_digits": _("Write at most %(whole_digits)s digits before the decimal point."),
    "decimal": _("Write a number."),
    "greater_than_equal": _("Write a number of at least %(ge)s."),
    "greater_than": _("Write a number above %(gt)s."),
    "less_than_equal": _("Write a number of at most %(le)s."),
    "less_than": _("Write a number below %(lt)s."),
    "uuid": _("Write the number of a thing as it was given to you."),
    "datetime": _("Write a moment as 2027-03-12T09:00:00Z."),
    "timezone": _("Write a moment as 2027-03-12T09:00:00Z."),
    "date": _("Write a day as 2027-03-12."),
    "literal_error": _("Choose one of these: %(expected)s."),
    "enum": _("Choose one of these: %(expected)s."),
    "dict": _("Write a JSON object here."),
    "model": _("Write a JSON object here."),
    "list": _("Write a JSON list here."),
}
"""By the kinds of pydantic, or the word that several of them begin with."""
OTHERWISE = _("This value does not fit. The page of the API says what is expected here.")


def of_fields(errors: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Of what ninja found: a pointer into the body, or the name of a parameter, each with its sentence."""
    return [{**_where(error["loc"]), "detail": _sentence(error)} for error in errors]


def of_action(invalid: Invalid) -> list[dict[str, str]]:
    """Of what an action refused."""
    if not hasattr(invalid, "error_dict"):
        return [{"pointer": "#", "detail": message} for message in invalid.messages]
    return [
        {"pointer": "#" if field == NON_FIELD_ERRORS else _pointer([field]), "detail": message}
        for field, messages in invalid.message_dict.items()
        for message in messages
    ]


def is_conflict(invalid: Invalid) -> bool:
    """Whether an action refused because somebody else was faster."""
    return any(error.code == "changed" for error in _leaves(invalid))


def _leaves(invalid: Invalid) -> list[Invalid]:
    if hasattr(invalid, "error_dict"):
        return [error for errors in invalid.error_dict.values() for error in errors]
    return list(invalid.error_list)


def _where(place: Sequence[str | int]) -> dict[str, str]:
    source, *path = place
    # the first step in a body is what the route calls it; no program knows that name
    return {"pointer": _pointer(path[1:])} if source == "body" else {"parameter": str(path[-1])}


def _pointer(path: Iterable[str | int]) -> str:
    """A JSON pointer (RFC 6901) as a fragment."""
    return "#" + "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def _sentence(error: Mapping[str, Any]) -> str:
    kind = error["type"]
    known = SENTENCES.get(kind) or SENTENCES.get(kind.partition("_")[0])
    return str(OTHERWISE) if known is None else str(known) % error.get("ctx", {})
