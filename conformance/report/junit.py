"""`junit.xml`: one test case a requirement, for CI systems."""

from junit_xml import TestCase, TestSuite, to_xml_report_string

from conformance.report.text import visible
from conformance.verdict.run import Run
from conformance.verdict.verdict import Outcome

_QUIET = {Outcome.INCONCLUSIVE, Outcome.NOT_APPLICABLE, Outcome.KNOWN_DEVIATION}


def render(run: Run) -> str:
    """Return the verdicts as JUnit XML: a failure for each broken clause, skipped for what was not shown."""
    cases = []
    for verdict in run.verdicts:
        area, _, name = verdict.clause.id.partition(".")
        case = TestCase(name, classname=f"{run.contract}.{area}")
        detail = visible(verdict.detail)
        if verdict.outcome is Outcome.FAIL:
            proofs = "\n".join(f"{p.exchange}: expected {p.expected}; came {p.actual}" for p in verdict.proofs)
            case.add_failure_info(message=f"{verdict.clause.sentence} {detail}", output=visible(proofs), failure_type=str(verdict.clause.level))
        elif verdict.outcome in _QUIET:
            case.add_skipped_info(message=f"{verdict.outcome}: {detail}")
        cases.append(case)
    suite = TestSuite(f"{run.target} by {run.contract}", cases, timestamp=None)
    text: str = to_xml_report_string([suite], prettyprint=True)
    return text
