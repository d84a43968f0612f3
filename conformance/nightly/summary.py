"""A night's summary: Markdown for a step summary or a chat, JSON for machines (`report/schemas/night.schema.json`)."""

from typing import Any

from conformance import __version__
from conformance.model.verdict import Outcome
from conformance.nightly.night import Night, State, TargetNight
from conformance.report import difference, text
from conformance.report.markdown import cell, code, escape, sentence
from conformance.report.run_json import moment

_ROWS = 40
_LONGEST = 60_000
_LISTS = (("newly_broken", "newly broken"), ("new", "new"), ("mended", "mended"), ("flaky", "flaky"), ("changed", "changed otherwise"), ("gone", "gone"))


def document(night: Night) -> dict[str, Any]:
    """Return a night as plain values."""
    return {
        "suite": {"name": "rerank-conformance", "version": __version__},
        "started": moment(night.started),
        "headline": night.headline,
        "exit_code": int(night.exit_code),
        "targets": [_target(target) for target in night.targets],
    }


def _target(target: TargetNight) -> dict[str, Any]:
    run = target.run
    return {
        "target": target.name,
        "state": str(target.state),
        "reason": target.reason,
        "folder": target.folder,
        "run": None
        if run is None
        else {**difference.of_run(run), "requests": run.requests, "summary": {str(outcome): run.counts.get(outcome, 0) for outcome in Outcome}},
        "alarm": bool(target.alarming),
        "newly_silent": target.silent,
        "notice": run.notice if run else "",
        "warnings": list(target.warnings),
        "difference": None if target.difference is None else difference.document(target.difference),
        "drift": [
            {"fingerprint": item.fingerprint, "kind": str(item.kind), "place": item.place, "sentence": item.sentence, "state": str(item.state), "news": item.news}
            for item in target.drift
        ],
    }


def markdown(night: Night) -> str:
    """Return a night as GitHub's Markdown, short enough for a comment; servers' words stand in code."""
    lines = [f"# {escape(night.headline)}", "", f"{moment(night.started)}, rerank-conformance {__version__}. Exit status {int(night.exit_code)}.", ""]
    lines += ["| target | state | kept | broken | known | inconclusive | newly broken | mended | flaky | drift | requests |", "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|"]
    lines += [_row(target) for target in night.targets]
    for target in night.targets:
        lines += _section(target)
    whole = "\n".join([*lines, ""])
    if len(whole) <= _LONGEST:
        return whole
    return whole[: whole.rindex("\n", 0, _LONGEST)] + "\n\nCut here; summary.json has all of it.\n"


def _row(target: TargetNight) -> str:
    run, found = target.run, target.difference
    if run is None or found is None:
        return f"| {cell(target.name)} | {target.state}: {cell(target.reason)} |" + " |" * 9
    counts = (run.counts.get(outcome, 0) for outcome in (Outcome.PASS, Outcome.FAIL, Outcome.KNOWN_DEVIATION, Outcome.INCONCLUSIVE))
    news = (len(target.alarming), len(found.mended), len(found.flaky), len(target.news), run.requests)
    state = f"{target.state}, exit status {run.exit_code}" + (f"; {cell(target.reason)}" if target.reason else "")
    return f"| {cell(target.name)} | {state} | " + " | ".join(map(str, (*counts, *news))) + " |"


def _section(target: TargetNight) -> list[str]:
    found, lines = target.difference, []
    if target.run is not None and target.run.notice:
        lines += ["", code(target.run.notice)]
    first = found is not None and found.before is None
    for name, words in _LISTS:
        changes = list(getattr(found, name)) if found else []
        if first and name == "new":
            # All of a first night is new; what is broken is news.
            changes = [change for change in changes if change in target.alarming]
        if changes:
            lines += ["", f"### {words[0].upper()}{words[1:]} ({len(changes)})", ""]
            lines += [
                f"- {code(change.clause.id)} ({change.clause.level}) {sentence(change.clause.sentence)} {difference.moved(change, name)}"
                + (f", {change.flaky}" if change.flaky else "")
                + (f": {code(text.cut(change.detail, 300))}" if change.detail else "")
                for change in changes[:_ROWS]
            ]
            lines += [f"- and {len(changes) - _ROWS} more"] if len(changes) > _ROWS else []
    if target.news:
        lines += ["", f"### Drift ({len(target.news)})", ""]
        lines += [f"- {sentence(item.sentence)} ({item.state}, `{item.fingerprint}`)" for item in target.news[:_ROWS]]
    if target.warnings:
        lines += ["", f"### Warnings ({len(target.warnings)})", "", *(f"- {sentence(warning)}" for warning in target.warnings[:_ROWS])]
    return ["", f"## {escape(target.name)}", *lines] if lines else []


def plain(target: TargetNight) -> str:
    """Return one target's night as a line for a terminal."""
    if target.state is not State.RAN or target.run is None or target.difference is None:
        return f"{text.one_line(target.name):<24} {target.state}: {text.one_line(target.reason)}"
    return f"{text.one_line(target.name):<24} exit status {target.run.exit_code}, {target.run.requests} requests. {difference.headline(target.difference)}" + (f"; {len(target.news)} drifted" if target.news else "")
