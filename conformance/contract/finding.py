"""One defect of a contract as a document."""

from attrs import frozen


@frozen
class AuditFinding:
    """A stable kind, where it is (a JSON pointer), and what is wrong in a sentence."""

    kind: str
    pointer: str
    sentence: str
