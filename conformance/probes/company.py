"""What a request may carry beside the one thing that is wrong with it: a check that not every request meets shows there."""

from collections.abc import Iterator, Mapping
from itertools import cycle
from typing import Any

from attrs import define, evolve, field, frozen

from conformance.contract import Branch, validator
from conformance.contract.instances import sampled
from conformance.probes.kit import Kit
from conformance.probes.pool import LONG
from conformance.probes.probe import Expect, Priority, Probe
from conformance.probes.texts import CHINESE, DOCUMENTS, filler, many

# More documents than the batches and the samples in which servers look at a list, and more words than a short request has.
_MANY, _WORDY = 40, 2_000


@frozen
class Company:
    """Lawful values of fields, by name, and in a few words what they are."""

    words: str
    fields: Mapping[str, Any]

    def beside(self, body: Mapping[str, Any], name: str) -> dict[str, Any]:
        """Return a body in this company, its own value of one field kept; of a list that ends in what is wrong the end."""
        own, listed = body.get(name), self.fields.get(name)
        kept = {name: own} if name in body else {}
        if isinstance(own, list) and isinstance(listed, list) and len(own) > 1:
            kept = {name: [*listed[:-1], own[-1]]}
        return {**body, **{key: value for key, value in self.fields.items() if key != name}, **kept}


@define(slots=False, eq=False)
class Companions:
    """The companies of a branch's requests, in turn, the plainest first; each alone is taken."""

    kit: Kit
    branch: Branch
    _turns: dict[str, Iterator[Company]] = field(factory=dict, init=False, repr=False)

    def __iter__(self) -> Iterator[Company]:
        """Yield each once, each beside another model."""
        plain, named = self.kit.body(self.branch), self.branch.by_role("model")
        takes, fits = self.kit.contract.request_validator, validator(self.branch.schema)
        models = [{named.name: name} for name in self.kit.models_of(self.branch)] if named is not None else [{}]
        drawn = list(self._drawn(plain))
        for number in range(max(len(drawn), len(models))):
            one, model = drawn[number % len(drawn)], models[number % len(models)]
            told = {**one.fields, **model} if number else {}
            if number and not all(self._takes({**plain, **told}, name) for name in told):
                told = dict(one.fields)
            body = {**plain, **told}
            # Alone each request stands, also one that nothing else can be said beside.
            if not number or (takes.is_valid(body) and fits.is_valid(body)):
                yield evolve(one, fields=told)

    def _next(self, name: str) -> Company:
        """Return the next one; of those that have a list under a name, if any is given."""
        if name not in self._turns:
            self._turns[name] = cycle([one for one in self if not name or name in one.fields] or list(self))
        return next(self._turns[name])

    def join(self, probe: Probe, name: str) -> Probe:
        """Return a probe that is to be refused for the field `name`, in the next company."""
        if probe.expect is not Expect.REFUSE:
            return probe
        turns = iter(lambda: self._next(name if self._listed(probe, name) else ""), None)
        company = next(one for one in turns if self._new(probe, name, one))
        return self._beside(probe, name, company) or probe

    def others(self, probe: Probe, name: str) -> Iterator[Probe]:
        """Yield a probe that is to be refused in every company, for where requests are left over."""
        if probe.expect is Expect.REFUSE and probe.core:
            yield evolve(probe, core=False, priority=Priority.SPARE)
            joined = (self._beside(probe, name, one) for one in self if self._new(probe, name, one))
            yield from (evolve(other, core=False, priority=Priority.SPARE) for other in joined if other is not None)

    def _new(self, probe: Probe, name: str, company: Company) -> bool:
        """Whether a company brings anything: one of nothing but the field itself is none."""
        named = self.branch.by_role("model")
        own = named is not None and name == named.name
        return own or name not in company.fields or self._listed(probe, name)

    def _listed(self, probe: Probe, name: str) -> bool:
        """Whether what is wrong is the end of a list, so that it may end other lists too."""
        own = self.kit.contract.flat(probe.request.json).get(name)
        return isinstance(own, list) and len(own) > 1

    def _beside(self, probe: Probe, name: str, company: Company) -> Probe | None:
        body, named = self.kit.contract.flat(probe.request.json), self.branch.by_role("model")
        whole = company.beside(body, name)
        if named is not None and named.name in body and not self._takes(whole, name):
            whole[named.name] = body[named.name]
        taken = company.fields and all(self._takes(whole, one) for one in (name, *company.fields))
        if not taken or self.kit.contract.request_validator.is_valid(whole):
            return None
        request, label = self.kit.request(whole), f"{probe.label}, beside {company.words}"
        # Where the company is what is refused, it is asked without.
        return evolve(probe, request=request, label=label, apart=probe.apart or (probe.request,))

    def _takes(self, body: Mapping[str, Any], name: str) -> bool:
        named = self.branch.by_role("model")
        model = body.get(named.name) if named is not None else None
        return not isinstance(model, str) or self.kit.contract.takes(model, name)

    def _drawn(self, plain: Mapping[str, Any]) -> Iterator[Company]:
        kit, branch = self.kit, self.branch
        yield Company("", {})
        documents = kit.named("documents", branch).name
        if kit.has("echo_switch", branch=branch):
            name = kit.named("echo_switch", branch).name
            yield Company(f"`{name}` true", {name: True})
        most = kit.most_documents(_MANY, branch)
        yield Company(f"{most} documents", {documents: kit.documents(branch, many(most))})
        if kit.has("limit", branch=branch):
            name = kit.named("limit", branch).name
            yield Company(f"`{name}` 1", {name: 1})
        long = filler(_WORDY)[: kit.longest_document(1 << 30)]
        yield Company("a long document", {documents: kit.documents(branch, (long, *DOCUMENTS[1:3]))})
        yield Company("one document", {documents: kit.documents(branch, DOCUMENTS[1:2])})
        yield Company("a long question", {kit.named("query", branch).name: kit.query(branch, LONG)})
        question, answer = CHINESE[0]
        asked = {kit.named("query", branch).name: kit.query(branch, question)}
        yield Company("Chinese texts", {**asked, documents: kit.documents(branch, (answer, *DOCUMENTS[:1]))})
        rest = {
            item.name: value
            for item in branch.fields.values()
            if item.name not in plain and self._takes(plain, item.name) and (value := sampled(item.schema)) is not None
        }
        if len(rest) > 1:
            yield Company("every other field", rest)
