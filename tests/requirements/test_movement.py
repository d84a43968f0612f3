"""Which factors move a score that none should move; scores as they might come, without a server."""

from collections.abc import Mapping

from conformance.checks.reading import Reading
from conformance.contract import load
from conformance.model.exchange import Exchange, Request
from conformance.model.explanation import Feature
from conformance.requirements.movement import Scored, moved, usual

CONTRACT = load("siliconflow")
TOLERANCE = 0.005
PLAIN = {"a": "0", "b": "0", "c": "0"}


def scored(number: int, score: float, size: int = 10, **levels: str) -> Scored:
    """Return one text's score in an answer to a request of a size in bytes; level `0` is the plain one."""
    request = Request("POST", "/rerank", (), b"x" * size)
    reading = Reading(Exchange(f"e{number}", request, "", None, None, 0.0, 0.0), CONTRACT)
    chosen: Mapping[str, str] = {**PLAIN, **levels}
    return Scored(
        reading, "text", score, frozenset(Feature(name, level, plain=level == "0") for name, level in chosen.items())
    )


def test_equal_scores_accuse_nothing() -> None:
    """Scores within the tolerance are one."""
    assert list(moved([[scored(1, 0.5), scored(2, 0.504, a="1"), scored(3, 0.5, b="1")]], TOLERANCE)) == []


def test_one_factor_is_found() -> None:
    """The factor that leaves no difference where it is equal is accused, with exactly the scores that it moves."""
    group = [
        scored(1, 0.5),
        scored(2, 0.4, a="1"),
        scored(3, 0.5, b="1"),
        scored(4, 0.4, a="1", b="1"),
        scored(5, 0.5, c="1"),
    ]
    ((some, guilty),) = moved([group], TOLERANCE)
    assert {(one.factor, one.level) for one in some} == {("a", "1")}
    assert [one.reading.exchange.id for one in guilty] == ["e2", "e4"]


def test_two_factors_together_are_one_set() -> None:
    """Where scores move only with two features together, both are named in one set."""
    group = [
        scored(1, 0.5),
        scored(2, 0.5, a="1"),
        scored(3, 0.5, b="1"),
        scored(4, 0.3, a="1", b="1"),
        scored(5, 0.5, c="1"),
    ]
    ((some, guilty),) = moved([group], TOLERANCE)
    assert {one.factor for one in some} == {"a", "b"}
    assert [one.score for one in guilty] == [0.3]


def test_two_faults_are_two_sets() -> None:
    """Where each of two factors moves scores by itself, each is accused for itself."""
    group = [
        scored(1, 0.5),
        scored(2, 0.4, a="1"),
        scored(3, 0.3, b="1"),
        scored(4, 0.5, c="1"),
        scored(5, 0.4, a="1", c="1"),
        scored(6, 0.3, b="1", c="1"),
    ]
    assert [{one.factor for one in some} for some, _ in moved([group], TOLERANCE)] == [{"a"}, {"b"}]


def test_what_no_factor_explains_is_told_too() -> None:
    """The same request with two scores is a difference, and the empty set stands for it."""
    ((some, guilty),) = moved([[scored(1, 0.5), scored(2, 0.4), scored(3, 0.5)]], TOLERANCE)
    assert some == frozenset()
    assert [one.score for one in guilty] == [0.4]


def test_groups_that_agree_do_not_hide_one_that_does_not() -> None:
    """A text whose scores move is found among others whose scores do not."""
    still = [[scored(number, 0.7), scored(number + 1, 0.7, a="1")] for number in range(10, 60, 2)]
    assert len(list(moved([*still, [scored(1, 0.5), scored(2, 0.4, b="1")]], TOLERANCE))) == 1


def test_plain_requests_have_the_usual_score() -> None:
    """What plain requests get counts even where more of the others agree; of two as frequent ones the smallest request's."""
    group = [scored(1, 0.5), scored(2, 0.4, a="1"), scored(3, 0.4, a="2"), scored(4, 0.4, a="3")]
    assert usual(group, ["a"], TOLERANCE) == 0.5
    assert usual([scored(1, 0.5, size=20), scored(2, 0.4, size=10)], (), TOLERANCE) == 0.4
