# SPDX-License-Identifier: EUPL-1.2
"""Writing JSON so that people can read it too: Cyrillic as it is."""

from ninja.renderers import JSONRenderer


class Renderer(JSONRenderer):
    """ninja's, in UTF-8 throughout."""

    json_dumps_params = {"ensure_ascii": False}
