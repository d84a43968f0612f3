"""The clients as packages: wheels, READMEs, and the stock templates that ours derive from."""

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from conformance.contract import clients, load
from conformance.mock import MockServer
from scripts import regenerate
from scripts.regenerate import GENERATED, package_name
from tests.sampling import sampled


@pytest.mark.parametrize("vendor", sampled(clients(), 1))
def test_wheel_is_importable_alone(vendor: str, tmp_path: Path) -> None:
    """A wheel of the package, unpacked elsewhere, imports without the suite and makes a call."""
    name = package_name(vendor)
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(GENERATED / name)],
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    # Unpacking is all that installing a pure wheel is; an environment made by uv has no pip.
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "site")
        licences = [held for held in packed.namelist() if held.endswith("dist-info/licenses/LICENSE")]
    assert len(licences) == 1
    assert (tmp_path / "site" / name / "py.typed").is_file()
    contract = load(vendor)
    with MockServer(contract, key="a-key-for-tests") as mock:
        code = (
            f"import {name} as p, sys; assert 'conformance' not in sys.modules; print(p.__file__)\n"
            f"c = p.Client(api_key={mock.key!r}, base_url={mock.base_url!r})\n"
            f"print(c.rerank(model={contract.models[0]!r}, query='apple', documents=['pear', 'apple']).results[0].index)"
        )
        env = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stderr
    where, index = done.stdout.split()
    assert where.startswith(str(tmp_path))
    assert index == "1"


@pytest.mark.parametrize("vendor", sampled(clients(), 1))
def test_readme_runs(vendor: str, tmp_path: Path) -> None:
    """Every Python block of the package's README runs as it stands against the mock."""
    name = package_name(vendor)
    contract = load(vendor)
    blocks = re.findall(r"```python\n(.*?)```", (GENERATED / name / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) >= 10
    with MockServer(contract, key="a-key-for-tests") as mock:
        prelude = f"import {name}._contract as contract; contract.SERVER = {mock.base_url!r}\n"
        env = {**os.environ, "PYTHONPATH": str(GENERATED), str(contract.key_env): mock.key}
        for block in blocks:
            done = subprocess.run(
                [sys.executable, "-c", prelude + block],
                cwd=tmp_path,
                env=env,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr
            assert done.stdout.strip()


def test_stock_templates_are_those_we_know() -> None:
    """The stock templates that ours derive from or replace have not changed under us."""
    assert regenerate.stale_templates() == []
    assert len(regenerate.stock_templates()) >= 5


def test_changed_stock_template_is_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A generator whose own template is another one than ours was made from fails the check, with the name of the template; `--templates` notes the new one."""
    known = json.loads(regenerate.STOCK.read_text(encoding="utf-8"))
    name = min(known)
    file = tmp_path / "stock.json"
    file.write_text(json.dumps(known | {name: "0" * 64}))
    monkeypatch.setattr(regenerate, "STOCK", file)
    (line,) = regenerate.stale_templates()
    assert name in line
    assert regenerate.main(["--templates"]) == 0
    assert regenerate.stale_templates() == []
