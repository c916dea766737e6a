"""Settings of the tests: those of a server, for a cluster in a temporary folder, with the tiny room."""

import os
import tempfile
from pathlib import Path

from sprega.server.cluster import Cluster

_temporary = tempfile.TemporaryDirectory(prefix="sprega-test-cluster-")  # removed when this process ends
_folder = Path(_temporary.name)
Cluster(_folder, "test", {"en": "Test cluster", "bg": "Пробен клъстер"}, 8000).write()
os.environ["SPREGA_CLUSTER"] = str(_folder)
# The fixture `django_db_setup` puts the addresses of the real test database here.
for _name in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_MAINTENANCE_URL"):
    os.environ[_name] = "postgresql://nobody@127.0.0.1:1/nothing"
os.environ["SPREGA_FURTHER_ROOMS"] = "tests.rooms.notes"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # the browser's driver runs a loop in the tests' thread

from sprega.server.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["*"]
# `client.force_login` stands for a session that showed it; the tests of accounts ask for it themselves.
SECOND_FACTOR_ALWAYS = frozenset()
