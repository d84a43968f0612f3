"""Places in a document, as JSON pointers and as the targets of overlays."""

import pytest

from conformance.contract import overlay, place

DOCUMENT = {"paths": {"/rerank": {"200": 1}}, "A": {"oneOf": [1, {"b": 2}]}, 'it\'s "so"': {"c": 3}}


@pytest.mark.parametrize(
    ("pointer", "path"),
    [
        ("#/paths/~1rerank/200", "$.paths['/rerank']['200']"),
        ("#/A/oneOf/1/b", "$.A.oneOf[1].b"),
        ('#/it\'s "so"/c', "$['it\\'s \"so\"'].c"),
    ],
)
def test_pointer_is_a_target(pointer: str, path: str) -> None:
    """A pointer and a target name one place: odd names are quoted, items of lists are numbers."""
    where = place.location(DOCUMENT, pointer)
    assert (place.pointer(where), place.path(where)) == (pointer, path)
    assert overlay.locations(path, DOCUMENT) == [where]
    assert not place.has(DOCUMENT, (*where, "more"))
