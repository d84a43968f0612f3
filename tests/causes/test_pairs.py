"""Two faults together: each has a cause of its own."""

import pytest
from click.testing import CliRunner

from conformance.cli.faults import command
from conformance.contract import load
from conformance.selftest.pairs import Pairs, chosen, row
from conformance.selftest.stage import play
from tests.sampling import sampled

CONTRACT = load("siliconflow")


# Of the catalogue's tens of thousands; `faults --pairs` plays more.
# The drawn ones change with the catalogue, not from run to run.
@pytest.mark.parametrize("sample", [16, pytest.param(200, marks=pytest.mark.matrix)])
def test_two_faults_are_two_causes(sample: int) -> None:
    """Of pairs of faults drawn at random, those of which both can be seen have a cause for each fault; most have no third.

    A fault that needs two features of a request at once may be hidden, or told with another one of its kind.
    """
    rows = [row(CONTRACT, one, other) for one, other in chosen(CONTRACT, sample)]
    shown = Pairs(CONTRACT.name, tuple(rows)).shown
    assert len(shown) > sample * 0.7
    merged = [found.faults for found in shown if not found.told]
    # Of a small sample two may be such as one trait tells badly apart.
    assert len(merged) <= max(2, len(shown) * 0.04), merged
    # As many again may have a third cause.
    assert sum(not found.exact for found in shown) <= max(2, len(shown) * 0.15)


@pytest.mark.parametrize(
    ("contract", "one", "other"),
    sampled(
        [
            ("siliconflow", "query_500_characters", "counts_no_query"),
            ("cohere", "coerces.top_n.null", "coerces.top_n.a list of one"),
            ("cohere", "unauthorised_400", "error_4xx_silent"),
            ("siliconflow", "query_after_token", "document_loses_signs"),
            ("siliconflow", "overlap_tokens+accents:lower", "instruction+some:index_shift"),
            ("siliconflow", "query_first_line", "query_after_token"),
            ("siliconflow", "limit_16_bits", "spelling_lower"),
            ("siliconflow", "text.meta.billed_units.input_tokens", "score_by_position"),
            ("siliconflow", "echo_separators", "dedup"),
            ("siliconflow", "limit_plus_one", "limit_ranks_first"),
            ("siliconflow", "query_middle", "document_loses_braces"),
            ("siliconflow", "negative.meta.tokens.image_tokens", "model2+accents:unsorted"),
            ("siliconflow", "unauthorised_400", "two_media_types"),
            ("woagent", "echo_nfkc", "max_chunks_per_doc+accents:index_shift"),
            ("voyage", "query_first_line", "again_lower"),
            ("voyage", "lost_double_braces", "document_loses_parentheses"),
            ("infinity", "document_loses_headings", "many+accents:index_shift"),
            ("cohere", "accents+twins:refuses", "query_nought"),
            ("cohere", "document_after_hebrew", "lowered_as_turkish"),
            ("siliconflow", "return_documents+overlap_tokens:echo_shift", "overlap_tokens+many:lower"),
            ("woagent", "model2+accents:lower", "ranks_read_back"),
            ("woagent", "coerces.max_chunks_per_doc.a boolean", "top_n+model2:index_shift"),
            ("cohere", "dedup", "top_n+model1:no_limit"),
            ("cohere", "cache_by_query", "sigmoid_again"),
            ("infinity", "refuses_one", "key_trusted_later"),
            ("cohere", "limit_filled", "max_tokens_per_doc+model1:index_shift"),
            ("voyage", "score_wobbles", "padding_null"),
            ("siliconflow", "echo_rotated", "instruction+top_n:no_limit"),
            ("woagent", "document_after_16_signs", "echo_masked"),
            ("infinity", "return_documents+top_n:index_shift", "some+twins:by_place"),
            ("voyage", "coerces.model.null", "cache_by_documents"),
            ("jina", "latin_only", "cache_by_documents"),
            ("woagent", "score_percent", "echo_switch_question_start"),
            ("siliconflow", "count_results", "limit_question_start"),
            ("cohere", "suffix_token", "chunked_open"),
            ("jina", "query_after_token", "document_after_template"),
            ("siliconflow", "query_last_word", "lost_thoughts"),
            ("siliconflow", "document_after_percent", "echo_leading_line"),
            ("siliconflow", "instruction+top_n:no_limit", "counts_characters"),
            ("jina", "counts_capped_later", "model1+some:lower"),
            ("infinity", "count_constant", "cache_unordered"),
            ("siliconflow", "again_lower", "instruction+top_n:index_shift"),
            ("infinity", "null.usage", "usage_now_and_then"),
            ("cohere", "top_n+accents:no_limit", "max_tokens_per_doc+some:drops_best"),
            ("jina", "echo_soft_hyphen", "many+accents:index_shift"),
            ("woagent", "null.tokens.output_tokens", "redirect_large"),
            ("voyage", "echo_wide_space", "open.long"),
            ("siliconflow", "query_after_ampersand", "max_chunks_per_doc+accents:score_swap"),
            ("voyage", "return_documents_sticks", "return_documents+model1:index_shift"),
        ],
        8,
    ),
)
def test_faults_of_one_place_are_told_apart(contract: str, one: str, other: str) -> None:
    """What fails in other requests, or at another sign of a text, is another thing, though one clause rests on the other."""
    assert row(load(contract), one, other).exact


@pytest.mark.parametrize(
    ("contract", "name"),
    sampled(
        [
            ("siliconflow", "overlap_tokens+objects:score_swap"),
            ("siliconflow", "overlap_tokens+objects:index_shift"),
            ("siliconflow", "limit_capped"),
            ("siliconflow", "limit_first_line"),
            ("siliconflow", "query_first_line"),
            ("siliconflow", "instruction_replaces"),
            ("siliconflow", "counts_echo"),
            ("siliconflow", "counts_bytes"),
            ("siliconflow", "cache_unordered"),
            ("siliconflow", "limit_first_chunk"),
            ("siliconflow", "crash_nan"),
            ("voyage", "score_by_length"),
            ("voyage", "long_prompt"),
            ("voyage", "return_documents_sticks"),
            ("infinity", "unchecked.echo"),
            ("infinity", "strict.documents.items.maxLength"),
            ("jina", "unchecked.limit"),
            ("jina", "top_n+accents:score_swap"),
            ("jina", "cache_unordered"),
            ("siliconflow", "max_chunks_per_doc+accents:score_swap"),
            ("infinity", "raw_scores+some:score_swap"),
            ("jina", "many+accents:index_shift"),
            ("jina", "top_n+model1:index_shift"),
            ("cohere", "priority+many:index_shift"),
            ("cohere", "latin_only"),
            ("cohere", "score_nan"),
            ("cohere", "key_trusted_later"),
            ("voyage", "refuses_chunked"),
            ("voyage", "truncation+many:index_shift"),
            ("woagent", "return_documents+many:refuses"),
            ("woagent", "max_chunks_per_doc+some:score_swap"),
        ],
        4,
    ),
)
def test_one_fault_is_one_cause(contract: str, name: str) -> None:
    """A fault that shows in scores, documents and indices, by results that are missing, or beside one field, sign or word, is told once."""
    assert len(play(load(contract), (name,)).causes) == 1


def test_results_that_name_wrong_texts_are_told_so() -> None:
    """Where two results have each other's index, that is what is said, not that scores depend on something else."""
    (cause,) = play(CONTRACT, ("max_chunks_per_doc+accents:score_swap",)).causes
    assert cause.id == "clause:response.results.items.document.exact"
    assert {"ranking.own_score", "response.results.items.document.exact"} <= {*cause.requirements}


def test_requests_that_are_not_checked_are_one_cause() -> None:
    """Where values of several fields are accepted beside one model alone, the model is named, not each value."""
    (cause,) = play(CONTRACT, ("unchecked.model4",)).causes
    assert cause.kind == "unchecked-beside"
    assert CONTRACT.models[3] in cause.title
    assert len(cause.requirements) > 2
    told = row(CONTRACT, "unchecked.model2", "coerces.top_n.null")
    assert told.exact
    assert {cause.kind for cause in told.causes} == {"unchecked-beside", "clause"}


def test_a_fault_behind_another_one_is_hidden() -> None:
    """Whether a pair counts is told by what each fault breaks alone, not by its causes: what is broken anyway shows nothing."""
    assert row(CONTRACT, "score_constant", "document_after_quote").hidden
    assert not row(CONTRACT, "limit_plus_one", "limit_ranks_first").hidden


def test_a_fault_stands_beside_indices_of_another_request() -> None:
    """A fault that drops results by their index can be played where a cache gives indices of a longer list."""
    assert row(load("jina"), "cache_by_query", "likes_merged").causes


def test_two_faults_of_one_clause_are_counted_apart() -> None:
    """Where two faults can be seen, and both are told by one clause, neither hides the other; they do not count as pairs."""
    found = row(load("woagent"), "question_loses_braces", "question_loses_paths")
    assert found.alike
    assert not found.hidden
    assert not Pairs("woagent", (found,)).shown


def test_a_cause_of_one_clause_has_it() -> None:
    """A cause that is told with a clause's words has that clause, also where clauses rest on one that rests on another."""
    alone = [cause for cause in play(CONTRACT, ("query_first_line",)).causes if cause.kind == "clause"]
    assert alone
    assert all(cause.id.removeprefix("clause:") in cause.requirements for cause in alone)


def test_the_command_plays_pairs() -> None:
    """`faults --pairs --sample` tells how many pairs have a cause for each fault, and exits with 0 when all have."""
    done = CliRunner().invoke(command, ["woagent", "--pairs", "--sample", "3", "--jobs", "1"], standalone_mode=False)
    assert "pairs of faults have a cause for each" in done.output
    assert done.return_value in {0, 1}
    assert (done.return_value == 0) == ("one cause for both" not in done.output)


def test_requests_of_one_kind_that_need_no_key_are_told_so() -> None:
    """Where a request without a key is refused, and one that has something else besides is accepted, keys are not said to be unchecked."""
    (cause,) = play(load("cohere"), ("chunked_open",)).causes
    assert cause.title == "Requests with a body that is sent in chunks are accepted with no key."
