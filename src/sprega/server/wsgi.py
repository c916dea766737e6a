# SPDX-License-Identifier: EUPL-1.2
"""What granian serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sprega.server.settings")
application = get_wsgi_application()
