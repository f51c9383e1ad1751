#!/usr/bin/env python3
"""House rules no general linter knows: the clock, the cursor, sudo, size and place of files.

Figures must depend on a date somebody names: an add-on that asks the machine's clock
is wrong near midnight for everybody who lives elsewhere, and cannot be tested.
"""

import ast
import re
import sys
from pathlib import Path

BANNED = {
    r"\bdate\.today\(": "fields.Date.context_today(record), or an argument",
    r"\bdatetime\.(now|today|utcnow)\(": "fields.Datetime.now(), or an argument",
    r"\bDate\.today\(": "fields.Date.context_today(record): today differs by zone",
    r"\bself\._(cr|uid|context)\b": "self.env.cr, .uid, .context",
    r"\btime\.time\(": "fields.Datetime.now()",
}
# Roles are asked by name; their names in XML stand in one file.
ROLES = re.compile(r"\bhas_groups?\(|[\"'](credit_collection|account|sales_team)\.group_")
# Fields with a day, as they are named.
DAYS = re.compile(r"\.(date(_\w+)?|\w+_date|deadline)$")
LIMIT, WARN = 800, 500
# Methods of our own models that another room of the same area overrides, in the whole add-on.
OVERRIDES = 10
# Entries seen on opening an area, and files with models per model of our own, on average.
ENTRIES, ENTRIES_OF = 14, {"credit": 16}
FILES_PER_MODEL = 2
PRIVATE = re.compile(r"BEGIN (RSA |EC |OPENSSH )?PRIVATE KEY")


def check_code(path):
    text = path.read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        code = line.split("#", 1)[0]
        for pattern, instead in BANNED.items():
            if re.search(pattern, code):
                yield f"{path}:{number}: {code.strip()}: use {instead}"
        if ROLES.search(code) and path.parts[-2:] != ("base", "res_users.py"):
            yield f"{path}:{number}: {code.strip()}: use _has_role, _require_role or ROLES"
    if PRIVATE.search(text):
        yield f"{path}: holds a private key"


def get_sudo_lines(node, statement=None):
    """(line of a call that takes the superuser's rights, first line of its statement)."""
    for child in ast.iter_child_nodes(node):
        inner = child if isinstance(child, ast.stmt) else statement
        if isinstance(child, ast.Call):
            taken = getattr(child.func, "attr", "") == "sudo" and not child.args
            if taken or any(keyword.arg == "su" for keyword in child.keywords):
                yield child.func.end_lineno, inner.lineno
        yield from get_sudo_lines(child, inner)


def check_sudo(path):
    """Each `sudo()` says why: on its line, or in the comment above it or above its statement."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()

    def says_why(number):
        said = [lines[number - 1].partition("#")[2]]
        while number > 1 and lines[number - 2].lstrip().startswith("#"):
            number -= 1
            said.append(lines[number - 1])
        return any(re.search(r"\bsudo\b", line) for line in said)

    for number in sorted(
        {n for n, first in get_sudo_lines(ast.parse(text)) if not (says_why(n) or says_why(first))}
    ):
        yield f"{path}:{number}: {lines[number - 1].strip()}: say why, “# sudo: …”"


def check_dates(path):
    """Dates in sentences are written in the reader's format, not as the computer keeps them."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or getattr(node.func, "attr", "") != "_":
            continue
        for value in (*node.args[1:], *(keyword.value for keyword in node.keywords)):
            if DAYS.search(ast.unparse(value)):
                yield f"{path}:{value.lineno}: {ast.unparse(value)}: use format_date(self.env, …)"


def check_size(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    if lines > LIMIT:
        return f"{path}: {lines} lines, at most {LIMIT}", True
    if lines > WARN:
        return f"{path}: {lines} lines, better below {WARN} (warning)", False
    return None


def get_attribute(node, name):
    """The literal that a class assigns to a name, or None."""
    for statement in node.body:
        if isinstance(statement, ast.Assign) and getattr(statement.targets[0], "id", "") == name:
            return ast.literal_eval(statement.value)
    return None


def get_models(path):
    """[(model, class)] of the Odoo models that a file defines or extends."""
    found = []
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            inherit = get_attribute(node, "_inherit")
            first = inherit if isinstance(inherit, str) else (inherit or [None])[0]
            model = get_attribute(node, "_name") or first
            if model:
                found.append((model, node))
    return found


def get_concerns(models):
    """The list of concerns that second files of a model may carry."""
    for node in ast.parse((models / "__init__.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "CONCERNS":
            return ast.literal_eval(node.value)
    return {}


def check_name(path, found, concerns):
    """A file has the name of a model in it, or that and a concern."""
    names = [model.replace(".", "_") for model, _node in found]
    if not names or path.stem in names:
        return
    concern = next(
        (path.stem[len(n) + 1 :] for n in sorted(names, key=len) if path.stem.startswith(f"{n}_")),
        None,
    )
    if concern not in concerns:
        yield f"{path}: name it after {', '.join(sorted(set(names)))}, with a concern of CONCERNS"


def check_rooms(models):
    """A model has one class per file, a method of it stands once per room; no wizards here."""
    concerns = get_concerns(models)
    if len(concerns) > 30:
        yield f"{models}/__init__.py: {len(concerns)} concerns, at most 30"
    seen, own, rooms, files = {}, {}, {}, []
    for path in sorted(models.rglob("*.py")):
        found = get_models(path)
        files += [path] if found else []
        yield from check_name(path, found, concerns)
        for model, node in found:
            if get_attribute(node, "_name") == model and any(
                getattr(base, "attr", "") == "TransientModel" for base in node.bases
            ):
                yield f"{path}:{node.lineno}: {model} is a wizard: put it into wizard/"
            inherit = get_attribute(node, "_inherit") or ()
            if get_attribute(node, "_name") and model not in inherit:
                own[model] = path.parent
            names = [m.name for m in node.body if isinstance(m, ast.FunctionDef)]
            for name in names:
                rooms.setdefault((model, name), {})[path.parent] = path
            for name in [None, *names]:
                # None: the class itself, once per file
                key = (path.parent if name else path, model, name)
                if key in seen:
                    what = f"method {name} of {model}" if name else f"class of {model}"
                    yield f"{path}:{node.lineno}: second {what}, see {seen[key]}"
                seen[key] = path
    yield from check_overrides(models, own, rooms)
    yield from check_bounds(models, own, files)


def check_bounds(models, own, files):
    """An area shows few entries; on average few files speak of a model of our own.

    :param own: the models that the add-on defines
    :param files: those that define or extend models
    """
    rooms = {path.parent for path in models.glob("*/*/__init__.py")}
    for area in sorted({room.parent for room in rooms}):
        entries, most = len(rooms.intersection(area.iterdir())), ENTRIES_OF.get(area.name, ENTRIES)
        entries += len(list(area.glob("*.py")))
        if entries > most:
            yield f"{area}: {entries} entries, at most {most}: files belong into rooms"
    if rooms and len(files) > FILES_PER_MODEL * len(own):
        yield f"{models}: {len(files)} files for {len(own)} models, at most {FILES_PER_MODEL} each"


def get_hooks(room):
    """Return the methods that the docstring of a room lists under Hooks."""
    text = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8"))) or ""
    return re.split(r"^(?=\S)", text.partition("\nHooks ")[2], flags=re.M)[0]


def check_overrides(models, own, rooms):
    """A method of our own model that another room overrides is a hook that its room lists.

    :param own: {model: the room that defines it}
    :param rooms: {(model, method): {room: file}}
    """
    inside = []
    for (model, name), found in rooms.items():
        if model not in own or len(found) == 1:
            continue
        areas = [room.relative_to(models).parts[0] for room in found]
        if len(set(areas)) < len(areas):
            inside.append(f"{model}.{name}")
        room = own[model]
        if not re.search(rf"\b{name}\b", get_hooks(room)):
            others = ", ".join(str(path) for path in found.values() if path.parent != room)
            yield f"{room}/__init__.py: list {model}.{name} under Hooks, see {others}"
    if len(inside) > OVERRIDES:
        yield (
            f"{len(inside)} methods are overridden in their area, at most {OVERRIDES}: "
            + ", ".join(inside)
        )


def main(addons):
    errors = 0
    for addon in addons:
        for path in sorted(Path(addon).rglob("*.py")):
            for message in (*check_code(path), *check_sudo(path), *check_dates(path)):
                print(message)
                errors += 1
            sized = check_size(path)
            if sized:
                print(sized[0])
                errors += sized[1]
        if (Path(addon) / "models").is_dir():
            for message in check_rooms(Path(addon) / "models"):
                print(message)
                errors += 1
    print(f"House rules: {errors} findings")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
