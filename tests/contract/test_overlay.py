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
    [{}, [], {"overlay": "1.0.0", "actions": [{"description": "d"}]}, {"overlay": "1.0.0", "actions": [{"target": "$"}]}],
)
def test_what_is_no_overlay_is_refused(broken: object) -> None:
    """A document without actions, targets or reasons is refused with the file's name."""
    with pytest.raises(OverlayError, match=r"overlay\.yaml"):
        overlay.parse(broken, "overlay.yaml")


def test_bad_path_is_refused() -> None:
    """A target that is no JSONPath is refused by name."""
    with pytest.raises(OverlayError, match="JSONPath"):
        applied(overlay.Action("$[", "why", remove=True))
