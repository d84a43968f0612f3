"""Overlays are applied as OpenAPI Overlay 1.0 says."""

import pytest

from conformance.contract import OverlayError, overlay

DOCUMENT = {"info": {"tags": ["a"]}, "schemas": {"A": {"type": "string", "default": False}, "B": {"type": "object"}}}


def applied(*actions: overlay.Action) -> overlay.Applied:
    return overlay.apply(DOCUMENT, actions)


def test_update_merges_objects_and_appends_to_lists() -> None:
    """An update merges into objects, appends to lists, and replaces anything else."""
    result = applied(overlay.Action("$.info", "why", {"tags": ["b"], "title": "t"}))
    assert result.document["info"] == {"tags": ["a", "b"], "title": "t"}
    assert DOCUMENT["info"] == {"tags": ["a"]}


def test_updates_of_several_targets_share_nothing() -> None:
    """Two targets of one action get values of their own."""
    result = applied(overlay.Action("$.schemas.*", "why", {"required": ["x"]})).document["schemas"]
    assert result["A"]["required"] == ["x"]
    assert result["A"]["required"] is not result["B"]["required"]


def test_remove_selects_by_shape() -> None:
    """A filter of RFC 9535 selects by shape, and remove takes the node away."""
    result = applied(overlay.Action("$.schemas[?@.type == 'string' && @.default == false].default", "why", remove=True))
    assert result.document["schemas"]["A"] == {"type": "string"}


def test_action_without_a_match_is_told() -> None:
    """An action that matches nothing changes nothing, and is returned."""
    action = overlay.Action("$.nowhere", "why", {"x": 1})
    assert applied(action).unmatched == (action,)


@pytest.mark.parametrize(
    "broken",
    [
        {},
        [],
        {"overlay": "1.0.0", "actions": [{"description": "d"}]},
        {"overlay": "1.0.0", "actions": [{"target": "$"}]},
    ],
)
def test_what_is_no_overlay_is_refused(broken: object) -> None:
    """A document without actions, targets or reasons is refused with the file's name."""
    with pytest.raises(OverlayError, match=r"overlay\.yaml"):
        overlay.parse(broken, "overlay.yaml")


def test_bad_path_is_refused() -> None:
    """A target that is no JSONPath is refused by name."""
    with pytest.raises(OverlayError, match="JSONPath"):
        applied(overlay.Action("$[", "why", remove=True))


def test_every_match_is_removed() -> None:
    """Members and list items that match are all removed, nested ones and neighbours included."""
    node = {"a": [{"x": 1}, {"x": 2}, {"y": 3}, {"x": 4}], "b": {"x": {"x": 5}, "z": 6}}
    assert overlay.apply(node, [overlay.Action("$.a[?@.x]", "why", remove=True)]).document["a"] == [{"y": 3}]
    assert overlay.apply(node, [overlay.Action("$..x", "why", remove=True)]).document == {
        "a": [{}, {}, {"y": 3}, {}],
        "b": {"z": 6},
    }


def test_root_is_updated_and_never_removed() -> None:
    """An update of the whole document merges into it; removing the whole document is refused."""
    assert applied(overlay.Action("$", "why", {"tags": [1]})).document == {**DOCUMENT, "tags": [1]}
    with pytest.raises(OverlayError, match="whole document"):
        applied(overlay.Action("$", "why", remove=True))


def test_later_actions_see_what_earlier_ones_did() -> None:
    """Actions are applied in their order, each to what the one before it left."""
    first, second = (
        overlay.Action("$.info", "why", {"mark": True}),
        overlay.Action("$[?@.mark == true]", "why", {"seen": True}),
    )
    assert applied(first, second).document["info"]["seen"] is True
    assert applied(second, first).unmatched == (second,)


def test_update_appends_one_item_and_replaces_scalars() -> None:
    """A list gets an item that is no list appended; a scalar gives way to what is written over it."""
    assert applied(overlay.Action("$.info.tags", "why", {"name": "x"})).document["info"]["tags"] == ["a", {"name": "x"}]
    assert applied(overlay.Action("$.schemas.A.default", "why", "x")).document["schemas"]["A"]["default"] == "x"


def test_remove_must_be_true() -> None:
    """`remove: false` removes nothing."""
    actions = overlay.parse(
        {"overlay": "1.0.0", "actions": [{"target": "$.info", "description": "d", "remove": False, "update": {}}]}, "o"
    )
    assert overlay.apply(DOCUMENT, actions).document == DOCUMENT


@pytest.mark.parametrize(
    "target",
    [
        "$.schemas[?@.type == 'string'].type",
        "$.schemas['A'].type",
        "$..A.type",
        "$.schemas[?search(@.type, '^str')].type",
    ],
)
def test_targets_are_those_of_rfc_9535(target: str) -> None:
    """Filters, names in brackets, descent and functions select as the standard says."""
    assert applied(overlay.Action(target, "why", "x")).document["schemas"]["A"]["type"] == "x"
