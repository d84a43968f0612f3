"""`junit.xml`: one test case a requirement, for CI systems."""

from junit_xml import TestCase, TestSuite, to_xml_report_string

from conformance.document import moment, picked
from conformance.document.text import cut, visible
from conformance.model.run import Run
from conformance.model.verdict import Outcome, Verdict
from conformance.report.words import causes, warnings

_QUIET = {Outcome.INCONCLUSIVE, Outcome.NOT_APPLICABLE, Outcome.KNOWN_DEVIATION}
_LONGEST = 2_000


def render(run: Run) -> str:
    """Return the verdicts as JUnit XML: a failure for each failed clause, skipped for what was not judged; causes are properties.

    A deviation that is known is skipped too; one that is gone passes and says so in its output.
    """
    properties = {
        **picked(run, "target base_url"),
        "contract": f"{run.contract} {run.contract_version}",
        **picked(run, "contract_sha256 profile seed requests exit_code"),
    }
    for number, cause in enumerate(causes(run), 1):
        properties[f"cause.{number}"] = f"{cause.level} {cause.title} ({', '.join(cause.requirements)})"
    suite = TestSuite(
        _clean(f"{run.target} by {run.contract}"),
        [_case(run, verdict) for verdict in run.verdicts],
        timestamp=moment(run.started),
        properties={name: _clean(str(value)) for name, value in properties.items()},
        stdout=_clean("\n".join(filter(None, (run.notice, *warnings(run))))) or None,
    )
    report: str = to_xml_report_string([suite], prettyprint=True)
    return report


def _case(run: Run, verdict: Verdict) -> TestCase:
    area, _, name = verdict.clause.id.partition(".")
    case = TestCase(_clean(name), classname=_clean(f"{run.contract}.{area}"))
    detail = _clean(verdict.detail)
    if verdict.outcome is Outcome.FAIL:
        proofs = "\n".join(f"{p.exchange}: expected {p.expected}; got {p.actual}" for p in verdict.proofs)
        output = _clean(f"{proofs}\nsource: {verdict.clause.source}")
        message = f"{_clean(verdict.clause.sentence)} {detail}"
        case.add_failure_info(message=message, output=output, failure_type=str(verdict.clause.level))
    elif verdict.outcome in _QUIET:
        case.add_skipped_info(message=f"{verdict.outcome}: {_told(verdict)}{detail}")
    elif verdict.outcome is Outcome.SURPRISE_PASS:
        case.stdout = f"{verdict.outcome}: {_told(verdict)}{detail}"
    return case


def _told(verdict: Verdict) -> str:
    """Return the known deviations of a verdict, one a line."""
    return "".join(f"{_clean(item.told)}\n" for item in verdict.deviations)


def _clean(words: str) -> str:
    return visible(cut(words, _LONGEST))
