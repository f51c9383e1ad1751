#!/usr/bin/env python3
"""Translations: every text in the template, every one translated, same placeholders.

    lint_i18n.py check  EXPORTED ADDON…   compare, change nothing
    lint_i18n.py update EXPORTED --memory ODOO_ADDONS ADDON…
                                          write ADDON/i18n/*.pot anew, merge it into .po

EXPORTED is the folder with one fresh ADDON.pot per add-on, as Odoo exports it.
"""

import re
import sys
from pathlib import Path

import polib

LANGUAGES = ("zh_CN",)
PLACEHOLDER = re.compile(r"%\(\w+\)[#0\- +]?\d*(?:\.\d+)?[sdifgr]|%[sdifgr]|%%|\{\{.*?\}\}|\{\w*\}")
WRAP = 88


def key(entry):
    return entry.msgid


def load(path):
    return polib.pofile(str(path), wrapwidth=WRAP, encoding="utf-8")


def terms(pofile):
    return {key(entry): entry for entry in pofile if not entry.obsolete}


def placeholders(text):
    return sorted(PLACEHOLDER.findall(text))


def markup(text):
    return sorted(re.findall(r"</?\w+", text))


def compare(wanted, found, path):
    for msgid in wanted.keys() - found.keys():
        yield f"{path}: missing: {msgid[:90]!r}"
    for msgid in found.keys() - wanted.keys():
        yield f"{path}: no longer in the code: {msgid[:90]!r}"


def check_language(wanted, path):
    if not path.exists():
        yield f"{path}: no such file"
        return
    found = terms(load(path))
    yield from compare(wanted, found, path)
    for msgid, entry in found.items():
        name = f"{path}: {msgid[:90]!r}"
        if not entry.msgstr.strip():
            yield f"{name} is not translated"
        elif entry.fuzzy:
            yield f"{name} is fuzzy"
        elif placeholders(msgid) != placeholders(entry.msgstr):
            yield f"{name} has other placeholders in its translation"
        elif markup(msgid) != markup(entry.msgstr):
            yield f"{name} has other tags in its translation"


def check(exported, addon):
    pot = addon / "i18n" / f"{addon.name}.pot"
    wanted = terms(load(exported / f"{addon.name}.pot"))
    if not pot.exists():
        if wanted:
            yield f"{pot}: no such file (make i18n writes it)"
        return
    yield from compare(wanted, terms(load(pot)), pot)
    for language in LANGUAGES:
        yield from check_language(wanted, addon / "i18n" / f"{language}.po")


def odoo_words(addons, language):
    """Short labels as Odoo itself translates them: the same thing, the same word."""
    words = {}
    for name in ("sale", "mail", "account", "base"):
        path = addons / name / "i18n" / f"{language}.po"
        if path.exists():
            for msgid, entry in terms(load(path)).items():
                if len(msgid) < 24 and entry.msgstr and not entry.fuzzy:
                    words[msgid] = entry.msgstr
    return words


def update(exported, memory, addon):
    fresh = load(exported / f"{addon.name}.pot")
    if not len(fresh):
        return
    # Dates of the export would change the file at every run.
    for name in ("POT-Creation-Date", "PO-Revision-Date"):
        fresh.metadata.pop(name, None)
    folder = addon / "i18n"
    folder.mkdir(exist_ok=True)
    fresh.save(str(folder / f"{addon.name}.pot"))
    for language in LANGUAGES:
        merge(fresh, folder / f"{language}.po", language, memory[language])


def merge(fresh, path, language, words):
    known = dict(words)
    if path.exists():
        known.update({key(entry): entry.msgstr for entry in load(path) if entry.msgstr})
    merged = polib.POFile(wrapwidth=WRAP)
    merged.metadata = {**fresh.metadata, "Language": language}
    for entry in fresh:
        merged.append(
            polib.POEntry(
                msgid=entry.msgid,
                msgstr=known.get(key(entry), ""),
                comment=entry.comment,
                occurrences=entry.occurrences,
                flags=[flag for flag in entry.flags if flag != "fuzzy"],
            )
        )
    merged.save(str(path))
    left = sum(not entry.msgstr for entry in merged)
    print(f"{path}: {len(merged)} texts, {left} to translate")


def main(command, exported, *addons):
    exported = Path(exported)
    if command == "update":
        _flag, folder, *addons = addons
        memory = {lang: odoo_words(Path(folder), lang) for lang in LANGUAGES}
        for addon in addons:
            update(exported, memory, Path(addon))
        return 0
    findings = [text for addon in addons for text in check(exported, Path(addon))]
    for text in findings[:60]:
        print(text)
    if len(findings) > 60:
        print(f"… and {len(findings) - 60} more")
    print(f"Translations: {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
