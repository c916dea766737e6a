# SPDX-License-Identifier: EUPL-1.2
"""How an upload arrives: in a nameless file of the cluster's folder, and no more of it than is allowed.

Nothing of it lies in a folder that others read, a kill leaves nothing behind, and a disk that is full while
it arrives is told beside the field, not by a page that failed.
"""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from sprega.foundation.files.store import FULL


class Incoming(UploadedFile):
    """An upload on the disk; `problem` says why it is not whole: "large" or "full"."""

    problem = ""


class SpoolHandler(FileUploadHandler):
    """Writes what arrives to a nameless file; once there is a problem the rest is read and dropped."""

    def new_file(self, *args: Any, **options: Any) -> None:
        super().new_file(*args, **options)
        self.problem = ""
        self.written = 0
        self.file: IO[bytes] = tempfile.TemporaryFile(dir=folder())  # noqa: SIM115 - the upload closes it

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep a part, as long as it may be kept."""
        self.written += len(raw_data)
        if not self.problem and self.written > settings.FILES_LARGEST:
            self._give_up("large")
        if self.problem:
            return
        try:
            self.file.write(raw_data)
        except OSError as error:
            if error.errno not in FULL:
                raise
            self._give_up("full")

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """The upload as forms take it."""
        try:
            self.file.flush()
        except OSError as error:
            if error.errno not in FULL:
                raise
            self._give_up("full")
        self.file.seek(0)
        upload = Incoming(
            self.file, self.file_name, self.content_type, file_size, self.charset, self.content_type_extra
        )
        upload.problem = self.problem
        return upload

    def upload_interrupted(self) -> None:
        """The visitor went away."""
        if hasattr(self, "file"):
            self.file.close()

    def _give_up(self, problem: str) -> None:
        self.problem = problem
        with suppress(OSError):  # what waits in the buffer cannot be written any more either
            self.file.close()
        self.file = tempfile.TemporaryFile(dir=folder())  # noqa: SIM115


def folder() -> Path:
    """Where uploads arrive; hidden, so that no backup takes it along."""
    place: Path = settings.CLUSTER.folder / ".incoming"
    place.mkdir(mode=0o700, exist_ok=True)
    return place


def problem_of(upload: Any) -> str:
    """Why an upload is not whole, if it is not; small ones arrive in memory, and are."""
    return str(getattr(upload, "problem", ""))
