"""Our checks of single exchanges for `schemathesis run`: SCHEMATHESIS_HOOKS=conformance.fuzzing.hooks.

RERANK_CONTRACT names the contract (default: siliconflow). Give Schemathesis the effective document
(`rerank-conformance contract`), or the vendored one's defects raise alarms that are not ours.
"""

import os
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import schemathesis

from conformance.checks.check import Check
from conformance.checks.reading import Reading
from conformance.contract import load
from conformance.model.exchange import Exchange, Request, Response
from conformance.requirements.catalogue import single_checks

CONTRACT = load(os.environ.get("RERANK_CONTRACT", "siliconflow"))


def exchange_of(response: Any, case: Any) -> Exchange:
    """Return a Schemathesis response as an exchange of ours; the credentials are left out."""
    sent = response.request
    body = sent.body if isinstance(sent.body, bytes) else (sent.body or "").encode()
    path = urlsplit(sent.url).path
    base = urlsplit(CONTRACT.server).path.rstrip("/")
    at = path[len(base) :] if base and path.startswith(base) else path
    if at.endswith(CONTRACT.path):
        at = CONTRACT.path
    del case
    secret = {"authorization", CONTRACT.credential.header.lower() if CONTRACT.credential else ""}
    headers = tuple((name, value) for name, value in sent.headers.items() if name.lower() not in secret)
    came = tuple((name, value) for name, values in response.headers.items() for value in values)
    request = Request(sent.method, at, headers, body)
    return Exchange(
        "e1", request, sent.url, Response(response.status_code, came, response.content), None, 0.0, response.elapsed
    )


def _register(check: Check) -> Callable[..., None]:
    def judge(ctx: Any, response: Any, case: Any) -> None:
        del ctx
        breaches = check.judge(Reading(exchange_of(response, case), CONTRACT))
        if breaches:
            first = breaches[0]
            msg = f"{check.clause.id}: {check.clause.sentence} Expected {first.expected}; got {first.actual}."
            raise AssertionError(msg)

    judge.__name__ = "rerank_" + "".join(char if char.isalnum() else "_" for char in check.clause.id)
    judge.__doc__ = check.clause.sentence
    schemathesis.check(judge)
    return judge


CHECKS = tuple(_register(check) for check in single_checks(CONTRACT))
