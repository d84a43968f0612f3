"""The places of a package where one thing can be changed."""

import ast
from pathlib import Path
from types import CodeType
from typing import Any

from attrs import define

_OTHERWISE: dict[type, type] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.Break: ast.Continue, ast.Continue: ast.Break,
}  # fmt: skip


@define(frozen=True)
class Place:
    """One thing that can be changed: its module, the function that it stands in, and its number among those of the module."""

    module: str
    function: str
    number: int
    line: int


class Change(ast.NodeTransformer):
    """Numbers what can be changed in the functions of a module, and changes the one thing that is wanted."""

    def __init__(self, module: str, wanted: int | None = None) -> None:
        self.module, self.wanted = module, wanted
        self.within: list[str] = []
        self.functions = 0
        self.line = 0
        self.places: list[Place] = []
        self.shown = ""

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Go on within a class."""
        return self._named(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Go on within a function; its decorators and annotations say what is declared, not what is done."""
        declared, node.decorator_list = node.decorator_list, []
        returns, node.returns = node.returns, None
        self.functions += 1
        self._named(node)
        self.functions -= 1
        node.decorator_list, node.returns = declared, returns
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        """Leave parameters as they are."""
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """Change what is assigned alone."""
        node.value = self.visit(node.value) if node.value else None
        return node

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Give a node that can be changed a number, and go on within it."""
        self.line = getattr(node, "lineno", self.line)
        other = _other(node) if self.functions else None
        if other is not None:
            self.places.append(Place(self.module, ".".join(self.within), len(self.places), self.line))
            if self.places[-1].number == self.wanted:
                self.shown = f"`{ast.unparse(node)[:120]}` is `{ast.unparse(other)[:120]}`"
                return ast.copy_location(other, node)
        return super().generic_visit(node)

    def _named(self, node: ast.ClassDef | ast.FunctionDef) -> ast.AST:
        self.within.append(node.name)
        super().generic_visit(node)
        self.within.pop()
        return node


def _other(node: Any) -> ast.AST | None:
    """Return what a node is changed into, or None. Words stay: they say what was judged and judge nothing."""
    kind = type(getattr(node, "op", node))
    found: ast.AST | None = None
    match node:
        case ast.Compare(ops=[first, *more]) if type(first) in _OTHERWISE:
            found = ast.Compare(node.left, [_OTHERWISE[type(first)](), *more], node.comparators)
        case ast.BoolOp():
            found = ast.BoolOp(_OTHERWISE[kind](), node.values)
        case ast.BinOp() if kind in _OTHERWISE and not any(map(_words, (node.left, node.right))):
            found = ast.BinOp(node.left, _OTHERWISE[kind](), node.right)
        case ast.UnaryOp(op=ast.Not()):
            found = node.operand
        case ast.Constant(value=bool() as value):
            found = ast.Constant(not value)
        case ast.Constant(value=(int() | float()) as value):
            found = ast.Constant(value + 1)
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            found = ast.Return(ast.Constant(None))
        case ast.IfExp():
            found = ast.IfExp(node.test, node.orelse, node.body)
        case ast.Break() | ast.Continue():
            found = _OTHERWISE[kind]()
        case ast.comprehension(ifs=[_, *more]):
            found = ast.comprehension(node.target, node.iter, more, node.is_async)
    return found


def _words(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def places(root: Path, package: str) -> list[Place]:
    """Return all that can be changed in a package below `conformance`."""
    found = []
    for path in sorted((root / "conformance" / package).glob("*.py")):
        change = Change(f"conformance.{package}.{path.stem}")
        change.visit(ast.parse(path.read_text(encoding="utf-8")))
        found += change.places
    return found


def changed(root: Path, place: Place) -> tuple[CodeType, str]:
    """Return the code of a module with one thing changed, and in words what that is."""
    path = root.joinpath(*place.module.split(".")).with_suffix(".py")
    change = Change(place.module, place.number)
    tree = change.visit(ast.parse(path.read_text(encoding="utf-8")))
    return compile(ast.fix_missing_locations(tree), str(path), "exec"), change.shown
