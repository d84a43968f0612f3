"""A fault: one named way in which the mock breaks its contract."""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from importlib.resources import files
from typing import Any

from attrs import frozen

from conformance.contract import Contract
from conformance.contract.roles import GROWING
from conformance.mock.app import Call
from conformance.mock.rules import Headers, Refusal, Rules

Change = Callable[[Headers, bytes], tuple[Headers, bytes]]


@cache
def read(name: str) -> Mapping[str, Any]:
    """Return what a file of this folder holds."""
    return tomllib.loads((files(__package__) / f"{name}.toml").read_text(encoding="utf-8"))


def rewritings(group: str, own: Mapping[str, Callable[[str], str]] | None = None) -> Iterator[tuple[str, str, Any]]:
    """Yield what becomes of texts by a group of `texts.toml`: a name, in words, and the change, which is one of `own` where the file has none."""
    for name, (words, *how) in read("texts")[group].items():
        if not how:
            yield name, words, (own or {})[name]
        else:
            yield name, words, partial(re.sub if len(how) > 1 else unicodedata.normalize, *how)


@frozen
class Fault:
    """A name, one sentence, a glob on the ids of requirements that it breaks, and the one decision it changes.

    `apply` replaces a method of the rules it is given; it imports no check.
    """

    name: str
    sentence: str
    breaks: str
    apply: Callable[[Rules], None]

    @classmethod
    def of(cls, key: str, apply: Callable[[Rules], None], **values: object) -> "Fault":
        """Return the fault whose words `faults.toml` has under a key, which is its name; `{name}` stands there for a value of that name."""
        name, sentence, breaks = (said.format(**values) for said in (key, *read("faults")[key][:2]))
        return cls(name, sentence, breaks, apply)


def listed(contract: Contract, faults: Mapping[str, Callable[[Rules], None]], **values: object) -> Iterator[Fault]:
    """Yield the faults of these keys that a contract has what they need for."""
    for key, apply in faults.items():
        if all(_has(contract, need) for need in " ".join(read("faults")[key][2:]).split()):
            yield Fault.of(key, apply, **values)


def _has(contract: Contract, need: str) -> bool:
    """Whether a contract is `secured`, has counts that grow, a place for a role in an answer (`.echo`) or a field for one in a request."""
    if need == "secured":
        return contract.secured
    if need == "growing":
        return any(contract.success.place(role) is not None for role in GROWING)
    return (contract.success.place(need[1:]) if need[0] == "." else contract.request_field(need)) is not None


def replace(method: str, function: Callable[..., Any]) -> Callable[[Rules], None]:
    """Return what puts a function in place of a method; the function gets the original first, then the rules.

    What goes over the wire passes through one fault after the other, so that two can be switched on together.
    """

    def apply(rules: Rules) -> None:
        original = getattr(rules, method)
        if method == "wire":
            setattr(
                rules,
                method,
                lambda status, headers, data, call: function(
                    original, rules, *original(status, headers, data, call), call
                ),
            )
        else:
            setattr(rules, method, lambda *args: function(original, rules, *args))

    return apply


def remembering(method: str, begin: Callable[[], Any], function: Callable[..., Any]) -> Callable[[Rules], None]:
    """Return what `replace` does; before all else the function gets what a server remembers, which begins anew with each."""

    def apply(rules: Rules) -> None:
        replace(method, partial(function, begin()))(rules)

    return apply


def after(method: str, change: Callable[[Any], Any]) -> Callable[[Rules], None]:
    """Return what changes a method's result."""
    return replace(method, lambda original, _rules, *args: changed(change, original(*args)))


def changed(change: Callable[[Any], Any], result: Any) -> Any:
    """Return a result as a change leaves it; one of which another fault left nothing that can be changed so stays."""
    try:
        return change(result)
    except TypeError:
        return result


def reading(change: Callable[[str], str]) -> Callable[[Rules], None]:
    """Return what changes the text of a document as it is read."""
    return replace("cut", lambda original, _rules, body, text: original(body, change(text)))


def scoring(change: Callable[..., float]) -> Callable[[Rules], None]:
    """Return what changes a document's score: from the score, the rules, the body, the document's place and the document."""

    def score(original: Any, rules: Rules, body: Any, query: str, position: int, item: Any) -> float:
        return change(original(body, query, position, item), rules, body, position, item)

    return replace("score", score)


def wired(
    when: Callable[[int, Call], bool], change: Change = lambda headers, data: (headers, data), status: int | None = None
) -> Callable[[Rules], None]:
    """Return what changes headers and body on the wire, or the status, where a test on the status and the call picks them."""

    def wire(
        _original: object, _rules: Rules, came: int, headers: Headers, data: bytes, call: Call
    ) -> tuple[int, Headers, bytes]:
        return (status or came, *change(headers, data)) if when(came, call) else (came, headers, data)

    return replace("wire", wire)


def refusing(
    test: Callable[[Rules, Any], bool], words: str = "This is not supported.", reason: str = ""
) -> Callable[[Rules], None]:
    """Return what refuses the bodies that a test picks, lawful though they are."""

    def accept(original: Any, rules: Rules, body: Any) -> None:
        original(body)
        if test(rules, body):
            raise Refusal(rules.refusal, words, reason)

    return replace("accept_model", accept)


def plain(words: str) -> Change:
    """Return what puts a plain text in the place of an answer."""
    return lambda _headers, _data: ([("content-type", "text/plain")], words.encode())


def texts(rules: Rules, body: Any) -> list[str]:
    """Return the texts of the documents of a body."""
    return [rules.text(item) for item in rules.documents(body)]


def text_of_item(change: Callable[[str], str]) -> Callable[[Any], Any]:
    """Return what changes the texts of a document, be it a string or an object."""

    def applied(item: Any) -> Any:
        if isinstance(item, dict):
            return {key: change(value) if isinstance(value, str) else value for key, value in item.items()}
        return change(item) if isinstance(item, str) else item

    return applied
