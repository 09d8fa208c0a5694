"""What a program does, as text that any Python from 3.11 writes alike: the ground of its digest.

``ast.dump`` is not that text. 3.12 gives functions and classes an empty ``type_params`` and ends
nested format specs with an empty string, 3.13 leaves empty fields out, and which characters are
printable grows with Unicode. Here comments, layout, bare strings (docstrings among them) and empty
fields are left out, neighbouring pieces of text in an f-string are one, and text is ASCII.

It needs the standard library alone.
"""

import ast
import hashlib
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

SPELLING = ("kind", "type_comment", "type_ignores")
"""Fields that say how something was written and change nothing that it does."""


def code_digest(paths: Iterable[Path]) -> str:
    """The SHA-256 of what some Python files do: equal for equal programs in the same order.

    Names of files are not part of it.

    Raises:
        SyntaxError: Names the file and the line that this Python cannot read.
    """
    total = hashlib.sha256()
    for path in paths:
        code = canonical(path.read_text(encoding="utf-8"), str(path)).encode("ascii")
        total.update(b"%d\n" % len(code) + code)
    return total.hexdigest()


def canonical(text: str, name: str = "<text>") -> str:
    """A program's syntax tree as ASCII text, without what no result depends on.

    Args:
        text: The program.
        name: Of its file, for the message of an error.

    Raises:
        SyntaxError: Names the file and the line.
    """
    return _dump(ast.parse(text, name))


def _dump(value: object) -> str:
    if isinstance(value, ast.Constant):
        return f"Constant({value.value!a})"
    if isinstance(value, ast.AST):
        fields = ((name, getattr(value, name, None)) for name in value._fields)
        kept = [(n, of) for n, of in fields if n not in SPELLING and of is not None]
        shown = [(n, _pieces(of) if _is_formatted(value, n) else _dump(of)) for n, of in kept]
        return f"{type(value).__name__}({', '.join(f'{n}={of}' for n, of in shown if of != '[]')})"
    if isinstance(value, list):
        return f"[{', '.join(_dump(one) for one in value if not _is_text(one))}]"
    return ascii(value)


def _is_formatted(node: ast.AST, field: str) -> bool:
    return isinstance(node, ast.JoinedStr) and field == "values"


def _is_text(node: object) -> bool:
    """Whether a statement is a bare string: a docstring, or a note under a constant."""
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Constant):
        return False
    return isinstance(node.value.value, str)


def _pieces(values: list[ast.expr]) -> str:
    """The parts of an f-string: text that is not cut in two, none of it empty."""
    found = []
    for is_text, run in groupby(values, lambda part: isinstance(part, ast.Constant)):
        if is_text:
            text = "".join(part.value for part in run)
            found += [f"Constant({text!a})"] if text else []
        else:
            found += map(_dump, run)
    return f"[{', '.join(found)}]"
