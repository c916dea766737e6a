"""`sprega person`: what a person could do on their own page, for somebody who cannot sign in."""

from zipfile import ZipFile

from tests.cli.installations import Installation, new_home


def test_a_persons_request_is_answered_on_the_server() -> None:
    with new_home() as home:
        own = Installation(home)
        own.sprega("practice")
        file = home.parent / "mayor.zip"
        assert str(file) in own.sprega("person", "practice", "Mayor@practice.example", "--file", file)
        assert file.stat().st_mode & 0o077 == 0, "its owner's alone"
        with ZipFile(file) as book:
            assert "mayor@practice.example" in book.read("en/overview.html").decode()
            assert "Всичко, което се пази за Вас" in book.read("bg/overview.html").decode()
        said = own.sprega("person", "practice", "mayor@practice.example", "--erase", code=2)
        assert "practice cluster" in said
        assert "practice --again" in said
        assert "Nobody signs in" in own.sprega("person", "practice", "no@practice.example", "--erase", code=2)
        own.sprega("office", "practice", "late@practice.example")
        said = own.sprega("person", "practice", "late@practice.example", "--erase")
        assert "late@practice.example is erased" in said
        assert "Nobody signs in" in own.sprega(
            "person", "practice", "late@practice.example", "--erase", code=2
        )
        away = home / "nowhere" / "file.zip"
        assert "cannot be written" in own.sprega(
            "person", "practice", "mayor@practice.example", "--file", away, code=2
        )
