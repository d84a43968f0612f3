"""Texts that services are tempted to clean up, and bodies that are spelt otherwise."""

import json
import re
from unicodedata import category

from conformance.probes.spelling import spaced
from conformance.probes.texts import DELICATE, EDGES, TOPICS

# Blocks of which both ends stand for all, and what has no looks.
_HUGE = (
    *range(0x3401, 0x4DBF),
    *range(0x4E01, 0x9FFF),
    *range(0xA001, 0xA48C),
    *range(0xAC01, 0xD7A3),
    *range(0xE001, 0xF8FF),
)


def test_every_character_of_the_first_plane_is_sent() -> None:
    """No character of the first plane but controls and the inside of huge blocks is missing: whatever is dropped or folded shows."""
    wanted = {chr(code) for code in range(0x20, 0x10000)} - set(map(chr, _HUGE))
    wanted = {char for char in wanted if category(char) not in {"Cc", "Cn", "Cs"}}
    assert wanted <= set("".join(DELICATE))


def test_texts_are_told_apart_by_their_letters_alone() -> None:
    """No delicate text comes twice, and some are alike to whoever looks no further than case and white space."""
    assert len(set(DELICATE)) == len(DELICATE)
    likes = [" ".join(text.casefold().split()) for text in DELICATE]
    assert len(likes) - len(set(likes)) >= 3


def test_topics_share_no_word() -> None:
    """A topic's documents have no word of another topic's question: who lost the part about it would find it there all the same."""

    def words(text: str) -> set[str]:
        return {*re.findall(r"\w+", text.casefold())}

    topics = (*TOPICS, *EDGES)
    for question, *_ in topics:
        others = [text for asked, answer, unlike in topics if asked != question for text in (asked, answer, unlike)]
        assert not words(question) & words(" ".join(others)), question


def test_another_spelling_is_the_same_value() -> None:
    """White space, another order of keys and escaped slashes leave a value what it is."""
    value = {"query": "a/b \\/ <b>x</b>", "documents": ["https://example.org/", {"text": "1/2"}], "top_n": 1}
    written = spaced(value)
    assert json.loads(written) == value
    assert b"https:\\/\\/example.org\\/" in written
    assert written[:1].isspace()
