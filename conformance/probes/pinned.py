"""The pinned query set: the same questions every night, with known answers."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from attrs import frozen

from conformance.contract import document
from conformance.probes.kit import Kit
from conformance.probes.probe import Expect, Priority, Probe

_FILE = Path(__file__).parents[1] / "pinned" / "queries.yaml"


@frozen
class Query:
    """One question, its passages, and the positions of those that answer it."""

    id: str
    language: str
    text: str
    documents: tuple[str, ...]
    relevant: frozenset[int]


@frozen
class PinnedSet:
    """A version of the set: scores are comparable within one version only."""

    version: int
    queries: tuple[Query, ...]


@cache
def pinned_set() -> PinnedSet:
    """Return the shipped set."""
    held = document.load(_FILE)
    queries = tuple(
        Query(item["id"], item["language"], item["query"], tuple(item["documents"]), frozenset(item["relevant"]))
        for item in held["queries"]
    )
    return PinnedSet(held["version"], queries)


def pinned(kit: Kit, model: str | None = None) -> Iterator[tuple[Query, Probe]]:
    """Yield each question with the probe that asks it, of one model (default: the first of the kit's text models).

    The whole list comes back: no limit is sent, so every passage has a score.
    """
    branch = kit.primary
    chosen = {"model": model} if model is not None and kit.has("model") else {}
    for query in pinned_set().queries:
        body = kit.body(query=kit.query(branch, query.text), documents=kit.documents(branch, query.documents), **chosen)
        yield query, Probe(kit.request(body), Expect.ACCEPT, f"pinned query {query.id}", Priority.PINNED)
