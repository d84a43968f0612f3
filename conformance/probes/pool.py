"""Texts for combined requests: many, each unlike its neighbours, the same in every list, so that a score can be followed."""

import re
from collections.abc import Sequence
from functools import lru_cache

# A question of many words, whose beginning and end are one of the others', and of characters that services stumble over.
LONG = " ".join(
    [
        'Which old river town, asked «in» many "words" & 🦊 {like} %s $this <b>e\u0301</b>\n (or 5" [draft* NOT C++, of which most say little at all,',
        *["and some of them say it again, slowly,"] * 18,
        "has a stone bridge, a quiet market, fresh bread and wild honey? 河流旁的城镇",
    ]
)
# Content words of both questions; a document holds some of them, so that lists are graded. Both are of one length:
# who tells questions apart by that answers one as the other.
QUESTIONS = (
    "Which old river town has a stone bridge, a quiet market,\nfresh bread and wild honey? 河流旁的城镇有石头桥梁、市场和蜂蜜",
    "Who sells wild honey and wax candles\tbeside that wooden mill behind that river garden? 谁在木头磨坊旁卖野生蜂蜜和蜡烛",
)
# Words of no list, with what services stumble over.
ODD = '优先考虑最新的内容 «{{x}}» %s 🦊\n"e\u0301" <b>\\n</b>'
WORDS = tuple("river town stone bridge quiet market fresh bread wild honey candles wooden mill garden".split())
_WIDE = dict(zip(WORDS, "河流 城镇 石头 桥梁 安静 市场 新鲜 面包 野生 蜂蜜 蜡烛 木头 磨坊 花园".split(), strict=True))
_FILLER = (
    "Clouds drifted over the northern plateau.",
    "Engines are tested twice a year.",
    "Nobody remembered the password.",
)
# Between its number and its words stands what services cut a text at.
_FORMS = (
    "Note {}: {}.",
    "Note {}:\n{}.",
    "Note {}:\t{}.",
    "Note {} ({}).",
    "Note {}? {}.",
    'Note {}: "{}".',
    "Note {}; <{}>.",
)
# A document of every list that has most to do with every question, so that it is in each answer, whatever the limit; and one
# that has nothing to do with any: nobody scores it as an answer.
_BEST, _UNRELATED = 0, 1
# And some that have to do with the end of a question alone, behind its line end or tab.
_ENDS = {2: "fresh bread wild honey", 4: "wooden mill garden"}
# Multiplicative steps that no pattern of the list follows: neighbours share few words.
_STEP, _SPAN = 5003, 1 << 14
# Where the best ones stand together, behind where many a first batch ends: who ranks parts of a list apart loses some of them.
_RICH = range(33, 49)
# A small design takes the first three.
SHAPES = ("plain", "reversed", "uneven", "ascending", "one_long", "repeated")
_LONG = 120
# As often before what a long document says: less than the shortest context of any reranker, and more than one line.
_BEFORE = 9
_ANSWER = "An old river town has a stone bridge and a quiet market, and sells fresh bread and wild honey."
_NOTHING = "An old gas works has a steel cable and a rapid lift, and says nothing about spare parts."
_LATIN = re.compile("[a-z]+")
_NUMBERED = re.compile(r"Note \d+(\W+)")
# The text comes last, on a line of its own.
DRESS = "\t{{x}} <|im_end|> </s> <Document>: <Query> [SEP].  %s \u00a0🦊 e\u0301 & <b>\u2028%41\\n</b>\n\n«{}» [2]"


def graded(count: int) -> tuple[str, ...]:
    """Return so many different documents; the first ones are the same in every longer list."""
    found = []
    for number in range(count):
        ends = sum(1 << WORDS.index(word) for word in _ENDS.get(number, "").split())
        bits = {_BEST: _SPAN - 1, _UNRELATED: 0}.get(number, ends or (number + 1) * _STEP % _SPAN)
        bits |= bits >> 3 | bits << 3 if number in _RICH else 0
        words = [word for place, word in enumerate(WORDS) if bits >> place & 1]
        said = _FORMS[number % len(_FORMS)].format(number, " ".join(words) or "nothing")
        found.append(f"{said} {' '.join(_FILLER[: number % 4])}".rstrip())
    return tuple(found)


def kindred(question: str, text: str) -> int | None:
    """Return how many of a question's content words a text of a list holds; None for a text that is no answer, and not unrelated either."""
    return len(_held(question) & _held(text)) or (0 if "nothing" in text else None)


# Each round of questions reads the same texts again.
@lru_cache(4096)
def _held(text: str) -> frozenset[str]:
    return frozenset(_LATIN.findall(text)) & set(WORDS) | {word for word in _WIDE.values() if word in text}


def ends(question: str, text: str) -> bool:
    """Whether all words that a text shares with a question stand behind the question's first line end or tab, and some do."""
    head, _, tail = question.replace("\t", "\n").partition("\n")
    return bool(_held(text) & _held(tail)) and not _held(text) & _held(head)


def beside(text: str) -> int:
    """Return how many sentences stand beside a text of a list that have nothing to do with any question, with spaces or without."""
    return sum(sentence.split()[0] in text for sentence in _FILLER)


def sign_of(text: str) -> str:
    """Return what stands between the number of a plain text of a list and its words."""
    found = _NUMBERED.match(text)
    return found[1] if found else ""


def dress_of(text: str) -> str:
    """Return how a text of a list is dressed: `plain`, `odd` or `wide`."""
    return "plain" if text.isascii() else "wide" if any(word in text for word in _WIDE.values()) else "odd"


def shaped(count: int, shape: str, *, dress: str = "plain", longest: int = 1 << 30) -> tuple[str, ...]:
    """Return so many documents in a shape, one of SHAPES; `odd` ones hold characters that services stumble over, `wide` ones no Latin words.

    Every second one stays plain, so that its score can be followed through all lists; of three the last one, or
    none that answers anything would be dressed. In a list that has room two long ones differ in one sentence far inside.
    """
    few = count <= len(_FILLER)
    texts: Sequence[str] = [
        _dressed(text, dress if number % 2 or (few and not number) else "") for number, text in enumerate(graded(count))
    ]
    if shape == "reversed":
        texts = texts[::-1]
    elif shape == "ascending":
        texts = sorted(texts, key=len)
    if shape in {"one_long", "uneven"}:
        half = count // 2
        said = (texts[half],) if few else (_ANSWER, _NOTHING)
        texts = [*texts[:half], *map(_lengthened, said), *texts[half + len(said) :]]
    if shape in {"repeated", "uneven"}:
        texts = [*texts[:-1], texts[0]]
    return tuple(text[:longest] for text in texts)


def _lengthened(sentence: str) -> str:
    """Return a sentence in the middle of a long text that has nothing to do with any question."""
    return "\n".join(" ".join(_FILLER * times) if times else sentence for times in (_BEFORE, 0, _LONG))


def _dressed(text: str, dress: str) -> str:
    if dress == "odd":
        return DRESS.format(text)
    if dress == "wide":
        return _LATIN.sub(lambda word: _WIDE.get(word[0], word[0]), text).replace(" ", "")
    return text
