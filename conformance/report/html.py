"""`report.html`: one page, nothing fetched, readable without a script."""

from itertools import groupby
from pathlib import Path

from attrs import frozen
from markupsafe import Markup, escape

from conformance import __version__
from conformance.exchange.exchange import Exchange
from conformance.report import text
from conformance.report.curl import reproduce
from conformance.report.headline import headline
from conformance.report.run_json import moment
from conformance.verdict.run import Run
from conformance.verdict.verdict import Outcome, Verdict

_TEMPLATES = Path(__file__).with_name("templates")
_PROOFS = 3


@frozen
class Shown:
    """An exchange as the page shows it: every part already made visible."""

    id: str
    expected: str
    actual: str
    line: str
    sent_headers: str
    sent_body: str
    status: str
    headers: str
    body: str
    milliseconds: float
    curl: str


def render(run: Run) -> str:
    """Return the page; the template escapes whatever it is given."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    by = {outcome: [v for v in run.verdicts if v.outcome is outcome] for outcome in Outcome}
    kept = sorted(by[Outcome.PASS], key=_area)
    return environment.get_template("report.html.j2").render(
        run=run,
        headline=headline(run),
        version=__version__,
        started=moment(run.started),
        counts=[(str(outcome), len(by[outcome])) for outcome in Outcome],
        broken=by[Outcome.FAIL],
        surprises=by[Outcome.SURPRISE_PASS],
        deviations=by[Outcome.KNOWN_DEVIATION],
        inconclusive=by[Outcome.INCONCLUSIVE],
        inapplicable=by[Outcome.NOT_APPLICABLE],
        kept=[(area, list(group)) for area, group in groupby(kept, key=_area)],
        proofs=lambda verdict: _proofs(run, verdict),
        clean=text.visible,
        prose=_prose,
        style=(_TEMPLATES / "report.css").read_text(encoding="utf-8"),
        script=(_TEMPLATES / "report.js").read_text(encoding="utf-8"),
    )


def _prose(words: str) -> Markup:
    """Return words as markup, with what stands between backticks as code."""
    parts = text.visible(words).split("`")
    return Markup("").join(Markup("<code>{}</code>").format(part) if i % 2 and i < len(parts) - 1 else escape(part) for i, part in enumerate(parts))


def _area(verdict: Verdict) -> str:
    return ".".join(verdict.clause.id.split(".")[:2]) if verdict.clause.id.startswith(("request.", "response.", "error.")) else verdict.clause.id.split(".")[0]


def _proofs(run: Run, verdict: Verdict) -> list[Shown]:
    return [_shown(run, run.exchanges[p.exchange], p.expected, p.actual) for p in verdict.proofs[:_PROOFS] if p.exchange in run.exchanges]


def _shown(run: Run, exchange: Exchange, expected: str, actual: str) -> Shown:
    request, response = exchange.request, exchange.response
    return Shown(
        id=exchange.id,
        expected=expected,
        actual=actual,
        line=text.one_line(f"{request.method} {exchange.url}"),
        sent_headers=text.headers(request.headers),
        sent_body=text.body(request.body, request.json),
        status=str(response.status) if response else text.one_line(exchange.error or "no answer"),
        headers=text.headers(response.headers) if response else "",
        body=text.body(response.body, response.json) if response else "",
        milliseconds=round(exchange.elapsed * 1000, 1),
        curl=text.visible(reproduce(exchange, run.variables)),
    )
