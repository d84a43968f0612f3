"""Texts for combined requests: many, each unlike its neighbours, the same in every list, so that a score can be followed."""

import re
from collections.abc import Sequence

# A question of many words, whose beginning and end are one of the others', and of characters that services stumble over.
LONG = " ".join(
    [
        'Which old river town, asked «in» many "words" & 🦊 {like} %s $this <b>e\u0301</b>\n (or 5" [draft* NOT C++, of which most say little at all,',
        *["and some of them say it again, slowly,"] * 18,
        "has a stone bridge, a quiet market, fresh bread and wild honey? 河流旁的城镇",
    ]
)
# Content words of both questions; a document holds some of them, so that lists are graded.
QUESTIONS = (
    "Which old river town has a stone bridge, a quiet market, fresh bread and wild honey? 河流旁的城镇有石头桥梁、市场和蜂蜜",
    "Who sells wild honey and wax candles beside the wooden mill behind the river garden? 谁在木头磨坊旁卖野生蜂蜜和蜡烛",
)
_WORDS = tuple("river town stone bridge quiet market fresh bread wild honey candles wooden mill garden".split())
_WIDE = dict(zip(_WORDS, "河流 城镇 石头 桥梁 安静 市场 新鲜 面包 野生 蜂蜜 蜡烛 木头 磨坊 花园".split(), strict=True))
_FILLER = (
    "Clouds drifted over the northern plateau.",
    "Engines are tested twice a year.",
    "Nobody remembered the password.",
)
# A document of every list of three and more that has nothing to do with any question: nobody scores it as an answer.
_UNRELATED = 1
# Multiplicative steps that no pattern of the list follows: neighbours share few words.
_STEP, _SPAN = 5003, 1 << 14
# A small design takes the first three.
SHAPES = ("plain", "reversed", "uneven", "ascending", "one_long", "repeated")
_LONG = 120
_LATIN = re.compile("[a-z]+")
# The text comes last, on a line of its own.
DRESS = "\t{{x}}.  %s \u00a0🦊 e\u0301 & <b>\u2028%41\\n</b>\n\n«{}» "


def graded(count: int) -> tuple[str, ...]:
    """Return so many different documents; the first ones are the same in every longer list."""
    found = []
    for number in range(count):
        bits = 0 if number == _UNRELATED else (number + 1) * _STEP % _SPAN
        words = [word for place, word in enumerate(_WORDS) if bits >> place & 1]
        found.append(f"Note {number}: {' '.join(words) or 'nothing'}. {' '.join(_FILLER[: number % 4])}".rstrip())
    return tuple(found)


def kindred(question: str, text: str) -> int | None:
    """Return how many of a question's content words a text of a list holds; None for a text that is no answer, and not unrelated either."""
    return len(_held(question) & _held(text)) or (0 if "nothing" in text else None)


def _held(text: str) -> set[str]:
    return set(_LATIN.findall(text)) & set(_WORDS) | {word for word in _WIDE.values() if word in text}


def dress_of(text: str) -> str:
    """Return how a text of a list is dressed: `plain`, `odd` or `wide`."""
    return "plain" if text.isascii() else "wide" if any(word in text for word in _WIDE.values()) else "odd"


def shaped(count: int, shape: str, *, dress: str = "plain", longest: int = 1 << 30) -> tuple[str, ...]:
    """Return so many documents in a shape, one of SHAPES; `odd` ones hold characters that services stumble over, `wide` ones no Latin words.

    Every second one stays plain, so that its score can be followed through all lists.
    """
    texts: Sequence[str] = [
        _dressed(text, dress if number % 2 or count == 1 else "") for number, text in enumerate(graded(count))
    ]
    if shape == "reversed":
        texts = texts[::-1]
    elif shape == "ascending":
        texts = sorted(texts, key=len)
    if shape in {"one_long", "uneven"}:
        texts = [*texts[: count // 2], " ".join([texts[count // 2], *_FILLER * _LONG]), *texts[count // 2 + 1 :]]
    if shape in {"repeated", "uneven"}:
        texts = [*texts[:-1], texts[0]]
    return tuple(text[:longest] for text in texts)


def _dressed(text: str, dress: str) -> str:
    if dress == "odd":
        return DRESS.format(text)
    if dress == "wide":
        return "".join(_WIDE.get(word.strip(".:"), word) for word in text.split(" "))
    return text
