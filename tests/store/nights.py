"""Nights to put into stores: documents as `run.json` holds them, of a few clauses, without any server."""

from datetime import UTC, datetime, timedelta
from typing import Any

from conformance.store.record import OUTCOMES

FIRST = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)


def night(number: int, letters: str, **changes: Any) -> dict[str, Any]:
    """Return the run of a night; `letters` holds one of p f k s i n for each clause, a space where a clause is not judged."""
    verdicts = [
        {
            "requirement": f"request.field{at}.maximum",
            "level": "MUST",
            "verdict": str(OUTCOMES[letter]),
            "detail": f"what was said of {at} in night {number}",
            "exchanges": [],
            "sentence": f"`field{at}` is not above 80.",
            "source": "#",
            "proofs": [],
        }
        for at, letter in enumerate(letters)
        if letter != " "
    ]
    target = changes.get("target", {"name": "siliconflow", "base_url": "https://api.example/v1"})
    return {
        "id": f"{target['name']}-night-{number:04}",
        "suite": {"name": "rerank-conformance", "version": "0.1.0"},
        "target": target,
        "contract": {"name": "siliconflow", "version": "1.0.0", "sha256": "a" * 64},
        "profile": "nightly",
        "seed": 0,
        "started": (FIRST + timedelta(days=number)).isoformat().replace("+00:00", "Z"),
        "duration_s": 12.5,
        "requests": 200,
        "exit_code": 1 if "f" in letters else 0,
        "latency": {"p50_ms": 100.0 + number, "p95_ms": 200.0, "p99_ms": 300.0, "answers": 50},
        "notice": "",
        "summary": {},
        "verdicts": verdicts,
        "observations": [],
        **changes,
    }


def cause(at: int, *, title: str = "", more: tuple[int, ...] = ()) -> dict[str, Any]:
    """Return a cause of the clause at a place in the letters, and of more, as `run.json` holds it."""
    return {
        "id": f"cause-{at}",
        "kind": "accepted",
        "title": title or f"`field{at}` above 80 is accepted.",
        "level": "MUST",
        "requirements": [clause(one) for one in (at, *more)],
        "exchanges": ["ex-0001"],
        "explains": "",
        "mend": "Refuse it.",
    }


def clause(at: int) -> str:
    """Return the id of the clause at a place in the letters."""
    return f"request.field{at}.maximum"
