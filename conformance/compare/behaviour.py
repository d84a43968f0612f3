"""How each target behaves, as a table: what no contract settles, and what decides whether one can stand in for another."""

from collections.abc import Iterable, Iterator, Sequence

from attrs import frozen

from conformance.compare.behaviours.envelope import envelope_traits
from conformance.compare.behaviours.requests import foreign_traits, request_traits
from conformance.compare.behaviours.scoring import score_traits
from conformance.compare.behaviours.trait import NOT_ASKED, Told, Trait
from conformance.compare.behaviours.transport import limit_traits, transport_traits
from conformance.compare.subject import Subject
from conformance.model.exchange import Request
from conformance.probes.kit import Kit

NO_SUCH = Told("not in its contract", "not in its contract", shown=False)


@frozen
class Reach:
    """How far limits are looked for: documents in one request, and bytes in one document; 0 leaves one out."""

    documents: int = 1_024
    bytes: int = 1_048_576


@frozen
class Habit:
    """One trait across the targets."""

    id: str
    sentence: str
    cells: tuple[Told, ...]

    @property
    def differs(self) -> bool:
        """Whether two targets were seen to behave differently."""
        return len({cell.key for cell in self.cells if cell.shown}) > 1


def traits(kit: Kit, references: Iterable[Kit], reach: Reach) -> Iterator[Trait]:
    """Yield everything that is looked for on a target."""
    yield from request_traits(kit)
    for reference in references:
        yield from foreign_traits(kit, reference)
    yield from score_traits(kit)
    yield from transport_traits(kit)
    yield from limit_traits(kit, reach.documents, reach.bytes)
    yield from envelope_traits(kit)


def requests(kit: Kit, references: Iterable[Kit], reach: Reach) -> tuple[Request, ...]:
    """Return what must be asked of a target for its traits to be seen, each request once."""
    found = {request.key: request for trait in traits(kit, references, reach) for request in trait.requests}
    return tuple(found.values())


def habits(subjects: Sequence[Subject], reach: Reach) -> tuple[Habit, ...]:
    """Return the table, in the order of the traits."""
    columns = [{trait.id: trait for trait in traits(subject.kit, subject.kits.values(), reach)} for subject in subjects]
    sentences: dict[str, str] = {}
    for column in columns:
        for name, trait in column.items():
            sentences.setdefault(name, trait.sentence)
    return tuple(
        Habit(name, sentence, tuple(_told(subject, column.get(name)) for subject, column in zip(subjects, columns, strict=True)))
        for name, sentence in sentences.items()
    )


def _told(subject: Subject, trait: Trait | None) -> Told:
    if trait is None:
        return NO_SUCH
    if subject.notice:
        return Told("not shown", "not shown", shown=False)
    told = trait.read(subject)
    return told if told is not NOT_ASKED or subject.asked else Told("not asked in this recording", "not asked", shown=False)
