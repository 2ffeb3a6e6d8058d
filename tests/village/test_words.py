"""The catalogues: whole, and the same for translators and for programs."""

from __future__ import annotations

import re
from gettext import GNUTranslations

import pytest
from django.conf import settings

from tests.support.catalogue import CATALOGUES, Message, messages, said

pytestmark = pytest.mark.once
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\w*\}|</?\w+>")
PLURALS = {"de": 2, "ja": 1}


@pytest.fixture(scope="module", params=CATALOGUES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def catalogue(language: str) -> list[Message]:
    """Give the messages of a language, without the header."""
    return messages(CATALOGUES[language])[1:]


@pytest.fixture(scope="module")
def sentences() -> set[str]:
    return said()


class TestCatalogues:
    def test_are_there_for_every_language_but_the_one_of_the_code(self) -> None:
        assert CATALOGUES.keys() == {code for code, _name in settings.LANGUAGES} - {"en"}

    def test_say_everything_that_the_code_says(
        self, catalogue: list[Message], sentences: set[str]
    ) -> None:
        """What is missing comes in by `make words`, and waits there for its translation."""
        known = {message.key for message in catalogue}

        assert len(sentences) > 1000
        assert sorted(sentences - known) == []
        assert sorted(known - sentences) == []

    def test_leave_no_message_untranslated_or_in_doubt(self, catalogue: list[Message]) -> None:
        assert [each.key for each in catalogue if not all(each.words) or each.is_fuzzy] == []

    def test_have_a_form_for_every_number(self, language: str, catalogue: list[Message]) -> None:
        for message in catalogue:
            forms = PLURALS[language] if message.plural else 1
            assert len(message.words) == forms, message.key

    def test_keep_every_placeholder(self, catalogue: list[Message]) -> None:
        for message in catalogue:
            # "Once" needs no number, but then the other form has it.
            meant = [sorted(PLACEHOLDER.findall(each)) for each in (message.key, message.plural)]
            if not message.plural:
                del meant[1]
            assert sorted(PLACEHOLDER.findall(message.words[-1])) == meant[-1], message.key
            for words in message.words:
                assert sorted(PLACEHOLDER.findall(words)) in meant, message.key

    def test_have_a_header_that_says_what_they_are(self, language: str) -> None:
        header = messages(CATALOGUES[language])[0]

        assert not header.is_fuzzy
        assert f"Language: {language}\n" in header.words[0]
        assert f"nplurals={PLURALS[language]};" in header.words[0]
        assert not re.search("YEAR|FULL NAME|FIRST AUTHOR|PACKAGE", header.words[0])

    def test_are_compiled_as_they_are_written(
        self, language: str, catalogue: list[Message]
    ) -> None:
        """The compiled file is in the repository, for machines without gettext: `make words`."""
        with CATALOGUES[language].with_suffix(".mo").open("rb") as file:
            compiled = GNUTranslations(file)

        for message in catalogue:
            if message.plural:
                forms = {compiled.ngettext(message.key, message.plural, n) for n in (1, 2)}
                assert forms == set(message.words), message.key
            else:
                assert compiled.gettext(message.key) == message.words[0], message.key
