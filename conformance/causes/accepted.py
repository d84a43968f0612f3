"""Explanations of what is accepted although the contract refuses it."""

from collections import defaultdict
from collections.abc import Iterator

from conformance.causes.breach import Breaches
from conformance.causes.draft import Draft, counted, quoted
from conformance.causes.scene import Fate, Scene, Symptom, Way, fate
from conformance.causes.status import Pool

_ALL, _FEW, _SAME = 0.9, 5, 3
_LAX = "type"


def credentials(scene: Scene, pool: Pool) -> Iterator[Draft]:
    """Keys that are not looked at."""
    credential = scene.contract.credential
    if credential is None:
        return
    let_in: dict[str, list[str]] = defaultdict(list)
    exchanges: dict[str, set[str]] = defaultdict(set)
    for name, symptoms in pool.items():
        for symptom in symptoms:
            if symptom.way is Way.STRANGER and symptom.fate is Fate.ACCEPTED:
                given = symptom.reading.exchange.request.header(credential.header)
                sort = "none" if given is None else "any" if _foreign(given, scene.usual_key or "", credential.prefix) else "near"
                let_in[sort].append(name)
                exchanges[sort].add(symptom.exchange)
    if let_in["none"]:
        # Who asks for no key refuses a stranger for the body alone.
        others = [name for name, symptoms in pool.items() if symptoms and all(s.way is Way.STRANGER for s in symptoms)]
        clauses = list(dict.fromkeys((*let_in["none"], *let_in["any"], *let_in["near"], *others)))
        title = "Keys are not looked at: a request without one is accepted."
    elif let_in["any"]:
        clauses = list(dict.fromkeys((*let_in["any"], *let_in["near"])))
        title = "Any key is accepted: a made-up one opens the door."
    else:
        return
    seen = set().union(*exchanges.values())
    yield Draft("keys", "", title, f"{counted(len(seen), 'request')} with wrong credentials accepted", "Compare the key, before anything else is looked at.", clauses, seen)


def _foreign(given: str, usual: str, prefix: str) -> bool:
    """Whether a value for the key has the right form, and nothing of the right key."""
    return given.startswith(prefix) and len(given) > len(prefix.strip()) and "$" not in given and given != usual


def everything(scene: Scene, pool: Pool) -> Iterator[Draft]:
    """A server that refuses no invalid request."""
    taken = scene.of(Way.INVALID, Fate.ACCEPTED)
    asked = scene.of(Way.INVALID, Fate.ACCEPTED, Fate.REFUSED, Fate.BROKE)
    if len(taken) < _FEW or len(taken) < len(asked) * _ALL:
        return
    exchanges = {reading.exchange.id for reading in taken}
    clauses = [name for name, symptoms in pool.items() if symptoms and all(s.way in {Way.INVALID, Way.MEDIA} and s.fate is Fate.ACCEPTED for s in symptoms)]
    if clauses:
        yield Draft(
            "unchecked",
            "",
            f"{'No invalid request is' if len(taken) == len(asked) else f'Only {len(asked) - len(taken)} of {len(asked)} invalid requests are'} refused.",
            f"{len(taken)} of {len(asked)} invalid requests accepted",
            "Check requests against the contract, and refuse what it does not allow.",
            clauses,
            exchanges,
        )


def fields(scene: Scene, pool: Pool) -> Iterator[Draft]:
    """Fields that are not looked at, nulls that stand for absent ones, values that are converted, and fields that are hardly checked."""
    failing = {name: symptoms for name, symptoms in pool.items() if _accepts(symptoms) and name.startswith("request.")}
    if not failing:
        return
    breaches = Breaches(scene.contract)
    taken: dict[str, set[str]] = defaultdict(set)
    kept: dict[str, set[str]] = defaultdict(set)
    for reading in scene.of(Way.INVALID, Fate.ACCEPTED, Fate.REFUSED, Fate.BROKE):
        found = {field for field, _ in breaches.of(reading)}
        if len(found) == 1:
            (taken if fate(reading) is Fate.ACCEPTED else kept)[next(iter(found))].add(reading.exchange.id)
    by_field: dict[str, dict[str, str]] = defaultdict(dict)
    for name in failing:
        owner, keyword = _placed(scene, name)
        if owner:
            by_field[owner][name] = keyword
    ignored = [name for name in by_field if not kept[name] and len(taken[name]) >= 2 and len(by_field[name]) >= 2]  # noqa: PLR2004 - one value proves little
    claimed: set[str] = set()
    if ignored:
        clauses = [name for owner in ignored for name in by_field[owner]]
        claimed.update(clauses)
        yield Draft(
            "ignored-fields",
            "",
            f"{'The field' if len(ignored) == 1 else counted(len(ignored), 'field')} {'is' if len(ignored) == 1 else 'are'} not looked at, whatever stands there: {quoted(ignored, 12)}.",
            f"each of {sum(len(taken[name]) for name in ignored)} invalid values of {'it' if len(ignored) == 1 else 'them'} accepted, none refused",
            "Support the field, or refuse what the contract refuses.",
            clauses,
            {exchange for name in ignored for exchange in taken[name]},
        )
    for keyword, kind, title, mend in (
        ("null", "nulls", "A null is taken for an absent field: {}.", "Refuse nulls, or let the contract say that they may stand there."),
        (_LAX, "conversions", "Values of another type are converted, not refused: {}.", "Switch conversion off (strict types)."),
    ):
        found = {name: owner for owner, clauses in by_field.items() for name, word in clauses.items() if word == keyword and name not in claimed}
        owners = list(dict.fromkeys(found.values()))
        if len(owners) >= _SAME:
            claimed.update(found)
            yield Draft(kind, "", title.format(quoted(owners, 12)), f"{counted(len(owners), 'field')}, one habit", mend, list(found), _exchanges(failing, found))
    for clauses in by_field.values():
        own = [name for name, word in clauses.items() if name not in claimed and word not in {"null", "required"}]
        prefix = _deepest(own)
        if prefix:
            under = [name for name in own if name.startswith(f"{prefix}.")]
            where = prefix.removeprefix("request.")
            yield Draft("unchecked-field", where, f"`{where}` is hardly checked.", f"{counted(len(under), 'constraint')} of `{where}` not enforced", "Check it against the contract.", under, _exchanges(failing, under))


def _accepts(symptoms: tuple[Symptom, ...]) -> bool:
    return bool(symptoms) and sum(s.way is Way.INVALID and s.fate is Fate.ACCEPTED for s in symptoms) * 2 > len(symptoms)


def _exchanges(failing: Pool, names: object) -> set[str]:
    return {symptom.exchange for name in names for symptom in failing[name]}  # type: ignore[attr-defined]


def _placed(scene: Scene, clause: str) -> tuple[str, str]:
    """Return the field and the keyword that a clause's id names; empty for a clause about no single field."""
    rest = clause.removeprefix("request.")
    owner = max((name for name in scene.contract.fields if rest.startswith(f"{name}.")), key=len, default="")
    inner = rest.removeprefix(f"{owner}.")
    # What stands below the field (`items.type`) is no habit of fields.
    return (owner, inner) if owner else ("", "")


def _deepest(names: list[str]) -> str:
    """Return the deepest path below which three clauses or more lie."""
    counts: dict[str, int] = defaultdict(int)
    for name in names:
        parts = name.split(".")
        for length in range(2, len(parts)):
            counts[".".join(parts[:length])] += 1
    fitting = [prefix for prefix, number in counts.items() if number >= _SAME]
    return max(fitting, key=lambda prefix: (counts[prefix], len(prefix)), default="")
