"""A server and a contract that send what no page, table or terminal should take for its own."""

from pathlib import Path
from typing import Any

from conformance.contract import Contract, load
from conformance.mock.body import Facts
from conformance.mock.rules import Body, Headers, Rules

HOSTILE = '</code><script>document.title="owned"</script><img src=x onerror="document.title=1"> \x1b[31mred\x1b]0;owned\x07 \u202egnp.exe\u2066 |a|b| @someone `code` ]]>&amp; "quoted" \u0000'
FORMULA = '=HYPERLINK("http://evil.example","click")'
NAME = '=cmd|"/C calc"!A1 <b>x</b>'

PAGE = """
openapi: 3.0.0
info: {{title: {text}, version: {text}}}
servers: [{{url: "https://host.example/<b>v1</b>"}}]
security: [{{key: []}}]
paths:
  /rerank:
    post:
      operationId: rerank
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [model, query, documents]
              properties:
                model: {{type: string, enum: [plain, {formula}], x-rerank-role: model, description: {text}}}
                query: {{type: string, minLength: 1, x-rerank-role: query}}
                documents: {{type: array, minItems: 1, items: {{type: string}}, x-rerank-role: documents}}
                top_n: {{type: integer, minimum: 1, x-rerank-role: limit, default: 9}}
                return_documents: {{type: boolean, x-rerank-role: echo_switch, description: {text}}}
                {formula}: {{type: string, description: 中文说明, example: a}}
                "<i>field</i>": {{type: string, pattern: "^(a|</td>)*$", example: a}}
      responses:
        "200":
          description: {text}
          content:
            application/json:
              schema:
                type: object
                required: [id, results]
                properties:
                  id: {{type: string, x-rerank-role: id}}
                  results:
                    type: array
                    x-rerank-role: results
                    items:
                      type: object
                      required: [index, relevance_score]
                      properties:
                        index: {{type: integer, x-rerank-role: index}}
                        relevance_score: {{type: number, minimum: 0, maximum: 1, x-rerank-role: score}}
                        document: {{type: object, required: [text], x-rerank-role: echo, properties: {{text: {{type: string, x-rerank-role: text}}}}}}
        "400":
          description: {text}
          content: {{application/json: {{schema: {{type: object, required: [message], properties: {{message: {{type: string, maxLength: 5, x-rerank-role: error_message}}}}}}}}}}
components:
  securitySchemes:
    key: {{type: http, scheme: bearer, x-rerank-key-env: HOSTILE_API_KEY}}
"""


def contract(folder: Path) -> Contract:
    """Return a contract whose page is hostile."""
    import json

    folder.mkdir(exist_ok=True)
    path = folder / "hostile.yaml"
    path.write_text(PAGE.format(text=json.dumps(HOSTILE), formula=json.dumps(FORMULA)))
    return load(str(path))


class HostileRules(Rules):
    """Every word that a server may choose is hostile; one error is a megabyte long."""

    long = True

    def complaint(self, body: Any) -> str:
        """Return a hostile message."""
        if self.long:
            self.long = False
            return HOSTILE * 8_000
        return HOSTILE + FORMULA

    def identity(self) -> str:
        """Return a hostile id, another each time."""
        return f"{FORMULA}{HOSTILE}{super().identity()}"

    def facts(self, body: Body) -> Facts:
        """Return scores that are out of range."""
        found = super().facts(body)
        for row in found.rows:
            row.score = -row.score
        return found

    def wire(self, status: int, headers: Headers, data: bytes, request: Any) -> tuple[int, Headers, bytes]:
        """Add a hostile header."""
        return status, [*headers, ("x-hostile", '<script>document.title="owned"</script>\t=1+1')], data
