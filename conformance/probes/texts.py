"""What the probes ask about: short texts a reranker has no excuse to confuse."""

# Distinguishable, one topic each, so that a score belongs to a text and not to a place in a list.
QUERY = "Which planet is known as the red planet?"
DOCUMENTS = (
    "Bananas are rich in potassium.",
    "Mars is known as the red planet because of its rusty soil.",
    "The red car was parked behind the old house.",
    "Saturn is a planet with bright rings.",
    "A good loaf of bread needs time and patience.",
    "The stock market closed lower on Friday.",
)
ORDER = (3, 5, 1, 0, 4, 2)
IRRELEVANT = "Knitting patterns for winter socks and scarves."

# (query, its document); public common knowledge, written for this project.
ENGLISH = (
    ("What is the capital of France?", "Paris is the capital of France."),
    ("How do bees make honey?", "Bees make honey from the nectar of flowers."),
    ("What causes ocean tides?", "Ocean tides are caused by the gravity of the moon."),
)
CHINESE = (
    ("法国的首都是哪里？", "巴黎是法国的首都。"),
    ("蜜蜂怎样酿造蜂蜜？", "蜜蜂采集花蜜酿造蜂蜜。"),
    ("潮汐是什么引起的？", "海洋潮汐是月球引力引起的。"),
)

# Texts that a service is tempted to clean up. NUL comes apart: see `NUL`.
DELICATE = (
    "  surrounded by spaces  ",
    "two  spaces\tand a tab inside",
    "MiXeD CaSe StAyS",
    "<b>bold</b> & \"quoted\" 'text' &amp; </script>",
    "重排序模型，第二章。",
    "emoji 👩‍👩‍👧 and 🏳️‍🌈",
    "combining e\u0301 beside precomposed \u00e9",
    "full-width ＡＢＣ１２３ and ligature \ufb01",
    "line one\nline two\r\nline three",
    "back\\slash \\n \\u0041 %41 {{7*7}} ${HOME}",
    "\u202eright to left\u202c and \u200bzero width",
    "trailing newline\n",
    "long " + "x" * 5000 + " end",
)
NUL = "before\x00after"

_FILLER = (
    "The committee met on Tuesday and talked about the budget for the coming season at some length. "
    "Several members asked for a shorter agenda and for coffee that is worth the name in the pauses. "
)
NEEDLE = "Mars is known as the red planet because of its rusty soil. "


def filler(words: int) -> str:
    """Return about so many words that answer nothing."""
    return _FILLER * (words // len(_FILLER.split()) + 1)


def with_needle(words: int, place: float) -> str:
    """Return filler of about so many words with the answer at a place from 0.0 (first) to 1.0 (last)."""
    sentences = filler(words).split(". ")
    at = round(place * (len(sentences) - 1))
    return ". ".join([*sentences[:at], NEEDLE.strip().rstrip("."), *sentences[at:]])


def many(count: int) -> tuple[str, ...]:
    """Return so many different documents, the best one last but two."""
    lines = [f"Note {i}: shelf {i * 7 % 97} holds box {i * 13 % 101}." for i in range(count)]
    if count > 2:
        lines[-3] = DOCUMENTS[1]
    return tuple(lines)
