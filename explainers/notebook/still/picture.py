"""A Plotly figure as a still picture, drawn from its own traces: SVG, without a browser and without a script.

    picture = svg(figure, "How far it got")     # for GitHub, nbviewer, nbconvert, print: whoever has no Plotly

It knows what the figures of lessons are made of: lines, marks, bars, boxes, heat-maps, straight lines and bands across;
linear, logarithmic and named axes; one plot, several, or a second axis at the right. A trace of another kind is named
in the picture as not drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from explainers.kit.palette import COLOUR
from explainers.notebook.still.axis import Axis
from explainers.notebook.still.svg import DASH, INK, line, plain, sign, tag, words
from explainers.notebook.still.traces import (
    ORDINARY,
    TRACES,
    Plot,
    bars,
    length_axis,
    mode,
    place_axis,
    stroke,
    values,
)

WIDTH, TEXT, LETTER = 760, 12, 6.6  # of the picture; of letters, and how wide one is on average
ROW = 18  # of the legend


def svg(figure: Any, title: str = "") -> str:
    return Drawing(figure).whole(title)


class Drawing:
    def __init__(self, figure: Any) -> None:
        self.layout = figure.layout
        self.traces = [trace for trace in figure.data if trace.visible in (None, True)]
        colours = self.layout.colorway or self.layout.template.layout.colorway or tuple(COLOUR.values())
        self.colours = [_colour(trace) or str(colours[n % len(colours)]) for n, trace in enumerate(self.traces)]
        self.height = float(self.layout.height or 340)
        self.legend = self._rows()
        self.plots = self._placed(figure)

    def whole(self, title: str) -> str:
        parts = [tag("title", plain(title) or "figure"), tag("rect", width=WIDTH, height=self.height, fill="white")]
        parts += self._legend()
        for pair, plot in self.plots.items():
            parts += [*self._frame(plot), *self._bars(pair, plot)]
            for trace, colour in zip(self.traces, self.colours, strict=True):
                if trace.type in TRACES and _axes(trace) == pair:
                    parts += TRACES[trace.type](plot, trace, colour)
        parts += [*self._shapes(), *self._notes(), *self._left_out()]
        head = f'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self.height:g}" role="img"'
        look = f'font-family="system-ui, sans-serif" font-size="{TEXT}" style="max-width:{WIDTH}px;width:100%"'
        return f"<svg {head} {look}>{Markup().join(parts)}</svg>"

    # --- where things lie

    def _placed(self, figure: Any) -> dict[tuple[str, str], Plot]:
        pairs = list(dict.fromkeys(map(_axes, self.traces))) or [("x", "y")]
        axes = {name: self._axis(figure, name) for name in dict.fromkeys(name for pair in pairs for name in pair)}
        first = axes[pairs[0][1]]
        longest = max((len(plain(text)) for _, text in first.ticks), default=0)
        left = 26 + longest * LETTER + 18 * bool(plain(first.given.title.text))
        second = any(axis.given.overlaying for axis in axes.values())
        scale = any(trace.type == "heatmap" and trace.showscale is not False for trace in self.traces)
        beside = float(self.layout.margin.r or 0) if self.layout.annotations else 0
        width = WIDTH - left - 22 - 60 * second - 70 * scale - beside
        top, bottom = 28 + ROW * len(self.legend), 52
        height = self.height - top - bottom
        plots = {}
        for x, y in pairs:
            (x0, x1), (y0, y1) = (axes[name].given.domain or (0, 1) for name in (x, y))
            wide, high = (x1 - x0) * width, (y1 - y0) * height
            spans = axes[x].high - axes[x].low, axes[y].high - axes[y].low
            if axes[y].given.scaleanchor or axes[x].given.scaleanchor:  # a step is as long across as down
                unit = min(wide / spans[0], high / spans[1])
                wide, high = unit * spans[0], unit * spans[1]
            plots[x, y] = Plot(axes[x], axes[y], left + x0 * width, top + (1 - y1) * height, wide, high)
        return plots

    def _axis(self, figure: Any, name: str) -> Axis:
        letter, there, flush = name[0], list[Any](), list[float]()
        mine = [trace for trace in self.traces if name in _axes(trace)]
        for trace in mine:
            along = values(trace, letter)
            named = any(isinstance(value, str) for value in along)
            if trace.type == "heatmap" and along and not named:
                half = (along[-1] - along[0]) / (len(along) - 1) / 2 if len(along) > 1 else 0.5
                flush += [float(along[0] - half), float(along[-1] + half)]
            if trace.type == "bar" and letter == length_axis(trace):
                flush.append(0.0)
            if trace.type == "bar" and letter == place_axis(trace) and not named:
                along += [value + side for value in along for side in (-0.5, 0.5)]
            there += along
        if self.layout.barmode in ("stack", "relative"):
            there += self._sums([bar for bar in mine if bar.type == "bar" and length_axis(bar) == letter])
        for shape in self.layout.shapes:
            there += [shape[f"{letter}{end}"] for end in (0, 1)] if shape[f"{letter}ref"] == name else []
        return Axis.of(figure, name, there, flush)

    @staticmethod
    def _sums(stack: list[Any]) -> list[float]:
        total: dict[Any, float] = {}
        for bar in stack:
            for place, value in zip(values(bar, place_axis(bar)), values(bar, length_axis(bar)), strict=False):
                total[place] = total.get(place, 0.0) + float(value or 0)
        return list(total.values())

    def _rows(self) -> list[list[int]]:
        """The legend: in each of its rows some traces, by number."""
        named = [n for n, t in enumerate(self.traces) if t.name and t.showlegend is not False and t.type != "box"]
        if self.layout.showlegend is False or (len(self.traces) < 2 and not self.layout.showlegend):
            return []
        rows, used = list[list[int]](), 0.0
        for n in named:
            wide = self._entry(n)
            if not rows or used + wide > WIDTH - 30:
                rows.append([])
                used = 0.0
            rows[-1].append(n)
            used += wide
        return rows

    def _entry(self, n: int) -> float:
        return 42 + len(plain(self.traces[n].name)) * LETTER

    # --- around the plots

    def _legend(self) -> Iterator[Markup]:
        for number, row in enumerate(self.legend):
            x, y = 16.0, 18.0 + ROW * number
            for n in row:
                trace, colour = self.traces[n], self.colours[n]
                if trace.type == "scatter" and "lines" in mode(trace):
                    yield stroke(trace, [(x, y), (x + 20, y)], colour)
                else:
                    yield sign(trace.marker.symbol if trace.type == "scatter" else "square", x + 10, y, 5, colour)
                yield words(trace.name, x + 26, y + 4)
                x += self._entry(n)

    def _frame(self, plot: Plot) -> Iterator[Markup]:
        left, top, right, bottom = plot.left, plot.top, plot.left + plot.width, plot.top + plot.height
        second = bool(plot.y.given.overlaying)
        for share, text in plot.y.ticks:
            y = plot.down(share)
            if not second:
                yield line(left, y, right, y, stroke="#ddd")
            yield words(text, right + 6 if second else left - 6, y + 4, "start" if second else "end")
        x, y = right + 50 if second else 14.0, (top + bottom) / 2
        yield words(plot.y.given.title.text, x, y, "middle", transform=f"rotate(-90 {x:.1f} {y:.1f})")
        if second:
            return
        ticks = plot.x.ticks
        widest = max((len(plain(text)) for _, text in ticks), default=1) * LETTER + 8
        every = max(1, round(widest * len(ticks) / plot.width + 0.5))
        for share, text in ticks[::every]:
            yield line(plot.across(share), bottom, plot.across(share), bottom + 4)
            yield words(text, plot.across(share), bottom + 17, "middle")
        yield words(plot.x.given.title.text, (left + right) / 2, bottom + 38, "middle")
        yield tag("rect", x=left, y=top, width=plot.width, height=plot.height, fill="none", stroke="#ccc")

    def _bars(self, pair: tuple[str, str], plot: Plot) -> Iterator[Markup]:
        mine = [n for n, trace in enumerate(self.traces) if trace.type == "bar" and _axes(trace) == pair]
        gap = ORDINARY if self.layout.bargap is None else float(self.layout.bargap)
        traces, colours = [self.traces[n] for n in mine], [self.colours[n] for n in mine]
        return bars(plot, traces, colours, self.layout.barmode or "group", gap)

    def _shapes(self) -> Iterator[Markup]:
        for shape in self.layout.shapes:
            (x0, x1), (y0, y1) = (
                sorted(self._pixel(shape[f"{a}{end}"], shape[f"{a}ref"] or a, a) for end in (0, 1)) for a in "xy"
            )
            if shape.type == "line":
                look = {"stroke": shape.line.color or INK, "stroke_width": float(shape.line.width or 1.5)}
                yield line(x0, y0, x1, y1, **look, stroke_dasharray=DASH.get(shape.line.dash or ""))
            else:
                look = {"fill": shape.fillcolor or "#999", "fill_opacity": float(shape.opacity or 0.3)}
                yield tag("rect", x=x0, y=y0, width=x1 - x0, height=y1 - y0, **look)

    def _notes(self) -> Iterator[Markup]:
        for note in self.layout.annotations:
            x = self._pixel(note.x, note.xref or "x", "x") + float(note.xshift or 0)
            y = self._pixel(note.y, note.yref or "y", "y") - float(note.yshift or 0)
            anchor = {"left": "start", "right": "end"}.get(note.xanchor or "", "middle")
            yield words(note.text, x, y + (-6 if note.yanchor == "bottom" else 4), anchor)

    def _left_out(self) -> Iterator[Markup]:
        kinds = dict.fromkeys(trace.type for trace in self.traces if trace.type not in (*TRACES, "bar"))
        for n, kind in enumerate(kinds):
            yield words(f"{kind}: not in this still picture", 60, 60 + ROW * n)

    def _pixel(self, value: Any, ref: str, letter: str) -> float:
        """Where something stands that is placed in data, in a plot ("x domain") or in all of them ("paper")."""
        name, _, whole = ref.partition(" ")
        plots = list(self.plots.values())
        if name == "paper" and letter == "x":
            left, right = min(plot.left for plot in plots), max(plot.left + plot.width for plot in plots)
            return left + float(value) * (right - left)
        if name == "paper":
            top, bottom = min(plot.top for plot in plots), max(plot.top + plot.height for plot in plots)
            return bottom - float(value) * (bottom - top)
        plot = next(plot for pair, plot in self.plots.items() if name in pair)
        share = value if whole else (plot.x if letter == "x" else plot.y).at(value)
        return plot.across(share) if letter == "x" else plot.down(share)


def _axes(trace: Any) -> tuple[str, str]:
    return (trace.xaxis or "x", trace.yaxis or "y") if "xaxis" in trace else ("x", "y")


def _colour(trace: Any) -> str:
    """The one that a trace names, if it names one."""
    stroked, marked = (getattr(getattr(trace, part, None), "color", None) for part in ("line", "marker"))
    marked = marked if isinstance(marked, str) else None
    lines = trace.type == "scatter" and "lines" in mode(trace)
    return str((stroked or marked if lines else marked or stroked) or "")
