"""What a person reads when the suite itself fails: one paragraph, and exit status 70."""

import os
import traceback
from pathlib import Path

from conformance.model.exit import Exit

TRACEBACK = "RERANK_TRACEBACK"
_LONGEST = 300


def told(error: BaseException, folder: Path | None = None) -> str:
    """Return in a paragraph what failed, where, what is kept, and what to do next; with RERANK_TRACEBACK=1 the traceback too."""
    last = traceback.extract_tb(error.__traceback__)[-1:]
    where = f" ({Path(last[0].filename).name}, line {last[0].lineno})" if last else ""
    words = " ".join(str(error).split())[:_LONGEST]
    kept = f" Everything recorded is in {folder}: `rerank-conformance judge {folder}` judges it again." if folder is not None else ""
    paragraph = f"An error inside the suite: {type(error).__name__}: {words}{where}.{kept} Please report it; {TRACEBACK}=1 shows the traceback. Exit status {int(Exit.INTERNAL)}."
    return f"{''.join(traceback.format_exception(error))}{paragraph}" if os.environ.get(TRACEBACK) == "1" else paragraph
