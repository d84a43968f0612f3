"""What the commands of the tests import, done once before they are forked."""

import contextlib
import gc
import importlib
import io
import pkgutil
import tempfile

import conformance
from conformance.cli import cli

_APART = ("conformance.__main__", "conformance.plugin", "conformance.fuzzing.hooks", "conformance.suite")
for found in pkgutil.walk_packages(conformance.__path__, "conformance."):
    if not found.name.startswith(_APART):
        importlib.import_module(found.name)
# And what only comes with the work: of a comparison and its charts, of generated requests, and of a run.
for name in ("covertable", "ir_measures", "matplotlib.backends.backend_svg", "schemathesis", "scipy.stats"):
    importlib.import_module(name)
with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
    for target in ("mock", "mock:woagent"):
        cli.main(["run", target, "--no-store", "--out", f"{folder}/{target}"], standalone_mode=False)
gc.collect()
gc.freeze()
