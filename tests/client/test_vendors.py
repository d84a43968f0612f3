"""Every vendor, and dialects that nobody ships: a client is generated on the spot and talks to their mock."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from conformance.contract import Contract, load, names
from conformance.mock import MockServer
from conformance.probes.kit import Kit
from scripts.regenerate import generate
from tests.client.package import imported
from tests.sampling import sampled

DIALECTS = sorted(str(path) for path in (Path(__file__).parents[1] / "data" / "dialects").iterdir())
EVERYBODY = [*names(), *DIALECTS]
TEXTS = [
    "Bananas are rich in potassium.",
    "Mars is known as the red planet.",
    "The stock market closed lower on Friday.",
]


@pytest.fixture(scope="module", params=sampled(EVERYBODY, 5), ids=lambda name: Path(name).name)
def generated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Contract, Path]:
    contract = load(request.param)
    return contract, generate(contract, tmp_path_factory.mktemp(contract.name))


@pytest.fixture
def package(generated: tuple[Contract, Path]) -> Iterator[ModuleType]:
    with imported(generated[1].parent, generated[1].name) as module:
        yield module


def of(contract: Contract, role: str, answer: Any) -> list[Any]:
    """Return the values of a role in a typed answer, attribute by attribute, under the names that Python has for them."""
    place = contract.success.place(role)
    assert place is not None
    values = [answer]
    for key in place.path:
        values = (
            [item for value in values for item in value]
            if key == "*"
            else [getattr(value, snake(key)) for value in values]
        )
    return values


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def arguments(contract: Contract, query: str, texts: list[str], **roles: Any) -> dict[str, Any]:
    """Return the arguments of a call: those of roles that the contract has, and what it requires, in its own forms."""
    kit = Kit(contract)
    known = {role: value for role, value in roles.items() if kit.has(role)}
    body = kit.body(query=kit.query(kit.primary, query), documents=kit.documents(kit.primary, texts), **known)
    return {snake(name.rpartition(".")[2]): value for name, value in body.items()}


def test_typed_call(generated: tuple[Contract, Path], package: ModuleType) -> None:
    """The call has the vendor's own parameters, and its answer the vendor's own fields."""
    contract, _ = generated
    with MockServer(contract, key="a-key") as mock, package.Client(api_key="a-key", base_url=mock.base_url) as client:
        answer = client.rerank(**arguments(contract, "red planet", TEXTS, limit=2, echo_switch=True))
        assert of(contract, "index", answer)[0] == 1
        assert len(of(contract, "results", answer)[0]) == (2 if contract.request_field("limit") else len(TEXTS))
        if contract.request_field("echo_switch"):
            echo = of(contract, "echo", answer)[0]
            assert TEXTS[1] in (echo if isinstance(echo, str) else echo.to_dict().values())
        if contract.success.place("total_tokens"):
            assert of(contract, "total_tokens", answer)[0] > 0


def test_batches_are_merged(generated: tuple[Contract, Path], package: ModuleType) -> None:
    """Batches are merged by score under the vendor's own names, and its counts are summed."""
    contract, _ = generated
    lots = [f"Note {number} about shelves." for number in range(9)]
    lots[7] = TEXTS[1]
    with MockServer(contract, key="a-key") as mock, package.Client(api_key="a-key", base_url=mock.base_url) as client:
        merged = client.rerank_batched(**arguments(contract, "red planet", lots), batch_size=4)
        whole = client.rerank(**arguments(contract, "red planet", lots))
    assert of(contract, "index", merged) == of(contract, "index", whole)
    assert of(contract, "index", merged)[0] == 7
    if contract.success.place("total_tokens"):
        assert of(contract, "total_tokens", merged) == of(contract, "total_tokens", whole)


def test_bounds_and_errors(generated: tuple[Contract, Path], package: ModuleType) -> None:
    """What the contract forbids is not sent; a refusal is a typed error with the vendor's own words."""
    contract, _ = generated
    documents = contract.request_field("documents")
    assert documents
    with MockServer(contract, key="a-key") as mock:
        given = arguments(contract, "q", TEXTS)
        with (
            package.Client(api_key="a-key", base_url=mock.base_url) as client,
            pytest.raises(package.RequestValidationError, match=documents.name),
        ):
            client.rerank(**{**given, snake(documents.name.rpartition(".")[2]): 7})
        if contract.secured:
            refused = (
                package.PermissionDeniedError
                if contract.answer(401) is None and contract.answer(403)
                else package.AuthenticationError
            )
            with (
                package.Client(api_key="another", base_url=mock.base_url, retries=0) as client,
                pytest.raises(refused, match="Invalid token"),
            ):
                client.rerank(**given)


def test_readme_runs(generated: tuple[Contract, Path]) -> None:
    """Every Python block of the generated README runs as it stands against the vendor's mock."""
    contract, folder = generated
    blocks = re.findall(r"```python\n(.*?)```", (folder / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 10
    with MockServer(contract, key="a-key") as mock:
        prelude = f"import os, sys; sys.path.insert(0, {str(folder.parent)!r}); os.environ[{contract.key_env or 'API_KEY'!r}] = 'a-key'\nimport {folder.name}._contract as contract; contract.SERVER = {mock.base_url!r}\n"
        # One process, each block with names of its own and from an empty line on: what it prints stands behind its number.
        each = f"for number, block in enumerate({blocks!r}):\n    print(f'#{{number}}')\n    exec(block, {{'__name__': '__main__'}})\n"
        done = subprocess.run(
            [sys.executable, "-c", prelude + each], cwd=folder.parent, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert all(part.strip() for part in re.split(r"^#\d+$", done.stdout, flags=re.MULTILINE)[1:])


def test_only_what_ranks_is_generated(generated: tuple[Contract, Path]) -> None:
    """Of a document with many operations only the one that ranks, and what it refers to, becomes code."""
    contract, folder = generated
    endpoints = [path for path in (folder / "api").rglob("*.py") if path.name != "__init__.py"]
    assert len(endpoints) == 1
    if len(contract.document["paths"]) > 1:
        assert not any("embedding" in path.name for path in folder.rglob("*.py"))
