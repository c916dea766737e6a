# SPDX-License-Identifier: EUPL-1.2
"""What granian serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sprega.server.settings")
application = get_wsgi_application()

if "SPREGA_SERVING" in os.environ:
    from procrastinate.contrib.django import app

    from sprega.server.children import end_with_parent

    app.perform_import_paths()  # the kinds of long work, which pages name
    end_with_parent()  # granian's worker would go on without its master
