"""The table of bad answers: what the stock templates' client makes of each, and what ours does; and the hostile modes. Prints Markdown."""

import contextlib
import io
import sys
import tempfile
import threading
import warnings
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "generated")]


def stock(folder: Path) -> None:
    """Generate a client by the stock templates from the same document."""
    from openapi_python_client import Project
    from openapi_python_client.config import Config, ConfigFile, MetaType
    from openapi_python_client.parser import GeneratorData

    from conformance.contract import load

    config = Config.from_sources(
        ConfigFile(package_name_override="stock_rerank", post_hooks=[]),
        MetaType.NONE,
        folder / "document.json",
        "utf-8",
        overwrite=True,
        output_path=folder / "stock_rerank",
    )
    with contextlib.redirect_stdout(io.StringIO()):
        Project(
            openapi=GeneratorData.from_dict(dict(load("siliconflow").document), config=config), config=config
        ).build()  # type: ignore[arg-type]
    sys.path.insert(0, str(folder))


def outcome(call: Any) -> str:
    """Return what a call comes to, in a word or two."""
    try:
        found = call()
    except Exception as error:  # noqa: BLE001 - whatever comes is the answer
        return f"raises `{type(error).__name__}`"
    return "returns `None`" if found is None else f"returns `{type(found).__name__}`"


def main() -> int:
    """Print the table."""
    from tests.client.conftest import Scripted
    from tests.client.test_answers import ASK, BAD, sync_call

    warnings.simplefilter("ignore")
    server = Scripted()
    threading.Thread(target=server.http.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        stock(Path(folder))
        from stock_rerank import AuthenticatedClient  # type: ignore[import-not-found]
        from stock_rerank.api.rerank import create_rerank  # type: ignore[import-not-found]
        from stock_rerank.models import RerankClassicRequest as StockRequest  # type: ignore[import-not-found]

        print(
            "# Bad answers, before and after\n\nMade by `python benchmarks/bad_answers.py`: one call each, by the stock templates' client and by ours.\n"
        )
        print("| answer | status | stock templates | ours |\n|---|---|---|---|")
        for name, (answer, _, _) in BAD.items():
            server.script = [answer]
            before = outcome(
                lambda: create_rerank.sync(
                    client=AuthenticatedClient(base_url=server.url, token="k"), body=StockRequest(**ASK)
                )
            )
            after = outcome(lambda: sync_call(server.url))
            print(f"| {name} | {answer[0] if answer else '–'} | {before} | {after} |")
    server.http.shutdown()
    hostile()
    return 0


def hostile() -> None:
    """Print the battery of hostile modes, by kind."""
    from tests.client.hostile import modes

    kinds: dict[str, list[str]] = {}
    for mode in modes():
        kind, _, name = mode.name.partition(": ")
        kinds.setdefault(kind, []).append(
            f"{name} ({' or '.join(f'`{end}`' if end else 'an answer' for end in mode.ends)})"
        )
    print(
        f"\n## Hostile servers\n\n`tests/client/test_hostile.py` runs the client against {sum(map(len, kinds.values()))} modes, sync and async, in a process of its own."
    )
    print(
        "Each ends within its timeout, in at most 2 CPU seconds and 300 MB. No key and no terminal escape is shown by an error, its response, its traceback or the log.\n"
    )
    print("| kind | modes, and how each may end |\n|---|---|")
    for kind, names in kinds.items():
        print(f"| {kind} | {'; '.join(names)} |".replace("\\", "\\\\"))


if __name__ == "__main__":
    sys.exit(main())
