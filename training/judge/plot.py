"""A plot as text: lines over samples seen, in SVG, with nothing to install.

Path("curve.svg").write_text(lines([0, 2000, 8000], {"colour": [0.1, 0.5, 0.9]}, "samples seen", "share right"))
"""

INK = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#555555", "#e69f00")  # told apart by the colour-blind too
DASH = ("", "6 3", "2 3", "8 3 2 3", "10 4", "4 2")
WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 720, 400, 56, 40, 170, 48


def lines(x: list[float], series: dict[str, list[float]], across: str, up: str) -> str:
    """Each series against x, both from zero; y to 1 or to the highest value."""
    right, top = max(x) or 1, max(1.0, *(v for values in series.values() for v in values))

    def at(a: float, b: float) -> tuple[float, float]:
        return LEFT + (WIDTH - LEFT - RIGHT) * a / right, TOP + (HEIGHT - TOP - BOTTOM) * (1 - b / top)

    parts = [f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>']
    for k in range(6):
        (x0, y), (x1, _) = at(0, top * k / 5), at(right, 0)
        parts.append(f'<path d="M{x0:.1f} {y:.1f}H{x1:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{x0 - 6:.1f}" y="{y + 4:.1f}" text-anchor="end">{top * k / 5:.0%}</text>')
        tick, y = at(right * k / 5, 0)
        parts.append(f'<text x="{tick:.1f}" y="{y + 16:.1f}" text-anchor="middle">{right * k / 5:,.0f}</text>')
    labels = sorted((values[-1], name) for name, values in series.items())
    heights: list[float] = []
    for value, _ in labels:  # from the lowest up, each at least a line above the one before
        heights.append(min(at(0, value)[1], heights[-1] - 15 if heights else HEIGHT))
    height = {name: y for (_, name), y in zip(labels, heights, strict=True)}
    for (name, values), ink, dash in zip(series.items(), INK, DASH, strict=False):
        points = [at(a, b) for a, b in zip(x, values, strict=True)]
        path = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
        parts.append(
            f'<polyline points="{path}" fill="none" stroke="{ink}" stroke-width="2" stroke-dasharray="{dash}"/>'
        )
        parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{ink}"/>' for a, b in points]
        label = f"{name} {values[-1]:.0%}"
        parts.append(f'<text x="{points[-1][0] + 10:.1f}" y="{height[name] + 4:.1f}" fill="{ink}">{label}</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text x="{middle:.0f}" y="{HEIGHT - 10}" text-anchor="middle">{across}</text>')
    parts.append(f'<text transform="translate(14 {HEIGHT / 2 + 60:.0f}) rotate(-90)">{up}</text>')
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    look = 'font-family="sans-serif" font-size="12" fill="#222"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {look}>\n' + "\n".join(parts) + "\n</svg>\n"
