# SPDX-License-Identifier: EUPL-1.2
"""Version 1 of the API: the foundation's routes, then those of each room under its name."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from ninja.errors import AuthenticationError, HttpError
from ninja.errors import ValidationError as DoesNotFit

from sprega.foundation.api import validation
from sprega.foundation.api.document import Api
from sprega.foundation.api.guard import ME, confidential
from sprega.foundation.api.parser import StrictParser
from sprega.foundation.api.problems import Refused, answer
from sprega.foundation.api.renderer import Renderer
from sprega.foundation.api.rooms import rooms_with_api
from sprega.foundation.api.strict import known_parameters_only

FOUNDATION = {
    ME: "sprega.foundation.api.me",
    "organisations": "sprega.foundation.organisations.api",
    "notices": "sprega.foundation.notices.api",
    "events": "sprega.foundation.ledger.api",
    "runs": "sprega.foundation.jobs.api",
}
"""What the foundation itself offers, by its part of the address."""

api = Api(
    title="Sprega",
    version="1",
    description="Everything here is done as on the pages: in a person's name, for one organisation.",
    urls_namespace="api:v1",
    docs_url=None,  # our own page shows it, without scripts of others
    auth=confidential,
    parser=StrictParser(),
    renderer=Renderer(),
)


def parts() -> Iterator[tuple[str, str]]:
    """Each part of the API by its name, with the module that holds its router."""
    yield from FOUNDATION.items()
    for name, package in rooms_with_api():
        yield name, f"{package}.api"


api.add_decorator(known_parameters_only, mode="view")
for _name, _module in parts():
    api.add_router(f"/{_name}", import_module(_module).router, tags=[_name])


@api.exception_handler(Refused)
def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """Whatever names its problem."""
    return answer(refusal.name, detail=refusal.detail, errors=refusal.errors)


@api.exception_handler(AuthenticationError)
def no_token(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """401"""
    return answer("token")


@api.exception_handler(PermissionDenied)
def denied(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    """403, with the sentence of whoever refused."""
    return answer("forbidden", detail=str(error))


@api.exception_handler(Http404)
@api.exception_handler(ObjectDoesNotExist)
def not_found(request: HttpRequest, error: Exception) -> HttpResponse:
    """404: the same for what does not exist and for what the asker may not know of."""
    return answer("not-found")


@api.exception_handler(HttpError)
def unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    """400: ninja raises it for a body that is no JSON."""
    return answer("unreadable")


@api.exception_handler(DoesNotFit)
def does_not_fit(request: HttpRequest, error: DoesNotFit) -> HttpResponse:
    """422, with what the route's own description rules out."""
    return answer("invalid", errors=validation.of_fields(error.errors))


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """422 with what an action refuses, or 409 where somebody else was faster."""
    if validation.is_conflict(error):
        return answer("changed")
    return answer("invalid", errors=validation.of_action(error))
