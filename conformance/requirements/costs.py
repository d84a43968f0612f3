"""What counts of texts have in common, whatever the tokenizer: judges of the counts in many answers."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations_with_replacement, product
from typing import Any

from conformance.model.finding import Finding
from conformance.requirements.counted import UNCUT, Counted

# A text this many times as long as another one, in characters and in words, has more tokens; the second, whatever the tokenizer.
_MORE = 1.5
_MUCH_MORE = 1.9
# So many words more are more tokens; two letters may be as many as one.
_WORDS = 3
# So many times the same texts cost so many per cent of what the texts alone cost so many times, the question's part counted but once.
_OFTEN, _PART = 8, 80
# And no more than this share of them; so much of short texts that are no more than so many times another list's in any respect.
_FULL, _DEAR = 125, 1.5
_TIMES, _PROPORTION = 10, 1.3
# So many tokens a model may read around each text.
_TEMPLATE = 150
# So many tokens for a character are characters themselves, or bytes; in texts of so many.
_LETTERS, _LONG = 0.6, 2_000
# By so many tokens joining texts may move a count; a number of two digits before each document of a list may cost one more.
_JOINT, _NUMBERED = 2, 9
# What an object costs at the most around its text: its signs, its key, and a line end behind the text; and what white space on both sides of a text may save.
_WRAPPER, _SIDES = 9, 2
# So few short documents are one search.
_SEARCH = 100
# A finding with these words speaks of a count that is too high beside another one.
AT_MOST = "at the most"


def grown(finding: Finding, found: list[Counted]) -> None:
    """Say whether more text counts more, and nothing less than it costs whatever the tokenizer."""
    for one in found:
        if one.count < one.least and one.count < (due := one.least_beside(found)):
            finding.fail(one.reading, f"at least {due} for what the texts hold", str(one.count))
            return
    for one, images in _pictured(found):
        told = f"at least {one.least} for what the texts hold, besides {images} for images"
        finding.fail(one.reading, told, str(one.count))
        return
    groups = _alike(found)
    if any(len({one.count for one in group}) > 1 for group in groups):
        # That a count follows what comes back is told by another clause.
        usual = Counter(one.returns for one in found).most_common(1)[0][0]
        groups = _alike(one for one in found if one.returns == usual)
    groups.sort(key=lambda group: (group[0].size, group[0].reading.exchange.id))
    most, least = ([chosen(group, key=lambda one: one.count) for group in groups] for chosen in (max, min))
    if _batched(finding, most, least):
        return
    plain, bases = ([one for one in some if one.reading.asked("instruction") is None] for some in (most, least))
    for one in plain:
        # Whatever the model's tokenizer, so much more text has more tokens; beside another model's, more than its template around each.
        smaller = [other for other in reversed(bases) if one.exceeds(other, _MUCH_MORE)]
        less = next((other for other in smaller if other.kind == one.kind), next(iter(smaller), None))
        if less is None:
            continue
        # Texts that nobody cuts, beside a short question, cost in proportion, more or less.
        short = max(map(len, one.texts)) < UNCUT and less.size > _TIMES * len(one.query)
        template = 0 if less.kind == one.kind else _TEMPLATE * len(less.texts)
        if one.count <= less.count * (_PROPORTION if short else 1) - template:
            _fewer(finding, one, less)
            break
    _smaller(finding, most, least)
    # What counts less than less text is told as that, and not as what counts more.
    if not finding.broken:
        _dear(finding, most, least)


def _pictured(found: Sequence[Counted]) -> Iterator[tuple[Counted, int]]:
    """Yield answers that count their images and not the texts beside them, each with what the images count.

    Where images count here too, texts count besides; where they are counted apart alone, some count is less than theirs,
    and none is just theirs while another is more by what its texts cost at the least.
    """
    beside = [(one, one.pictured) for one in found if one.least and one.pictured]
    without = [(one, images) for one, images in beside if images <= one.count < images + one.least]
    if len(without) < len(beside):
        both = any(one.count >= images + one.least for one, images in beside)
        yield from ((one, images) for one, images in without if both and one.count == images)
    elif len(beside) > 1:
        yield from without


def _smaller(finding: Finding, most: Sequence[Counted], least: Sequence[Counted]) -> None:
    """Note what counts no more than something that is clearly smaller."""
    for one in most:
        # Each against the largest count of what is clearly smaller: with as long a question or a shorter one.
        for less in least:
            if one.kind != less.kind or one.count > less.count or one.size < less.size:
                continue
            longer = one.exceeds(less, _MORE)
            superset = one.query == less.query and one.cut == less.cut and _more(one.texts, less.texts)
            # A sign, a digit or a capital may cost as much as a word, one beyond ASCII as much as three.
            signs = max(less.asked[2] - one.asked[2], 0)
            wordy = len(one.query.split()) >= less.asked[1] + less.spelled[1] + _WORDS * (1 + signs)
            asks = wordy and one.cut == less.cut and one.listed == less.listed and one.wrapped >= less.wrapped
            if longer or superset or asks:
                _fewer(finding, one, less)
                break


def _alike(found: Iterable[Counted]) -> list[list[Counted]]:
    """Return the answers that count the same texts together; what is an image is left out."""
    groups: dict[Any, list[Counted]] = {}
    for one in found:
        if not one.images:
            groups.setdefault((one.kind, one.query, one.listed, one.cut, one.wrapped), []).append(one)
    return list(groups.values())


def _batched(finding: Finding, most: Sequence[Counted], least: Sequence[Counted]) -> bool:
    """Note a list of the same texts over and over that costs far less than so many times as much, or more; whether there is one."""
    for one, once in product(most, least):
        times = len(one.texts) // max(len(once.texts), 1)
        if times < _OFTEN or (one.kind, one.query) != (once.kind, once.query):
            continue
        if Counter(one.texts) != Counter(once.texts * times):
            continue
        # In whole numbers: a count may be any.
        due = times * once.count * once.size * _PART // (100 * (once.size + len(once.query)))
        full = times * once.count * _FULL // 100
        if not due <= one.count <= full:
            bound = f"at least {due}" if one.count < due else f"no more than {full}"
            told = f"{bound}, for the texts that cost {once.count} come {times} times ({once.reading.exchange.id})"
            finding.fail(one.reading, told, str(one.count))
            return True
    return False


def _dear(finding: Finding, most: Sequence[Counted], least: Sequence[Counted]) -> None:
    """Note a list of short texts that costs far more than another one does for as much text."""
    # A word of one script may cost several times a word of another; and of a question in parts nobody knows what is read.
    some, others = (
        [
            one
            for one in group
            if one.short and one.parted and one.script == 1 and isinstance(one.reading.asked("query"), str)
        ]
        for group in (most, least)
    )
    for one, other in product(some, others):
        if one.count <= _DEAR * other.count or one.kind != other.kind:
            continue
        times = one.times(other)
        if one.count > times * _DEAR * other.count:
            told = f"about {round(times * other.count)} {AT_MOST}, {times:.1f} times the count of as much text ({other.reading.exchange.id})"
            finding.fail(one.reading, told, str(one.count))
            return


def _fewer(finding: Finding, one: Counted, less: Counted) -> None:
    told = f"more than {less.count}, the count of less text ({less.reading.exchange.id})"
    finding.fail(one.reading, told, str(one.count))


def _more(many: Sequence[str], few: Sequence[str]) -> bool:
    """Whether one list holds all texts of another, and letters besides; what is blank may cost nothing."""
    more, less = Counter(many), Counter(few)
    return less <= more and any(char.isalnum() for text in more - less for char in text)


def same(finding: Finding, found: list[Counted]) -> None:
    """Say whether the same texts count the same, whatever comes back and however they are written or shared out."""
    known: dict[Any, Counted] = {}
    for one in sorted(found, key=lambda one: one.wrapped):
        if one.images:
            continue
        key = (one.kind, one.query, one.listed, one.cut)
        first = known.setdefault((*key, one.wrapped), one)
        # What holds a text in an object may be counted with it; the text itself must be. White space around it may save a token on either side.
        bare, saved = known.get((*key, False)), 0
        if bare is None:
            stripped = tuple(sorted(map(str.strip, one.texts)))
            bare, saved = known.get((one.kind, one.query, stripped, one.cut, False), first), _SIDES * len(one.texts)
        around = _WRAPPER * len(one.texts)
        if one.count != first.count or (one.wrapped and not -saved <= one.count - bare.count <= around):
            first = first if one.count != first.count and one.count >= bare.count else bare
            expected = f"{first.count}, the count of the same texts ({first.reading.exchange.id})"
            finding.fail(one.reading, expected, str(one.count))
    if not finding.broken:
        _added(finding, found)


def searched(finding: Finding, found: list[Counted]) -> None:
    """Say whether a search in a few short documents is one and the same, whatever is asked."""
    few = [one for one in found if one.short and not one.images and len(one.texts) <= _SEARCH]
    usual = {one.reading.asked("model"): one for one in reversed(few)}
    for one in few:
        first = usual[one.reading.asked("model")]
        if one.count != first.count:
            told = f"{first.count}, as for another question about short documents ({first.reading.exchange.id})"
            finding.fail(one.reading, told, str(one.count))


def _added(finding: Finding, found: list[Counted]) -> None:
    """Say whether two lists together count what the same texts count in two others, however they are shared out."""
    groups: dict[Any, dict[tuple[str, ...], Counted]] = defaultdict(dict)
    for one in found:
        if one.short and not one.images and not one.wrapped:
            groups[one.kind, one.query].setdefault(one.listed, one)
    for group in groups.values():
        known: dict[int, tuple[int, int, Counted, Counted]] = {}
        for one, other in combinations_with_replacement(group.values(), 2):
            many = sum(max(len(each.texts) - _NUMBERED, 0) for each in (one, other))
            texts, count = one.weight + other.weight, one.count + other.count
            due, more, *both = known.setdefault(texts, (count, many, one, other))
            if abs(count - due) > _JOINT + max(many, more):
                told = f"together with {other.reading.exchange.id} {due}, the count of the same texts in {' and '.join(each.reading.exchange.id for each in both)}"
                finding.fail(one.reading, told, str(count))
                return


def letters(finding: Finding, found: list[Counted]) -> None:
    """Say whether long texts count fewer tokens than characters."""
    # Of long texts: a template around each may cost more than a short one has characters. What is cut counts for less.
    plain = [one for one in found if one.script == 1 and not one.images and one.size > _LONG * len(one.texts)]
    plain = [one for one in plain if one.reading.asked("chunk_overlap") is None]
    if plain and all(one.count > _LETTERS * one.size for one in plain):
        one = min(plain, key=lambda one: one.size)
        finding.fail(one.reading, f"fewer, for {one.size} characters of a Latin script", str(one.count))


def images(finding: Finding, found: list[Counted]) -> None:
    """Say whether nothing is counted where no image was sent; and something wherever one was, if images count at all."""
    count = any(one.images and one.count for one in found)
    for one in found:
        if not one.images and one.count != 0:
            finding.fail(one.reading, "0, for no image was sent", str(one.count))
        elif one.images and count and not one.count:
            finding.fail(one.reading, "more than 0, for an image was sent", "0")
