"""A fault: one named way in which the mock breaks its contract."""

from collections.abc import Callable
from typing import Any

from attrs import frozen

from conformance.mock.rules import Rules


@frozen
class Fault:
    """A name, one sentence, a glob on the ids of requirements that it breaks, and the one decision it changes.

    `apply` replaces a method of the rules it is given; it imports no check.
    """

    name: str
    sentence: str
    breaks: str
    apply: Callable[[Rules], None]


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


def after(method: str, change: Callable[[Any], Any]) -> Callable[[Rules], None]:
    """Return what changes a method's result."""
    return replace(method, lambda original, _rules, *args: change(original(*args)))
