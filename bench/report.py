"""The table: on the terminal, and in docs/benchmarks.md."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench.measure import Samples

DOCS = Path(__file__).parents[1] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- begin: bench/run --docs -->", "<!-- end -->"
HEAD = ("what", "ours", "floor / Odoo", "ratio", "bound", "queries ours / other", "OCA", "")


@dataclass
class Row:
    """One line: our samples, those compared with, and the bound, None when there is none."""

    what: str
    ours: Samples | None
    other: Samples | None
    value: float
    bound: float | None
    rival: Samples | None = None
    kind: str = "ratio"

    @classmethod
    def count(cls, what, value, bound):
        return cls(what, None, None, value, bound, kind="count")

    @classmethod
    def number(cls, what, value, bound):
        return cls(what, None, None, value, bound)

    @property
    def failed(self):
        return self.bound is not None and self.value > self.bound

    def cells(self):
        form = {"count": "{:+.0f}", "share": "{:.4f}"}.get(self.kind, "{:.2f}")
        verdict = "" if self.bound is None else "FAIL" if self.failed else "PASS"
        bound = "" if self.bound is None else "≤ " + f"{self.bound:g}"
        queries = f"{self.ours.count} / {self.other.count}" if self.ours else ""
        rival = f"{_time(self.rival)}, {self.rival.count} queries" if self.rival else ""
        value = form.format(self.value)
        return (
            self.what, _time(self.ours), _time(self.other), value, bound, queries, rival, verdict,
        )  # fmt: skip


def _time(samples):
    if samples is None:
        return ""
    seconds = samples.seconds
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"


def table(rows):
    """The rows as a table that reads well both in a terminal and as Markdown."""
    lines = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEAD))]
    text = [
        "| "
        + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        + " |"
        for line in lines
    ]
    text.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(text)


def write(rows, header):
    """Replace the last run's table in the documentation."""
    before, rest = DOCS.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    text = f"{before}{BEGIN}\n{header}\n\n{table(rows)}\n{END}{after}"
    DOCS.write_text(text, encoding="utf-8")
