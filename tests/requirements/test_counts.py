"""The least that texts cost, and what lists cost together: it holds whatever a tokenizer does, and who counts otherwise is seen."""

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, strategies

from conformance.exchange.environment import MOCK_KEY
from conformance.mock import scorer
from conformance.mock.rules import Rules
from conformance.model.verdict import Outcome
from conformance.probes.texts import SCRIPTS
from conformance.requirements.counted import _spelled, _worded, _words
from conformance.running import Settings
from conformance.selftest.stage import loaded, play

Tokens = Callable[[str], int]
Count = Callable[[str, Sequence[str]], float]


def counting(
    vendor: str,
    count: Count,
    units: Count = lambda _query, _texts: 1,
    settings: Settings | None = None,
    rules: Rules | None = None,
) -> set[str]:
    """Return the failed clauses of a server that counts a question and texts in a way of its own, and search units."""
    rules = rules or Rules(loaded(vendor), MOCK_KEY)
    kept = rules.count

    def counted(body: Any, rows: Any) -> dict[str, int]:
        asked = rules.query(body), [rules.text(item) for item in rules.documents(body)]
        read = max(int(count(*asked)), rules.floors.get("input_tokens", 0))
        return {**kept(body, rows), "input_tokens": read, "total_tokens": read, "search_units": int(units(*asked))}

    rules.count = counted  # type: ignore[method-assign]
    run = play(loaded(vendor), rules=rules, settings=settings or Settings())
    return {verdict.clause.id for verdict in run.verdicts if verdict.outcome is Outcome.FAIL}


def paired(tokens: Tokens, template: int = 0, context: float = math.inf) -> Count:
    """Return what counts each text beside the question, with a template and a context of its own."""
    return lambda query, texts: sum(min(tokens(text), context) + tokens(query) + template for text in texts)


def pieces(text: str) -> int:
    """Count as tokenizers of English byte pairs do: a word with the space before it; digits, capitals and signs one by one; other languages by their letters."""
    found: list[str] = re.findall(r"[\u3040-\u9fff]| ?[^\W\d_\u3040-\u9fff]+|\d| ?[^\s\w]+\n*|\s+|_", text)
    rare = 0 if text.isascii() else sum(map(str.isalpha, text)) // 3
    return len(found) + rare + sum(map(str.isupper, text))


def plain(query: str, texts: Sequence[str]) -> int:
    """Count the mock's tokens of each text beside the question."""
    return sum(map(scorer.count, texts)) + len(texts) * scorer.count(query)


@pytest.mark.parametrize(
    ("vendor", "count"),
    [
        ("siliconflow", paired(lambda text: math.ceil(1.5 * scorer.count(text)), 80)),
        (
            "jina",
            paired(lambda text: sum(-(-len(word.encode(errors="replace")) // 4) for word in text.split()), 4, 512),
        ),
        ("siliconflow", paired(pieces)),
        ("infinity", paired(scorer.count, context=512)),
        ("infinity", lambda query, texts: -(-sum(map(len, (query, *texts))) // 4)),
        ("infinity", lambda query, texts: plain(query, texts) + sum(len(str(n)) for n in range(len(texts)))),
    ],
)
def test_every_tokenizer_is_kept(vendor: str, count: Count) -> None:
    """Words in parts or with the space before them, templates, contexts, all texts as one, and a number before each are no breach."""
    assert counting(vendor, count) == set()


def test_a_model_that_knows_one_script_counts_little_of_others() -> None:
    """Where a run of unknown signs is one token for scores and counts alike, scripts are told to be unread, and counts are not accused."""

    def known(text: str) -> str:
        return re.sub(r"[^\x00-\x7f]+", "u", text)

    rules = Rules(loaded("siliconflow"), MOCK_KEY)
    kept = rules.score_chunk
    rules.score_chunk = lambda query, chunk: kept(known(query), known(chunk))  # type: ignore[method-assign]
    count = paired(lambda text: scorer.count(known(text)))
    assert counting("siliconflow", count, rules=rules) == {"ranking.relevance.chinese", "ranking.scripts"}
    assert any(clause.endswith(".grows") for clause in counting("siliconflow", count))


@pytest.mark.parametrize("vendor", ["voyage", "woagent"])
def test_every_model_counts_for_itself(vendor: str) -> None:
    """A model that reads a template around each text is not compared with one that reads none."""
    contract = loaded(vendor)
    rules, seen = Rules(contract, MOCK_KEY), contract.models[0]
    kept = rules.count

    def count(body: Any, rows: Any) -> dict[str, int]:
        counts = kept(body, rows)
        read = counts["input_tokens"] + 97 * len(rules.documents(body)) * (body["model"] == seen)
        return {**counts, "input_tokens": read, "total_tokens": read}

    rules.count = count  # type: ignore[method-assign]
    run = play(contract, rules=rules)
    assert [verdict.clause.id for verdict in run.verdicts if verdict.outcome is Outcome.FAIL] == []


@pytest.mark.parametrize(
    ("vendor", "kept"),
    [
        ("siliconflow", lambda text: " ".join(text.split()[:20])),
        ("voyage", lambda text: " ".join(text.split()[:20])),
        ("siliconflow", lambda text: text.encode("ascii", "ignore").decode()),
        ("siliconflow", lambda text: text.partition("</s>")[0]),
    ],
)
def test_words_that_are_not_counted_are_seen(vendor: str, kept: Callable[[str], str]) -> None:
    """Texts of which the first words alone, or ASCII alone, or nothing behind a special token counts break a clause."""
    assert any(clause.endswith(".grows") for clause in counting(vendor, paired(lambda text: scorer.count(kept(text)))))


@pytest.mark.parametrize(
    "count",
    [
        lambda query, texts: max(plain(query, texts), 120),
        lambda query, texts: plain(query, texts[:-1] if len(texts) % 8 == 0 else texts),
        lambda query, texts: len(texts) * max(map(scorer.count, (*texts, query))),
    ],
)
def test_lists_cost_what_their_texts_cost(count: Count) -> None:
    """A least charge, a text that a whole batch loses, and padding show in how the same texts are shared out."""
    assert any(clause.endswith(".free") for clause in counting("infinity", count))


@pytest.mark.parametrize("vendor", ["siliconflow", "jina"])
def test_real_tokenizers_are_kept_by_night(vendor: str) -> None:
    """German, capitals and digits cost an English vocabulary twice what as much plain English does, and no clause is broken."""
    assert counting(vendor, paired(pieces), settings=Settings(profile="nightly")) == set()


def test_a_search_is_a_unit() -> None:
    """Units that follow the documents break a clause; the same ones for each search do not."""
    assert counting("cohere", plain) == set()
    assert counting("cohere", plain, lambda _query, texts: len(texts)) == {"usage.meta.billed_units.search_units.free"}


def test_what_stands_between_spaces_may_be_a_token() -> None:
    """A question of nothing but character references is one token to whoever counts what stands between spaces, and Chinese signs."""
    settings = Settings(profile="nightly", select=("usage.*", "ranking.query.literal"))
    count = paired(lambda text: len(re.sub("([一-鿿])", r" \1 ", text).split()))
    assert counting("infinity", count, settings=settings) == set()


def test_a_long_word_may_be_one_unknown_token() -> None:
    """A word of more than a hundred characters costs BERT's tokenizers less than the same in parts, and no clause is broken."""
    settings = Settings(profile="nightly", select=("usage.*", "ranking.query.literal"))
    count = paired(lambda text: sum(1 if len(word) > 100 else scorer.count(word) for word in text.split()))
    assert counting("infinity", count, settings=settings) == set()


def test_digits_may_be_tokens_of_their_own() -> None:
    """A question of escapes may cost more than as many signs of another kind: some read digits by threes."""
    runs = re.compile(r"[a-zA-Z]+|\d{1,3}|[^\w\s]+|\w")
    count = paired(lambda text: len(runs.findall(text)))
    assert (
        counting("voyage", count, settings=Settings(profile="nightly", select=("usage.*", "ranking.query.literal")))
        == set()
    )


@given(strategies.text(strategies.characters(max_codepoint=127)))
def test_words_of_ascii_are_those_of_any_text(text: str) -> None:
    """The words and spelled signs of a text of ASCII are counted in another way than those of other texts, and are as many: a word beyond ASCII behind it is one more."""
    assert _words(f"{text} é") == _words(text) + 1
    assert _spelled(f"{text} é") == _spelled(text)
    others = re.findall(r"(?<!\S)[a-zA-Z]", text)
    assert _worded(text) == len(others) * 3 // 4


def test_long_lists_that_are_billed_twice_are_seen() -> None:
    """Who counts a list of more than a hundred documents twice counts more than its texts cost elsewhere."""

    def count(query: str, texts: Sequence[str]) -> int:
        return plain(query, texts) * (1 + (len(texts) > 100))

    assert counting("infinity", count) == {"usage.usage.prompt_tokens.grows"}


@pytest.mark.parametrize(("free", "kept"), [("none", True), ("query", False), ("data:", False)])
def test_images_that_count_do_so_wherever_they_are(free: str, *, kept: bool) -> None:
    """Who counts images counts that of the question as well, where no document is one, and those that come by their bytes."""
    rules = Rules(loaded("siliconflow"), MOCK_KEY)
    count = rules.count

    def counted(body: Any, rows: Any) -> dict[str, int]:
        shown = [*rules.documents(body), *([body["query"]] if free != "query" else [])]
        paid = [one for one in shown if isinstance(one, dict) and "image" in one and not one["image"].startswith(free)]
        return {**count(body, rows), "image_tokens": 9 * len(paid)}

    rules.count = counted  # type: ignore[method-assign]
    run = play(loaded("siliconflow"), rules=rules, settings=Settings(profile="nightly"))
    failed = {verdict.clause.id for verdict in run.verdicts if verdict.outcome is Outcome.FAIL}
    assert ("usage.meta.tokens.image_tokens.text" in failed) is not kept


def _shows(item: Any) -> bool:
    return isinstance(item, dict) and "image" in item


@pytest.mark.parametrize(
    ("image", "together", "free", "kept"),
    [
        (256, True, "", True),
        (256, False, "", True),
        (9, True, "", True),
        (9, False, "", True),
        (1, False, "", True),
        (256, True, "for an image", False),
        (9, True, "for an image", False),
        (256, True, "beside an image", False),
    ],
)
def test_texts_count_beside_images(image: int, *, together: bool, free: str, kept: bool) -> None:
    """Where images count together with texts, texts count too, also those that are ranked for an image; counted apart they may count anything."""
    rules = Rules(loaded("siliconflow"), MOCK_KEY)
    count = rules.count

    def counted(body: Any, rows: Any) -> dict[str, int]:
        asked, documents = body["query"], rules.documents(body)
        shown = sum(map(_shows, [asked, *documents]))
        read = sum(scorer.count(rules.text(item)) for item in documents if not _shows(item))
        read += 0 if _shows(asked) else len(documents) * scorer.count(rules.query(body))
        if (free == "for an image" and _shows(asked)) or (free == "beside an image" and shown):
            read = 0
        whole = {**count(body, rows), "input_tokens": read + image * shown * together}
        return {**whole, "image_tokens": image * shown} if "image_tokens" in whole else whole

    rules.count = counted  # type: ignore[method-assign]
    run = play(loaded("siliconflow"), rules=rules)
    failed = {verdict.clause.id for verdict in run.verdicts if verdict.outcome is Outcome.FAIL}
    assert ("usage.meta.tokens.input_tokens.grows" not in failed) is kept


@pytest.mark.parametrize(("script", "found"), [*((script, True) for script, *_ in SCRIPTS[2:]), ("none", False)])
def test_texts_with_a_script_that_costs_nothing_are_seen(script: str, *, found: bool) -> None:
    """Who counts nothing for a text that holds one script is seen, whichever it is, also where a token is three bytes."""
    letters = {sign for name, *texts in SCRIPTS if name == script for sign in "".join(texts) if sign.isalpha()}

    def tokens(text: str) -> int:
        return -(-len(text.encode(errors="replace")) // 3) if letters.isdisjoint(text) else 0

    assert ("usage.meta.tokens.input_tokens.grows" in counting("siliconflow", paired(tokens))) is found
