#!/usr/bin/env python3
"""House rules no general linter knows: the clock, the cursor, the size of files.

Figures must depend on a date somebody names: an add-on that asks the machine's clock
is wrong near midnight for everybody who lives elsewhere, and cannot be tested.
"""

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
LIMIT, WARN = 500, 300
PRIVATE = re.compile(r"BEGIN (RSA |EC |OPENSSH )?PRIVATE KEY")


def check_code(path):
    text = path.read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        code = line.split("#", 1)[0]
        for pattern, instead in BANNED.items():
            if re.search(pattern, code):
                yield f"{path}:{number}: {code.strip()}: use {instead}"
    if PRIVATE.search(text):
        yield f"{path}: holds a private key"


def check_size(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    if lines > LIMIT:
        return f"{path}: {lines} lines, at most {LIMIT}", True
    if lines > WARN:
        return f"{path}: {lines} lines, better below {WARN} (warning)", False
    return None


def main(addons):
    errors = 0
    for addon in addons:
        for path in sorted(Path(addon).rglob("*.py")):
            for message in check_code(path):
                print(message)
                errors += 1
            sized = check_size(path)
            if sized:
                print(sized[0])
                errors += sized[1]
    print(f"House rules: {errors} findings")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
