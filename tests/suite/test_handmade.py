"""The suite against a server that shares nothing with it, faithful and with single faults."""

from fnmatch import fnmatch
from pathlib import Path

import pytest

from conformance.contract import load
from conformance.model.run import Run
from conformance.model.verdict import Outcome
from conformance.running import Settings, Target, conduct
from tests.peers.handmade import Handmade
from tests.sampling import sampled

# The peer is written from the page of this day; a new page does not change it.
CONTRACT = load(str(Path(__file__).resolve().parents[1] / "data" / "openapi" / "siliconflow"))


def judge(fault: str) -> Run:
    with Handmade(fault) as peer:
        return conduct(Target("peer", peer.base_url, CONTRACT, {CONTRACT.key_env: peer.key}), Settings())


def broken(run: Run) -> list[str]:
    return [verdict.clause.id for verdict in run.verdicts if verdict.outcome is Outcome.FAIL]


def test_faithful_server_has_no_finding() -> None:
    """A faithful server that was written by hand from the page gets no finding, and exit status 0."""
    run = judge("")
    assert broken(run) == []
    assert run.exit_code == 0
    assert not run.notice


def test_smoke_is_small() -> None:
    """The smoke profile sends at most 150 requests, each distinct one once; a good one comes again as it is and in another form, and one with a wrong key."""
    with Handmade() as peer:
        run = conduct(Target("peer", peer.base_url, CONTRACT, {CONTRACT.key_env: peer.key}), Settings())
        assert peer.calls == run.requests <= 150
    keys = [exchange.request.key for exchange in run.exchanges.values()]
    assert len(keys) == len(set(keys))
    assert sum(exchange.request.repeat > 0 for exchange in run.exchanges.values()) == 3


# Fault -> a glob that one of the broken clauses must match; at least one of every area.
FAULTS = {
    "spelt_authorization": "headers.case",
    "high_overlap_tokens": "request.overlap_tokens.maximum",
    "off_by_one_overlap_tokens": "request.overlap_tokens.maximum",
    "strict_overlap_tokens": "request.overlap_tokens.m*",
    "zero_top_n": "request.top_n.minimum",
    "negative_top_n": "request.top_n.minimum",
    "string_top_n": "request.top_n.type",
    "float_max_chunks_per_doc": "request.max_chunks_per_doc.type",
    "null_instruction": "request.instruction.null",
    "bool_string": "request.return_documents.type",
    "empty_query": "request.query.minLength",
    "empty_documents": "request.documents.minItems",
    "item_both": "request.documents.items.oneOf",
    "item_text_null": "request.documents.items.text.type",
    "mixed": "request.branch.mixed",
    "any_model": "request.model.unknown",
    "vl_gone": "request.*",
    "max_64": "request.documents.many",
    "no_auth": "auth.missing",
    "prefix_token": "auth.prefix",
    "body_first": "auth.before_body",
    "any_path": "path.unknown",
    "any_method": "method.other",
    "any_media": "media_type.other",
    "trailing": "body.trailing",
    "lenient_utf8": "body.utf8",
    "422": "error.status.invalid",
    "400_data_null": "error.400.shape",
    "401_object": "error.401.shape",
    "404_text": "error.404.media_type",
    "500_on_bad": "response.no_server_error",
    "trace_leak": "security.no_stack_trace",
    "path_leak": "security.no_stack_trace",
    "key_leak": "security.key_not_echoed",
    "no_trace": "response.headers.*.required",
    "constant_trace": "response.headers.*.unique",
    "constant_id": "response.id.unique",
    "double_json": "response.type",
    "wrapped": "response.results.required",
    "nan": "response.json",
    "percent": "response.results.items.relevance_score.maximum",
    "unsorted": "response.results.sorted",
    "last_pair": "response.results.sorted",
    "rank_index": "ranking.permutation",
    "one_based": "response.results.items.index.range",
    "first_n": "ranking.limit",
    "cap_limit": "response.results.limit",
    "default_limit": "response.results.all",
    "dedup": "response.results.all",
    "always_echo": "response.results.items.document.absent",
    "echo_strip": "response.results.items.document.exact",
    "echo_nul": "response.results.items.document.exact",
    "batch_score": "ranking.independent",
    "echo_score": "ranking.echo",
    "jitter_score": "ranking.repeatable",
    "inverted": "ranking.relevance.*",
    "latin_only": "ranking.relevance.chinese",
    "first_chunk": "ranking.chunks.*",
    "mean_chunk": "ranking.chunks.best",
    "overlap_score": "ranking.overlap_short",
    "usage_limited": "usage.*.free",
    "usage_constant": "usage.*.grows",
}


@pytest.mark.parametrize(("fault", "clause"), sampled(FAULTS.items(), 2), ids=FAULTS)
def test_fault_is_found(fault: str, clause: str) -> None:
    """A single fault breaks the clause that names it, and the exit status is 1."""
    run = judge(fault)
    assert any(fnmatch(name, clause) for name in broken(run)), broken(run)
    assert run.exit_code == 1
    proofs = [verdict for verdict in run.verdicts if verdict.outcome is Outcome.FAIL]
    assert all(
        verdict.proofs and all(proof.exchange in run.exchanges for proof in verdict.proofs) for verdict in proofs
    )
