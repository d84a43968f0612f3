"""What failing cases share and passing ones lack."""

import pytest

from conformance.model.explanation import Feature, Features, explain, explanations


def case(words: str) -> Features:
    """Return features from words such as `a=1 b=2*`, of which those with a star are plain."""
    return frozenset(Feature(*word.rstrip("*").split("="), plain=word.endswith("*")) for word in words.split())


@pytest.mark.parametrize(
    ("failing", "passing", "first"),
    [
        (["a=1 b=1", "a=1 b=2"], ["a=2 b=1"], "a=1"),
        (["a=1 b=1"], ["a=1 b=2", "a=2 b=1"], "a=1 b=1"),
        (["a=1 b=1 c=1"], ["a=1 b=1 c=2", "a=1 b=2 c=1", "a=2 b=1 c=1"], "a=1 b=1 c=1"),
        (["a=1* b=1"], ["a=2 b=2"], "b=1"),
    ],
    ids=["one", "two", "three", "the unusual one first"],
)
def test_smallest_set_that_explains(failing: list[str], passing: list[str], first: str) -> None:
    """The smallest set that all failing cases have and no passing one comes first; of equal ones that of unusual choices."""
    assert explanations([*map(case, failing)], [*map(case, passing)])[0] == case(first)


def test_nothing_to_explain() -> None:
    """Without a failure there is no explanation, nor where a passing case has all that a failing one has."""
    assert explanations([], [case("a=1")]) == []
    assert explanations([case("a=1")], [case("a=1 b=1")]) == []


def test_more_than_three_features_explain_nothing() -> None:
    """A set of four features is not looked for: it would be a coincidence."""
    passing = [case(words) for words in ("a=2 b=1 c=1 d=1", "a=1 b=2 c=1 d=1", "a=1 b=1 c=2 d=1", "a=1 b=1 c=1 d=2")]
    assert explanations([case("a=1 b=1 c=1 d=1")], passing) == []


def test_two_causes_are_told_apart() -> None:
    """Failures that share nothing are explained one by one, and each case stands under one explanation."""
    failing = {"x": case("a=1 b=2"), "y": case("a=1 b=3"), "z": case("a=2 b=1")}
    found = explain(failing, [case("a=2 b=2"), case("a=2 b=3")])
    assert dict(found) == {case("a=1"): ["x", "y"], case("b=1"): ["z"]}


def test_what_nothing_tells_apart_is_kept() -> None:
    """A failing case like a passing one is not dropped: it stands under the empty set."""
    assert explain({"x": case("a=1")}, [case("a=1")]) == [(frozenset(), ["x"])]
