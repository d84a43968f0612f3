"""Redaction by itself: what it must find in any spelling, and what it must leave alone."""

import base64
import json
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.exchange.redaction import MARKER, WORD, redact, redact_text
from tests.canary.echo import CANARY, leaks
from tests.command import call

KEYS = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.+/=", min_size=8, max_size=80)
SPELLINGS = {
    "plain": lambda part: part,
    "upper case": str.upper,
    "percent": lambda part: "".join(f"%{ord(c):02X}" for c in part),
    "quoted": lambda part: quote(part, safe=""),
    "JSON": lambda part: "".join(f"\\u{ord(c):04x}" for c in part),
    "JavaScript": lambda part: "".join(f"\\x{ord(c):02x}" for c in part),
    "HTML": lambda part: "".join(f"&#x{ord(c):x};" for c in part),
    "mixed": lambda part: "".join(c if i % 2 else f"%{ord(c):02x}" for i, c in enumerate(part)),
    "hex": lambda part: part.encode().hex(),
    "a slash escaped": lambda part: part.replace("/", "\\/"),
    "NULs between": "\0".join,
}


@settings(deadline=None)
@given(
    key=KEYS,
    start=st.integers(0, 79),
    before=st.text(max_size=20),
    after=st.text(max_size=20),
    how=st.sampled_from(sorted(SPELLINGS)),
)
def test_any_eight_characters_in_any_spelling(key: str, start: int, before: str, after: str, how: str) -> None:
    """Whatever eight characters of a key, however spelt and wherever they stand, give way to the marker."""
    start = min(start, len(key) - 8)
    part = key[start : start + 8]
    # Digits are a key's where no longer number holds them.
    joint = " " if set(part.lower()) <= set("0123456789abcdef.") else ""
    assert MARKER in redact_text(f"{before}{joint}{SPELLINGS[how](part)}{joint}{after}", key)


@pytest.mark.parametrize("how", SPELLINGS)
def test_the_whole_key_goes_at_once(how: str) -> None:
    """A whole key leaves one marker and nothing of itself, in every spelling."""
    told = redact_text(f"<< {SPELLINGS[how](CANARY)} >>", CANARY)
    assert told == f"<< {MARKER} >>"


@pytest.mark.parametrize("before", ["", "a", "ab", "me:", "Authorization: Bearer "])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_base64_wherever_it_begins(before: str, encode: object) -> None:
    """A key within base64 is found at each of the three places where it can begin, whole or eight characters of it."""
    for start in range(len(CANARY) - 7):
        for part in (CANARY[start : start + 8], CANARY[start:]):
            told = redact(encode(f"{before}{part}.".encode()), CANARY)  # type: ignore[operator]
            assert MARKER.encode() in told
            assert leaks(told) == []


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_what_holds_no_key_stays_as_it_is(data: bytes) -> None:
    """Bytes without the key come back unchanged."""
    assert redact(data, CANARY) == data


def test_seven_characters_are_no_key() -> None:
    """What is shorter than eight characters, and what only looks like a key, is left alone."""
    for start in range(len(CANARY) - 6):
        assert redact_text(f"~{CANARY[start : start + 7]}~", CANARY) == f"~{CANARY[start : start + 7]}~"
    for told in (
        "sk-Cana~ Q7vX2mB~ 9tK4wR8~",
        json.dumps({"a": "%20\\u0041&#65;", "b": "重排序"}),
        "\\u00zz %zz &#999; \\x",
    ):
        assert redact_text(told, CANARY) == told


@settings(deadline=None)
@given(KEYS, st.lists(st.sampled_from(["key", " ", '"', "\\u0041", "重"]), max_size=12))
def test_again_changes_nothing(key: str, words: list[str]) -> None:
    """What was redacted stays as it is when it is redacted again; many keys in a row leave nothing."""
    told = redact_text("".join(key if word == "key" else word for word in words), key)
    if not any(key[i : i + 8].lower() in MARKER for i in range(len(key) - 7)):
        assert redact_text(told, key) == told


def test_the_rest_stays_whole() -> None:
    """JSON around a key, escaped or not, stays JSON with everything else in its place."""
    value = {
        "id": "1",
        "message": f"Token {CANARY} is invalid",
        "n": [1, 2.5, None],
        "path": "C:\\temp\\new",
        "text": "重排序 \u0001",
    }
    for ascii_only in (True, False):
        told = json.loads(redact_text(json.dumps(value, ensure_ascii=ascii_only), CANARY))
        assert told == {**value, "message": f"Token {MARKER} is invalid"}


@pytest.mark.parametrize(
    ("told", "key"),
    [
        ('{"relevance_score": 0.0640086412345678}', "sk-testkeyAbCdEfGh1234567890"),
        ('{"relevance_score": 0.0640098765432123}', "sk-testkeyAbCdEfGh1234567890"),
        ('{"id": "36ecdfdbd99e4362a98e4ba8986ece6e"}', "550e8400-e29b-41d4-a716-4362a98e0000"),
        ('{"tokens": {"input_tokens": 12}}', "token"),
        ('{"input_tokens": 912345, "relevance_score": 0.12345}', "12345"),
    ],
)
def test_numbers_and_names_that_hold_some_of_a_key(told: str, key: str) -> None:
    """A few digits of a key within a longer number, and a short key within a longer name, are left: an answer is judged by what was sent."""
    assert redact_text(told, key) == told


def test_a_word_of_the_contract_in_a_key() -> None:
    """A part of a key that is a field's name is left where it stands by itself; with one character more of the key it is not."""
    known = b'{"relevance_score": {}, "media": "application/json"}'
    told = '{"relevance_score": 1, "as": "my-relevance", "type": "application/json"}'
    assert redact_text(told, "my-relevance-application", known) == told.replace("my-relevance", MARKER)
    assert redact_text(told, "relevance_score", known) == told


def test_a_short_word_is_told_from_a_key() -> None:
    """A key that is a short word or number goes with a marker of its own: it may be the server's word."""
    assert redact_text("bad token, no. 12345.", "token") == f"bad {WORD}, no. 12345."
    assert redact_text("bad token, no. 12345.", "12345") == f"bad token, no. {WORD}."
    assert redact_text("bad key sk-1234.", "sk-1234") == f"bad key {MARKER}."


def test_a_part_of_a_key_that_the_suite_asked_comes_back(tmp_path: Path) -> None:
    """Letters and digits in their order are part of many a key, and of what is asked: a document that comes back with them repeats no key."""
    key = "sk-1234567890abcdefghijklmnopqrstuvwxyz"
    out = ("--no-store", "--out", str(tmp_path / "out"))
    done = call("run", "mock", "--select", "response.*.exact", "--select", "security.*", *out, SILICONFLOW_API_KEY=key)
    assert done.returncode == 0, done.stdout
    assert not any(key.encode() in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


@pytest.mark.parametrize("command", [("run", "mock", "--no-store"), ("mock",), ("compare", "mock", "mock")])
def test_key_that_no_header_carries_is_refused(command: tuple[str, ...], tmp_path: Path) -> None:
    """A mock does not serve behind such a key, and no part of it is told."""
    done = call(*command, cwd=tmp_path, SILICONFLOW_API_KEY="sk-\ncanary")
    assert (done.returncode, "SILICONFLOW_API_KEY holds" in done.stderr, "canary" in done.stderr) == (2, True, False)


HINTED = "sk-or-a1b2c3d4e5f6"


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        ("expected sk-or-a1***", f"expected {MARKER}***"),
        ("ends in ...e5f6", f"ends in ...{MARKER}"),
        ("sk-or-a1…e5f6", f"{MARKER}…{MARKER}"),
        ("keys begin with sk-or-...", "keys begin with sk-or-..."),
        ("a1b2c3 is no mask", "a1b2c3 is no mask"),
        ("expected abcdef***", "expected abcdef***"),
    ],
)
def test_a_hint_at_the_key_is_found(shown: str, told: str) -> None:
    """Whoever gave no part of the key is shown none: its first or last characters beside a mask; what all keys of a vendor begin with is no secret."""
    assert redact_text(shown, HINTED, stranger=True) == told


def test_a_word_before_dots_is_no_hint() -> None:
    """A key that is made of words begins as a sentence may, and ends as one."""
    assert redact_text("secret... or test", "secret-of-a-test", stranger=True) == "secret... or test"
    assert redact_text("a ...test", "secret-of-a-test", stranger=True) == "a ...test"


def test_who_gave_the_key_may_see_its_ends() -> None:
    """An answer may name a key that it was given by its first and last characters."""
    assert redact_text("your key sk-or-a***e5f6", HINTED) == "your key sk-or-a***e5f6"


@pytest.mark.parametrize("key", ["ab-", "mock-key", "a" * 40, "ababababab", "12345678"])
def test_odd_keys(key: str) -> None:
    """Short keys go where they stand whole; keys that repeat themselves go too."""
    assert redact_text(f"1 {key} 2 {key}", key) == f"1 {MARKER} 2 {MARKER}"
    assert redact_text("", key) == ""
    assert redact_text(f"1 {key}", None) == f"1 {key}"


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 200_000), st.sampled_from(sorted(SPELLINGS)))
def test_found_in_a_large_body(at: int, how: str) -> None:
    """A key is found wherever it stands in a body of two hundred kilobytes."""
    body = b'{"index":1,"relevance_score":0.5},' * 6_000
    told = redact(body[:at] + SPELLINGS[how](CANARY).encode() + body[at:], CANARY)
    assert told == body[:at] + MARKER.encode() + body[at:]
