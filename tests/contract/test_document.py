"""Document files are read as data: nothing in them is executed, expanded or guessed."""

import json
from pathlib import Path

import pytest

from conformance.contract import ContractError, document

REFUSED = {
    "aliases that multiply": b"a0: &a0 [1, 1]\n"
    + b"".join(b"a%d: &a%d [*a%d, *a%d]\n" % (n, n, n - 1, n - 1) for n in range(1, 40)),
    "an alias inside itself": b"a: &a [*a]\n",
    "merges that multiply": b"a0: &a0 {x: 1}\n"
    + b"".join(b"a%d: &a%d {p: *a%d, q: *a%d}\n" % (n, n, n - 1, n - 1) for n in range(1, 40)),
    "a list": b"- 1\n",
    "a scalar": b"just a sentence",
    "nothing": b"",
    "broken YAML": b"a: [",
    "broken JSON": b'{"a": [}',
    "a key twice": b"a: 1\na: 2\n",
    "a key that is a list": b"? [1, 2]\n: 3\n",
    "a Python object": b"a: !!python/object/apply:os.system ['true']\n",
    "not UTF-8": b"a: \xff\xfe",
    "depth": b"[" * 5000,
    "depth in JSON": b'{"a":' * 5000,
    "a giant": b"x" * (document.MAX_BYTES + 1),
}


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED)
def test_unusable_file_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    """What cannot be an API description is refused in one paragraph that names the file."""
    path = tmp_path / "a.yaml"
    path.write_bytes(content)
    with pytest.raises(ContractError, match=r"a\.yaml") as caught:
        document.load(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-16-le", "utf-32", "latin-1"])
def test_other_encoding_is_named_with_the_way_out(tmp_path: Path, encoding: str) -> None:
    """A file that is text, but not in UTF-8, is refused with the command that makes it so."""
    path = tmp_path / "a.yaml"
    path.write_bytes("title: Café\n".encode(encoding))
    with pytest.raises(ContractError, match=r"UTF-8.*iconv -t UTF-8") as caught:
        document.load(path)
    assert "\n" not in str(caught.value)


def test_parser_gives_no_advice_of_its_own() -> None:
    """What is wrong with a text is said with its line, without what the parser says of its own settings."""
    with pytest.raises(ContractError, match=r'duplicate key "b" .*line 2') as caught:
        document.parse("b: {}\nb: {}\n", "a.yaml")
    assert "http" not in str(caught.value)
    assert "<unicode string>" not in str(caught.value)


def test_few_aliases_are_followed() -> None:
    """An alias stands for what it names, a merge for its members: documents that people write have them."""
    assert document.parse("a: &a {x: 1}\nb: [*a, *a]\nc: {<<: *a, y: 2}\n", "x") == {
        "a": {"x": 1},
        "b": [{"x": 1}, {"x": 1}],
        "c": {"x": 1, "y": 2},
    }


def test_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    """A file that is not there is an error of the contract, not of the program."""
    with pytest.raises(ContractError, match=r"nowhere\.yaml"):
        document.load(tmp_path / "nowhere.yaml")


def test_stars_in_prose_are_no_aliases() -> None:
    """Emphasis and globs in descriptions are text."""
    assert document.parse("a: '*b* and *c'\nd: |\n  **Models** *x\n", "x") == {
        "a": "*b* and *c",
        "d": "**Models** *x\n",
    }


def test_statuses_are_strings() -> None:
    """A status written as a number in YAML is found under its name."""
    assert document.parse("responses: {200: {description: ok}}", "x")["responses"]["200"] == {"description": "ok"}


def test_words_stay_words() -> None:
    """YAML 1.2 is read: `no` and `on` are strings, and a date stays what a person would read."""
    assert document.parse("a: no\non: yes\nversion: 2024-01-15\n", "x") == {
        "a": "no",
        "on": "yes",
        "version": "2024-01-15",
    }


def test_place_of_a_mistake_is_named() -> None:
    """A mistake in YAML is told with the line and the column that an editor shows."""
    with pytest.raises(ContractError, match=r"\(line 2, column 4\)"):
        document.parse("a: 1\nb: ]\n", "x")


def test_json_is_read_as_json() -> None:
    """JSON keeps its own escapes, beyond the basic plane too, and its tabs."""
    value = {"a": "重排序 😀", "b": [1, 2.5, None, True]}
    assert document.parse(json.dumps(value, indent="\t"), "x") == value


def test_flow_mappings_are_yaml() -> None:
    """What starts like JSON and is YAML is read as YAML."""
    assert document.parse("{a: 1, b: [x]}", "x") == {"a": 1, "b": ["x"]}


def test_line_ends_are_kept(tmp_path: Path) -> None:
    """The text of a file is what its bytes say, Windows line ends included."""
    path = tmp_path / "a.yaml"
    path.write_bytes(b"a: 1\r\n")
    assert document.read_text(path) == "a: 1\r\n"
    assert document.load(path) == {"a": 1}
