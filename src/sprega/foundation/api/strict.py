# SPDX-License-Identifier: EUPL-1.2
"""A parameter that nobody knows is refused: who mistypes `cursor` would read the first page for ever."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from sprega.foundation.api.problems import answer

Run = Callable[..., HttpResponse]


def known_parameters_only(run: Run) -> Run:
    """Wrap how ninja runs a route (`Operation.run`) of whose parameters it keeps models."""
    known = {
        name
        for model in run.__self__.models
        if model.__ninja_param_source__ == "query"
        for name in model.__ninja_flatten_map__
    }

    @wraps(run)
    def checked(request: HttpRequest, **values: Any) -> HttpResponse:
        unknown = [] if request.token is None else sorted(request.GET.keys() - known)
        if not unknown:
            return run(request, **values)
        sentence = _("There is no such parameter. Check its spelling.")
        return answer("invalid", errors=[{"parameter": name, "detail": sentence} for name in unknown])

    return checked
