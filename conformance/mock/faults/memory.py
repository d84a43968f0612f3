"""Faults of what is remembered between requests, or forgotten: answers, options, ids, and whose turn it is."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from typing import Any

from conformance.contract import Contract
from conformance.mock.faults.fault import Fault, listed, remembering, replace, texts
from conformance.mock.rules import Refusal, Rules

# Of the words of two questions, the part that makes them as good as one.
_NEAR = 0.7
# One of so many requests is refused by one that passes; so many answers have ids of their own.
_EVERY, _FORBIDDEN, _IDS = 12, 403, 40


def _remembered(key: Callable[[Rules, Any], Any]) -> Callable[[Rules], None]:
    def rank(known: dict[str, Any], original: Any, rules: Rules, body: Any) -> Any:
        found = repr(key(rules, body))
        if found not in known:
            known[found] = original(body)
        return known[found]

    return remembering("rank", dict, rank)


def _keyed(*roles: str) -> Callable[[Rules], None]:
    return _remembered(lambda rules, body: [body.get(rules.names[role]) for role in roles if role in rules.names])


def _without(name: str) -> Callable[[Rules, Any], Any]:
    return lambda _rules, body: sorted((key, value) for key, value in body.items() if key != name)


def _sticking(name: str) -> Callable[[Rules], None]:
    def facts(kept: dict[str, Any], original: Any, _rules: Rules, body: Any) -> Any:
        kept.update({name: body[name]} if name in body else {})
        return original({**kept, **body})

    return remembering("facts", dict, facts)


def _alike(known: list[str], original: Any, _rules: Rules, body: Any) -> str:
    def words(text: str) -> set[str]:
        return set(text.split())

    asked = str(original(body))
    near = (one for one in known if len(words(one) & words(asked)) > _NEAR * len(words(one) | words(asked)))
    found = next(near, asked)
    known.append(asked)
    return found


def _now_and_then(asked: Iterator[int], original: Any, _rules: Rules, body: Any) -> Any:
    if next(asked) % _EVERY == 0:
        raise Refusal(_FORBIDDEN, "Please try again later.")
    return original(body)


def _ids(made: list[str], original: Any, _rules: Rules) -> str:
    made.append(original() if len(made) < _IDS else made[len(made) - _IDS])
    return made[-1]


def _listed(change: Callable[[list[str]], Any]) -> Callable[[Rules], None]:
    """Return what knows of a request what becomes of its documents, and all else."""
    return _remembered(
        lambda rules, body: (_without(rules.names["documents"])(rules, body), change(texts(rules, body)))
    )


_CACHES = {
    "cache_by_query": _keyed("query"),
    "cache_by_likeness": remembering("query", list, _alike),
    "cache_by_documents": _keyed("documents"),
    "cache_unordered": _listed(sorted),
}
_SPACES = {"cache_without_spaces": _listed(lambda found: ["".join(text.split()) for text in found])}
_DROPPED = {
    "{item.name}_dropped": replace(
        "value", lambda original, _r, body, asked: None if asked == "raw_scores" else original(body, asked)
    )
}
_LAST = {
    "refuses_now_and_then": remembering("rank", partial(count, 1), _now_and_then),
    "ids_come_again": remembering("identity", list, _ids),
}


def memory_faults(contract: Contract) -> Iterator[Fault]:
    """Yield the faults that the contract's roles allow."""
    yield from listed(contract, _CACHES)
    if (echo := contract.success.place("echo")) is not None:
        yield from listed(contract, _SPACES, last=echo.path[-1])
    for role in ("raw_scores", "echo_switch", "limit"):
        if (item := contract.request_field(role)) is not None:
            yield Fault.of("{item.name}_sticks", _sticking(item.name), item=item)
            yield Fault.of("cache_without_{item.name}", _remembered(_without(item.name)), item=item)
    yield from listed(contract, _DROPPED, item=contract.request_field("raw_scores"))
    yield from listed(contract, _LAST, _EVERY=_EVERY)
