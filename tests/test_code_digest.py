"""One digest of a program on every Python, and another one for another program."""

import hashlib
from pathlib import Path

import pytest

from dsin_lib.code_digest import canonical, code_digest

SNIPPET = r'''
"""What Pythons write differently: 3.12 has type_params, 3.13 leaves empty fields out."""

import a.b as c
from . import d


@decorated(x=1)
class A(B, metaclass=M):
    """Doc."""

    field: int = 3
    pair: "tuple[int, ...]"


class Empty: ...


def f(p, /, q: int = 1, *args, r=2j, **kwargs) -> None:
    global g
    return lambda: (yield)


async def h():
    async with a as b, c:
        return [i async for i in x if i]


@other
def none(*, a, b=None): pass


empty = f"", f"{{}}", "", b"\xff", 1e-3, -0.0, ..., True, None, 10**20, u"kind", "\U0001fae8"
nested = f"a{x!r:>{width}}b" f"{f'{y:{w}.{p}f}'}" "c" f"{z = }{z=!s:^9}" f'{d["k"]}{{x}}'
many = f"""{
    a
}\N{BULLET}\n{b:%Y-%m-%d}"""
spread = {**a, "k": [*b, c[1:, ::2]]}, {1, 2}, (n := 3), x if y else z
match v:
    case {"k": [1, *rest], **others} if rest: pass
    case A(1, field=-2j) | None | "x" as y: "a bare string"
    case _: del x
try:
    assert x, "y"
except* (E, F) as e:
    raise e from None
else:
    """Bare."""
finally:
    while True: break
for i in (): continue
else: pass
'''
EXPECTED = "e15a58df026e829949f301ee326bec8cc2ee036a31a608fccd08b2cba737e1b6"
"""Of Python 3.11.7, 3.12.1 and 3.13.0."""


def test_the_text_is_that_of_every_python():
    assert hashlib.sha256(canonical(SNIPPET).encode("ascii")).hexdigest() == EXPECTED


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('"""Doc."""\nx = 1  # why\n"""About x."""', "x = (\n    1\n)"),
        ('x = f"a" f"{b:{c}}" "d"', 'x = f"a{b:{c}}d"'),
        ("def f():\n    '''Doc.'''\n    return 1", "def f(): return 1"),
    ],
)
def test_what_nothing_depends_on_is_left_out(one, other):
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x = 1", "x = 1.0"),
        ("x = 1", "x = True"),
        ("x = '1'", "x = b'1'"),
        ("x = None", "x = ()"),
        ("x = [a, None]", "x = [a]"),
        ("x = {**a}", "x = {a: a}"),
        ("x = f'{a}'", "x = f'{a!r}'"),
        ("x = f'{a}b'", "x = f'b{a}'"),
        ("x = f'{a:b}'", "x = f'{a}b'"),
        ("def f(*, a, b=1): 2", "def f(*, a=1, b): 2"),
        ("x = 'bare'", "'bare'"),
        ("f(a)", "f(*a)"),
        ("from . import a", "from .. import a"),
    ],
)
def test_what_something_depends_on_is_kept(one, other):
    assert canonical(one) != canonical(other)


def test_the_digest_of_files_is_of_each_in_turn(tmp_path):
    one, two, both = (tmp_path / f"{name}.py" for name in ("one", "two", "both"))
    one.write_text("a = 1\n"), two.write_text("b = 2  # two\n"), both.write_text("a = 1\nb = 2\n")
    assert code_digest([one, two]) != code_digest([two, one])
    assert code_digest([one, two]) != code_digest([both])
    before = code_digest([one, two])
    two.write_text('"""Two."""\nb = 2\n')
    assert code_digest([one, two]) == before


def test_a_file_that_is_no_program_is_named(tmp_path):
    broken = tmp_path / "broken.py"
    broken.write_text("a = 1\nb = = 2\n")
    with pytest.raises(SyntaxError) as refused:
        code_digest([Path(broken)])
    assert (refused.value.filename, refused.value.lineno) == (str(broken), 2)
