#!/usr/bin/env python3
"""XML of the add-ons: indented by four spaces a level.

Where an element starts a line it must stand four spaces deeper than the element it is
in. Inline markup (text with tags, e-mail bodies, <pre>) is left as it is, and so are
attributes on lines of their own.
"""

import sys
from pathlib import Path

from lxml import etree

# Their content is text for people or a template of another language.
VERBATIM = {"pre", "script", "style", "textarea", "code"}
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def before(node):
    """Return the text between the node and its predecessor."""
    previous = node.getprevious()
    if previous is not None:
        return previous.tail or ""
    parent = node.getparent()
    return (parent.text or "") if parent is not None else ""


def indentation(root):
    stack = [(root, 0)]
    while stack:
        node, depth = stack.pop()
        if node.tag in VERBATIM or node.get(XML_SPACE) == "preserve":
            continue
        # CDATA and comments keep their own shape; only elements are measured.
        mixed = any(child.tail and child.tail.strip() for child in node) or (
            len(node) and node.text and node.text.strip()
        )
        for child in node:
            if not isinstance(child.tag, str):
                continue
            text = before(child)
            if "\n" in text and not mixed:
                found = len(text.rsplit("\n", 1)[1])
                if found != 4 * (depth + 1):
                    yield (
                        child.sourceline,
                        f"<{child.tag}> has {found} spaces, {4 * (depth + 1)} expected",
                    )
            if not mixed:
                stack.append((child, depth + 1))
        yield from closing_tag(node, depth, mixed)


def closing_tag(node, depth, mixed):
    if not len(node) or mixed:
        return
    tail = node[-1].tail or ""
    if "\n" in tail and len(tail.rsplit("\n", 1)[1]) != 4 * depth:
        yield node[-1].sourceline, f"</{node.tag}> is not below its start"


def check(path):
    text = path.read_text(encoding="utf-8")
    try:
        tree = etree.fromstring(text.encode())
    except etree.XMLSyntaxError as error:
        yield error.lineno or 1, f"not well-formed: {error.msg}"
        return
    yield from indentation(tree)
    for node in tree.iterfind(".//*[@widget='remaining_days']"):
        # "Next month" stands for a date five days ahead.
        yield (
            node.sourceline,
            "remaining_days: show the date, with decoration-danger once it is past",
        )


def main(roots):
    found = 0
    files = sorted(
        path
        for root in roots
        for path in Path(root).rglob("*.xml")
        if "node_modules" not in path.parts
    )
    for path in files:
        for line, message in sorted(check(path)):
            print(f"{path}:{line}: {message}")
            found += 1
    print(f"{len(files)} XML files, {found} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
