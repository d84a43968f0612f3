"""The vendored files are what their provenance says."""

import pytest

from conformance.contract import names, page, provenance
from conformance.contract.resources import contracts_root
from tests.contract.frozen import FROZEN


@pytest.mark.parametrize("vendor", names())
def test_files_are_unchanged(vendor: str) -> None:
    """Page and document have the hashes that the vendoring command wrote down."""
    assert provenance.changed(contracts_root() / vendor) == []


def test_siliconflow_is_what_the_page_publishes() -> None:
    """SiliconFlow's document is what stands between the fences of its page, byte for byte; one that came without a page has none."""
    pages = [found for root in (FROZEN, contracts_root()) if (found := root / "siliconflow" / "page.md").exists()]
    assert pages
    for found in pages:
        text = found.read_bytes().decode()
        start = text.index("\n", text.index("````yaml")) + 1
        published = text[start : text.index("````", start)]
        assert found.with_name("rerank.yaml").read_bytes().decode() == published
        assert page.extract(text) == published
