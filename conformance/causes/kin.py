"""Causes whose answers have a trait or two of their requests in common, which other requests lack: they are one cause."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import combinations, product, takewhile

from attrs import define

from conformance.causes.draft import Draft
from conformance.causes.scene import Scene, StatusClass, Way
from conformance.causes.shape import WHOLE
from conformance.causes.trait import traits
from conformance.checks.features import features, long
from conformance.checks.ranking import invented
from conformance.checks.reading import Reading, text_of
from conformance.requirements.costs import AT_MOST

# Of too few requests almost anything can be said.
_MANY, _PROVEN = 4, 3
# The share of failing requests that have the traits, where a judge blames some wrongly; and the share of those with them that fail, for some fail unseen.
_WHOLE, _SHARED, _MOSTLY, _MATTERS = 0.8, 0.75, 0.6, 0.1
_MOST, _FEWER, _SIGNS = 2, 4, 6
# Says less of what is wrong than another one does.
_DEFAULT, _AGAIN = "default", "ranking.repeatable"
CHUNKS, _QUESTION, _DOCUMENT, SCRIPTS = "ranking.chunks.", "ranking.query.", "ranking.document.", "ranking.scripts"
_RELEVANCE = "ranking.relevance."

Traits = frozenset[str]
_FIELD = re.compile(r"`([^`]+)`")
_RUN = re.compile(r"[!-/:-@\[-`{-~]+")
_USUAL = " .,:?-'"


@define(slots=False, eq=False)
class Kin:
    """Which drafts show one fault, by the traits of all valid requests that were answered."""

    scene: Scene

    @cached_property
    def _answered(self) -> frozenset[str]:
        return frozenset(reading.exchange.id for reading in self.scene.answers)

    @cached_property
    def _known(self) -> Mapping[str, Traits]:
        """The traits by exchange; of most runs nobody asks."""
        return {reading.exchange.id: frozenset(_said(reading)) for reading in self.scene.answers}

    @cached_property
    def _rare(self) -> Traits:
        """The traits that less than half of the requests have: others say nothing by themselves."""
        seen = Counter(said for known in self._known.values() for said in known)
        return frozenset(said for said, number in seen.items() if number * 2 < len(self._known))

    def beside(self, name: str, bases: Sequence[str]) -> bool:
        """Whether a clause fails in requests that lack what is rare in those in which others fail, or fails as they cannot make it fail."""
        if self.rewritten(name):
            return True
        mine = self.scene.failed[name].failing
        base = frozenset().union(*(self.scene.failed[one].failing for one in bases))
        counts = name.startswith("usage.")
        if all(reads(one) or one.startswith(CHUNKS) for one in bases):
            asked = all(one.startswith(_QUESTION) for one in bases)
            signs = self._cut_at(base, alone=asked)
            if len(signs) > _SIGNS:
                # A text of many parts is cut at an end, not at a sign; so is another one at that end, but not two.
                if not reads(name):
                    return all(len(signs & self._signs(one, alone=asked)) * 2 < len(signs) for one in mine)
                return len(mine) > 1 or set(map(self._ends, mine)).isdisjoint(map(self._ends, base))
            # What is lost at a sign is lost where it stands; texts that are not told apart without it have another reason.
            lacking = sum(signs.isdisjoint(self._signs(one, alone=asked)) for one in mine)
            # What is counted too high is held against a text of which a part may be lost.
            high = counts and all(AT_MOST in proof.expected for proof in self.scene.failed[name].proofs)
            if signs and lacking >= (1 if reads(name) else len(mine) // 2 + 1 if counts else len(mine)) and not high:
                return True
            if self._without(mine, base, bases, counts=counts):
                return True
        rare = self._common(base) & self._rare
        return bool(rare) and sum(rare.isdisjoint(self._known.get(name, rare)) for name in mine) * _FEWER > len(mine)

    def within(self, mine: Iterable[str], base: Iterable[str]) -> bool:
        """Whether requests have all that several others share, which most lack."""
        shared = self._common(base)
        having = sum(shared <= known for known in self._known.values())
        return having * 2 < len(self._known) and all(shared <= self._known.get(name, frozenset()) for name in mine)

    def _common(self, exchanges: Iterable[str]) -> Traits:
        """Return the traits that some requests have in common; none of too few."""
        seen = [self._known[name] for name in exchanges if name in self._known]
        return frozenset.intersection(*seen) if len(seen) >= _PROVEN else frozenset()

    @cached_property
    def _exact(self) -> str:
        """The clause on documents that come back; empty where none do."""
        echo = self.scene.contract.success.place("echo")
        return f"response.{echo.name}.exact" if echo is not None else ""

    def in_scripts(self, name: str) -> bool:
        """Whether what is read of texts is lost where there are letters beyond ASCII, of which many scripts are not read."""
        lost = self.scene.failed[SCRIPTS].failing
        asked = [self.scene.readings[one] for one in self.scene.failed[name].failing if one in self.scene.readings]
        foreign = [not all(map(str.isascii, (text_of(one.asked("query")), *one.texts))) for one in asked]
        return len(lost) > _MANY and (reads(name) or name.startswith(_RELEVANCE)) and all(foreign)

    def rewritten(self, name: str) -> bool:
        """Whether a clause fails on a document that comes back as nobody sent it: neither an index nor a score makes a text."""
        return name == self._exact and any(
            self.scene.readings[one].once(invented) for one in self.scene.failed[name].failing
        )

    def _without(self, mine: frozenset[str], base: frozenset[str], bases: Sequence[str], *, counts: bool) -> bool:
        """Whether something fails without the field beside which what is read of texts fails, or with shorter texts than that; counts, that do with a part of the requests."""
        asked = [self.scene.readings[one] for one in mine if one in self.scene.readings]
        theirs = [self.scene.readings[one] for one in base if one in self.scene.readings]
        told = [self.scene.failed[one] for one in bases]
        named = {name for one in told for name in (*_options(one.features), *_FIELD.findall(one.clause.sentence))}
        fields = {name for name, item in self.scene.contract.fields.items() if name in named and not item.required}
        if fields and asked and all(fields.isdisjoint(one.body) for one in asked):
            return True
        # Who reads no long question counts none either.
        much = all if counts else any
        return bool(theirs) and any(
            all(map(size, theirs)) and not much(map(size, asked)) for size in (_asks_long, _holds_long)
        )

    def _cut_at(self, exchanges: Iterable[str], *, alone: bool = False) -> frozenset[str]:
        """Return the signs that all texts have in which something is lost; alone, all questions."""
        lost = [self._signs(one, alone=alone) for one in exchanges]
        return frozenset.intersection(*lost) if lost else frozenset()

    def at_an_end(self, name: str) -> bool:
        """Whether questions of many parts are cut at an end, not at a sign."""
        return name.startswith(_QUESTION) and len(self._cut_at(self.scene.failed[name].failing, alone=True)) > _SIGNS

    def _ends(self, name: str) -> bool:
        """Whether a question differs at its end from the likest one that the same texts were ranked for; so it does where there is none."""
        reading = self.scene.readings[name]
        asked = text_of(reading.asked("query"))
        others = {text_of(one.asked("query")) for one in self.scene.answers if one.texts == reading.texts} - {asked}
        alike = [(_shared(asked, one), _shared(asked[::-1], one[::-1])) for one in others]
        before, behind = max(alike, key=sum, default=(1, 0))
        return before > behind

    def _signs(self, name: str, *, alone: bool = False) -> frozenset[str]:
        """Return the signs in the texts of a request that most texts lack; alone, in its question."""
        texts = self._asked(name, alone=alone)
        odd = {one for text in texts for one in text if not (one.isascii() and one.isalnum()) and one not in _USUAL}
        return frozenset(map(_sign, odd))

    def _asked(self, name: str, *, alone: bool) -> list[str]:
        """Return the texts of a request; alone, its question."""
        reading = self.scene.readings.get(name)
        return [] if reading is None else [text_of(reading.asked("query")), *([] if alone else reading.texts)]

    def joined(self, drafts: Sequence[Draft], alone: str) -> list[Draft]:
        """Return the drafts with those made one that fail with the same traits: such clauses show one fault.

        A draft that is more than a clause by itself takes the other; of two alike the one that fails more often.
        """
        failing = {id(draft): self._failing(draft) for draft in drafts}
        ordered = sorted(
            (draft for draft in drafts if failing[id(draft)]),
            # What is lost of a text explains a count of it.
            key=lambda one: (
                one.clauses[0].startswith("usage."),
                one.kind in {alone, _DEFAULT},
                -len(failing[id(one)]),
                one.kind,
                one.subject,
            ),
        )
        gone: set[int] = set()
        for one, other in combinations(ordered, 2):
            if {id(one), id(other)}.isdisjoint(gone) and self._same(one, other, failing[id(one)], failing[id(other)]):
                if self._pushes(other, one) or self._of_index(other):
                    # That the question is lost, or which text is meant, says more than what is lost with it.
                    one.kind, one.subject, one.title, one.mend = other.kind, other.subject, other.title, other.mend
                    one.clauses, other.clauses = other.clauses, one.clauses
                one.clauses += other.clauses
                failing[id(one)] |= failing[id(other)]
                gone.add(id(other))
        left = [draft for draft in drafts if id(draft) not in gone]
        # What was joined may be the reason of what neither part is.
        return self.joined(left, alone) if gone else left

    def _same(self, one: Draft, other: Draft, mine: frozenset[str], its: frozenset[str]) -> bool:
        """Whether two drafts show one fault, by the answers that break each."""
        if any(map(self.rewritten, one.clauses)) != any(map(self.rewritten, other.clauses)):
            # Who is given a part of a text sends back that part, and nothing else.
            cut, signs = any(draft.clauses[0].startswith(_DOCUMENT) for draft in (one, other)), self._cut_at(mine | its)
            told = (self.scene.readings[name] for name in mine | its)
            parts = all(
                any(text in sent and not signs.isdisjoint(map(_sign, sent.replace(text, "", 1))) for sent in read.texts)
                for read in told
                for text in read.once(invented)
            )
            return cut and parts and len(signs) <= _SIGNS
        if (
            self._marked_apart(one, other)
            or len({self._too_many(draft.clauses[0]) for draft in (one, other)} - {None}) > 1
        ):
            return False
        if self._misplaced(one, other) or self._misplaced(other, one):
            return True
        follows = self._follows(one, other) or self._follows(other, one)
        if (
            _unlike(one, other, mine, its, follows=follows)
            or self._counts_besides(one, other)
            or self._counts_besides(other, one)
        ):
            return False
        return (
            self._told_alike(one, other, mine, its, follows=follows)
            or self._cut_alike(one, other)
            or (mine == its and all(map(_ranks, (one, other))))
            or self._alike(
                mine,
                its,
                self._expected(one) | self._expected(other),
                follows=follows,
                apart=self.told_apart(one.clauses[0], other.clauses[0])
                or self._lacks(one, its)
                or self._lacks(other, mine),
            )
        )

    def _counts_besides(self, counts: Draft, texts: Draft) -> bool:
        """Whether a draft speaks of counts that are wrong also where the other one's texts are all read, or moves scores alone."""
        first, other = counts.clauses[0], texts.clauses[0]
        if not first.startswith("usage."):
            return False
        moved = other.startswith("ranking.") and not reads(other) and not other.startswith(CHUNKS)
        return moved or (reads(other) and self.beside(first, [other]))

    def _failing(self, draft: Draft) -> frozenset[str]:
        """Return the answers to valid requests that break a draft's clauses; none where other exchanges break them, too."""
        symptoms = [symptom for name in draft.clauses for symptom in self.scene.symptoms[name]]
        if (
            not symptoms
            or not WHOLE.isdisjoint(draft.clauses)
            or any(one.way is not Way.VALID or one.status_class is not StatusClass.ACCEPTED for one in symptoms)
        ):
            return frozenset()
        return frozenset().union(*(self.scene.failed[name].failing for name in draft.clauses)) & self._answered

    def _told_alike(
        self, one: Draft, other: Draft, mine: frozenset[str], its: frozenset[str], *, follows: bool
    ) -> bool:
        """Whether judges found the same features to matter to both, or of one such as only the other one speaks of."""
        if len(mine | its) > len(self._answered) * _WHOLE:
            # What fails everywhere fails with anything.
            return False
        found = [[self._features(name) for name in draft.clauses] for draft in (one, other)]
        named = [_options(some[0]) for some in found]
        about = [self._expected(draft) for draft in (one, other)]
        if named[0] == named[1] and len(named[0]) == 1 and not named[0] <= about[0] & about[1]:
            # One model and another one are two things, though both are told by the field.
            return not self._models(named[0]) or bool(found[0][0] & found[1][0])
        # Of what matters to a part of what fails, only where most of the rest fails, too.
        # Of what follows, one of them is enough.
        features = [[set(self.scene.failed[name].features) for name in draft.clauses] for draft in (one, other)]
        if follows and any(some & more for some, more in product(*features)):
            return True
        if len(mine & its) * 2 >= min(len(mine), len(its)) and any(
            not _options(some) <= about[0] & about[1] for some in set(found[0]).intersection(found[1])
        ):
            return True
        relations = all(draft.clauses[0].startswith("ranking.") for draft in (one, other))
        # What is not read of a question only beside a field that changes scores is not read for that field.
        if relations and any(
            reads(draft.clauses[0]) and not some and theirs - own and self._carried(failing) & theirs - own
            for draft, some, failing, own, theirs in (
                (one, found[0][0], mine, about[0], about[1]),
                (other, found[1][0], its, about[1], about[0]),
            )
        ):
            return True
        return relations and any(
            # What shows only with an option, and where the other one shows, is no more than that.
            options and not options <= own and (options <= theirs or inside)
            for options, own, theirs, inside in (
                (named[0], about[0], about[1], mine <= its),
                (named[1], about[1], about[0], its <= mine),
            )
        )

    def _carried(self, exchanges: Iterable[str]) -> Traits:
        """Return the fields that may be left out and that all of some requests have."""
        asked = [frozenset(self.scene.readings[name].body) for name in exchanges]
        optional = frozenset(name for name, item in self.scene.contract.fields.items() if not item.required)
        return optional.intersection(*asked) if asked else frozenset()

    def told_apart(self, one: str, other: str) -> bool:
        """Whether judges found features for two clauses that have nothing in common: two values of one field have, two models have not."""
        mine, its = (frozenset(self.scene.failed[name].features) for name in (one, other))
        shared = _options(mine) & _options(its)
        return bool(mine) and bool(its) and mine.isdisjoint(its) and (not shared or self._models(shared))

    def _lacks(self, draft: Draft, others: frozenset[str]) -> bool:
        """Whether judges found features together to matter to a draft, and none of some other answers was asked for with all of them."""
        features = self.scene.failed[draft.clauses[0]].features
        return len(features) > 1 and not any(self.scene.carries(one, features) for one in others)

    def _models(self, fields: Traits) -> bool:
        """Whether some fields are the one that names the model."""
        model = self.scene.contract.request_field("model")
        return model is not None and fields == {model.name}

    def _cut_alike(self, one: Draft, other: Draft) -> bool:
        """Whether one sign stands wherever something of a text is lost, the same parts are, or all that is lost is what a long text pushes out."""
        if self._pushes(one, other) or self._pushes(other, one):
            return True
        both = [self.scene.failed[draft.clauses[0]] for draft in (one, other)]
        if not all(reads(verdict.clause.id) for verdict in both):
            return False
        lost = both[0].failing | both[1].failing
        return bool(self._cut_at(lost)) or (bool(both[0].wrong) and both[0].wrong == both[1].wrong)

    def _too_many(self, name: str) -> bool | None:
        """Whether more results come than are asked for where a clause on their number fails, not fewer; None for another clause."""
        if not name.startswith("response.") or not name.endswith((".all", ".limit")):
            return None
        failing = (self.scene.readings[one] for one in self.scene.failed[name].failing)
        return any(len(one.results or ()) > wanted(one) for one in failing)

    def _marked_apart(self, one: Draft, other: Draft) -> bool:
        """Whether parts of questions are lost at other marks than parts of documents: of the signs that stand together each has some that the other lacks."""
        names = [draft.clauses[0] for draft in (one, other)]
        if not all(map(reads, names)) or len({name.startswith(_QUESTION) for name in names}) == 1:
            return False
        marks = [
            frozenset.intersection(
                *(
                    _marks(self._asked(exchange, alone=name.startswith(_QUESTION)))
                    for exchange in self.scene.failed[name].failing
                )
            )
            for name in names
        ]
        return bool(marks[0] - marks[1]) and bool(marks[1] - marks[0])

    def _pushes(self, one: Draft, other: Draft) -> bool:
        """Whether a short question is not read beside long documents, and something is lost only where a question or a document is long."""

        def lost(name: str) -> list[Reading]:
            return [self.scene.readings[exchange] for exchange in self.scene.failed[name].failing]

        return (
            other.clauses[0].startswith((_QUESTION, _DOCUMENT, CHUNKS))
            and all(_asks_long(reading) or _holds_long(reading) for reading in lost(other.clauses[0]))
            and any(
                all(_holds_long(reading) and not _asks_long(reading) for reading in lost(name))
                for name in one.clauses
                if name.startswith(_QUESTION)
            )
        )

    def _features(self, name: str) -> frozenset[str]:
        """Return what a failure shows with; a part of a text has no name of a field."""
        return frozenset(told for told in self.scene.failed[name].features if _FIELD.search(told))

    def _expected(self, draft: Draft) -> Traits:
        """Return the fields that a draft's clauses speak of: that all failing requests have those says nothing."""
        roles = {role for name in draft.clauses for role in self.scene.failed[name].clause.roles}
        roles |= {"echo_switch"} if "echo" in roles else set()
        told = {name for one in draft.clauses for name in _FIELD.findall(self.scene.failed[one].clause.sentence)}
        return frozenset(
            name for name, item in self.scene.contract.fields.items() if item.role in roles or name in told
        )

    def _follows(self, one: Draft, other: Draft) -> bool:
        """Whether what one draft says follows from the other: who reads scores by a wrong index reads other texts' scores."""
        return (
            self._of_index(other)
            # The same request again has the same indices.
            and _AGAIN not in one.clauses
            and all(
                (name.startswith("ranking.") and not reads(name)) or name == self._exact or name.endswith(".default")
                for name in one.clauses
            )
            and not self.beside(one.clauses[0], other.clauses[:1])
        )

    def _misplaced(self, scores: Draft, indices: Draft) -> bool:
        """Whether more scores that are wrong are right for other texts of the request than not, where results name wrong texts: in other answers too."""
        first = scores.clauses[0]
        if not self._of_index(indices) or not first.startswith("ranking.") or reads(first) or first == _AGAIN:
            return False
        mine = self.scene.failed[first].failing
        usual = self._usual(mine, self.scene.failed[indices.clauses[0]].failing)
        moved = [_exchanged(self.scene.readings[name], usual) for name in mine]
        return moved.count(True) > moved.count(False)

    def _of_index(self, draft: Draft) -> bool:
        """Whether a draft speaks of indices, or of documents that are not at theirs."""
        index, first = self.scene.contract.success.place("index"), draft.clauses[0]
        return (index is not None and draft.subject == index.name) or (
            first == self._exact and not self.rewritten(first)
        )

    def _usual(self, doubtful: frozenset[str], wrong: frozenset[str]) -> Mapping[tuple[str, str], float]:
        """Return the score of each text for a question, as most answers have it that name right texts; doubtful ones where no others do."""
        seen: dict[tuple[str, str], Counter[float]] = defaultdict(Counter)
        for reading in self.scene.answers:
            name, asked = reading.exchange.id, text_of(reading.asked("query"))
            for at, score in zip(reading.indices or (), reading.scores or (), strict=False):
                if name not in wrong and 0 <= at < len(reading.texts):
                    # One that is not doubtful is worth more than all that are.
                    seen[asked, reading.texts[at]][score] += 1 if name in doubtful else len(self._answered)
        return {key: scores.most_common(1)[0][0] for key, scores in seen.items()}

    def _alike(
        self, one: frozenset[str], other: frozenset[str], expected: Traits, *, follows: bool, apart: bool
    ) -> bool:
        both = one | other
        if len(both) < _MANY or (apart and not follows):
            return False
        within, more = sorted((one, other), key=len)
        # What shows in a few of the other's requests alone is likelier another fault than the same one.
        few = min(len(one), len(other)) * _FEWER < max(len(one), len(other)) and not follows

        def whole(some: frozenset[str]) -> bool:
            held = sum(some <= self._known[name] for name in within)
            # Of what follows, a judge blames some wrongly, too.
            return held >= len(within) * (_WHOLE if follows else 1) and sum(
                some <= self._known[name] for name in more
            ) >= _WHOLE * len(more)

        def precise(some: frozenset[str]) -> float:
            having = [name for name, said in self._known.items() if some <= said]
            return sum(name in both for name in having) / max(len(having), 1)

        shared = sorted(
            said for said in frozenset().union(*(self._known[name] for name in both)) if whole(frozenset({said}))
        )
        share = {said: precise(frozenset({said})) for said in shared}
        plain = precise(frozenset())
        least = max(plain + _MATTERS, 0 if follows else _MOSTLY)
        if any(said.startswith("spelt ") and said in self._rare and share[said] >= least for said in shared):
            return True
        if few:
            return False
        surprising = [said for said in shared if not _speaks(said, expected) and said in self._rare]
        if any(share[said] >= least for said in surprising):
            return True
        return any(
            precise(frozenset(some)) >= max(_MOSTLY, *(share[said] + _MATTERS for said in some))
            and not all(_speaks(said, expected) for said in some)
            and whole(frozenset(some))
            for some in combinations(shared, _MOST)
        )


def _exchanged(reading: Reading, usual: Mapping[tuple[str, str], float]) -> bool | None:
    """Whether scores of an answer that are not those of the texts they name are those of other texts; None where none are known to be wrong."""
    asked = text_of(reading.asked("query"))
    known = [usual.get((asked, text)) for text in reading.texts]
    found = zip(reading.indices or (), reading.scores or (), strict=False)
    wrong = [score for at, score in found if not 0 <= at < len(known) or known[at] not in {None, score}]
    right = sum(score in known for score in wrong)
    # Those of texts that no other answer ranks are not known.
    return right * 2 >= len(wrong) if right or len(wrong) > known.count(None) else None


def wanted(reading: Reading) -> int:
    """Return how many results a request asks for."""
    number = len(reading.documents)
    return min(reading.limit, number) if reading.limit is not None and reading.limit > 0 else number


def _shared(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _marks(texts: Iterable[str]) -> frozenset[str]:
    """Return the signs of ASCII that stand together in some texts."""
    found = (run.strip(_USUAL) for text in texts for run in _RUN.findall(text))
    return frozenset(filter(None, found))


def _sign(char: str) -> str:
    """Return what a character stands for: a line end for each of them, and a script for its letters."""
    if char.isalnum():
        return unicodedata.name(char, char).partition(" ")[0]
    return "\n" if char.splitlines() == [""] else char


def _unlike(one: Draft, other: Draft, mine: frozenset[str], its: frozenset[str], *, follows: bool) -> bool:
    """Whether one draft speaks of what every answer has, and the other of texts that are not read, or of scores that are wrong in other answers and need not follow."""
    first, second = one.clauses[0], other.clauses[0]
    if {name.partition(".")[0] for name in (first, second)} != {"response", "ranking"}:
        return False
    beside = len(mine & its) < _SHARED * min(len(mine), len(its)) and not follows
    return reads(first) or reads(second) or beside


def _ranks(draft: Draft) -> bool:
    """Whether a draft speaks of scores alone; what is read of texts may be lost for several reasons in one answer."""
    return all(name.startswith("ranking.") and not reads(name) for name in draft.clauses)


def _asks_long(reading: Reading) -> bool:
    return long(text_of(reading.asked("query")))


def _holds_long(reading: Reading) -> bool:
    return any(map(long, reading.texts))


def _options(features: Iterable[str]) -> Traits:
    """Return the fields that some features are the values of, not those that hold what is odd."""
    return frozenset(found[1] for said in features if (found := _FIELD.match(said)))


def reads(name: str) -> bool:
    """Whether a clause speaks of what is read of texts."""
    return name.startswith(("ranking.query", "ranking.document.", "ranking.words", "ranking.scripts"))


def _speaks(said: str, fields: Traits) -> bool:
    """Whether a trait is one of these fields."""
    return any(said.partition(" ")[2].partition(":")[0] == name or said.partition("/")[0] == name for name in fields)


def _said(reading: Reading) -> Iterator[str]:
    """Yield what can be said of a request: its traits, and each thing that is not chosen as usual."""
    yield from (f"{one.group} {one.name}" for one in traits(reading, Way.VALID))
    yield from (one.factor for one in features(reading) if not one.plain)
