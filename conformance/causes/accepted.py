"""Explanations of what is accepted although the contract refuses it."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial

from conformance.causes.breach import Breaches
from conformance.causes.cover import bounds, carriers, cover, excused
from conformance.causes.draft import Draft, drafted, listed
from conformance.causes.scene import Pool, Scene, StatusClass, Symptom, Way, proofs, status_class
from conformance.causes.trait import UNDECLARED, RequestTrait, measures, traits
from conformance.checks.reading import Reading
from conformance.contract.credential import Credential
from conformance.model.clause import keywords
from conformance.model.exchange import Request

_ALL, _FEW, _SAME = 0.9, 5, 3
_SAID = {name: said for name, (said,) in keywords("refused").items()}
_BOUNDS = "minimum maximum exclusiveMinimum exclusiveMaximum minLength maxLength minItems maxItems multipleOf".split()
_PATTERNS = {"nulls": ["null"], "conversions": ["type"], "bounds": _BOUNDS}
# How the key itself is wrong.
_WRONG = ("any", "near")
_NAMED = re.compile(r"`([^`]+)`")
# One value that is accepted proves little.
_PROVEN = 2


def credentials(scene: Scene, pool: Pool) -> Iterator[Draft]:
    """Keys that are not looked at, by all requests or by those with one trait."""
    credential = scene.contract.credential
    if credential is None:
        return
    asked = scene.of(Way.STRANGER, StatusClass.ACCEPTED, StatusClass.REFUSED, StatusClass.BROKE)
    sorts = {one.exchange.id: _sort(scene, one.exchange.request, credential) for one in asked}
    refused = [one for one in asked if not one.success and sorts[one.exchange.id] in {*_WRONG, "form"}]
    # Of proofs only some are kept: what fails with the right key too is another thing.
    let_in = {
        name: {symptom.exchange for symptom in symptoms if symptom.status_class is StatusClass.ACCEPTED}
        for name, symptoms in pool.items()
        if symptoms and all(scene.way[one] is Way.STRANGER for one in scene.failed[name].failing)
    }

    def seen(*some: str) -> set[str]:
        return {one for exchanges in let_in.values() for one in exchanges if sorts[one] in some}

    def names(*some: str) -> list[str]:
        found = [name for sort in some for name, exchanges in let_in.items() if exchanges & seen(sort)]
        return list(dict.fromkeys(found))

    # A model beside which keys are not checked is one thing, a key that is checked for none another.
    bare = [one for one in asked if not one.success and one.lawful and sorts[one.exchange.id] == "none"]
    for some, others, least in ((("none",), bare, 1), ((*_WRONG, "form"), refused, 2), (("any",), refused, 2)):
        found = seen(*some)
        parts, rest = cover(scene, [scene.readings[one] for one in found], others)
        # Who takes any key, too, does not look at keys.
        apart = not seen("any") if others is bare else not seen("none")
        if others and len(found) >= least and len(parts) == 1 and not rest and apart:
            mine = [name for name in names(*some) if let_in[name] <= found]
            # Of those with it a stranger is refused for the body alone.
            unjust = carriers({parts[0].trait}, asked, [scene.readings[one] for one in found], others)[parts[0].trait]
            beside = [
                name for name, exchanges in let_in.items() if not exchanges and scene.failed[name].failing <= unjust
            ]
            mine, found = [*mine, *beside], found | proofs(pool, beside)
            key = "no key" if others is bare else "a wrong key" if seen("any") else "a key that is nearly right"
            yield drafted("keys.beside", mine, found, parts[0].trait.name, words=parts[0].words, key=key)
            let_in = {name: exchanges for name, exchanges in let_in.items() if name not in mine}
            break
    if seen("none"):
        # Who asks for no key refuses a stranger for the body alone.
        clauses = list(dict.fromkeys((*names("none", *_WRONG, "form"), *let_in)))
        yield drafted("keys.none", clauses, proofs(pool, let_in))
    elif seen("any") and (len(seen("any")) > 1 or not any(sorts[one.exchange.id] == "any" for one in refused)):
        # Who does not look at a key refuses a stranger for the body alone.
        clauses = [*names(*_WRONG), *(name for name, exchanges in let_in.items() if not exchanges)]
        yield drafted("keys.any", clauses, seen(*_WRONG, "elsewhere"))
    elif len(clauses := names("near", "form")) > 1:
        yield drafted("keys.near", clauses, seen("near", "form", "elsewhere"))
    elif seen("any") and not all(let_in.values()):
        # Who trusts a key at times refuses a stranger for the body then.
        clauses = [*names("any"), *(name for name, exchanges in let_in.items() if not exchanges)]
        yield drafted("keys.own", clauses, seen("any"), wrong=scene.failed[clauses[0]].clause.wrong)


def _sort(scene: Scene, request: Request, credential: Credential) -> str:
    """Return how credentials are wrong: `none`, or in another place; `any` other key, one that is `near` the right one, or a `form` that is none."""
    if request.path.partition("?")[0] != scene.contract.path:
        # Under another path nobody may look at a key, and at this one all the same.
        return "elsewhere"
    given, prefix = request.header(credential.header), credential.prefix
    if given is None:
        return "elsewhere" if any("$" in value for _, value in request.headers) else "none"
    if not given.startswith(prefix) or len(given) <= len(prefix.strip()):
        return "form"
    # What stands for the key in a request is a variable: a value that has it is made from the right key.
    return "near" if "$" in given and "$" in (scene.usual_key or "") else "any"


def everything(scene: Scene, pool: Pool) -> Iterator[Draft]:
    """Yield the draft of a server that refuses no invalid request."""
    taken = [one for one in scene.of(Way.INVALID, StatusClass.ACCEPTED) if one.exchange.id not in scene.explained]
    asked = scene.of(Way.INVALID, StatusClass.ACCEPTED, StatusClass.REFUSED, StatusClass.BROKE)
    if len(taken) < _FEW or len(taken) < len(asked) * _ALL:
        return
    exchanges = {reading.exchange.id for reading in taken}
    clauses = [
        name
        for name, symptoms in pool.items()
        if symptoms
        and all(s.way in {Way.INVALID, Way.MEDIA} and s.status_class is StatusClass.ACCEPTED for s in symptoms)
    ]
    if clauses:
        way = "all" if len(taken) == len(asked) else "most"
        yield drafted(f"unchecked.{way}", clauses, exchanges, refused=len(asked) - len(taken), asked=len(asked))


def spelt(scene: Scene, pool: Pool) -> Iterator[Draft]:
    """Yield the draft of fields that are found under their name in other case: requests without them are refused."""
    known = {name.lower(): name for name in scene.contract.fields}
    refused = scene.of(Way.INVALID, StatusClass.REFUSED, StatusClass.BROKE)
    lacking = [{key.lower() for key in one.body} for one in refused if isinstance(one.body, dict)]
    needed = {name for low, name in known.items() if any(low not in keys for keys in lacking)}

    def told(symptom: Symptom) -> set[str]:
        body = symptom.reading.body if isinstance(symptom.reading.body, dict) else {}
        return {key for key in body if key not in scene.contract.fields and known.get(key.lower()) in needed}

    names = [name for name, symptoms in pool.items() if accepts(symptoms) and all(map(told, symptoms))]
    if names:
        found = sorted({key for name in names for symptom in pool[name] for key in told(symptom)})
        yield drafted("other-case", names, pool, fields=found, met=len(found))


def beside(scene: Scene, pool: Pool) -> Iterator[Draft]:
    """Yield the draft of requests that are not checked beside one trait: values of several fields, each of which is refused without it."""
    failing = {name: symptoms for name, symptoms in pool.items() if accepts(symptoms) and placed(scene, name)[0]}
    cited = proofs(failing, failing)
    if len(failing) < _PROVEN or len(cited) < _PROVEN:
        return
    breaches = Breaches(scene.contract)
    taken = [one for one in scene.of(Way.INVALID, StatusClass.ACCEPTED) if one.exchange.id in cited]
    refused = scene.of(Way.INVALID, StatusClass.REFUSED, StatusClass.BROKE)
    found = {one.exchange.id: breaches.of(one) for one in (*taken, *refused)}
    # Who checks nothing cannot rank what is not there either.
    broken = {one: {name for name, _ in some} for one, some in found.items() if "required" not in dict(some).values()}
    refused = [one for one in refused if one.exchange.id in broken]
    best: tuple[int, RequestTrait, list[str], set[str]] | None = None
    for trait, having, not_having in sorted(_lawful(scene, taken, refused), key=lambda one: (one[0].rank, one[0].name)):
        # A body without a list of documents, say, has no other traits.
        kept = [broken[name] for name in not_having]
        names = [name for name, symptoms in failing.items() if {s.exchange for s in symptoms} & cited <= having]
        # A field of which a wrong value is accepted without the trait, too, says nothing of it.
        loose = set().union(*(broken.get(one.exchange.id, ()) for one in taken if one.exchange.id not in having))
        checked = {owner for name in names for owner in [placed(scene, name)[0]] if any(owner in one for one in kept)}
        known = best[0] if best is not None else 1
        few = (len(refused) - len(kept)) * _FEW <= len(having)
        if len(checked - loose) >= _PROVEN and few and len(names) > known:
            best = len(names), trait, names, having
    if best is not None:
        _, trait, names, having = best
        owners = list(dict.fromkeys(placed(scene, name)[0] for name in names))
        yield drafted("unchecked-beside", names, having, trait.name, words=trait.words, fields=owners)


def _lawful(
    scene: Scene, taken: list[Reading], refused: list[Reading]
) -> Iterator[tuple[RequestTrait, set[str], list[str]]]:
    """Yield traits that some valid request has, too: with the accepted invalid requests that have each, and the refused ones that lack it."""
    known = {one.exchange.id: traits(one, Way.VALID) for one in (*taken, *refused)}
    sizes = {one.exchange.id: measures(one) for one in (*taken, *refused)}
    fine = frozenset().union(*(traits(one, Way.VALID) for one in scene.answers))
    # A name in other case is such a field: what is taken with it was sent, if not as it should be.
    fine = frozenset(trait for trait in fine if (trait.group, trait.name) != ("field", UNDECLARED))
    mine, others = {one.exchange.id for one in taken}, [one.exchange.id for one in refused]
    for trait in fine & frozenset().union(*(known[name] for name in mine)):
        yield (
            trait,
            {name for name in mine if trait in known[name]},
            [name for name in others if trait not in known[name]],
        )
    for trait, having in bounds({name: sizes[name] for name in mine}, [sizes[name] for name in others]):
        # The value of a field is what may be wrong with it.
        if trait.name.partition(":")[0] not in scene.contract.fields:
            yield trait, having, others


def fields(scene: Scene, pool: Pool) -> Iterator[Draft]:
    """Fields that are not looked at, nulls that stand for absent ones, values that are converted, and fields that are hardly checked."""
    failing = {name: symptoms for name, symptoms in pool.items() if accepts(symptoms) and name.startswith("request.")}
    left: dict[str, dict[str, str]] = defaultdict(dict)
    for name in failing:
        owner, keyword = placed(scene, name)
        if owner:
            left[owner][name] = keyword
    if not left:
        return
    patterns: list[Callable[[], Draft | None]] = [
        partial(_ignored, scene, pool, left),
        partial(_any_model, scene, failing, left),
    ]
    patterns += [partial(_pattern, failing, left, *pattern) for pattern in _PATTERNS.items()]
    for pattern in patterns:
        found = pattern()
        if found is not None:
            yield found
            for clauses in left.values():
                for name in found.clauses:
                    clauses.pop(name, None)
    yield from _partly(failing, left)


def _partly(failing: Pool, left: Mapping[str, Mapping[str, str]]) -> Iterator[Draft]:
    """Yield a draft of all fields of which some values are not checked, where they are several; else one of each that lacks several checks."""
    lenient = {owner: clauses for owner, clauses in left.items() if clauses}
    if len(lenient) >= _SAME:
        names = [name for clauses in lenient.values() for name in clauses]
        said = parts(lenient)
        yield drafted(
            "lenient.lenient",
            names,
            failing,
            "",
            "; ".join(said),
            number=len(said),
            fields=listed(said, 12),
            met=len(names),
        )
        return
    for clauses in left.values():
        own = [name for name, word in clauses.items() if word not in {"null", "required"}]
        if len(own) < _SAME <= len(clauses):
            own = list(clauses)
        prefix = _deepest(own)
        if prefix:
            under = [name for name in own if name.startswith(f"{prefix}.")]
            where, values = prefix.removeprefix("request."), list(dict.fromkeys(map(_said, under)))
            part = f"`{where.partition('.')[0]}` ({', '.join(values)})"
            yield drafted(
                "lenient.unchecked-field",
                under,
                failing,
                where,
                part,
                field=where,
                values=listed(values),
                met=len(under),
            )


def _ignored(scene: Scene, pool: Pool, left: Mapping[str, Mapping[str, str]]) -> Draft | None:
    """Return a draft of the fields of which no invalid value is refused."""
    breaches = Breaches(scene.contract)
    taken: dict[str, set[str]] = defaultdict(set)
    kept: set[str] = set()
    refused = scene.of(Way.INVALID, StatusClass.REFUSED, StatusClass.BROKE)
    others = excused(scene, refused)
    for reading in (*scene.of(Way.INVALID, StatusClass.ACCEPTED), *refused):
        found = {name for name, _ in breaches.of(reading)}
        if len(found) != 1:
            continue
        name = found.pop()
        if status_class(reading) is StatusClass.ACCEPTED:
            taken[name].add(reading.exchange.id)
        elif not any(trait.about != name and reading.exchange.id in names for trait, names in others.items()):
            # Its model or its size may be why it is refused.
            kept.add(name)
    ignored = [
        name
        for name, clauses in left.items()
        if name not in kept and len(taken[name]) >= _PROVEN and len(clauses) >= _PROVEN
    ]
    if not ignored:
        return None
    names = list(dict.fromkeys((*(name for owner in ignored for name in left[owner]), *_about(scene, pool, ignored))))
    exchanges = {exchange for name in ignored for exchange in taken[name]}
    way = "one" if len(ignored) == 1 else "several"
    return drafted(f"ignored-fields.{way}", names, exchanges, fields=ignored, number=len(ignored))


def _about(scene: Scene, pool: Pool, fields: list[str]) -> Iterator[str]:
    """Yield clauses that rest on what the contract says of some fields, whatever they are about; another default alone is no neglect."""
    for field in fields:
        found = [
            name
            for name in pool
            if (named := set(_NAMED.findall(scene.failed[name].clause.sentence)) & scene.contract.fields.keys())
            and field in named <= set(fields)
        ]
        if any(not name.startswith("request.") or name.endswith(".counts") for name in found):
            yield from found


def _any_model(scene: Scene, failing: Pool, left: Mapping[str, Mapping[str, str]]) -> Draft | None:
    """Return a draft of a model that is not checked: any name is accepted, and so is a request without one."""
    model = scene.contract.request_field("model")
    names = left.get(model.name if model else "", {})
    if model is None or not {"required", "unknown"} <= set(names.values()):
        return None
    part = parts({model.name: names})[0]
    return drafted("any-model", list(names), failing, "", part, field=model.name, met=len(names))


def _pattern(
    failing: Pool, left: Mapping[str, Mapping[str, str]], kind: str, keywords: Collection[str]
) -> Draft | None:
    """Return a draft of what is accepted in one way in several fields."""
    found = {
        owner: {name: word for name, word in clauses.items() if word in keywords} for owner, clauses in left.items()
    }
    owners = {owner: clauses for owner, clauses in found.items() if clauses}
    if len(owners) < _SAME:
        return None
    names = [name for clauses in owners.values() for name in clauses]
    return drafted(
        f"pattern.{kind}", names, failing, "", "; ".join(parts(owners)), fields=list(owners), met=len(owners)
    )


def parts(owners: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return each field with what is not refused of it: `top_n` (null, too small)."""
    return [
        f"`{owner}` ({', '.join(dict.fromkeys(map(_said, clauses.values())))})" for owner, clauses in owners.items()
    ]


def _said(keyword: str) -> str:
    """Return in a word or two which values a keyword refuses, wherever in a field it stands."""
    last = keyword.rpartition(".")[2]
    return _SAID.get(last, last)


def accepts(symptoms: tuple[Symptom, ...]) -> bool:
    """Whether most proofs of a clause are invalid requests that were accepted."""
    return bool(symptoms) and sum(
        s.way is Way.INVALID and s.status_class is StatusClass.ACCEPTED for s in symptoms
    ) * 2 > len(symptoms)


def placed(scene: Scene, clause: str) -> tuple[str, str]:
    """Return the field and the keyword that a clause's id names; empty for a clause about no single field."""
    rest = clause.removeprefix("request.")
    owner = max((name for name in scene.contract.fields if rest.startswith(f"{name}.")), key=len, default="")
    inner = rest.removeprefix(f"{owner}.")
    # What stands below the field (`items.type`) is no pattern of fields.
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
