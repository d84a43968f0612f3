"""The vendored files are what their provenance says."""

import pytest

from conformance.contract import names, page, provenance
from conformance.resources import contracts_root


@pytest.mark.parametrize("vendor", names())
def test_files_are_unchanged(vendor: str) -> None:
    """Page and document have the hashes that the vendoring command wrote down."""
    assert provenance.changed(contracts_root() / vendor) == []


def test_siliconflow_is_what_the_page_publishes() -> None:
    """SiliconFlow's document is what stands between the fences of its page, byte for byte."""
    folder = contracts_root() / "siliconflow"
    text = (folder / "page.md").read_bytes().decode()
    opening = text.index("````yaml")
    start = text.index("\n", opening) + 1
    assert (folder / "rerank.yaml").read_bytes().decode() == text[start : text.index("````", start)]
    assert page.extract(text) == text[start : text.index("````", start)]
