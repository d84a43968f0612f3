"""Targets by name: the mock, a URL, and what `targets.toml` holds. Keys come from the environment, never from a file."""

import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from attrs import evolve, field, frozen

from conformance.contract import Contract, ContractError, catalogue, load
from conformance.contract.resources import contracts_root
from conformance.document.folder import not_text, read_text
from conformance.document.process import alone
from conformance.document.text import meant
from conformance.exchange.address import TargetError, base, header, loopback, proxy, without_credentials
from conformance.exchange.environment import VARIABLE, carried, key, passable, way
from conformance.model.clause import Level
from conformance.model.exchange import Headers
from conformance.running import MOCK, Settings, Target
from conformance.verdict import deviation

__all__ = ["MOCK", "Entry", "Options", "TargetError", "contract_of", "headers", "read", "resolve"]

FILE = "targets.toml"
_DEFAULT_CONTRACT = "siliconflow"
_MOCK_NAME = re.compile(rf"{MOCK}(?::(?P<vendor>[^?]+))?(?:\?(?P<switches>.*))?", re.DOTALL)
_SWITCHES = ("fault", "as-observed", "every")
_SCHEMA = Path(__file__).with_name("schemas") / "targets.schema.json"
# A shorter secret may stand anywhere by chance.
_LEAST = 8


@frozen
class Entry:
    """What `targets.toml` says of one target; see `conformance/schemas/targets.schema.json`.

    `told` is the table as it was written; `folder` is what its files are relative to.
    """

    name: str
    told: Mapping[str, Any]
    folder: Path
    origin: str

    @property
    def contract(self) -> Contract:
        """The contract; raises ContractError that names the file and the field."""
        try:
            return load(self.place(self.told.get("contract", _DEFAULT_CONTRACT)))
        except ContractError as error:
            raise ContractError(f"{self.field('contract')}: {error}") from error

    def field(self, name: str) -> str:
        """Return how a field is called in an error."""
        return f"{self.origin}: targets.{self.name}.{name}"

    @property
    def deviations(self) -> tuple[str, ...]:
        """Names or files of the known deviations that apply."""
        return tuple(self.place(name) for name in self.told.get("deviations", ()))

    @property
    def profile(self) -> str:
        """How much `nightly` asks."""
        return str(self.told.get("profile", "nightly"))

    @property
    def enabled(self) -> bool:
        """Whether `nightly` runs it unasked."""
        return bool(self.told.get("enabled", True))

    def place(self, name: str) -> str:
        """Return the name of a shipped vendor as it is, else the file of that name beside the file that names it."""
        beside = self.folder / name
        return str(beside) if name not in catalogue.names() and beside.exists() else str(name)

    @property
    def variable(self) -> str:
        """Name of the environment variable that holds the key."""
        return str(self.told.get("key_env") or self.contract.key_env or "API_KEY")

    @property
    def base_url(self) -> str:
        """Where it is: as written, else the contract's first server."""
        return str(self.told.get("base_url") or self.contract.server).rstrip("/")

    def unset(self, environment: Mapping[str, str] | None = None) -> tuple[str, ...]:
        """Return the environment variables that it needs and that are not set."""
        known = os.environ if environment is None else environment
        wanted = [self.variable] if not known.get(self.variable) and not loopback(self.base_url) else []
        for value in (*self.told.get("headers", {}).values(), self.told.get("proxy", "")):
            wanted += [name for name in VARIABLE.findall(value) if not known.get(name)]
        return tuple(dict.fromkeys(wanted))

    def missing(self, environment: Mapping[str, str] | None = None) -> tuple[str, ...]:
        """Return, one sentence each, what is missing before it can be asked."""
        told = [f"set the environment variable {name}" for name in self.unset(environment)]
        ca_file = self.told.get("ca_file")
        if ca_file and not Path(self.place(ca_file)).is_file():
            told.append(f"there is no file {ca_file}, which ca_file names")
        for name in self.told.get("deviations", ()):
            try:
                deviation.load(self.place(name))
            except deviation.DeviationError as error:
                told.append(f"deviations: {error}")
        return tuple(told)

    def check(self) -> None:
        """Raise TargetError, with the file and the field, for what the schema cannot tell."""
        if self.name == MOCK:
            msg = f"{self.origin}: targets.{MOCK}: `{MOCK}` is the embedded mock; give the target another name."
            raise TargetError(msg)
        told, name = self.told, ""
        try:
            name = "base_url"
            base(told.get(name, "http://127.0.0.1"))
            name = "proxy"
            if not told.get(name, "$").startswith("$"):
                proxy(told[name])
            name = "headers"
            for pair in told.get(name, {}).items():
                header(*pair)
        except TargetError as error:
            raise TargetError(f"{self.field(name)}: {error}") from error

    def settings(self, settings: Settings) -> Settings:
        """Return the settings with the target's own budget and the level that fails it, where none was given."""
        budget = self.told.get("budget", {})
        given = {name: told for name, told in budget.items() if getattr(settings, name) is None}
        if settings.fail_on is None and "fail_on" in self.told:
            given["fail_on"] = Level(self.told["fail_on"].upper())
        return evolve(settings, **given)

    def target(self, options: "Options") -> Target:
        """Return the target with its key; raises TargetError and ContractError."""
        lacking = self.missing()
        if lacking and not (len(lacking) == 1 and self.variable in lacking[0] and options.key_env):
            raise TargetError(f"The target {self.name} cannot be asked: {'; '.join(lacking)}.")
        own, told = self.contract, self.told
        variable = options.key_env or self.variable
        given = {name.lower() for name, _ in options.headers}
        found = {name: carried(name) for value in told.get("headers", {}).values() for name in VARIABLE.findall(value)}
        proxied, password = way(told.get("proxy"))
        return Target(
            self.name,
            self._checked(),
            options.contract(own),
            {variable: key(self.base_url, variable), **found, **password, **options.secrets},
            models=options.models or tuple(told.get("models", ())),
            headers=(
                *((name, value) for name, value in told.get("headers", {}).items() if name.lower() not in given),
                *options.headers,
            ),
            concurrency=options.concurrency or told.get("concurrency", 8),
            timeout=options.timeout or told.get("timeout_s", 30.0),
            key_env=variable,
            rate=options.rate or told.get("requests_per_minute"),
            proxy=proxied,
            ca_file=self._certificates(),
            deviations=options.known(self.deviations),
        )

    def _checked(self) -> str:
        """Return the base URL; raises TargetError also for a contract's server that cannot be one."""
        try:
            return base(self.base_url)
        except TargetError as error:
            raise TargetError(f"{self.field('base_url')}: {error}") from error

    def _certificates(self) -> str | None:
        """Return the file of certificates; raises TargetError for one that holds none."""
        import ssl

        name = self.told.get("ca_file")
        if not name:
            return None
        place = self.place(name)
        try:
            ssl.create_default_context(cafile=place)
        except OSError as error:
            msg = f"{self.field('ca_file')}: {place} holds no certificates in PEM form ({error.strerror or error})."
            raise TargetError(msg) from error
        return place


@frozen
class Options:
    """What a command line says of a target beside its name; empty values leave the target's own.

    `recorded` is the contract of a recording that a run goes on with.
    """

    contract_name: str | None = None
    key_env: str | None = None
    models: tuple[str, ...] = ()
    headers: Headers = ()
    secrets: Mapping[str, str] = field(factory=dict, repr=False)
    concurrency: int | None = None
    timeout: float | None = None
    rate: float | None = None
    deviations: tuple[str, ...] = ()
    as_observed: bool = False
    recorded: Contract | None = None

    def contract(self, own: Contract) -> Contract:
        """Return the contract to judge by: the one that was asked for, else the target's own."""
        if self.recorded is not None:
            return self.recorded
        return load(self.contract_name) if self.contract_name else own

    def known(self, own: tuple[str, ...] = ()) -> Any:
        """Return the known deviations: the target's own, and those that were asked for."""
        try:
            return tuple(item for name in dict.fromkeys((*own, *self.deviations)) for item in deviation.load(name))
        except deviation.DeviationError as error:
            raise TargetError(str(error)) from error


def read(path: Path | None = None) -> dict[str, Entry]:
    """Return the targets that are built in and those of a file (default: targets.toml in the working directory, if there is one).

    A table in the file with the name of a built-in target replaces fields of that target.
    Raises TargetError that names the file and the field.
    """
    entries = _read(contracts_root() / FILE, "built in")
    chosen = path or Path(FILE)
    if path is None and not chosen.is_file():
        return entries
    for name, entry in _read(chosen, str(chosen)).items():
        before = entries.get(name)
        entries[name] = evolve(entry, told={**before.told, **entry.told}) if before else entry
    return entries


def _read(path: Path, origin: str) -> dict[str, Entry]:
    from jsonschema_rs import Draft202012Validator

    try:
        # A date of TOML is taken as it is written.
        loaded = json.loads(json.dumps(tomllib.loads(read_text(path, regular=False)), default=str))
    except UnicodeDecodeError as error:
        raise TargetError(f"{path} {not_text(error)}") from error
    except (OSError, ValueError, RecursionError) as error:
        words = error.strerror if isinstance(error, OSError) else error
        raise TargetError(f"{path} cannot be read: {words}") from error
    schema = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    first = next(iter(Draft202012Validator(schema).iter_errors(loaded)), None)
    if first is not None:
        where = ".".join(map(str, first.instance_path)) or "its top level"
        raise TargetError(f"{path}: {where}: {_complaint(first, schema)}.{_hint(str(first.message), schema)}")
    entries = {name: Entry(name, told, path.parent, origin) for name, told in loaded["targets"].items()}
    for entry in entries.values():
        entry.check()
    return entries


def _complaint(error: Any, schema: Mapping[str, Any]) -> str:
    """Return what the schema says of a value, without a text that may be a key at the wrong place."""
    words = str(error.message)
    keyword = str(error.schema_path[-1])
    if keyword == "pattern":
        at: Any = schema
        for part in error.schema_path[:-1]:
            at = at[part]
        subject = (
            "this text" if isinstance(error.instance, str) else f"the name {words.rpartition(' does not match ')[0]}"
        )
        return f"{subject} is not of the form that is wanted, such as {at['examples'][0]}"
    if isinstance(error.instance, str) and keyword == "type":
        return f"this text{words.removeprefix(json.dumps(error.instance, ensure_ascii=False))}"
    # TOML knows no null: that is what JSON makes of nan and inf.
    return "a number is wanted, and this is none" if error.instance is None else words


def _hint(words: str, schema: dict[str, Any]) -> str:
    """Return which field was perhaps meant by one that there is not."""
    known = {
        **schema["properties"],
        **schema["$defs"]["target"]["properties"],
        **schema["$defs"]["target"]["properties"]["budget"]["properties"],
    }
    odd = re.findall(r"'([^']+)' (?:was|were) unexpected", words)
    return next(filter(None, (meant(word, known) for word in odd)), "")


@contextmanager
def resolve(name: str, options: Options, path: Path | None = None) -> Iterator[tuple[Target, Entry | None]]:
    """Yield the target of a name and, for one by name, its entry; the embedded mock runs for as long.

    A name is `mock`, `mock:VENDOR`, a base URL, or one of `targets.toml`.
    Raises TargetError and ContractError.
    """
    if path is not None:
        # A file that was named is read, even for a target that is not in it: a wrong name is told.
        read(path)
    for found, entry in _resolved(name, options, path):
        _no_key_in_sight(found)
        passable(found.base_url, found.proxy, found.ca_file)
        yield found, entry


def is_mock(name: str) -> bool:
    """Whether a target's name is that of an embedded mock."""
    return _MOCK_NAME.fullmatch(name) is not None


@frozen
class MockName:
    """What the name of an embedded mock says: `mock[:VENDOR][?fault=NAME&every=N&as-observed]`; `fault` may be said several times."""

    vendor: str
    faults: tuple[str, ...] = ()
    every: int = 1
    observed: bool = False

    @classmethod
    def read(cls, name: str) -> "MockName":
        """Return what a name says; raises TargetError."""
        found = _MOCK_NAME.fullmatch(name)
        vendor, switches = (found["vendor"], found["switches"]) if found else (None, None)
        # A plus is one: names of faults hold it, and a shell's user writes what the list of them says.
        pairs = parse_qsl((switches or "").replace("+", "%2B"), keep_blank_values=True)
        told = dict(pairs)
        if any(key not in _SWITCHES for key in told) or (switches is not None and not told):
            msg = f"{name}: the mock takes {', '.join(_SWITCHES)} after the question mark, such as mock?fault=score_percent."
            raise TargetError(msg)
        every = told.get("every", "1")
        if not re.fullmatch(r"[1-9][0-9]{0,8}", every):
            raise TargetError(f"{name}: every is a whole number from 1 on.")
        faults = tuple(value for key, value in pairs if key == "fault")
        if "" in faults:
            raise TargetError(f"{name}: fault needs a name; `rerank-conformance mock --list-faults` lists them.")
        return cls(vendor or "", faults, int(every), "as-observed" in told)


def _no_key_in_sight(target: Target) -> None:
    """Refuse a key that stands where it would be written: in a URL, a header, a model's name."""
    places = [
        ("base URL", target.base_url),
        ("name", target.name),
        *((f"header {name}", value) for name, value in target.headers),
        *(("model", name) for name in target.models),
    ]
    for variable, secret in target.secrets.items():
        for place, told in places:
            if len(secret) >= _LEAST and secret in told:
                msg = f"The value of {variable} stands in the target's {place}, from where it would get into files; write ${variable} in a header instead."
                raise TargetError(msg)


def _resolved(name: str, options: Options, path: Path | None) -> Iterator[tuple[Target, Entry | None]]:
    if is_mock(name):
        yield from _mock(name, options)
        return
    if options.as_observed:
        raise TargetError(f"--as-observed is for the embedded mock, and {name} is none.")
    if "://" in name:
        yield _url(name, options), None
        return
    entries = read(path)
    if name not in entries:
        hint = meant(name.lower(), [*entries, MOCK])
        msg = f"There is no target {without_credentials(name)!r}: it is neither `mock`, nor `mock:VENDOR`, nor a URL (http://… or https://…), nor one of {', '.join(entries)}.{hint}"
        raise TargetError(msg)
    yield entries[name].target(options), entries[name]


def contract_of(name: str) -> str:
    """Return the name of the contract that a target is judged by unless told otherwise; raises TargetError."""
    if "://" in name:
        return _DEFAULT_CONTRACT
    if is_mock(name):
        return MockName.read(name).vendor or _DEFAULT_CONTRACT
    entry = read().get(name)
    return str(entry.place(entry.told.get("contract", _DEFAULT_CONTRACT))) if entry else _DEFAULT_CONTRACT


def _mock(name: str, options: Options) -> Iterator[tuple[Target, None]]:
    told = MockName.read(name)
    served = load(told.vendor) if told.vendor else options.recorded or load(options.contract_name or _DEFAULT_CONTRACT)
    judged_by = options.contract(served)
    variable = judged_by.key_env or "API_KEY"
    with _serving(name, served, told, observed=options.as_observed or told.observed) as (url, secret):
        yield _plain(name, url, judged_by, {variable: secret, **options.secrets}, options), None


@contextmanager
def _serving(name: str, contract: Contract, told: MockName, *, observed: bool) -> Iterator[tuple[str, str]]:
    """Yield the base URL of a mock and its key; raises TargetError for what it cannot do."""
    if alone() and not (told.faults or observed):
        from conformance.mock.own_process import served

        with served(contract) as mock:
            yield mock
        return
    from conformance.mock.observed import ObservedError
    from conformance.mock.server import MockServer, UnknownFaultError

    try:
        embedded = MockServer(contract, fault=told.faults, every=told.every, observed=observed)
    except (UnknownFaultError, ObservedError) as error:
        raise TargetError(f"{name}: {error}") from error
    with embedded.apart() as server:
        yield server.base_url, server.key


def _url(name: str, options: Options) -> Target:
    url = base(name)
    chosen = options.recorded or load(options.contract_name or _DEFAULT_CONTRACT)
    variable = options.key_env or chosen.key_env or "API_KEY"
    return _plain(name, url, chosen, {variable: key(url, variable), **options.secrets}, options)


def _plain(name: str, url: str, contract: Contract, secrets: Mapping[str, str], options: Options) -> Target:
    return Target(
        name,
        url,
        contract,
        secrets,
        models=options.models,
        headers=options.headers,
        concurrency=options.concurrency or 8,
        timeout=options.timeout or 30.0,
        key_env=next(iter(secrets)),
        rate=options.rate,
        deviations=options.known(),
    )


def headers(given: tuple[str, ...]) -> tuple[Headers, dict[str, str]]:
    """Return `NAME: VALUE` texts as pairs, and the secrets that they name; raises TargetError."""
    pairs, secrets = [], {}
    for text in given:
        name, colon, value = text.partition(":")
        if not colon:
            raise TargetError(f"--header {text!r} is no header: write 'Name: value'.")
        try:
            pairs.append(header(name.strip(), value.strip()))
        except TargetError as error:
            raise TargetError(f"--header: {error} Write 'Name: value'.") from error
        for variable in VARIABLE.findall(value):
            if variable not in os.environ:
                raise TargetError(f"--header names ${variable}, which is not set.")
            secrets[variable] = carried(variable)
    return tuple(pairs), secrets
