"""A run's folder as a recording: begun before the first request, judged again at any time."""

import json
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import define, evolve, field, frozen

from conformance import __version__
from conformance.contract import Contract, ContractError, catalogue
from conformance.document import picked
from conformance.document.folder import read_text, whole
from conformance.document.run import FILES
from conformance.document.text import few
from conformance.exchange import journal
from conformance.exchange.address import TargetError, base
from conformance.exchange.journal import Damage, Journal, JournalError, seal, sealed
from conformance.model.clause import Level
from conformance.model.exchange import Exchange
from conformance.model.run import Run
from conformance.running import End, Found, Ledger, Past, Settings, Target, judged, plan
from conformance.running.settings import BOUNDS
from conformance.verdict import deviation

CONTRACT = "contract.json"
EARLIER = "earlier"
# How many folders an error names.
_NAMED = 5


class RecordingError(Exception):
    """A folder holds no usable recording; the message names it."""


def begin(folder: Path, target: Target, settings: Settings) -> Journal:
    """Return the journal of a new recording in a folder, which is made.

    A recording that lies there already is moved into `earlier/`: it was paid for.
    Raises RecordingError.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = journal.lock(folder)
        _set_aside(folder)
        contract = target.contract
        stored = {"name": contract.name, "document": contract.document}
        with whole(folder / CONTRACT) as out:
            out.write(json.dumps(stored, ensure_ascii=False, indent=1) + "\n")
        opened = Journal(folder / journal.NAME, held)
        opened.begin(_header(target, settings))
    except JournalError as error:
        raise RecordingError(str(error)) from error
    except OSError as error:
        raise RecordingError(f"{folder} cannot be written: {error.strerror or error}") from error
    return opened


def resume(folder: Path) -> Journal:
    """Return the journal of a recording, to go on with; raises JournalError."""
    return Journal(folder / journal.NAME)


def _set_aside(folder: Path) -> None:
    if not (folder / journal.NAME).exists():
        return
    number = 1
    while (aside := folder / EARLIER / str(number)).exists():
        number += 1
    aside.mkdir(parents=True)
    for name in (CONTRACT, journal.NAME, *FILES.values()):
        if (folder / name).exists():
            (folder / name).rename(aside / name)


def _header(target: Target, settings: Settings) -> dict[str, Any]:
    header = {
        "journal": journal.VERSION,
        "suite": __version__,
        "run": f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{secrets.token_hex(4)}",
        "started": time.time(),
        "target": {
            **picked(target, "name base_url models headers key_env:variable concurrency timeout_s:timeout rate"),
            "variables": list(target.secrets),
            "deviations": [item.plain() for item in target.deviations],
        },
        "contract": picked(target.contract, "name version sha256"),
        "settings": picked(settings, " ".join(("profile select deselect seed strict fail_on", *BOUNDS))),
    }
    return {**header, "seal": seal(header)}


@frozen
class _Index:
    """Where in a journal each answered request lies, by its key; how it ended, when the last answer came, and what is damaged."""

    offsets: dict[str, int]
    ends: tuple[dict[str, Any], ...]
    last: float
    damages: tuple[Damage, ...]
    unread: frozenset[int]


@define(slots=False, eq=False)
class Recording:
    """What lies in a run's folder: `target` and `settings` of the run (without secrets), and every exchange.

    `own` tells that this user recorded it on this machine, and that what it says of target and settings is as it was written.
    """

    folder: Path
    id: str
    target: Target
    settings: Settings
    started: float
    suite: str
    own: bool
    _index: _Index = field(repr=False)

    @classmethod
    def read(cls, folder: Path) -> "Recording":
        """Read a run's folder; raises RecordingError with one sentence that names what is missing."""
        path = folder / journal.NAME
        if not path.is_file():
            raise RecordingError(f"{folder} holds no recorded run: there is no {journal.NAME} in it.{_below(folder)}")
        try:
            header = next(journal.lines(path))[1]
            target = _target(folder, header["target"])
            own = sealed(header) and target.contract.sha256 == header["contract"]["sha256"]
            return cls(
                folder,
                header["run"],
                target,
                _settings(header["settings"]),
                header["started"],
                header["suite"],
                own,
                _scan(path),
            )
        except (JournalError, ContractError, TargetError, deviation.DeviationError) as error:
            raise RecordingError(str(error)) from error
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            msg = f"{path} is damaged: its first line is not what this suite writes ({type(error).__name__}: {error})."
            raise RecordingError(msg) from error

    @property
    def path(self) -> Path:
        """The journal."""
        return self.folder / journal.NAME

    def exchanges(self) -> Iterator[Exchange]:
        """Yield every exchange in the order it was written, one at a time."""
        for offset, line in journal.lines(self.path):
            if "request" in line and offset not in self._index.unread:
                yield journal.decode(line)

    @property
    def damages(self) -> tuple[Damage, ...]:
        """The lines that cannot be read; each costs its exchange alone."""
        return self._index.damages

    @property
    def end(self) -> End:
        """How the recording ended."""
        return End(self._index.ends[-1]["end"]) if self._index.ends else End.KILLED

    @property
    def duration_s(self) -> float:
        """How long sending took, in seconds; of a recording that was killed, until its last answer."""
        told = float(self._index.ends[-1]["duration_s"]) if self._index.ends else 0.0
        return told or max(self._index.last - self.started, 0.0)

    @property
    def found(self) -> Found:
        """How sending went."""
        last = self._index.ends[-1] if self._index.ends else {}
        return Found(self.end, self.duration_s, last.get("pace"), tuple(last.get("spent", ())))

    def look_up(self, key: str) -> Exchange | None:
        """Return the answered exchange of a request by its key, or None."""
        offset = self._index.offsets.get(key)
        return None if offset is None else journal.read_at(self.path, offset)

    @property
    def past(self) -> Past:
        """What a run that goes on with this recording has behind it."""
        return Past(self.exchanges, self.look_up, self.started, self.duration_s)

    def judged(self, contract: Contract | None = None, settings: Settings | None = None, **changes: Any) -> Run:
        """Judge the recording again, by its own contract or another; `changes` go to the target (its deviations, its models).

        Sends nothing. Raises EmptySelectionError.
        """
        target = evolve(self.target, **changes)
        if contract is not None:
            target = evolve(target, contract=contract, key_env=self.target.variable)
        chosen = settings or self.settings
        the_plan = plan(target, chosen)
        ledger = Ledger(the_plan.kit, known=the_plan.known, expected=the_plan.expected)
        for exchange in self.exchanges():
            ledger.recall(exchange)
        return judged(target, chosen, the_plan, ledger, self.found, self.started)


def _scan(path: Path) -> _Index:
    offsets: dict[str, int] = {}
    ends: list[dict[str, Any]] = []
    damages: list[Damage] = []
    unread: set[int] = set()
    last = 0.0
    for number, (offset, line) in enumerate(journal.lines(path, damages.append), 1):
        if "request" in line:
            try:
                exchange = journal.decode(line)
                key = exchange.request.key
            except ValueError:
                # Counted with the lines before it that were not even yielded.
                damages.append(Damage(number + len(damages) - len(unread), line["id"]))
                unread.add(offset)
                continue
            last = max(last, exchange.started + exchange.elapsed)
            # What a killed or resumed recording wrote after its last end makes it one without an end again.
            ends.clear()
            if not exchange.unavailable:
                offsets[key] = offset
        elif "end" in line:
            ends.append(line)
    return _Index(offsets, tuple(ends), last, tuple(damages), frozenset(unread))


def _below(folder: Path) -> str:
    """Return which folders in a folder hold recorded runs, as those of a night do; empty for none."""
    found = sorted(str(path.parent) for path in folder.glob(f"*/{journal.NAME}"))
    return f" These in it hold one: {few(found, _NAMED)}." if found else ""


def _target(folder: Path, held: dict[str, Any]) -> Target:
    path = folder / CONTRACT
    try:
        stored = json.loads(read_text(path))
        contract = catalogue.check(stored["document"], path, str(stored["name"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        words = error.strerror if isinstance(error, OSError) else error
        raise ContractError(f"{path} cannot be read: {words}") from error
    return Target(
        **{name: held[name] for name in ("name", "concurrency", "key_env", "rate")},
        base_url=base(held["base_url"]),
        contract=contract,
        secrets=dict.fromkeys(held["variables"], ""),
        models=tuple(held["models"]),
        headers=tuple((name, value) for name, value in held["headers"]),
        timeout=held["timeout_s"],
        deviations=deviation.parse(held.get("deviations", []), str(folder / journal.NAME)),
    )


def _settings(held: dict[str, Any]) -> Settings:
    # Recordings of before have their ceilings by other names.
    held = {name: value for name, value in held.items() if name != "ceilings"}
    level = Level(held["fail_on"]) if held.get("fail_on") else None
    return Settings(**{**held, "select": tuple(held["select"]), "deselect": tuple(held["deselect"]), "fail_on": level})
