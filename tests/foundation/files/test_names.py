"""A name is one line that misleads nobody and that any system can keep."""

import pytest

from sprega.foundation.files.kinds import DOCX, JPEG, PDF, TXT
from sprega.foundation.files.names import LONGEST, clean_name


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("offer.pdf", "offer.pdf"),
        ("Оферта за вар.PDF", "Оферта за вар.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\me\\offer.pdf", "offer.pdf"),
        ("offer.exe", "offer.exe.pdf"),
        ("offer.docx", "offer.pdf"),
        ("offer\u202efdp.exe", "offerfdp.exe.pdf"),
        ("of\x00fer\r\n\t2027.pdf", "offer 2027.pdf"),
        ("zero\u200bwidth\ufeff.pdf", "zerowidth.pdf"),
        ('a<b>:"c|d?*.pdf', "a_b___c_d__.pdf"),
        ("", "file.pdf"),
        ("...", "file.pdf"),
        (".pdf", "file.pdf"),
        ("con.pdf", "_con.pdf"),
        ("  two   words  .pdf", "two words.pdf"),
        ("e\u0301te\u0301.pdf", "été.pdf"),
    ],
)
def test_names(said: str, kept: str) -> None:
    assert clean_name(said, PDF) == kept


def test_an_extension_that_is_right_stays() -> None:
    assert clean_name("a.JPEG", JPEG) == "a.jpeg"
    assert clean_name("meeting.ics", TXT) == "meeting.ics"
    assert clean_name("readme", TXT) == "readme.txt"


def test_a_long_name_is_cut_before_its_extension() -> None:
    for letter in ("a", "щ"):
        kept = clean_name(letter * 300 + ".docx", DOCX)
        assert len(kept) == LONGEST
        assert len(kept.encode()) <= 255
        assert kept.endswith(".docx")
