"""What the contracts say, side by side: every field of each, paired by role. Made from the YAML alone; no I/O."""

from collections.abc import Callable, Iterator, Sequence
from urllib.parse import urlsplit

from attrs import define, evolve, field, frozen

from conformance.contract import Contract, Header
from conformance.contract.roles import ROLE
from conformance.contract.schema import POINTER, Schema, alternatives, flatten
from conformance.traits.schema_words import Form, forms, number, shape

# What an answer is called that is itself the list of results.
WHOLE = "(answer)"


@frozen
class SpecCell:
    """What one contract says of one item; every part is a reader's text, empty where nothing is said.

    `differs` names the parts in which it says something else than the
    comparison's first contract; `where` is a JSON pointer into the contract;
    `alike` stands in for types that may be written in several ways.
    """

    name: str
    where: str = ""
    required: str = ""
    type: tuple[str, ...] = ()
    bounds: tuple[str, ...] = ()
    enum: tuple[str, ...] = ()
    default: str = ""
    models: tuple[str, ...] = ()
    only_models: tuple[str, ...] = ()
    said: str = ""
    differs: tuple[str, ...] = ()
    forms: tuple[Form, ...] = field(default=(), repr=False)
    alike: tuple[str, ...] = field(default=(), repr=False)

    @property
    def present(self) -> bool:
        """Whether the contract has the item at all."""
        return bool(self.name)

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """What is said, part by part, in a reader's words; the name comes first."""
        told = {"name": self.name, "required": self.required}
        told |= {"type": " or ".join(self.type), "bounds": ", ".join(self.bounds)}
        if self.enum:
            told["enum"] = f"one of {', '.join(self.enum)}"
        elif self.models:
            told["models"] = f"any, with {', '.join(self.models)} named"
        if self.default:
            told["default"] = f"default {self.default}"
        if self.only_models:
            told["only_models"] = f"only for {', '.join(self.only_models)}"
        return tuple((part, words) for part, words in told.items() if words)


ABSENT = SpecCell("")


@frozen
class SpecRow:
    """One item across the contracts: where it stands, its role, and a cell for each contract."""

    area: str
    item: str
    role: str | None
    cells: tuple[SpecCell, ...]

    @property
    def differs(self) -> bool:
        """Whether any contract says something else than the first."""
        return any(cell.differs for cell in self.cells)


@frozen
class FieldSpot:
    """One field of one contract: its path, its role and that of what holds it, its schemas (one an alternative)."""

    path: tuple[str, ...]
    role: str | None
    above: str | None
    schemas: tuple[Schema, ...]
    required: tuple[bool, ...]
    labels: tuple[str, ...] = ()
    alternatives: int = 1

    @property
    def dotted(self) -> str:
        """The path as a reader writes it: `results.document.text`."""
        return ".".join(part for part in self.path if part != "*") or WHOLE


def spec_diff(contracts: Sequence[Contract]) -> tuple[SpecRow, ...]:
    """Return every row of the contracts, the first contract's order first."""
    fields = (*_fields("request", contracts, request_spots), *_fields("answer", contracts, answer_spots))
    rows = (*_access(contracts), *fields, *_headers(contracts), *_errors(contracts))
    return tuple(evolve(row, cells=_marked(row.cells)) for row in rows)


def request_spots(contract: Contract) -> tuple[FieldSpot, ...]:
    """Return the fields of a contract's request, those inside documents and queries too."""
    found: dict[tuple[str, ...], _Gathered] = {}
    for branch in contract.branches:
        for path, schema, required, above in _members(branch.schema, ()):
            found.setdefault(path, _Gathered(path, above)).add(schema, required, branch.label)
    return tuple(item.spot(len(contract.branches)) for item in found.values())


def answer_spots(contract: Contract) -> tuple[FieldSpot, ...]:
    """Return the fields of the answer to a request that was taken."""
    found: dict[tuple[str, ...], _Gathered] = {}
    for schema in contract.success.media.values():
        # An answer may be the list of results itself.
        role = flatten(schema).get(ROLE)
        if role is not None:
            found.setdefault((), _Gathered((), None)).add(schema, required=True, label="")
        for path, below, required, above in _members(schema, (), role):
            found.setdefault(path, _Gathered(path, above)).add(below, required, "")
    return tuple(item.spot(1) for item in found.values())


@define
class _Gathered:
    path: tuple[str, ...]
    above: str | None
    schemas: list[Schema] = field(factory=list)
    required: list[bool] = field(factory=list)
    labels: list[str] = field(factory=list)

    def add(self, schema: Schema, required: bool, label: str) -> None:
        self.schemas.append(schema)
        self.required.append(required)
        self.labels.append(label)

    def spot(self, count: int) -> FieldSpot:
        role = next((str(flat[ROLE]) for schema in self.schemas if ROLE in (flat := flatten(schema))), None)
        held = tuple(self.schemas), tuple(self.required), tuple(self.labels)
        return FieldSpot(self.path, role, self.above, *held, count)


def _members(
    schema: Schema, path: tuple[str, ...], above: str | None = None, depth: int = 0
) -> Iterator[tuple[tuple[str, ...], Schema, bool, str | None]]:
    """Yield every named member below a schema: its path, schema, whether it is required, and the role that holds it."""
    if depth > 12:
        return
    for leaf in alternatives(schema):
        flat = flatten(leaf)
        for name, member in flat.get("properties", {}).items():
            yield (*path, name), member, name in flat.get("required", ()), above
            role = flatten(member).get(ROLE)
            yield from _members(member, (*path, name), str(role) if role else above, depth + 1)
        if isinstance(flat.get("items"), dict):
            yield from _members(flat["items"], (*path, "*"), above, depth + 1)


def facts(spot: FieldSpot) -> SpecCell:
    """Return what a contract says of a field, its alternatives put together."""
    flats = [flatten(schema) for schema in spot.schemas]
    found = tuple(dict.fromkeys(form for schema in spot.schemas for form in forms(schema)))
    everywhere = set(spot.labels)
    defaults = list(dict.fromkeys(number(flat["default"]) for flat in flats if "default" in flat))
    return SpecCell(
        name=spot.dotted,
        where=str(flats[0].get(POINTER, "#")),
        required=_required(spot),
        type=tuple(dict.fromkeys(_noted(form.type, spot, everywhere) for form in found)),
        bounds=tuple(dict.fromkeys(word for form in found for word in form.said)),
        enum=tuple(dict.fromkeys(str(value) for form in found for value in form.enum or ())),
        default=", ".join(defaults),
        models=tuple(dict.fromkeys(str(name) for flat in flats for name in flat.get("x-rerank-models", ()))),
        only_models=tuple(dict.fromkeys(str(name) for flat in flats for name in flat.get("x-rerank-only-models", ()))),
        said=next((str(flat["description"]).strip() for flat in flats if flat.get("description")), ""),
        forms=found,
    )


def _noted(kind: str, spot: FieldSpot, everywhere: set[str]) -> str:
    """Return a form, with the branches that have it where not all do."""
    labelled = zip(spot.schemas, spot.labels, strict=True)
    having = {label for schema, label in labelled if any(form.type == kind for form in forms(schema))}
    return kind if having == everywhere or not all(having) else f"{kind} (only in {', '.join(sorted(having))})"


def _required(spot: FieldSpot) -> str:
    if all(spot.required):
        missing = spot.alternatives - len(set(spot.labels)) if spot.labels[0] and len(spot.path) == 1 else 0
        return "required" if not missing else f"required in {', '.join(dict.fromkeys(spot.labels))}"
    if not any(spot.required):
        return "optional"
    requiring = [label for label, flag in zip(spot.labels, spot.required, strict=True) if flag and label]
    return f"required in {', '.join(dict.fromkeys(requiring)) or 'one alternative'}"


def _fields(
    area: str, contracts: Sequence[Contract], spots_of: Callable[[Contract], tuple[FieldSpot, ...]]
) -> Iterator[SpecRow]:
    for pair in paired([spots_of(contract) for contract in contracts]):
        first = next(spot for spot in pair if spot)
        yield SpecRow(area, first.dotted, first.role, tuple(facts(spot) if spot else ABSENT for spot in pair))


def paired(columns: Sequence[Sequence[FieldSpot]]) -> list[list[FieldSpot | None]]:
    """Pair fields: by role and the role that holds them, then by role alone, then, without a role, by path."""
    rows: list[list[FieldSpot | None]] = []
    for number_, spots in enumerate(columns):
        last = -1
        own = [(spot.role, spot.above) for spot in spots]
        for spot in spots:
            at = _place(rows, number_, spot, own)
            if at is None:
                at = last + 1
                rows.insert(at, [None] * len(columns))
            rows[at][number_] = spot
            last = at
    return rows


def _place(
    rows: list[list[FieldSpot | None]], column: int, spot: FieldSpot, own: list[tuple[str | None, str | None]]
) -> int | None:
    free = [(at, [other for other in row if other]) for at, row in enumerate(rows) if row[column] is None]
    if spot.role is None:
        return next((at for at, others in free if any((o.role, o.path) == (None, spot.path) for o in others)), None)
    exact = next((at for at, others in free if any((o.role, o.above) == (spot.role, spot.above) for o in others)), None)
    if exact is not None:
        return exact
    # Held by something else here: paired all the same, unless this contract has the exact counterpart elsewhere.
    alike = ((at, others) for at, others in free if any(o.role == spot.role for o in others))
    return next((at for at, others in alike if not any((o.role, o.above) in own for o in others)), None)


def _access(contracts: Sequence[Contract]) -> Iterator[SpecRow]:
    def row(item: str, tell: Callable[[Contract], SpecCell]) -> SpecRow:
        return SpecRow("access", item, None, tuple(tell(contract) for contract in contracts))

    yield row("path", lambda c: SpecCell(f"{c.method} {urlsplit(c.server).path.rstrip('/')}{c.path}", c.pointer))
    yield row("host", lambda c: SpecCell(_host(c.server), "#/servers/0") if _host(c.server) else ABSENT)
    yield row(
        "authentication",
        lambda c: SpecCell(c.credential.words, f"{c.pointer}/security") if c.credential is not None else ABSENT,
    )
    yield row("request media type", lambda c: SpecCell(", ".join(c.request_media), f"{c.pointer}/requestBody"))
    yield row("version", lambda c: SpecCell(c.version, "#/info/version") if c.version else ABSENT)


def _host(server: str) -> str:
    parts = urlsplit(server)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def _headers(contracts: Sequence[Contract]) -> Iterator[SpecRow]:
    keys: dict[str, str] = {}
    for contract in contracts:
        for header in contract.success.headers:
            keys.setdefault(header.role or header.name.lower(), header.name.lower())
    for key, name in keys.items():
        columns = [contract.success.headers for contract in contracts]
        found = [next((h for h in headers if key in {h.role, h.name.lower()}), None) for headers in columns]
        role = next((header.role for header in found if header is not None), None)
        yield SpecRow("headers", name, role, tuple(_of_header(header) for header in found))


def _of_header(header: Header | None) -> SpecCell:
    if header is None:
        return ABSENT
    told = forms(header.schema)
    bounds = tuple(word for form in told for word in form.said)
    required, kinds = "required" if header.required else "optional", tuple(form.type for form in told)
    return SpecCell(header.name.lower(), header.pointer, required, kinds, bounds, forms=told)


def _errors(contracts: Sequence[Contract]) -> Iterator[SpecRow]:
    statuses = dict.fromkeys(status for contract in contracts for status in contract.answers)
    for status in sorted(statuses):
        cells = []
        for contract in contracts:
            answer = contract.answers.get(status)
            if answer is None:
                cells.append(ABSENT)
                continue
            media = " / ".join(answer.media) or "no body"
            shapes = tuple(dict.fromkeys(shape(schema) for schema in answer.media.values()))
            alike = tuple(dict.fromkeys(shape(schema, ordered=True) for schema in answer.media.values()))
            if status.startswith("2"):
                shapes, alike = ("the answer above",), ()
            cells.append(SpecCell(status, answer.pointer, type=shapes, bounds=(media,), alike=alike))
        yield SpecRow("errors", status, None, tuple(cells))


def _marked(cells: tuple[SpecCell, ...]) -> tuple[SpecCell, ...]:
    """Return the cells with what differs from the first one."""
    first, *others = cells
    return (first, *(evolve(cell, differs=_differences(first, cell)) for cell in others))


def _differences(first: SpecCell, other: SpecCell) -> tuple[str, ...]:
    if first.present != other.present:
        return ("present",)
    if not first.present:
        return ()
    found = ["name"] if first.name != other.name else []
    parts = ("required", "type", "bounds", "enum", "default", "models", "only_models")
    return (*found, *(part for part in parts if _bare(first, part) != _bare(other, part)))


def _bare(cell: SpecCell, part: str) -> object:
    """Return a part for comparing: without the names of branches, which are a contract's own."""
    value = getattr(cell, part)
    if part == "required":
        return value.split(" in ")[0]
    if part == "type" and cell.alike:
        return frozenset(cell.alike)
    if part == "type":
        return frozenset(kind.split(" (only in")[0] for kind in value)
    if part == "models":
        # An enumeration and a list in prose say the same of a model, but one of them binds.
        return frozenset(value or cell.enum) if value or cell.enum else frozenset()
    return frozenset(value) if isinstance(value, tuple) else value
