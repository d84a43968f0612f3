"""Strings that match a pattern; Hypothesis knows how, and is imported only here."""

import random
import re
from collections.abc import Callable, Iterator

from conformance.document.cache import settle_hypothesis


def matching(pattern: str, keeps: Callable[[str], bool], most: int = 1) -> Iterator[str]:
    """Yield up to `most` different strings that match a pattern and keep a condition, the same ones every time.

    None for a pattern that Python cannot read, or where none was found.
    """
    settle_hypothesis()
    from hypothesis import HealthCheck, Phase, find, settings
    from hypothesis import strategies as st
    from hypothesis.errors import HypothesisException

    quiet = settings(
        database=None,
        deadline=None,
        max_examples=500,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    found: list[str] = []
    while len(found) < most:
        try:
            value: str = find(
                st.from_regex(pattern),
                lambda text: text not in found and keeps(text),
                settings=quiet,
                random=random.Random(0),
            )
        except (HypothesisException, re.error, ValueError, OverflowError, RecursionError):
            return
        found.append(value)
        yield value
