"""The types that are told are those of what there is: the same names, parameters and defaults."""

import ast
import inspect
from pathlib import Path

import octomix as ox

STUB = ast.parse((Path(ox.__file__).parent / "__init__.pyi").read_text())


def parameters_of(node):
    arguments = node.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    stars = [argument for argument in (arguments.vararg, arguments.kwarg) if argument]
    return {argument.arg for argument in named + stars}


def check(owner, node):
    found = getattr(owner, node.name)
    if any(isinstance(decorator, ast.Name) and decorator.id == "property" for decorator in node.decorator_list):
        return
    if node.name.startswith("__") and node.name != "__init__":
        return
    assert set(inspect.signature(found).parameters) == parameters_of(node), f"{owner.__name__}.{node.name}"


def test_every_function_and_method_is_told_as_it_is():
    told = set()
    for node in STUB.body:
        if isinstance(node, ast.FunctionDef):
            check(ox, node)
            told.add(node.name)
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            told.add(node.name)
            owner = getattr(ox, node.name, None)
            for method in node.body if owner is not None else ():
                if isinstance(method, ast.FunctionDef):
                    check(owner, method)
    assert set(ox.__all__) - {"__version__"} <= told


def test_every_public_thing_has_a_docstring():
    for name in ox.__all__:
        value = getattr(ox, name)
        if callable(value):
            assert inspect.getdoc(value), name
