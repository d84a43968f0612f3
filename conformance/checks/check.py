"""A check of single exchanges: a clause, and a pure function that judges one exchange by it."""

import json
import re
from collections.abc import Callable, Container
from typing import Any

from attrs import frozen

from conformance.checks.reading import Reading
from conformance.model.clause import Clause
from conformance.model.exchange import Response
from conformance.model.finding import Breach

_SHOWN = 240
_NO_FORM = re.compile(r"is not valid under any of the schemas listed in the '\w+' keyword$")
_LACKING = re.compile(r"^(\".+\") is a required property$", re.DOTALL)
_FORMS = re.compile(r"is valid under more than one of the schemas listed in the '\w+' keyword$")
_WORDS = ((_LACKING, r"\1 is missing"), (_NO_FORM, "has none of the forms"), (_FORMS, "has more than one of the forms"))

# Kept: an empty list. Not shown: None.
Judgement = list[Breach] | None


@frozen
class Check:
    """A clause and its judge. The judge does no I/O and keeps nothing.

    `evident` clauses can be seen to be broken though no lawful request was taken.
    """

    clause: Clause
    judge: Callable[[Reading], Judgement]
    evident: bool = False


def check(judge: Callable[[Reading], Judgement], key: str, *, evident: bool = False, **values: Any) -> Check:
    """Return a check of a clause of `clauses.toml`, with the values that stand in its texts."""
    return Check(Clause.of(key, **values), judge, evident)


def show(value: Any) -> str:
    """Return a value as a reader should see it, cut to a few words."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=repr)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}… ({len(text):,} characters)"


def differing(response: Response, names: Container[str]) -> list[Breach]:
    """Return a breach for each of some headers, by their names in lower case, that an answer has with values that differ."""
    return [
        Breach(f"one {name}", f"{len(values)} that differ")
        for name, values in response.given.items()
        if len(values) > 1 and name in names
    ]


def complaint(message: str) -> str:
    """Return what a validator says of a value as a reader should see it."""
    for pattern, words in _WORDS:
        message = pattern.sub(words, message)
    return show(message)
