"""What a field can mean to somebody who reranks: the words of `x-rerank-role`, and the other extensions of an overlay."""

from collections.abc import Mapping

ROLE = "x-rerank-role"
# In the request.
ASKED: Mapping[str, str] = {
    "model": "the model's name; in an answer, the model that ranked",
    "query": "what the documents are ranked by",
    "documents": "the list to be ranked",
    "instruction": "words for the model on how to rank",
    "limit": "how many results to return at most",
    "echo_switch": "whether the documents come back with their scores",
    "raw_scores": "whether scores come as the model gives them, beyond 0..1",
    "truncation": "whether what is too long is cut, and not refused",
    "text_cap": "how many tokens of a document are read at most",
    "chunk_limit": "how many chunks of a document are read at most",
    "chunk_overlap": "how many tokens two neighbouring chunks share",
    "handling": "how the request is handled, and not what is ranked: its turn, who asks, what it is filed under",
    "text": "the text inside an object that stands for a document or a query; in an answer, the echoed text",
    "image": "the image inside such an object; in an answer, the echoed image",
}
# In an answer that ranks.
ANSWERED: Mapping[str, str] = {
    "id": "the answer's own id",
    "results": "the list of results",
    "index": "the place of a result's document in the list that was sent",
    "score": "a result's relevance",
    "echo": "the document that comes back: a string, or an object with a `text` or an `image`",
    "trace": "an id to ask the vendor about; also a header's",
}
# Counts in an answer.
COUNTS: Mapping[str, str] = {
    "input_tokens": "tokens that went in",
    "output_tokens": "tokens of the response",
    "total_tokens": "tokens in all",
    "image_tokens": "tokens of images",
    "search_units": "search units",
    "classifications": "classification units",
}
# Those that grow with what was read, the plainest first.
GROWING = ("input_tokens", "total_tokens")
# What counts stand in.
HOLDERS: Mapping[str, str] = {
    "meta": "the object around counts",
    "usage": "the object with what was counted",
    "billed": "the object with what is paid for",
}
# In an error.
FAILED: Mapping[str, str] = {
    "error_code": "the vendor's number or word for what went wrong",
    "error_message": "what went wrong, for a reader",
    "error_data": "what an error carries besides",
}
ROLES: Mapping[str, str] = {**ASKED, **ANSWERED, **HOLDERS, **COUNTS, **FAILED}

EXTENSIONS: Mapping[str, str] = {
    "x-rerank-role": "on a field of the request, an answer or an error, or on an answer's header: what it means, one of the roles below",
    "x-rerank-models": "on the field of role `model`: names of the models there are, where the schema has no enum",
    "x-rerank-only-models": "on any field of the request: the only models that take it",
    "x-rerank-kind": "on the field of role `model`: `multimodal` for models that read images",
    "x-rerank-prices": "on the field of role `model`: what a million tokens cost, by model, where the vendor says",
    "x-rerank-order": "on the field of role `results`: `descending`, where the vendor promises that the best comes first",
    "x-rerank-chunk-score": "on the field of role `chunk_limit`: `best`, where a document scores as its best chunk",
    "x-rerank-codes": "on the field of role `error_code`: values that were seen, so that `drift` takes them for documented",
    "x-rerank-key-env": "on the security scheme: the environment variable that holds the key",
    "x-rerank-key-prefix": "on a security scheme of type `apiKey`: the word that stands before the key, where there is one",
    "x-rerank-document": "on `info`: `written`, where this project wrote the document from cited facts and the vendor published none",
    "x-rerank-operation": "at the root of the overlay: the path of the operation that ranks, where the document has several",
    "x-rerank-client": "at the root of the overlay: `false`, where no client package is committed",
    "x-class-name": "on a schema: the name of its generated class, where the document's own is misspelt",
}


def table(words: Mapping[str, str], head: str) -> str:
    """Return words and what they mean as a table in Markdown."""
    return "\n".join(
        [f"| {head} | meaning |", "|---|---|", *(f"| `{word}` | {meaning} |" for word, meaning in words.items())]
    )


def main() -> int:
    """Print the tables that docs/adding-a-vendor.md shows; a test compares them."""
    print("\n\n".join((table(ROLES, "role"), table(EXTENSIONS, "extension"))))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
