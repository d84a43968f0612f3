"""What drifted over a series of nights."""

from pathlib import Path
from typing import Any

import pytest

from conformance.drift.drift import drift
from conformance.drift.item import DriftItem, DriftState
from conformance.model.fact import Fact, Kind
from conformance.store.record import Record
from conformance.store.store import Store
from tests.drift.answers import CONTRACT, exchange, run, success
from tests.store.nights import night

PLAIN = exchange(200, success())
EXTRA = exchange(200, success(extra=1))


def told(*runs: Any) -> dict[str, tuple[DriftState, str, str]]:
    """Return state, first and last seen of each item, by kind and place."""
    return {f"{item.kind} {item.place}": (item.state, item.first.id[-2:], item.last.id[-2:]) for item in drift(runs)}


@pytest.mark.parametrize(
    ("nights", "state", "first", "last"),
    [
        ((EXTRA,), DriftState.STANDING, "00", "00"),  # the first night compares with nothing
        ((PLAIN, EXTRA), DriftState.NEW, "01", "01"),
        ((PLAIN, EXTRA, EXTRA), DriftState.STANDING, "01", "02"),
        ((PLAIN, EXTRA, PLAIN), DriftState.GONE, "01", "01"),
        ((PLAIN, EXTRA, PLAIN, PLAIN), DriftState.PAST, "01", "01"),
        ((PLAIN, EXTRA, PLAIN, EXTRA), DriftState.BACK, "01", "03"),
        ((EXTRA, None, EXTRA), DriftState.STANDING, "00", "02"),  # an outage in between shows nothing
    ],
)
def test_undocumented_field_over_nights(nights: tuple[Any, ...], state: DriftState, first: str, last: str) -> None:
    """An undocumented field is new, standing, gone, past or back, with the nights that saw it first and last."""
    runs = [run(number, *([one] if one else [])) for number, one in enumerate(nights)]
    assert told(*runs) == {"undocumented_field 200 /extra": (state, first, last)}


def test_fingerprint_stays() -> None:
    """The fingerprint depends on kind and place alone: not on the night, the types seen, or the order."""
    one = drift([run(0, PLAIN), run(1, EXTRA)])[0]
    other = drift([run(5, PLAIN), run(7, exchange(200, success(zz=1, extra="text")), PLAIN)])
    assert one.fingerprint in {item.fingerprint for item in other}
    assert one.fingerprint == "65579ea6af75a75e"


def test_codes_and_statuses_that_were_not_seen_are_no_news() -> None:
    """A night on which nobody ran out of money does not say that status 402 is gone."""
    broke = exchange(402, {"code": 30001, "message": "m", "data": None})
    found = told(run(0, PLAIN), run(1, PLAIN, broke), run(2, PLAIN))
    assert {state for state, _, _ in found.values()} == {DriftState.PAST}
    assert set(found) == {"undocumented_status 402", "undocumented_error_code 402 30001"}


def test_optional_field_that_comes_no_more() -> None:
    """A documented field that no clause requires is missed when it was steady and the run asked as much as before."""
    without = exchange(200, {key: value for key, value in success().items() if key != "meta"})
    found = told(run(0, PLAIN), run(1, PLAIN), run(2, without))
    assert found["missing_field 200 /meta"] == (DriftState.GONE, "00", "01")
    assert not told(run(0, PLAIN), run(1, PLAIN), run(2, without, requests=20))
    assert not told(run(0, without), run(1, PLAIN), run(2, without))


def test_models() -> None:
    """A model that is refused after it was served is gone, and new the other way round; one that was not asked is neither."""
    name = CONTRACT.models[0]

    def asked(number: int, value: str | None) -> Any:
        return run(
            number, more=(Fact(Kind.STATUS, "200", True), *([Fact(Kind.MODEL, name, True, value)] if value else []))
        )

    assert told(asked(0, "served"), asked(1, "refused")) == {f"model_gone {name}": (DriftState.NEW, "01", "01")}
    assert told(asked(0, "served"), asked(1, "refused"), asked(2, "refused")) == {
        f"model_gone {name}": (DriftState.STANDING, "01", "02")
    }
    assert told(asked(0, "refused"), asked(1, None), asked(2, "served")) == {
        f"model_new {name}": (DriftState.NEW, "02", "02")
    }
    assert told(asked(0, "served"), asked(1, None)) == {}


def scored(number: int, *scores: list[float]) -> Any:
    return run(
        number, more=tuple(Fact(Kind.SCORES, f"v1 q{at} some/model", True, list(one)) for at, one in enumerate(scores))
    )


BASE = [0.9, 0.5, 0.1]


@pytest.mark.parametrize(
    ("moved", "words"),
    [
        ([0.9001, 0.4999, 0.1], None),  # the wobble of a real service
        ([0.902, 0.498, 0.1], "less than another model"),
        ([0.9, 0.52, 0.1], "silent change of the model"),
        ([0.5, 0.9, 0.1], "silent change of the model"),
    ],
)
def test_scores(moved: list[float], words: str | None) -> None:
    """Scores of the pinned set within the wobble are the same model; beyond it the item says what they look like, with shift and correlation."""
    items = drift([scored(0, BASE), scored(1, BASE), scored(2, moved)])
    if words is None:
        assert items == []
        return
    (item,) = items
    assert (item.kind, item.place, item.state, item.first.id[-1]) == ("scores", "v1 some/model", DriftState.NEW, "2")
    assert words in item.sentence


def test_ties_are_no_swap() -> None:
    """Two documents near one another, told apart in one night and a tie in the next, are no other model; nor are they when they change places within the wobble."""
    near = [0.9, 0.50010, 0.49989]
    assert drift([scored(0, near), scored(1, [0.9, 0.50008, 0.49991])]) == []
    assert drift([scored(0, near), scored(1, [0.9, 0.49998, 0.50001])]) == []
    assert "silent change" in drift([scored(0, near), scored(1, [0.9, 0.49988, 0.50012])])[0].sentence


def test_one_odd_query_is_no_change() -> None:
    """Where one of many queries moves a little beyond the wobble, the set as a whole did not."""
    assert drift([scored(0, *[BASE] * 12), scored(1, *[BASE] * 11, [0.9005, 0.5, 0.1])]) == []


def test_scores_that_creep_or_come_back() -> None:
    """Scores are held against the night that began the epoch, so creeping is seen; an earlier model that is back is named."""
    creeping = [scored(number, [0.5 + number * 1e-4, 0.1]) for number in range(9)]
    assert drift(creeping[:3]) == []
    assert [item.kind for item in drift(creeping[:4])] == ["scores"]
    back = drift([scored(0, BASE), scored(1, [0.2, 0.6, 0.1]), scored(2, BASE)])
    assert "2026-03-01 again" in back[0].sentence


def test_latency() -> None:
    """Latency that doubles beyond 100 ms is drift from the night on which it did, and until it is usual; small and short histories are not."""
    usual = [run(number, PLAIN, p95=200 + number) for number in range(5)]
    assert told(*usual, run(5, PLAIN, p95=900)) == {"latency p95": (DriftState.NEW, "05", "05")}
    assert told(*usual, run(5, PLAIN, p95=900), run(6, PLAIN, p95=950)) == {
        "latency p95": (DriftState.STANDING, "05", "06")
    }
    assert told(*usual, run(5, PLAIN, p95=350)) == {}
    assert told(usual[0], usual[1], run(5, PLAIN, p95=900)) == {}
    assert told(*usual, *(run(5 + number, PLAIN, p95=900) for number in range(20))) == {}


def news(store: Store, one: Record) -> list[DriftItem]:
    """Return what a run says otherwise than the comparable ones before it."""
    return [item for item in drift([*store.before(one, facts=True), one]) if item.news]


def test_out_of_a_store(place: str) -> None:
    """First and last seen come out of a store as they went in, in whatever order the nights came; without facts there is no drift."""
    nights = [run(0, PLAIN), run(1, EXTRA), run(2, EXTRA)]
    with Store.open(place) as store:
        for one in (nights[2], nights[0]):
            store.add(one)
        assert not news(store, nights[0])
        (late,) = news(store, nights[2])
        assert late.first.id == nights[2].id
        store.add(nights[1])
        assert not news(store, nights[2])
        (item,) = news(store, nights[1])
        assert (item.state, item.first.id) == (DriftState.NEW, nights[1].id)
        assert [one.facts for one in store.runs(facts=True)] == [one.facts for one in nights]
        store.add(night(3, "pp"))
        assert drift(store.runs(facts=True)) == []


def test_hostile_facts(tmp_path: Path) -> None:
    """Facts of a merged folder are checked before they are believed."""
    import json

    from conformance.store.errors import StoreError
    from conformance.store.record import read

    fact = {"kind": "scores", "place": "v1 q m", "documented": True, "value": [0.1]}
    for spoilt in ({"kind": "other"}, {"value": ["x"]}, {"place": "v1"}, {"documented": "yes"}, {"kind": "model"}):
        (tmp_path / "run.json").write_text(json.dumps(night(0, "p", facts=[{**fact, **spoilt}])))
        with pytest.raises(StoreError, match="facts"):
            read(tmp_path)
    (tmp_path / "run.json").write_text(json.dumps(night(0, "p", facts=[fact])))
    assert read(tmp_path).facts == (Fact(Kind.SCORES, "v1 q m", True, [0.1]),)
