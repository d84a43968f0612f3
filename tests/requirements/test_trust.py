"""Servers that keep their contract in ways of their own: each shows a way in which none may be accused, and what is found all the same."""

import math
import random
import re
from collections import Counter
from collections.abc import Callable
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest

from conformance.checks.features import planned
from conformance.contract import load
from conformance.exchange.environment import MOCK_KEY
from conformance.mock import scorer
from conformance.mock.lawful import CURVES, GRAINS, Lawful, diluted
from conformance.mock.rules import Refusal, Rules
from conformance.model.clause import Level
from conformance.model.verdict import Outcome
from conformance.probes.kit import Kit
from conformance.probes.probe import Priority
from conformance.requirements.evidence import Evidence
from conformance.requirements.scale import Scale
from conformance.requirements.screen import _reads
from conformance.running import Settings, Target, plan
from conformance.selftest.stage import play
from tests.sampling import sampled

CONTRACT = load("woagent")
_DICE = random.Random(13)


def _failed(rules: Rules) -> set[str]:
    run = play(rules.contract, rules=rules)
    return {verdict.clause.id for verdict in run.verdicts if verdict.outcome is Outcome.FAIL}


def _curved(vendor: str, curve: Callable[[float], float]) -> Rules:
    rules = Rules(load(vendor), MOCK_KEY)
    score = rules.score
    rules.score = lambda *told: curve(score(*told))  # type: ignore[method-assign]
    return rules


def _bytes(score: float) -> float:
    return round((0.49 + 0.02 * score) * 256) / 256


def _certain(score: float) -> float:
    return round(1 / (1 + math.exp(24 * (0.45 - score))), 4)


def _cents(score: float) -> float:
    return round(min(max(score + _DICE.uniform(-1e-4, 1e-4), 0.0), 1.0), 2)


@pytest.mark.parametrize(
    ("vendor", "curve"),
    sampled([(vendor, curve) for curve in (_bytes, _certain, _cents) for vendor in ("siliconflow", "cohere")], 6),
)
def test_few_scores_are_no_breach(vendor: str, curve: Callable[[float], float]) -> None:
    """Nobody is accused whose scores have five values, are nearly all 0, or are rounded to the next hundredth now and then."""
    assert _failed(_curved(vendor, curve)) == set()


@pytest.mark.parametrize("chunk", sampled([256, 512, 1000], 2))
def test_dilution_is_no_breach(chunk: int) -> None:
    """An answer counts for less in a full chunk than in the short last one, where a text's length counts."""
    rules = Lawful(load("siliconflow"), MOCK_KEY, 0)
    rules.scorer, rules.chunk, rules.curve, rules.grain, rules.padding = diluted, chunk, CURVES[0], GRAINS[0], 1e-3
    assert _failed(rules) == set()


def test_what_is_rounded_away_is_no_breach() -> None:
    """A curve that leaves next to nothing to a long text, and six digits of it, hide what the text says at its beginning."""
    assert _failed(Lawful(load("cohere"), MOCK_KEY, 96)) == set()


def _summed(query: str, text: str) -> float:
    here = scorer.features(text)
    found = sum(weight for name, weight in scorer.features(query).items() if name in here)
    return found / (found + 4)


def _let_through(query: str, text: str) -> float:
    found = scorer.similarity(scorer.features(query), scorer.features(text))
    return found if found > 0.05 else 0.0


@pytest.mark.parametrize("score", [_summed, _let_through])
def test_what_is_no_part_of_a_text_may_not_count(score: Callable[[str, str], float]) -> None:
    """Nobody is accused to whom only words of question and text count, or who gives 0 to whatever has little to do with a long question."""
    rules = Rules(load("jina"), MOCK_KEY)
    rules.score_chunk = score  # type: ignore[method-assign]
    assert _failed(rules) == set()


@pytest.mark.parametrize("size", sampled([40, 60], 1))
def test_another_passage_may_be_the_best(size: int) -> None:
    """Nobody is accused who scores a text by its best passage, where a sentence of little use stands between the answer and the best."""
    rules = Rules(load("voyage"), MOCK_KEY)
    rules.cut = lambda _, text: scorer.chunks(text, None, 0, size)  # type: ignore[method-assign]
    rules.score_chunk = lambda query, text: 0.6 * diluted(query, text) + 0.3 * ("Shelves" in text)  # type: ignore[method-assign]
    assert _failed(rules) == set()


def test_best_of_many_chunks_may_be_better() -> None:
    """Twice as much that answers nothing may score a little more: one of its chunks is nearer to the question by chance."""
    rules = Rules(CONTRACT, MOCK_KEY)
    rules.score_chunk = lambda query, text: (  # type: ignore[method-assign]
        0.2 + 0.6 * scorer.score(query, text) + 0.08 * (scorer.nuance("4", text) > 0.97)
    )
    assert _failed(rules) == set()


def test_a_steep_sigmoid_is_no_breach() -> None:
    """What is small in scores is plain in what a sigmoid made them of, and nobody is accused of hardly telling such texts apart."""
    rules = Rules(load("jina"), MOCK_KEY)
    rules.score_chunk = (
        lambda query, text: (  # type: ignore[method-assign]
            1 / (1 + math.exp(11 - 18 * diluted(query, text) - 2 * scorer.nuance(query, text[:300])))
        )
    )
    assert _failed(rules) == set()


def _shared(query: str, text: str) -> float:
    asked = scorer.features(query)
    return sum(name in scorer.features(text) for name in asked) / (len(asked) or 1)


def test_what_padding_moves_is_no_breach() -> None:
    """Where even the best text gains little, nobody is accused of giving one with fewer words of the question less than padding moves."""
    rules = Rules(CONTRACT, MOCK_KEY)
    rules.score_chunk = lambda query, text: 1 / (1 + math.exp(13 - 26 * _shared(query, text)))  # type: ignore[method-assign]
    score = rules.score
    rules.score = lambda body, *told: (  # type: ignore[method-assign]
        min(1.0, score(body, *told) + 0.017 * (rules.value(body, "instruction") is not None))
    )
    assert _failed(rules) == set()


@pytest.mark.parametrize(("step", "found"), [(0.02, False), (0.3, True)])
def test_raw_scores_have_a_scale_of_their_own(step: float, found: bool) -> None:
    """What half precision moves a logit by is no breach, though it would be one of a score; more of it is."""
    rules = Rules(load("infinity"), MOCK_KEY)
    scale = rules.scale
    rules.scale = lambda body, score: (  # type: ignore[method-assign]
        scale(body, score) + (step if rules.value(body, "raw_scores") and len(rules.documents(body)) > 30 else 0.0)
    )
    assert _failed(rules) == ({"ranking.independent"} if found else set())


@pytest.mark.parametrize(("when", "found"), [((None, True), False), ((None, False, True), True)])
def test_without_a_default_the_echo_is_open(when: tuple[Any, ...], found: bool) -> None:
    """Where a contract names no default, documents may come back without a word, but not where the request says no."""
    rules = Rules(CONTRACT, MOCK_KEY)
    name = rules.names["echo_switch"]
    rules.echoes = lambda body: body.get(name) in when  # type: ignore[method-assign]
    assert _failed(rules) == ({"response.results.items.document.absent"} if found else set())


@pytest.mark.parametrize(("status", "found"), [(502, False), (503, True)])
def test_page_of_a_gateway_is_no_breach(status: int, found: bool) -> None:
    """Under a range of statuses a gateway's page now and then breaks nothing, and what the service itself says of being busy must have the shape."""
    rules, calls = Rules(load("cohere"), MOCK_KEY), count(1)
    rules.wire = (
        lambda *told: (  # type: ignore[method-assign]
            told[:3] if next(calls) % 20 else (status, [("content-type", "text/html")], b"<h1>nginx</h1>")
        )
    )
    assert _failed(rules) == ({"error.5xx.media_type", "error.5xx.shape"} if found else set())


def test_no_more_is_asked_than_a_run_may() -> None:
    """However much is wrong, a run played in this process asks no more than its plan and what may isolate failures, as over a socket."""
    settings = Settings()
    run = play(CONTRACT, rules=_curved("woagent", lambda score: score if _DICE.random() < 0.5 else 0.5))
    asked = {exchange.request.key for exchange in run.exchanges.values()}
    assert settings.requests < len(asked) <= settings.requests + settings.isolation


@pytest.mark.parametrize(("profile", "most"), [("smoke", 150), ("nightly", 470)])
def test_a_scale_on_which_little_shows_costs_no_more(profile: str, most: int) -> None:
    """A correct server that gives next to nothing to all but the best, so that most is doubtful, costs no more than any; 30 of a night are generated."""
    rules = _curved("siliconflow", lambda score: round(score**5, 4))
    run = play(rules.contract, rules=rules, settings=Settings(profile=profile))
    assert run.requests == most
    assert not [verdict for verdict in run.verdicts if verdict.outcome is Outcome.FAIL]


def test_what_is_held_back_is_asked() -> None:
    """Where nothing is doubtful, a small profile asks about wrong values whose kind another field has shown, too."""
    the_plan = plan(Target("mock", "http://127.0.0.1", load("siliconflow"), {}), Settings())
    held = [probe for probe in the_plan.probes if probe.priority is Priority.HELD]
    run = play(the_plan.kit.contract)
    assert held
    assert {probe.request.key for probe in held} <= {exchange.request.key for exchange in run.exchanges.values()}


@pytest.mark.parametrize(("grid", "found"), [(16, True), (10_000, False)])
def test_what_was_rounded_before_a_sigmoid_is_rounded(grid: int, found: bool) -> None:
    """A step of numbers that a sigmoid makes scores of is wider here and narrower there: two scores of one step are rounded, where steps are wide."""
    made = [round(grid * (at / 7 - 6)) for at in range(80)]
    scores = [1 / (1 + math.exp(-raw / grid)) for raw in sorted({*made, made[40] + 1})]
    low, next_one = (1 / (1 + math.exp(-raw / grid)) for raw in (made[20], made[20] + 1))
    scale = Scale(scores, (0.0, 0.0), 1.0, 0.0, (), frozenset())
    assert scale.rounded((low, next_one)) is found
    assert not scale.rounded((low, scores[30]))
    assert not Scale((0.0, *scores), (0.0, 0.0), 1.0, 0.0, (), frozenset()).rounded((low, next_one))


def _blank(item: Any) -> bool:
    return not any(map(str.isalnum, str(item)))


@pytest.mark.parametrize("vendor", sampled(["cohere", "woagent"], 2))
def test_what_has_no_word_may_have_a_score_of_its_own(vendor: str) -> None:
    """Nobody is accused whose curve leaves little to all but the best, and who gives 0 to a text without a word."""
    rules = Rules(load(vendor), MOCK_KEY)
    score = rules.score
    rules.score = lambda body, query, at, item: (  # type: ignore[method-assign]
        0.0 if _blank(item) else round(1 / (1 + math.exp(6 - 10 * _steep(score(body, query, at, item)))), 4)
    )
    assert _failed(rules) == set()


def _steep(score: float) -> float:
    return 1 / (1 + math.exp(11 - 22 * score))


def test_models_have_scales_of_their_own() -> None:
    """Nobody is accused whose models use other parts of the scale: one of them gives more to anything than another one gives to an answer."""
    rules = Rules(CONTRACT, MOCK_KEY)
    score = rules.score
    rules.score = lambda body, *told: (  # type: ignore[method-assign]
        0.4 + 0.2 * _steep(score(body, *told))
        if str(rules.value(body, "model")).startswith("Qwen")
        else 0.1 * score(body, *told)
    )
    assert _failed(rules) == set()


@pytest.mark.parametrize("found", [False, True])
def test_a_word_that_counts_for_little_counts(found: bool) -> None:
    """Nobody is accused of losing a word that moves scores by little; who loses it is found where it moves none."""
    rules = Rules(load("cohere"), MOCK_KEY)
    little = 0.0 if found else 0.002
    rules.score_chunk = lambda query, text: (  # type: ignore[method-assign]
        0.1 + little * ("lantern" in query) * ("lantern" in text) if "<!--" in text else scorer.score(query, text)
    )
    assert ("ranking.words" in _failed(rules)) is found


@pytest.mark.parametrize(("vendor", "role"), [("cohere", "text_cap"), ("woagent", "chunk_limit")])
def test_nothing_of_a_text_need_not_be_taken(vendor: str, role: str) -> None:
    """Where a contract gives no least number of tokens or chunks, who refuses none of them keeps it."""
    rules = Rules(load(vendor), MOCK_KEY)
    check = rules.validate

    def refusing(body: Any) -> None:
        check(body)
        value = rules.value(body, role)
        if isinstance(value, int) and value < 1:
            raise Refusal(rules.refusal, "One is the least.", "schema")

    rules.validate = refusing  # type: ignore[method-assign]
    assert _failed(rules) == set()


def test_what_services_read_in_two_ways_shows_nothing() -> None:
    """A body with a key twice is no lawful request: a service may answer the first value or the last one."""
    kit = Kit(CONTRACT)
    body = kit.control.body
    asked = kit.request(body[:-1] + b',"query":"Apple"}')
    assert planned(kit.control, CONTRACT).lawful
    assert not planned(asked, CONTRACT).lawful


@pytest.mark.parametrize(
    ("vendor", "steps", "moved", "found"),
    [("jina", 12, 1e-4, False), ("jina", 12, 0.05, True), ("voyage", 24, 4e-4, False)],
)
def test_a_score_may_be_rounded_to_the_next_value(vendor: str, steps: int, moved: float, found: bool) -> None:
    """Who rounds what a sigmoid is made of has steps of many widths, and is not accused of one step; of several steps, whoever has them is."""
    rules, times = Rules(load(vendor), MOCK_KEY), count()
    score = rules.score

    def rounded(*told: Any) -> float:
        exact = min(max(score(*told) + (moved if next(times) % 2 else 0.0), 0.02), 0.98)
        return 1 / (1 + math.exp(-round(steps * math.log(exact / (1 - exact))) / steps))

    rules.score = rounded  # type: ignore[method-assign]
    assert bool(_failed(rules)) is found


@pytest.mark.parametrize(("letters", "found"), [(4_096, False), (600, True)])
def test_a_token_may_be_a_letter(letters: int, found: bool) -> None:
    """Who counts the most tokens of a document in letters keeps the contract; who reads no more where more are asked for does not."""
    rules = Rules(load("cohere"), MOCK_KEY)
    score = rules.score
    rules.score = (
        lambda body, query, at, item: score(  # type: ignore[method-assign]
            body, query, at, item[: letters if found else rules.value(body, "text_cap") or letters]
        )
    )
    assert ("ranking.document.whole" in _failed(rules)) is found


def _signs(query: str, text: str) -> float:
    asked, held = (Counter(re.findall(r"[\u3400-\u9fff]|\w+|[^\w\s]", one.casefold())) for one in (query, text))
    sizes = math.sqrt(sum(n * n for n in asked.values()) * sum(n * n for n in held.values()))
    return 0.5 + 0.5 * sum(n * held[word] for word, n in asked.items()) / (sizes or 1.0)


def test_full_stops_may_be_the_best_passage() -> None:
    """Nobody is accused to whom signs are words, and a passage of many full stops is the best of a long text."""
    rules = Rules(load("cohere"), MOCK_KEY)
    rules.score_chunk = _signs  # type: ignore[method-assign]
    assert _failed(rules) == set()


def _alike(query: str, text: str) -> float:
    asked, held = ({*re.findall(r"[\u3400-\u9fff]|\w+|[^\w\s]", one.casefold())} for one in (query, text))
    return min(1.0, max(0.0, 1.25 * len(asked & held) / (len(asked | held) or 1) - 0.1))


@pytest.mark.parametrize("vendor", sampled(["cohere", "infinity", "jina"], 2))
def test_what_stands_among_more_may_have_the_lowest_score(vendor: str) -> None:
    """Nobody is accused who gives 0 to a text with little of the question in it, where only texts of fewer words have more."""
    rules = Rules(load(vendor), MOCK_KEY)
    rules.score_chunk = _alike  # type: ignore[method-assign]
    assert _failed(rules) == set()


def test_what_an_answer_adds_may_differ_from_depth_to_depth() -> None:
    """Nobody is accused of leaving out text between chunks where an answer adds little here and next to nothing there."""
    rules = Rules(load("siliconflow"), MOCK_KEY)
    rules.score_chunk = lambda query, text: max(  # type: ignore[method-assign]
        0.0, 0.3 * diluted(query, text) + 0.02 * scorer.nuance(query, text) - 0.03
    )
    assert _failed(rules) == set()


def test_raw_scores_lie_as_far_apart_as_the_service_has_them() -> None:
    """Where a contract gives no bounds of a score, its scale is as wide as the scores that were seen."""
    contract = load("woagent")
    run = play(contract, rules=_curved("woagent", lambda score: round(20 * score - 10, 1)))
    scale = Evidence.of_exchanges(contract, run.exchanges.values(), Kit(contract).control).scores.whole
    assert scale.span == scale.most - scale.least > 10


def _one_word_for_all(query: str, text: str) -> float:
    """Score by shared words and by the text, where whatever is not Latin is one word."""
    asked, held = (re.sub("[^\x00-\u024f]+", " unk ", one) for one in (query, text))
    return 0.1 + 0.6 * _shared(asked, held) ** 2 + 0.2 * scorer.nuance("4", held[:300])


def _latin(query: str, text: str) -> float:
    return scorer.score(*(re.sub("[^\x00-\u024f]+", " ", one) for one in (query, text)))


@pytest.mark.parametrize(
    ("vendor", "score"),
    sampled([(vendor, one) for one in (_latin, _one_word_for_all) for vendor in ("cohere", "jina")], 2),
)
def test_a_model_may_read_latin_letters_alone(vendor: str, score: Callable[[str, str], float]) -> None:
    """Whose model reads no other script, or has one word for all of them, breaks no MUST: what should be read is told by clauses of its own."""
    rules = Rules(load(vendor), MOCK_KEY)
    rules.score_chunk = score  # type: ignore[method-assign]
    run = play(rules.contract, rules=rules)
    failed = {verdict.clause for verdict in run.verdicts if verdict.outcome is Outcome.FAIL}
    assert "ranking.relevance.chinese" in {clause.id for clause in failed}
    assert not [clause.id for clause in failed if clause.level is Level.MUST]


@pytest.mark.parametrize(("other", "read"), [(0.4, True), (0.9, False)])
def test_a_script_is_unread_where_texts_of_another_are_the_same(other: float, read: bool) -> None:
    """To an encoder that knows Latin letters alone, texts of other scripts are one text, and how many signs two have tells them apart by chance."""
    reading = SimpleNamespace(by_index={0: 0.9, 1: 0.8, 2: other, 3: 0.1})
    evidence = SimpleNamespace(
        of=lambda _request: reading,
        scale=lambda _reading: Scale(tuple(reading.by_index.values()), (0.0, 0.0), 0.8, 0.0, (), frozenset()),
    )
    assert _reads(evidence, None, (0, 1)) is read  # type: ignore[arg-type]


def _grams(text: str) -> Counter[str]:
    told = " ".join(("", *re.findall(r"[\u3400-\u9fff]|\w+", text.casefold()), ""))
    return Counter(told[at : at + size] for size in (2, 3, 4) for at in range(len(told)))


def _cosine(query: str, text: str) -> float:
    one, other = _grams(query), _grams(text)
    norm = math.sqrt(sum(n * n for n in one.values()) * sum(n * n for n in other.values()))
    return sum(n * other[gram] for gram, n in one.items()) / norm if norm else 0.0


@pytest.mark.parametrize("vendor", sampled(["cohere", "jina", "siliconflow"], 1))
def test_a_long_text_may_gain_less_than_a_step(vendor: str) -> None:
    """Nobody is accused of cutting a text whose end adds less to its score than four digits hold: what it adds to a short one is divided by its length."""
    rules = Rules(load(vendor), MOCK_KEY)
    rules.score_chunk = lambda *told: round(1 / (1 + math.exp(8 - 9 * _cosine(*told))), 4)  # type: ignore[method-assign]
    assert _failed(rules) == set()


def test_chance_is_known_from_what_came_twice() -> None:
    """Near an end of the scale a score moves by more than what sets texts apart there; in its middle it does not."""
    scale = Scale((0.0, 1.0), (0.0, 0.0), 1.0, 5e-4, (), frozenset())
    assert scale.noisy((0.011, 0.010))
    assert not scale.noisy((0.501, 0.500))
    assert scale.step == pytest.approx(2.0)


@pytest.mark.parametrize("vendor", sampled(["cohere", "jina", "voyage"], 1))
def test_a_long_question_may_be_answered_by_what_stands_beside(vendor: str) -> None:
    """Nobody is accused to whom a sentence that stands in many texts has more to do with a long question than the words which only some have."""
    rules = Rules(load(vendor), MOCK_KEY)
    rules.score_chunk = lambda query, text: (  # type: ignore[method-assign]
        0.3 * scorer.score(query, text) + 0.3 * ("Clouds" in text) if len(query) > 200 else scorer.score(query, text)
    )
    assert _failed(rules) == set()


def test_texts_at_the_top_of_the_scale_show_no_order() -> None:
    """Nobody is accused of ranking Chinese text wrongly whose scores end at 1 for all that have a little to do with a question."""
    rules = Rules(load("cohere"), MOCK_KEY)
    score = rules.score_chunk
    rules.score_chunk = lambda query, text: (  # type: ignore[method-assign]
        min(1.0, 3 * score(query, text)) if query.isascii() else float(any(letter in text for letter in "的是蜜月"))
    )
    assert "ranking.relevance.chinese" not in _failed(rules)
