"""A fault: one named way in which the mock breaks its contract."""

import tomllib
from collections.abc import Callable, Mapping
from functools import cache, partial
from importlib.resources import files
from typing import Any

from attrs import frozen

from conformance.mock.app import Call
from conformance.mock.rules import Headers, Refusal, Rules

Change = Callable[[Headers, bytes], tuple[Headers, bytes]]


@cache
def _words() -> Mapping[str, tuple[str, str]]:
    return tomllib.loads((files(__package__) / "faults.toml").read_text(encoding="utf-8"))


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
        name, sentence, breaks = (said.format(**values) for said in (key, *_words()[key]))
        return cls(name, sentence, breaks, apply)


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


def text_of_item(change: Callable[[str], str]) -> Callable[[Any], Any]:
    """Return what changes the texts of a document, be it a string or an object."""

    def applied(item: Any) -> Any:
        if isinstance(item, dict):
            return {key: change(value) if isinstance(value, str) else value for key, value in item.items()}
        return change(item) if isinstance(item, str) else item

    return applied
