"""Pages like SiliconFlow's under another title, which no overlay corrects."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

from conformance.contract import Contract, document, load
from conformance.contract.catalogue import contracts_root

Schemas = dict[str, Any]


def page(folder: Path, change: Callable[[Schemas], None]) -> Contract:
    """Return the contract of SiliconFlow's document as somebody else publishes it, with a change to its schemas."""
    told: Any = deepcopy(document.load(contracts_root() / "siliconflow" / "rerank.yaml"))
    told["info"]["title"] = "A service like that one"
    change(told["components"]["schemas"])
    path = folder / "rerank.json"
    path.write_text(json.dumps(told))
    return load(str(path))
