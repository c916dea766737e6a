# SPDX-License-Identifier: EUPL-1.2
"""What a file is called: one line that any system can keep and no reader is misled by."""

from __future__ import annotations

import re
import unicodedata

from sprega.foundation.files.kinds import KINDS, Kind

LONGEST = 120
"""Characters; twice as many bytes in Cyrillic, which every file system takes."""
REFUSED = re.compile(r'[<>:"|?*]')
OF_WINDOWS = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|\Z)", re.IGNORECASE)


def clean_name(said: str, kind: Kind) -> str:
    """The last part of a name, without signs that are not seen, ending as its kind does.

    >>> from sprega.foundation.files.kinds import PDF
    >>> clean_name("../etc/offer\u202efdp.exe", PDF)
    'offerfdp.exe.pdf'
    """
    last = unicodedata.normalize("NFC", said).replace("\\", "/").rpartition("/")[2]
    seen = "".join(" " if one.isspace() else one for one in last if one.isspace() or _is_seen(one))
    stem = REFUSED.sub("_", " ".join(seen.split())).rstrip(". ")
    root, point, extension = stem.rpartition(".")
    known = {one for each in KINDS.values() for one in (each.code, *each.also)}
    ending = kind.code
    if point and extension.lower() in known:
        stem = root
        if extension.lower() in kind.also:
            ending = extension.lower()
    stem = stem[: LONGEST - len(ending) - 1].strip(". ") or "file"
    if OF_WINDOWS.match(stem):
        stem = f"_{stem}"
    return f"{stem}.{ending}"


def _is_seen(character: str) -> bool:
    """Whether a reader sees it: no control, no direction mark, nothing without a meaning."""
    return not unicodedata.category(character).startswith("C")
