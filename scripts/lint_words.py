#!/usr/bin/env python3
"""Words of the interface: the field's terms in English, one Chinese term for each.

    lint_words.py ADDON…   read ADDON/i18n/zh_CN.po

words_en.tsv: word not to use (regular expression), word to use, texts that may have it.
words_zh.tsv: English term, its Chinese terms (" / " between them), texts that may differ.
Exceptions are regular expressions on the English text.
"""

import csv
import re
import sys
from pathlib import Path

import polib

HERE = Path(__file__).parent
# Names in braces, tags with their attributes, code: nobody reads them.
UNREAD = re.compile(r"%\(\w+\)|\{\{.*?\}\}|<[^>]*>|t-\w+=\"[^\"]*\"")


def table(name):
    """Rows of a table as (pattern, words, exception or None)."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row and not row[0].startswith("#"):
                word, use, *rest = row
                exception = re.compile(rest[0]) if rest and rest[0] else None
                yield re.compile(rf"\b(?:{word})\b", re.IGNORECASE), use, exception


def texts(addon):
    path = Path(addon) / "i18n" / "zh_CN.po"
    if path.exists():
        for entry in polib.pofile(str(path), encoding="utf-8"):
            if not entry.obsolete:
                yield path, entry.msgid, UNREAD.sub(" ", entry.msgid), entry.msgstr


def check(addon, avoid, terms):
    for path, msgid, read, msgstr in texts(addon):
        for pattern, use, exception in avoid:
            found = pattern.search(read)
            if found and not (exception and exception.search(msgid)):
                yield f"{path}: {found[0]!r}, use {use!r}: {msgid[:90]!r}"
        left = read
        for pattern, use, exception in terms:
            if pattern.search(left):
                # A longer term comes first and hides the shorter one in it.
                left = pattern.sub(" ", left)
                if not any(word in msgstr for word in use.split(" / ")) and not (
                    exception and exception.search(msgid)
                ):
                    yield f"{path}: {pattern.pattern[5:-3]!r} is {use}: {msgid[:70]!r}: {msgstr[:50]!r}"


def main(*addons):
    avoid = list(table("words_en.tsv"))
    terms = list(table("words_zh.tsv"))
    findings = [text for addon in addons for text in check(addon, avoid, terms)]
    for text in findings[:60]:
        print(text)
    if len(findings) > 60:
        print(f"… and {len(findings) - 60} more")
    print(f"Words: {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
