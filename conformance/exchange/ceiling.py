"""How much of an answer, and of a whole run, is read and kept."""

from attrs import frozen

MB = 1_000_000


@frozen
class Ceilings:
    """Bounds on what a server may send: bytes of a body before and after its encoding is undone, bytes of headers and how many.

    `run` bounds what a run writes to its journal, in bytes. A body beyond its bound is not kept but for its start.
    """

    body: int = 2 * MB
    headers: int = 64_000
    fields: int = 256
    run: int = 1_000 * MB

    def body_for(self, asked: int) -> int:
        """Return the bound on the body that answers a request of `asked` bytes: an echo may be longer than what was sent."""
        return self.body + 4 * asked


# Of a body that is not read to its end so much is kept, to be shown.
EXCERPT = 64_000
