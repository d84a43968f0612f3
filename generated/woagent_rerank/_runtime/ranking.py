# Generated from openapi/woagent by `nox -s regenerate`; do not edit.
"""Ranking plain texts, for frameworks that know nothing of a contract: its roles say how texts go in and where scores come out."""

from collections.abc import Sequence
from typing import Any

from .batching import at


def arguments(
    contract: Any,
    model: str | None,
    query: str,
    texts: Sequence[str],
    limit: int | None,
    options: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the arguments of a call that ranks texts, by the names that the client has for them."""
    names = contract.KEYWORDS
    given: dict[str, Any] = {
        names["query"]: query
        if contract.QUERY_KEY is None
        else {contract.QUERY_KEY: query},
        names["documents"]: list(texts)
        if contract.TEXT_KEY is None
        else [{contract.TEXT_KEY: text} for text in texts],
    }
    if model is not None and "model" in names:
        given[names["model"]] = model
    if limit is not None and "limit" in names:
        given[names["limit"]] = min(limit, len(texts))
    return {**given, **(options or {})}


def ranked(contract: Any, answer: Any, limit: int | None) -> list[tuple[int, float]]:
    """Return the places and scores of the texts, the best first."""
    top, index, score = (
        contract.PLACES[role][0] for role in ("results", "index", "score")
    )
    rows = at(answer.to_dict(), top)
    first = contract.FIRST_INDEX
    found = [
        (at(row, index[len(top) + 1 :]) - first, float(at(row, score[len(top) + 1 :])))
        for row in rows
    ]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:limit]
