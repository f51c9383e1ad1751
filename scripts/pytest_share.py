"""Runs of pytest side by side share the modules of tests: who is free takes the next one.

The folder CC_SHARE, empty at first, has a file for each module that is taken.
"""

import hashlib
import os
from pathlib import Path

import pytest

# They take minutes: begun at the end, one run would wait for the other.
LONG = ("test_install.py", "test_books_random.py", "test_odoo_screens.py", "test_import.py")


def get_place(item):
    name = item.path.name
    return LONG.index(name) if name in LONG else len(LONG)


class Share:
    def __init__(self, folder):
        self.folder = Path(folder)

    def take(self, path):
        """Whether a module is ours: the first who asks gets it."""
        try:
            (self.folder / hashlib.sha256(str(path).encode()).hexdigest()).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def get_items(self, items):
        """Items of our modules. A module is taken when the last item of the one before begins."""
        path = ours = None
        for item in sorted(items, key=get_place):
            if item.path != path:
                path, ours = item.path, self.take(item.path)
            if ours:
                yield item

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session):
        """As pytest's own, whose list of items does not grow."""
        if session.testsfailed or session.config.option.collectonly:
            return None
        items = self.get_items(session.items)
        item = next(items, None)
        while item:
            following = next(items, None)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.shouldfail:
                raise session.Failed(session.shouldfail)
            if session.shouldstop:
                raise session.Interrupted(session.shouldstop)
            item = following
        return True


def pytest_configure(config):
    if os.environ.get("CC_SHARE"):
        config.pluginmanager.register(Share(os.environ["CC_SHARE"]), "credit-collection-share")
