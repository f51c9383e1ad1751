"""Tests by area and room: `credit/hold/test_*.py` and so on; a new module needs no line anywhere.

Odoo runs the modules that are attributes `test_*` of this package, so each module of a
sub-package is one, under a name with its room: `credit/hold/test_rules.py` → `test_credit_hold_rules`.
"""

from importlib import import_module
from pkgutil import walk_packages

for _found in walk_packages(__path__, f"{__name__}."):
    _path = _found.name.removeprefix(f"{__name__}.").split(".")
    if _path[-1].startswith("test_"):
        globals()["_".join(["test", *_path[:-1], _path[-1].removeprefix("test_")])] = import_module(
            _found.name
        )
