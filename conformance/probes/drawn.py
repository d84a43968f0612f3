"""Lawful requests drawn at random, for nights: what nobody put on a list is in one of them.

A draw is a question to one model about some documents; the same with another word in one place of the question, in two, and so
on, however the words stand there; and the first question in other company, asked in another way. So every relation between
answers is judged over questions, marks and forms that no other request has.
"""

import random
from collections.abc import Iterator, Mapping
from itertools import cycle, islice

from conformance.model.exchange import Request
from conformance.probes.design import ABSENT, Design, Row
from conformance.probes.kit import Kit
from conformance.probes.pool import WORDS
from conformance.probes.texts import ENCLOSURES, MARKS

# What may stand before and behind a word of a question. To whoever reads it there, another word is another question.
_DRESSES: tuple[tuple[str, str], ...] = (
    *ENCLOSURES.values(),
    *(
        (pair[0], pair[1])
        for pair in ("()", "[]", "<>", "{}", '""', "''", "\u00ab\u00bb", "**", "``", "//", "~~", "%%")
    ),
    *((sign, "") for sign in ("in:", "+", "-", "#", "@", "$", "&", "=", "!", "NOT ", "- ", "> ")),
)
_PLAIN, _DRESSED = 3, 4
_ROLES = ("model", "query", "instruction", "limit")
# Fewer documents do not show which words a question has.
_SEVERAL = 8
# Of so many times as many as are wanted, few may keep a contract.
_TRIES = 4
_SEED = 20_261_130


def drawn(kit: Kit, count: int) -> Iterator[Request]:
    """Yield so many requests at the most, those of all branches and models in turn; the same for each run, so that runs can be compared."""
    rng = random.Random(_SEED)
    # The same word stands behind what services cut a text at.
    marks, dresses = cycle(MARKS.values()), cycle(rng.sample(_DRESSES, len(_DRESSES)))
    worn = ((f"or so{mark}{before}", behind) for mark, (before, behind) in zip(marks, dresses, strict=False))
    models = [(Design(kit, branch, full=True), cycle(kit.models_of(branch))) for branch in kit.branches]
    turns = ((design, next(names)) for design, names in islice(cycle(models), _TRIES * count))
    yield from islice((request for design, model in turns for request in _draw(design, model, rng, worn)), count)


def _draw(design: Design, model: str, rng: random.Random, dresses: Iterator[tuple[str, str]]) -> Iterator[Request]:
    """Yield the requests of one draw that keep the contract."""
    words = rng.sample(WORDS, _PLAIN + 2 * _DRESSED)
    plain, own, others = words[:_PLAIN], words[_PLAIN:-_DRESSED], words[-_DRESSED:]
    worn = list(islice(dresses, _DRESSED))
    order = rng.sample(range(_PLAIN + _DRESSED), _PLAIN + _DRESSED)

    def question(changed: int) -> str:
        """Return the question with so many words changed."""
        said = zip(worn, [*others[:changed], *own[changed:]], strict=True)
        parts = [*plain, *(f"{before}{word}{behind}" for (before, behind), word in said)]
        return " ".join(parts[place] for place in order)

    named = {role: item.name for role in _ROLES if (item := design.branch.by_role(role)) is not None}
    limit, model_name = (named.get(role, "") for role in ("limit", "model"))
    count = f"{design.kit.named('documents', design.branch).name}.count"
    several = [level for level in design.factors[count] if int(level) >= _SEVERAL]
    first = _row(design, rng, {model_name: model, limit: ABSENT, count: rng.choice([*several, ""])})
    # What ranks is the same, however the rest is asked.
    other = _row(
        design, rng, {model_name: model, **{name: first.get(name, "") for name in named.values() if name != limit}}
    )
    asked = [(first, changed) for changed in range(_DRESSED)]
    asked += [({**first, limit: "some"} if limit in first else first, _DRESSED), (other, 0)]
    for row, changed in asked:
        built = design.build(row, query=question(changed))
        if built is not None:
            yield built.request


def _row(design: Design, rng: random.Random, given: Mapping[str, str]) -> Row:
    """Return a row at random that one model takes, with those of some levels that the design has."""
    given = {name: level for name, level in given.items() if level in design.factors.get(name, ())}
    rows = iter(lambda: {**{name: rng.choice(levels) for name, levels in design.factors.items()}, **given}, None)
    return next(row for row in rows if design.possible(row))
