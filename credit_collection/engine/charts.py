"""Charts of printed reports, as SVG: no script, so that they print wherever the page does."""

from html import escape

# Of series, in their order; they differ in print without colour, too.
COLORS = ("#2c5f8a", "#d9822b", "#7a8c99", "#9c3d54")

WIDTH, HEIGHT = 760, 210
LEFT, RIGHT, TOP, BOTTOM = 70, 12, 24, 34

# Widths of a Latin and a Chinese character, and the widest bar.
NARROW, WIDE, BAR = 6.2, 11.5, 60.0


def _short(text, room):
    """Return a text cut to the room that it has, in pixels."""
    for end, character in enumerate(text):
        room -= WIDE if ord(character) > 0x2E80 else NARROW
        if room < 0:
            return f"{text[: max(end - 1, 1)]}…"
    return text


def _number(value):
    """Return an axis label: 1,250,000 → 1.25M."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{unit}"
    return f"{value:.3g}"


def _text(x, y, text, anchor="middle"):
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="11" fill="#444444">'
        f"{escape(text)}</text>"
    )


def draw(labels, series, kind="bars"):
    """Return a chart as SVG; "" where there is nothing to compare.

    :param labels: texts under the chart, one per value
    :param series: [(name, values)], the values in one unit
    :param kind: "bars" side by side, or "lines"
    """
    values = [value for _name, row in series for value in row]
    if len(labels) < 2 or not any(values):
        return ""
    low, high = min(0.0, *values), max(0.0, *values)
    span = (high - low) or 1.0
    width, height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    step = width / len(labels)

    def y_of(value):
        return TOP + (high - value) / span * height

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"'
        f' viewBox="0 0 {WIDTH} {HEIGHT}" style="max-width: 100%;">'
    ]
    for share in range(5):
        value = low + span * share / 4
        y = y_of(value)
        parts.append(
            f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="#d5d9de"/>'
        )
        parts.append(_text(LEFT - 6, y + 4, _number(value), "end"))
    for index, label in enumerate(labels):
        parts.append(_text(LEFT + step * (index + 0.5), HEIGHT - BOTTOM + 16, _short(label, step)))
    for number, (name, row) in enumerate(series):
        color = COLORS[number % len(COLORS)]
        x = LEFT + number * 190
        parts.append(f'<rect x="{x}" y="4" width="11" height="11" fill="{color}"/>')
        parts.append(_text(x + 16, 14, name, "start"))
        if kind == "lines":
            points = [(LEFT + step * (i + 0.5), y_of(v)) for i, v in enumerate(row)]
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            parts.append(
                f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"/>'
            )
            parts += [
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}"/>' for x, y in points
            ]
            continue
        bar = min(step * 0.7 / len(series), BAR)
        for index, value in enumerate(row):
            top, bottom = sorted((y_of(value), y_of(0.0)))
            x = LEFT + step * (index + 0.5) + bar * (number - len(series) / 2)
            parts.append(
                f'<rect x="{x:.1f}" y="{top:.1f}" width="{bar:.1f}"'
                f' height="{bottom - top:.1f}" fill="{color}"/>'
            )
    return "".join([*parts, "</svg>"])
