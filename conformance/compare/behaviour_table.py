"""How each target behaves, as a table: what no contract settles, and what decides whether one can replace another."""

from collections.abc import Iterable, Iterator, Sequence

from attrs import frozen

from conformance.compare.compared import ComparedTarget
from conformance.model.exchange import Request
from conformance.probes.kit import Kit
from conformance.traits.envelope import envelope_traits
from conformance.traits.open_questions import open_questions
from conformance.traits.requests import foreign_traits, request_traits
from conformance.traits.scoring import score_traits
from conformance.traits.trait import NOT_ASKED, Trait, TraitValue
from conformance.traits.transport import limit_traits, transport_traits

NO_SUCH = TraitValue("not in its contract", "not in its contract", shown=False)


@frozen
class LimitSearch:
    """How far limits are looked for: documents in one request, and bytes in one document; 0 leaves one out."""

    documents: int = 1_024
    bytes: int = 1_048_576


@frozen
class BehaviourRow:
    """One trait across the targets."""

    trait: Trait
    cells: tuple[TraitValue, ...]

    @property
    def id(self) -> str:
        """The trait's id."""
        return self.trait.id

    @property
    def sentence(self) -> str:
        """The trait's sentence, as the first target that has it words it."""
        return self.trait.sentence

    @property
    def differs(self) -> bool:
        """Whether two targets were seen to behave differently."""
        return len({cell.key for cell in self.cells if cell.shown}) > 1


def traits(kit: Kit, references: Iterable[Kit], reach: LimitSearch) -> Iterator[Trait]:
    """Yield everything that is looked for on a target."""
    yield from request_traits(kit)
    yield from open_questions(kit)
    for reference in references:
        yield from foreign_traits(kit, reference)
    yield from score_traits(kit)
    yield from transport_traits(kit)
    yield from limit_traits(kit, reach.documents, reach.bytes)
    yield from envelope_traits(kit)


def requests(kit: Kit, references: Iterable[Kit], reach: LimitSearch) -> tuple[Request, ...]:
    """Return what must be asked of a target for its traits to be seen, each request once."""
    found = {request.key: request for trait in traits(kit, references, reach) for request in trait.requests}
    return tuple(found.values())


def behaviours(subjects: Sequence[ComparedTarget], reach: LimitSearch) -> tuple[BehaviourRow, ...]:
    """Return the table, in the order of the traits."""
    columns = [{trait.id: trait for trait in traits(subject.kit, subject.kits.values(), reach)} for subject in subjects]
    rows: dict[str, Trait] = {}
    for column in columns:
        for name, trait in column.items():
            rows.setdefault(name, trait)
    return tuple(
        BehaviourRow(
            trait, tuple(_told(subject, column.get(name)) for subject, column in zip(subjects, columns, strict=True))
        )
        for name, trait in rows.items()
    )


def _told(subject: ComparedTarget, trait: Trait | None) -> TraitValue:
    if trait is None:
        return NO_SUCH
    if subject.notice or subject.mute:
        return TraitValue("not shown", "not shown", shown=False)
    told = trait.read(subject)
    if told is not NOT_ASKED or subject.asked:
        return told
    return TraitValue("not asked in this recording", "not asked", shown=False)
