"""What a package holds beside code: the facts that the runtime needs to know of a contract, as a module of data, and what makes a wheel."""

import pprint
import re
from pathlib import Path
from typing import Any

from conformance.contract import Contract
from conformance.contract.instances import sample as sampled
from conformance.contract.roles import COUNTS, ROLE
from conformance.contract.schema import POINTER, Schema, alternatives, walk
from conformance.probes.kit import Kit
from scripts.client.naming import literal

_DROPPED = {POINTER, "description", "title", "x-examples", "default"}


def variable(contract: Contract) -> str | None:
    """Return the environment variable of the key: the contract's, else the suite's own; None where no key is asked for."""
    return None if contract.credential is None else contract.key_env or Kit(contract).key_name


def named(contract: Contract, what: str) -> str:
    """Return the name of another environment variable of the client, beside that of the key."""
    stem = re.sub(r"_?(?:API_)?(?:KEY|TOKEN)$", "", contract.key_env or "") or re.sub(r"\W", "_", contract.name).upper()
    return f"{stem}_{what}"


def data(contract: Contract, package: str, described: Any) -> str:
    """Return the module that holds the contract's facts for the runtime."""
    wanted = {"results", "index", "score"}
    places: dict[str, list[tuple[str, ...]]] = {}
    for place in contract.success.places:
        if place.role in wanted | COUNTS.keys():
            places.setdefault(place.role, []).append(place.path)
    names = {
        role: sorted({p.path[-1] for a in contract.answers.values() for p in a.places if p.role == role and p.path})
        for role in ("error_message", "error_code")
    }
    trace = contract.success.header("trace")
    media = next((kind for kind in contract.request_media if "json" in kind), "application/json")
    takers = {name: [model for model in contract.models if contract.takes(model, name)] for name in contract.fields}
    only = {name: models for name, models in takers.items() if len(models) < len(contract.models)}
    roles = {field.role: field.name for field in contract.fields.values() if field.role}
    called = {parameter.wire: parameter.name for parameter in described.parameters}
    beside = Kit(contract).beside
    values = {
        "PACKAGE": package,
        # Written over by `stamp`.
        "VERSION": "0.1.0",
        "SERVER": contract.server,
        "PATH": contract.path + beside.query,
        **({"HEADERS": dict(beside.headers)} if beside.headers else {}),
        "METHOD": contract.method,
        "MEDIA": media,
        "KEY_HEADER": contract.credential.header if contract.credential is not None else None,
        "KEY_PREFIX": contract.credential.prefix if contract.credential is not None else "",
        "KEY_NEEDED": contract.secured,
        "KEY_ENV": variable(contract),
        "URL_ENV": named(contract, "BASE_URL"),
        "LOG_ENV": named(contract, "LOG"),
        "TRACE": trace.name.lower() if trace else None,
        "ROLES": roles,
        "MODELS": list(contract.models),
        "ONLY_MODELS": only,
        "PLACES": places,
        "FIRST_INDEX": contract.first_index,
        "KEYWORDS": {role: called[name] for role, name in roles.items() if name in called},
        "TEXT_KEY": described.text,
        "QUERY_KEY": described.question,
        "NULLABLE": sorted(parameter.wire for parameter in described.parameters if parameter.nullable),
        "ERROR_MESSAGES": names["error_message"],
        "ERROR_CODES": names["error_code"],
        "ENVELOPES": sorted(contract.envelopes, key=lambda path: (-len(path), path)),
        "SCHEMA": plain(contract.request_rules),
    }
    lines = ['"""The contract\'s facts, for the runtime."""', "", "from typing import Any", ""]
    for name, value in values.items():
        told = literal(value) if isinstance(value, str) else _written(value)
        lines.append(f"{name}{'' if isinstance(value, str) else ': Any'} = {told}")
    return "\n".join(lines) + "\n"


def _ranking(schema: Schema) -> Schema:
    """Return the form of a success that holds results, where it has several."""
    leaves = alternatives(schema)
    held = (leaf for leaf in leaves if any(node.get(ROLE) == "results" for _, node in walk(leaf)))
    return schema if len(leaves) == 1 else next(held, schema)


def plain(schema: Any) -> Any:
    """Return a converted schema without what only people read."""
    if isinstance(schema, list):
        return [plain(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: value for key, value in schema.items() if key not in _DROPPED and not key.startswith("x-")}
    for key, value in result.items():
        if key in {"properties", "patternProperties"}:
            result[key] = {name: plain(item) for name, item in value.items()}
        elif key not in {"enum", "const"}:
            result[key] = plain(value)
    return result


# What is rendered as it stands: metadata, answers for tests, and a module for each framework that rerankers are used in.
FILES = ("pyproject.toml", "README.md", "testing.py", "langchain.py", "llama_index.py", "haystack.py")


def metadata(contract: Contract, package: str, described: Any) -> dict[str, str]:
    """Return the files that make a wheel of the package, by name."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from conformance.report import markdown

    folder = FileSystemLoader(Path(__file__).parent / "metadata")
    environment = Environment(loader=folder, keep_trailing_newline=True, undefined=StrictUndefined)  # noqa: S701
    environment.filters.update(literal=literal, words=markdown.escape, code=markdown.code)
    held = {"package": package, "project": package.replace("_", "-"), "facade": described, "contract": contract}
    success = _ranking(next(schema for media, schema in contract.success.media.items() if "json" in media))
    errors = {
        status: next((sampled(schema) for media, schema in answer.media.items() if "json" in media), None)
        for status, answer in contract.answers.items()
        if answer is not contract.success
    }
    held |= {"sample": _written(sampled(success)), "errors": _written(errors)}
    return {name: environment.get_template(f"{name}.jinja").render(held) for name in FILES}


def _written(value: Any) -> str:
    return pprint.pformat(value, width=110, sort_dicts=False)
