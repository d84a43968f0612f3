"""Lawful requests that carry many features at once: a covering array over what a contract lets callers choose."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any

from attrs import define, evolve, field, frozen

from conformance.contract import Branch, Field, validator
from conformance.contract.instances import Unsatisfiable, sample
from conformance.contract.schema import all_types, flatten
from conformance.document.cache import kept
from conformance.model.exchange import Headers, Request
from conformance.probes.kit import MULTIMODAL, Kit, encode
from conformance.probes.picture import picture
from conformance.probes.pool import LONG, ODD, QUESTIONS, SHAPES, shaped
from conformance.probes.spelling import escaped, spaced
from conformance.probes.texts import DOCUMENTS, QUERY, SIGNS, filler

Row = Mapping[str, str]
ABSENT = "absent"
# Around the sizes at which servers cut batches; a small profile takes one of each neighbourhood, with one left over for the last batch, and three.
SIZES = {False: (5, 65, 131), True: (3, 1, 2, 8, 9, 32, 33, 64, 65, 100, 101, 128, 129)}
_IMAGE = "https://example.com/image-{}.jpg"
# Of four pairs of images one is sent by its bytes, the first one where images are alone, and one is the first of all again.
_BYTES, _AGAIN = 1, 2
# What 8, 16 and 32 bits take for 1.
_HUGE, _BEYOND = 2**63 - 1, 2**32 + 1
# Where a contract says nothing, none of a text is no way to rank it, and who refuses that keeps the contract. Of a number that
# only puts requests in order there may be few.
_LEAST, _MOST = {"text_cap": 64, "chunk_limit": 1}, {"handling": 1}
_PAIRS, _FEW = 2, 5
# The second place of a text in a list that begins with an image.
_BESIDE = 3
_MANY, _TENTH = 32, 10
# So many letters are a word or two.
_TAIL = 9
# Characters of texts that are alike, and of what is not in them; letters as wide as Chinese ones.
_ALIKE, _ROOM = 640, 64
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
# A multiple of the sizes at which servers cut batches.
OFTEN = 64
# Which of the alike lists are of long texts.
LONG_ALIKE = slice(2, 4)
# Where the search for a covering array begins; the smallest array found is taken.
_SALTS = ("", "1", "2", "3")
# What many clients take, in their words.
ACCEPT = "application/json, text/plain;q=0.9, */*;q=0.1"
# What browsers, proxies and tracers add to any request.
ADDED: Headers = (
    ("Accept-Language", "de-CH, en;q=0.8, *;q=0.5"),
    ("X-Request-Id", "7f3e4b1c-95d2-4c0a-8a5e-2f6d9b1c0e47"),
    ("Traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
)
# How a body is sent, and the headers that say so.
FRAMINGS: Mapping[str, Headers] = {
    "chunked": (("Transfer-Encoding", "chunked"),),
    "expect": (("Expect", "100-continue"),),
}


@frozen
class Combined:
    """A lawful request, and the level of each factor that it carries."""

    request: Request
    row: Row


@define(slots=False, eq=False)
class Design:
    """The factors of one branch of the request, each with its levels, the plainest first.

    A factor is the name of a field, or `documents.count`, `documents.form`, `documents.shape`,
    `documents.text` and `body.spelling`. A `full` design has every level, another one those that are worth a few requests.
    """

    kit: Kit
    branch: Branch
    full: bool = False
    _values: dict[tuple[str, str], Any] = field(factory=dict, init=False, repr=False)

    @cached_property
    def factors(self) -> Mapping[str, tuple[str, ...]]:
        """Names of levels by factor; a factor of one level is no choice, but is sent."""
        found: dict[str, list[str]] = {}
        for item in self.branch.fields.values():
            levels = list(self._levels(item))
            for name, value in levels:
                self._values[item.name, name] = value
            if levels:
                found[item.name] = [name for name, _ in levels]
        documents = self.kit.named("documents", self.branch).name
        found.pop(documents, None)
        most = self.most
        found[f"{documents}.count"] = [
            str(size) for size in dict.fromkeys(min(size, most) for size in SIZES[self.full])
        ]
        found[f"{documents}.form"] = list(self._forms)
        found[f"{documents}.shape"] = list(SHAPES if self.full else SHAPES[:3])
        found[f"{documents}.text"] = ["plain", "odd", "wide"]
        found["body.spelling"] = ["compact", "escaped", "spaced"]
        return {name: tuple(levels) for name, levels in found.items()}

    @cached_property
    def plain(self) -> Row:
        """The plainest level of each factor."""
        return {name: levels[0] for name, levels in self.factors.items()}

    @property
    def most(self) -> int:
        """How many documents a list of this branch may hold."""
        return self.kit.most_documents(max(SIZES[self.full]), self.branch)

    def _levels(self, item: Field) -> Iterator[tuple[str, Any]]:
        """Yield the levels of a field, by role and by schema; values of the limit depend on the list."""
        kit, schema = self.kit, flatten(item.schema)
        kinds = all_types(schema)
        if item.role == "model":
            yield from (
                (name, name) for name in (kit.models_of(self.branch) if kit.knows_models or item.required else ())
            )
            return
        if item.role == "query":
            yield from self._queries()
            return
        if item.role == "documents":
            yield "list", None
            return
        if not item.required:
            yield ABSENT, None
        if item.role == "limit":
            yield from ((name, None) for name in ("some", "beyond", "one")[: 3 if self.full else 2])
        elif kinds == {"boolean"}:
            yield from ((str(value).lower(), value) for value in (True, False))
        else:
            seen: list[Any] = []
            for name, value in self._values_of(item, schema, kinds):
                if value not in seen and validator(item.schema).is_valid(value):
                    seen.append(value)
                    yield name, value

    def _values_of(self, item: Field, schema: dict[str, Any], kinds: frozenset[str]) -> Iterator[tuple[str, Any]]:
        if "enum" in schema:
            yield from ((str(value), value) for value in schema["enum"][:3])
        elif kinds & {"integer", "number"}:
            least, most = _LEAST.get(item.role or "", 0), _MOST.get(item.role or "", _HUGE)
            low = schema.get("minimum", schema.get("exclusiveMinimum", least) + ("exclusiveMinimum" in schema))
            high = schema.get("maximum", schema.get("exclusiveMaximum", most + 1) - 1 if "maximum" not in schema else 0)
            step = schema.get("multipleOf", 1)
            yield "low", low + -low % step
            yield "high", high - high % step
            if self.full:
                middle = min(low + 16, (low + high) // 2)
                yield "between", middle - middle % step
        else:
            try:
                usual = sample(schema)
            except Unsatisfiable:
                return
            # What is told the model in words may be any words.
            yield "usual", f"{usual} {ODD}" if item.role == "instruction" and isinstance(usual, str) else usual
            if isinstance(usual, str) and self.full:
                yield "shortest", usual[: int(schema.get("minLength", 1))]

    def _queries(self) -> Iterator[tuple[str, Any]]:
        schema = self.kit.named("query", self.branch).schema
        for name, text in zip(("first", "second", "long"), (*QUESTIONS, LONG), strict=True):
            forms = (("text", text), ("object", self.kit.content(schema, "text", text)))
            valid = [one for one in forms if one[1] is not None and validator(schema).is_valid(one[1])]
            # One of them shows what another form changes.
            yield from ((f"{name} {form}", value) for form, value in valid[: None if name == "first" else 1])
        if not any(validator(schema).is_valid(text) or self.kit.content(schema, "text", text) for text in QUESTIONS):
            yield "usual", self.kit.body(self.branch)[self.kit.named("query", self.branch).name]
        image = self.kit.content(schema, "image", _IMAGE.format("query"))
        if image is not None and self.branch.kind == MULTIMODAL and validator(schema).is_valid(image):
            yield "image", image

    @cached_property
    def _forms(self) -> tuple[str, ...]:
        items = self.branch.items
        bare = validator(items).is_valid("apple")
        wrapped = self.kit.content(items, "text", "apple")
        objects = wrapped is not None and validator(items).is_valid(wrapped)
        image = self.kit.content(items, "image", _IMAGE.format(0))
        images = self.branch.kind == MULTIMODAL and image is not None and validator(items).is_valid(image)
        found = [
            name
            for name, there in (
                ("strings", bare),
                ("objects", objects),
                ("mixed", bare and objects),
                ("images", images),
                ("images alone", images and self.full),
            )
            if there
        ]
        return tuple(found) or ("strings",)

    def _documents(self, row: Row, documents: str) -> list[Any]:
        kit, items = self.kit, self.branch.items
        texts = shaped(
            int(row[f"{documents}.count"]),
            row[f"{documents}.shape"],
            dress=row[f"{documents}.text"],
            longest=kit.longest_document(1 << 30),
        )
        form = row[f"{documents}.form"]
        if form == "strings":
            return kit.documents(self.branch, texts)
        if form == "images" and len(texts) > _BESIDE:
            # The best text stays, too: it stands where no image does.
            texts = (texts[_BESIDE], *texts[1:_BESIDE], texts[0], *texts[_BESIDE + 1 :])
        found: list[Any] = []
        # Beside images texts come in objects, but few as they are, where both are taken.
        bare = form == "images" and "strings" in self._forms and len(texts) <= _FEW
        for number, text in enumerate(texts):
            # The unrelated text, the second one, stays.
            if form == "images alone" or (form == "images" and not number % 2):
                found.append(kit.content(items, "image", self._picture(number + 2 * (form != "images"))))
            elif form == "objects" or (number % 2 and not bare):
                found.append(kit.content(items, "text", text))
            else:
                found.append(text)
        return found

    @staticmethod
    def _picture(number: int) -> str:
        """Return an image by its address; some come by their bytes, and some are another one again."""
        kind = number // 2 % 4
        return picture(number) if kind == _BYTES else _IMAGE.format(0 if kind == _AGAIN else number)

    def build(self, row: Row, query: str | None = None) -> Combined | None:
        """Return the request of a row, with another text for a question if one is given; None where the contract does not allow it."""
        documents = self.kit.named("documents", self.branch).name
        body: dict[str, Any] = {}
        for item in self.branch.fields.values():
            level = row.get(item.name)
            if item.name == documents:
                body[item.name] = self._documents(row, documents)
            elif item.role == "limit" and level not in {None, ABSENT}:
                count = int(row[f"{documents}.count"])
                # More than there are, and more than 32 bits hold; of few documents all: a limit of just the list's length.
                most = _BEYOND if count > _FEW else count
                beyond = min(int(flatten(item.schema).get("maximum", _HUGE)), most)
                # Of many documents the best few are hardly as many in each half of the list: shards that share a limit lose some.
                some = count // _TENTH if count > _MANY else count // 2 + 1
                body[item.name] = {"one": 1, "some": some, "beyond": beyond}[str(level)]
            elif level is not None and level != ABSENT:
                body[item.name] = self._values[item.name, level]
            if item.role == "query" and query is not None and level != "image":
                body[item.name] = self.kit.query(self.branch, query)
        if not self._lawful(body):
            return None
        nested = self.kit.contract.nest(body)
        spelling = {"compact": encode, "spaced": spaced, "escaped": escaped}[row["body.spelling"]]
        return Combined(self.kit.request(spelling(nested)), row)

    def _lawful(self, body: dict[str, Any]) -> bool:
        return bool(self.kit.contract.request_validator.is_valid(body) and validator(self.branch.schema).is_valid(body))

    def rows(self, strength: int) -> Iterator[Row]:
        """Yield few rows that hold every choice of so many levels of different factors that a request can hold."""
        constraints = [rule for rule in map(self._takes, self.branch.fields.values()) if rule is not None]
        if strength == _PAIRS:
            constraints += self._comparable()
        if strength < _PAIRS:
            constraints += self._apart()
        begun = self._begun() if strength == _PAIRS else self._pictured() if strength < _PAIRS else []
        told = json.dumps(self.factors), json.dumps(constraints), json.dumps(begun)
        yield from map(self._returned, _covering(*told, strength))

    def _returned(self, row: Row) -> Row:
        """Return a row whose images come back, if any do: no text of theirs would show an exchange."""
        switch = self.branch.by_role("echo_switch")
        images = row[f"{self.kit.named('documents', self.branch).name}.form"] == "images"
        return {**row, switch.name: "true"} if images and switch is not None and switch.name in row else dict(row)

    def possible(self, choices: Row) -> bool:
        """Whether one model takes all fields of some choices."""
        model = self.kit.named("model", self.branch).name if self.kit.has("model", branch=self.branch) else ""
        limited = [
            item.only_models
            for item in self.branch.fields.values()
            if item.only_models is not None and choices.get(item.name, ABSENT) != ABSENT
        ]
        asked = [choices[model]] if model in choices else list(self.factors.get(model, ("",)))
        known = set(self.kit.contract.models)
        return any(all(name in only or name not in known for only in limited) for name in asked)

    def _comparable(self) -> Iterator[dict[str, Any]]:
        """Yield rules by which few rows have a model, a question and an instruction of their own: scores are compared within these."""
        query = self.kit.named("query", self.branch).name
        first = {"operator": "eq", "left": query, "value": self.plain.get(query)}
        for item in self.branch.fields.values():
            levels = self.factors.get(item.name, ())
            if item.role == "instruction" and query in self.factors and len(levels) > 1:
                yield {"operator": "or", "conditions": [{"operator": "eq", "left": item.name, "value": ABSENT}, first]}
            if item.role == "model" and query in self.factors and len(levels) > 2:
                for number, level in enumerate(self.factors[query][1:], 1):
                    # The first model, and one that takes what that one does not.
                    rest = [*levels[1 + number % (len(levels) - 1) :], *levels[1:]]
                    asked = [levels[0], max(rest, key=lambda name: self._more(name, levels[0]))]
                    other = [name for name in self.factors[query] if name != level]
                    yield {
                        "operator": "or",
                        "conditions": [
                            {"operator": "in", "left": query, "values": other},
                            {"operator": "in", "left": item.name, "values": asked},
                        ],
                    }

    def _begun(self) -> Sequence[Row]:
        """Return what a row begins with: the best few of a list, of which rankings of as long a list or a longer one show whether they are.

        Without a limit it is another spelling: options that no role tells apart would leave it nothing to be compared with.
        """
        limit = self.branch.by_role("limit")
        count = f"{self.kit.named('documents', self.branch).name}.count"
        usual = {
            item.name: self.plain[item.name]
            for item in self.branch.fields.values()
            if item.name in self.plain and item.role not in {"limit", "echo_switch", "handling"}
        }
        if limit is None or "some" not in self.factors.get(limit.name, ()):
            return [{**usual, "body.spelling": "spaced"}]
        return [{**usual, count: self.factors[count][:2][-1], limit.name: "some"}]

    def _pictured(self) -> Sequence[Row]:
        """Return rows of one question about few texts and images, about many, and about few texts alone: each must score as it does there; and images under a limit."""
        query, name = self.kit.named("query", self.branch).name, self.kit.named("documents", self.branch).name
        form, count, limit = f"{name}.form", f"{name}.count", self.branch.by_role("limit")
        if "images" not in self.factors[form] or query not in self.factors:
            return []
        few = self.plain[count]
        many = next((size for size in self.factors[count] if int(size) > _FEW), few)
        some, free = ({}, {}) if limit is None or limit.required else ({limit.name: "some"}, {limit.name: ABSENT})
        plain = {**free, **{one: self.plain[one] for one in (query, f"{name}.shape", f"{name}.text")}}
        rows = [{**plain, form: "images", count: size} for size in (few, many)]
        asked = {query: "image"} if "image" in self.factors[query] else {}
        return [*rows, {**plain, form: self.plain[form], count: few}, {**asked, **some, form: "images", count: few}]

    def _apart(self) -> Iterator[dict[str, Any]]:
        """Yield rules by which the one row with an image for a question holds no switch that could be to blame for it, but images and a limit."""
        query, form = self.kit.named("query", self.branch).name, f"{self.kit.named('documents', self.branch).name}.form"
        if "image" in self.factors.get(query, ()):
            images = {"operator": "eq", "left": form, "value": "images"}
            yield {"operator": "or", "conditions": [{"operator": "ne", "left": query, "value": "image"}, images]}
            for item in self.branch.fields.values():
                if not item.required and item.role != "limit" and len(self.factors.get(item.name, ())) > 1:
                    plain = {"operator": "eq", "left": item.name, "value": ABSENT}
                    yield {"operator": "or", "conditions": [{"operator": "ne", "left": query, "value": "image"}, plain]}

    def _more(self, model: str, than: str) -> int:
        only = [item.only_models for item in self.branch.fields.values() if item.role != "instruction"]
        return sum(models is not None and model in models and than not in models for models in only)

    def _takes(self, item: Field) -> dict[str, Any] | None:
        """Return the rule that only some models take a field."""
        model = self.kit.named("model", self.branch).name if self.kit.has("model", branch=self.branch) else None
        if (
            item.only_models is None
            or model is None
            or item.required
            or item.name not in self.factors
            or model not in self.factors
        ):
            return None
        known = set(self.kit.contract.models)
        takes = [name for name in self.factors[model] if name in item.only_models or name not in known]
        absent = {"operator": "eq", "left": item.name, "value": ABSENT}
        return (
            {"operator": "or", "conditions": [absent, {"operator": "in", "left": model, "values": takes}]}
            if takes
            else absent
        )

    def combined(self, strength: int) -> Iterator[Combined]:
        """Yield the requests of a covering array."""
        yield from filter(None, map(self.build, self.rows(strength)))

    def ordered(self, strength: int) -> Sequence[Combined]:
        """Return these requests in an order in which it shows that one is answered with what is another's.

        Those of as many documents follow one another, the longest lists at the end and the shortest before them. The
        plainest are the first of all and the last of the longest, so that what sticks moves scores.
        """
        count = f"{self.kit.named('documents', self.branch).name}.count"

        def place(one: Combined) -> tuple[bool, bool, int, int]:
            odd, size = sum(level != self.plain[name] for name, level in one.row.items()), int(one.row[count])
            last = size == self.most
            return last, one.row[count] == self.plain[count], size, -odd if last else odd

        return sorted(self.combined(strength), key=place)

    def simpler(self, row: Row) -> Iterator[tuple[str, Row]]:
        """Yield each factor in which a row is not plain, with the row in which it is; a model goes with the fields that only it takes."""
        for name, level in row.items():
            if level != self.plain[name]:
                yield name, {**row, name: self.plain[name]}

    def words(self, name: str, level: str) -> str:
        """Return a feature as a reader of findings knows it."""
        documents = self.kit.named("documents", self.branch).name
        special = {
            f"{documents}.count": f"{level} documents",
            f"{documents}.form": f"`{documents}` as {level}",
            f"{documents}.shape": {
                "repeated": "a repeated document",
                "one_long": "one document much longer than the others",
            }.get(level, f"documents in {level} order"),
            f"{documents}.text": f"{level} characters in the documents",
            "body.spelling": {
                "spaced": "white space and another order of keys",
                "escaped": "characters written as escapes",
            }.get(level, "compact JSON"),
        }
        if name in special:
            return special[name]
        value = self._values.get((name, level))
        if level == ABSENT:
            return f"no `{name}`"
        return f"`{name}` {json.dumps(value, ensure_ascii=False) if isinstance(value, bool | int | float) or (isinstance(value, str) and len(value) < 40) else level}"


@lru_cache(maxsize=64)
def _covering(factors: str, constraints: str, begun: str, strength: int) -> Sequence[Mapping[str, str]]:
    """Return a covering array."""
    rows: Sequence[Mapping[str, str]] = kept(_chosen, factors, constraints, begun, str(strength), library="covertable")
    return rows


def _chosen(factors: str, constraints: str, begun: str, strength: str) -> list[dict[str, str]]:
    """Choose rows; covertable, because with constraints the other libraries of PyPI leave pairs out.

    It is given factors by number and rules as functions: names, which may be paths, and nested conditions cost it twice the time.
    """
    import covertable

    named: dict[str, list[str]] = json.loads(factors)
    numbers = {name: number for number, name in enumerate(named)}
    rules = [_rule(told, numbers) for told in json.loads(constraints)]
    first = [{numbers[name]: level for name, level in row.items()} for row in json.loads(begun)]
    # The search is greedy: where it begins decides how many rows come out. Of triples, which take long, the first will do.
    tries = (
        covertable.make(
            list(named.values()), salt=salt, presets=presets, strength=int(strength), tolerance=1, constraints=rules
        )
        for presets in ([first] if int(strength) < _PAIRS else [first, []] if first else [[]])
        for salt in _SALTS[: None if int(strength) <= _PAIRS else 1]
    )
    return [dict(zip(named, row, strict=True)) for row in min(tries, key=len)]


def _rule(told: Mapping[str, Any], numbers: Mapping[str, int]) -> dict[str, Any]:
    """Return a rule of one condition, or of some of which one must hold, as a function of a row of numbered factors."""
    wanted = [
        (numbers[one["left"]], frozenset(one.get("values", (one.get("value"),))), one["operator"] != "ne")
        for one in told.get("conditions", (told,))
    ]
    return {
        "operator": "fn",
        "requires": sorted({number for number, _, _ in wanted}),
        "evaluate": lambda row: any((row[number] in levels) is held for number, levels, held in wanted),
    }


def designs(kit: Kit) -> Iterator[tuple[Design, int]]:
    """Yield designs for each branch that has a model to ask, each with how many of its factors are chosen together.

    Of the first branch all pairs, of another one each level; a full kit has all
    triples of the first and all pairs of another one, and each level of the full designs besides.
    """
    for branch in kit.branches:
        first = branch is kit.primary
        yield Design(kit, branch), (2 if first else 1) + kit.full
        if kit.full:
            yield Design(kit, branch, full=True), 1


def resent(kit: Kit, headers: Headers | None = None, *, lower: bool = True) -> Request:
    """Return the control once more, with some headers in place of its own; as few clients send it, if none are given.

    `lower` has the names of headers in lower case. What is compared by its content has them in either case, so it is sent again.
    """
    if headers is None:
        odd = f"{kit.media.title()};charset=UTF-8"
        headers = (("Content-Type", odd), ("Accept", ACCEPT), *ADDED, *FRAMINGS["chunked"], *FRAMINGS["expect"])
    given = {name for name, _ in headers}
    plain = kit.request(kit.body(), repeat=2 * lower)
    whole = (*(one for one in plain.headers if one[0] not in given), *headers)
    return evolve(plain, headers=tuple((name.lower() if lower else name, value) for name, value in whole))


def base_requests(kit: Kit) -> Iterator[Request]:
    """Yield one question and one list, asked in every way that leaves the scores as they are, and with another question."""
    primary = kit.primary

    def ask(texts: Sequence[str] = DOCUMENTS, repeat: int = 0, **roles: Any) -> Request:
        return kit.request(kit.body(documents=kit.documents(primary, texts), **roles), repeat=repeat)

    yield ask()
    # Nothing but the switch is other than in the first one, whose answer a cache may hold.
    shown = _shown(kit)
    if kit.has("echo_switch"):
        yield ask(echo_switch=not _returned(kit))
    # The other way round, as texts, but for the first one: who remembers a list whatever its order answers with the first
    # one's places, and what the last row of a batch gets from another one shows in the best text.
    turned = (DOCUMENTS[0], *DOCUMENTS[:0:-1])
    yield ask(turned, **shown)
    limit = {"limit": 1} if kit.has("limit") else {}
    if limit:
        # The best one stands far behind the limit here.
        yield ask(turned, **limit, **shown)
    # Whole once more, where a cache may hold what the limit left of it.
    yield ask(turned, repeat=1, **shown)
    if kit.takes_string(primary):
        # The one that answers the question: a score near nought would not show that it moved.
        # It is one chunk, whatever is said of chunks.
        chunks = {role: value for role, value in (("chunk_limit", 2), ("chunk_overlap", 1)) if kit.has(role)}
        single = kit.body(documents=DOCUMENTS[1], **chunks)
        # One text, though it has two lines and looks like a list; for another model, which is asked about many texts elsewhere.
        # Its score is compared with none, so that any question will do.
        listed = json.dumps(DOCUMENTS[1:3], indent=0)
        last = {"model": kit.models_of(primary)[-1]} if kit.has("model") else {}
        signs = kit.query(primary, SIGNS)
        asked = {"query": signs} if validator(kit.named("query").schema).is_valid(signs) else {}
        lines = kit.body(documents=listed, **dict.fromkeys(limit, 2), **shown, **last, **asked)
        yield from (kit.request(body) for body in (single, lines) if kit.contract.request_validator.is_valid(body))
    other = kit.query(primary, QUESTIONS[1])
    yield ask(query=other, **shown)
    # In objects, where there are such, and with white space around the same texts.
    apart = [f" {text}\n" for text in DOCUMENTS]
    wrapped = [kit.content(primary.items, "text", text) for text in apart]
    documents = wrapped if all(wrapped) else kit.documents(primary, apart)
    yield kit.request(kit.body(query=other, documents=documents, **shown))


def alike_requests(kit: Kit) -> Iterator[Request]:
    """Yield the base question about the same letters, cut elsewhere or in other case: who remembers a list by less than its texts gives others back."""
    # The answer ends up in the first text, and hardly a word of it is left in the second.
    joined = DOCUMENTS[0] + DOCUMENTS[1]
    # Behind as long a beginning, and of one length, texts are alike to whoever compares no more than that, and between the same ends lists are.
    size = kit.longest_document(_ALIKE)
    places = range(len(DOCUMENTS))
    long = [_long(text, place, size) for place, text in enumerate(DOCUMENTS)]
    # Where documents come back, numbers that changed places show there; else texts that did show in their scores.
    back = kit.contract.success.place("echo") is not None
    turned = (places[0], *places[-2:0:-1], places[-1])
    between = [_long(DOCUMENTS[at if back else place], place, size) for at, place in enumerate(turned)]
    lists = ((joined[:-_TAIL], joined[-_TAIL:], *DOCUMENTS[2:]), [text.upper() for text in DOCUMENTS], long, between)
    for texts in lists:
        yield kit.request(kit.body(documents=kit.documents(kit.primary, texts), **_shown(kit)))
    # The same but for accents in the last one, or for the last one.
    last = DOCUMENTS[-1].replace("a", "a\u0301") if back else DOCUMENTS[1]
    yield kit.request(kit.body(documents=kit.documents(kit.primary, [*DOCUMENTS[:-1], last]), **_shown(kit)))
    # Another question with the same end; letters as wide as Chinese ones; and as long a list as one that is asked about.
    asked = kit.query(kit.primary, " ".join([DOCUMENTS[0].split()[0], *QUERY.split()[1:]]))
    yield kit.request(kit.body(query=asked, documents=kit.documents(kit.primary, long), **_shown(kit)))
    wide = kit.documents(kit.primary, [text.translate(_FULL_WIDTH) for text in DOCUMENTS])
    yield kit.request(kit.body(documents=wide, **_shown(kit)))
    often = (DOCUMENTS[::-1] * OFTEN)[: kit.most_documents(OFTEN * len(DOCUMENTS))]
    yield kit.request(kit.body(documents=kit.documents(kit.primary, often)))


def _long(text: str, number: int, size: int) -> str:
    """Return a text of a size, with a number before it and a beginning and an end that all have."""
    return f"{filler(_ALIKE)[: size - _ROOM]}{number}. {text} {filler(_ROOM)}"[:size]


def _returned(kit: Kit) -> bool:
    """Whether documents come back without a word."""
    return kit.named("echo_switch").schema.get("default") is True


def _shown(kit: Kit) -> dict[str, Any]:
    """Return what makes documents come back."""
    return {"echo_switch": True} if kit.has("echo_switch") and not _returned(kit) else {}
