"""Physics as pictures: track and parabola, true against made, what a film goes by, the turn at the backboard."""

import numpy as np
import plotly.graph_objects as go

from explainers.kit.curves import curves
from explainers.kit.lesson import Clip
from explainers.kit.palette import COLOUR
from explainers.kit.story import Curve, Rows, Strip, Track

OF = (("rendered", "truth", "circle"), ("codec", "other", "square"), ("made", "own", "diamond"))
SIDES = (("shown", "own"), ("said", "words"), ("neither", "truth"))


def fall(numbers, words):
    figure = go.Figure()
    for name, kind, line in (
        ("height", "markers", {"color": COLOUR["own"]}),
        ("curve", "lines", {"color": COLOUR["own"], "width": 2}),
        ("world", "lines", {"color": COLOUR["truth"], "width": 3, "dash": "dash"}),
    ):
        figure.add_scatter(
            x=numbers["time"], y=numbers[name], name=words(f"fall.{name}"), mode=kind, line=line, marker={"size": 8}
        )
    for moment in numbers["contacts"]:
        figure.add_vline(x=moment, line={"color": COLOUR["cut"], "dash": "dot", "width": 1})
    figure.update_layout(title=words("fall"), xaxis_title=words("seconds"), yaxis_title=words("height"))
    return figure.update_yaxes(range=[0, 64])


def falls(numbers, words):
    rows = numbers["falls"]
    return {
        words("of"): [words(f"falls.{row['of']}") for row in rows],
        words("films"): [row["films"] for row in rows],
        words("measured"): [row["measured"] for row in rows],
        words("low"): [_two(row["low"]) for row in rows],
        words("median"): [_two(row["median"]) for row in rows],
        words("high"): [_two(row["high"]) for row in rows],
    }


def gravities(numbers, words):
    unit = numbers["world"]["gravity"]
    figure = _against(numbers["begun"]["gravity"], words, 1 / unit)
    figure.add_hline(y=1, line={"color": COLOUR["truth"], "dash": "dot"})
    return figure.update_layout(
        title=words("gravities"), xaxis_title=words("gravities.x"), yaxis_title=words("gravities.y")
    )


def speeds(numbers, words):
    figure = _against(numbers["begun"]["speed"], words, 1.0)
    low, high = numbers["world"]["speed"]
    figure.add_hrect(y0=low, y1=high, fillcolor=COLOUR["truth"], opacity=0.18, line_width=0)
    return figure.update_layout(title=words("speeds"), xaxis_title=words("speeds.x"), yaxis_title=words("speeds.y"))


def thrown(numbers, words):
    clip = Clip(numbers["clip"], rendered=True)
    return {words("thrown.clip", **numbers): clip, words("thrown.film", **numbers): numbers["film"]}


def thrown_on(numbers, words):
    figure = go.Figure()
    for name, colour, dash in (("rendered", "truth", "dash"), ("made", "own", "solid")):
        figure.add_scatter(
            x=numbers["frame"],
            y=numbers[f"{name}_way"],
            name=words(f"made_by.{name}"),
            mode="lines+markers",
            line={"color": COLOUR[colour], "dash": dash},
        )
    figure.add_vrect(x0=0.5, x1=numbers["told"] + 0.5, fillcolor=COLOUR["truth"], opacity=0.18, line_width=0)
    return figure.update_layout(
        title=words("thrown_on"),
        xaxis_title=words("frame"),
        yaxis_title=words("height" if numbers["what"] == "gravity" else "across.y"),
    )


def conflict(numbers, words):
    names = numbers["order"]
    figure = go.Figure()
    for side, colour in SIDES:
        figure.add_bar(
            x=[words(f"conflict.{name}") for name in names],
            y=[numbers["conflict"][name][side] for name in names],
            name=words(f"conflict.{side}"),
            marker_color=COLOUR[colour],
        )
    return figure.update_layout(
        title=words("conflict"), barmode="stack", xaxis_title=words("conflict.x"), yaxis_title=words("films")
    )


def pairs(numbers, words):
    rows = [(name, of, row) for name, each in numbers["pairs"].items() for of, row in each.items()]
    return {
        words("of"): [words(f"pairs.{name}.{'seen' if of == 'seen' else 'unseen'}") for name, of, _ in rows],
        words("films"): [row["films"] for *_, row in rows],
        **{words(f"pairs.{k}"): [row[k] for *_, row in rows] for k in ("both", "subject", "other", "neither")},
    }


def across(numbers, words):
    figure = go.Figure()
    figure.add_scatter(
        x=numbers["time"],
        y=numbers["x"],
        name=words("across.track"),
        mode="lines+markers",
        line={"color": COLOUR["own"]},
    )
    figure.add_scatter(
        x=[numbers["turn"]],
        y=[numbers["turn_x"]],
        name=words("across.turn"),
        mode="markers",
        marker={"color": COLOUR["cut"], "size": 13, "symbol": "diamond"},
    )
    figure.add_scatter(
        x=numbers["heard"],
        y=[2] * len(numbers["heard"]),
        name=words("across.heard"),
        mode="markers",
        marker={"color": COLOUR["sound"], "size": 13, "symbol": "triangle-up"},
    )
    return figure.update_layout(title=words("across"), xaxis_title=words("seconds"), yaxis_title=words("across.y"))


def rebounds(numbers, words):
    rows = [("rendered", numbers["rebound"]["rendered"]), ("made", numbers["rebound"]["made"])]
    return {
        words("of"): [words(f"made_by.{name}") for name, _ in rows],
        words("films"): [row["films"] for _, row in rows],
        **{words(f"rebounds.{key}"): [row[key] for _, row in rows] for key in ("touch", "heard", "in_time")},
        words("rebounds.offset"): [_spread(row["offset"], words, 0) for _, row in rows],
        words("rebounds.left"): [_spread(row["left"], words) for _, row in rows],
    }


def seeds(numbers, words):
    figure = go.Figure()
    for name, colour in (("plain", "own"), ("alone", "cut")):
        figure.add_box(
            y=numbers[name],
            name=words(f"seeds.{name}", **numbers),
            boxpoints="all",
            jitter=0.4,
            pointpos=0,
            marker={"color": COLOUR[colour], "size": 9},
            line={"width": 1},
        )
    figure.add_hline(y=1, line={"color": COLOUR["truth"], "dash": "dash"})
    return figure.update_layout(
        title=words("seeds"), showlegend=False, xaxis_title=words("seeds.x"), yaxis_title=words("gravities.y")
    )


def alone(numbers, words):
    figure = curves(numbers, words, "ways", "frame", before="own", after="cut")
    return figure.update_layout(title=words("alone"), xaxis_title=words("frame"), yaxis_title=words("height"))


def flight(numbers, words):
    """What was measured in the longest flight, and the parabola that fits it best."""
    return _flight(numbers, words, "height", "curve")


def flown(numbers, words):
    """The same over the film itself."""
    return Track(numbers["track"], (numbers["track_curve"],))


def flown_both(numbers, words):
    return Track(numbers["track"], (numbers["track_curve"], numbers["track_world"]))


def both_tracks(numbers, words):
    return [Track(numbers["before_track"]), Track(numbers["after_track"])]


def flights(numbers, words):
    """The same with the world's parabola."""
    return _flight(numbers, words, "height", "curve", "world")


def _flight(numbers, words, *names):
    there = np.isfinite(numbers["curve"])
    lines = {words(f"fall.{name}"): np.asarray(numbers[name])[there] for name in names}
    return Curve(np.asarray(numbers["time"])[there], lines, words("seconds"), words("height"))


def verdict(numbers, words):
    names = numbers["order"]
    return Rows(
        {
            words("of"): [words(f"falls.{name}") for name in names],
            words("verdict.near"): [words("verdict.some", **_only(numbers, name)) for name in names],
            words("verdict.half"): [words("verdict.between", **_only(numbers, name)) for name in names],
        }
    )


def _only(numbers, name):
    """What is known of one row, by the names that a sentence quotes."""
    return {part: numbers[f"{name}_{part}"] for part in ("near", "films", "low", "high")}


def side_by_side(numbers, words):
    return Strip({words("thrown.clip", **numbers): numbers["clip"], words("thrown.film", **numbers): numbers["film"]})


def two_ways(numbers, words):
    lines = {words(f"ways.{name}"): numbers[name] for name in ("before", "after")}
    return Curve(numbers["frame"], lines, words("frame"), words("height"))


def _against(rows, words, unit):
    """What was made over what was given, film by film, beside what the same ruler says of the rendered clips."""
    figure = go.Figure()
    for name, colour, sign in (OF[0], OF[2]):
        there = [row for row in rows if row[name] is not None]
        figure.add_scatter(
            x=[row["true"] * unit for row in there],
            y=[row[name] for row in there],
            name=words(f"made_by.{name}"),
            mode="markers",
            marker={"color": COLOUR[colour], "size": 9, "symbol": sign},
        )
    ends = [min(row["true"] for row in rows) * unit, max(row["true"] for row in rows) * unit]
    figure.add_scatter(
        x=ends, y=ends, name=words("against.line"), mode="lines", line={"color": COLOUR["truth"], "dash": "dash"}
    )
    return figure


def _two(value):
    return "—" if value is None else f"{value:.2f}"


def _spread(row, words, digits=2):
    if row["median"] is None:
        return "—"
    median, low, high = (words.figure(row[part], f".{digits}f") for part in ("median", "low", "high"))
    return f"{median} ({low} … {high})"
