"""Sound as pictures: wave and track on one clock, pitches, slices looking at frames, offsets tied and not."""

import numpy as np
import plotly.graph_objects as go

from explainers.kit.curves import curves
from explainers.kit.lesson import Heat
from explainers.kit.palette import COLOUR, HEAT
from explainers.kit.story import Bars, Curve


def clock(numbers, words):
    """Height and loudness on one clock, in shares of the picture, and of the loudest."""
    loudest = max(float(np.max(numbers["loudness"])), 1e-9)
    lines = {
        words("clock.height"): np.asarray(numbers["height_then"]) / 64,
        words("clock.loudness"): np.asarray(numbers["loudness"]) / loudest,
    }
    return Curve(numbers["clock"], lines, words("seconds"), words("clock.y"))


def settled(numbers, words):
    lines = {words(f"lockstep.{name}"): np.minimum(numbers[name], 1) for name in ("picture", "sound")}
    return Curve(numbers["step"], lines, words("step"), words("settled.y"))


def own_moment(numbers, words):
    return Bars({words(f"own_moment.{name}"): numbers[name] for name in ("even", "same", "timely")})


def late(numbers, words):
    there = {name: numbers[f"{name}_off"] for name in ("tied", "cut")}
    return Bars({words(f"offset.{name}"): off for name, off in there.items() if off is not None}, unit="{:.0f} ms")


def in_time(numbers, words):
    there = {words("offset.tied"): numbers["tied_share"], words("offset.cut"): numbers["untied_share"]}
    return Bars({name: share for name, share in there.items() if share == share}, most=1)  # NaN: nothing touched


def timeline(numbers, words):
    figure = go.Figure()
    figure.add_scatter(
        x=numbers["wave_time"],
        y=numbers["wave"],
        name=words("timeline.wave"),
        line={"color": COLOUR["sound"], "width": 1},
    )
    figure.add_scatter(
        x=numbers["onsets"],
        y=[-0.95] * len(numbers["onsets"]),
        name=words("timeline.onsets"),
        mode="markers",
        marker={"color": COLOUR["sound"], "size": 13, "symbol": "triangle-up"},
    )
    figure.add_scatter(
        x=numbers["time"],
        y=numbers["height"],
        name=words("timeline.height"),
        yaxis="y2",
        mode="lines+markers",
        line_color=COLOUR["own"],
    )
    figure.add_scatter(
        x=numbers["contacts"],
        y=numbers["contact_height"],
        name=words("timeline.contacts"),
        yaxis="y2",
        mode="markers",
        marker={"color": COLOUR["cut"], "size": 13, "symbol": "diamond"},
    )
    for moment in numbers["contacts"]:
        figure.add_vline(x=moment, line={"color": COLOUR["cut"], "dash": "dot", "width": 1})
    return figure.update_layout(
        title=words("timeline"),
        height=440,
        xaxis_title=words("seconds"),
        yaxis={"title": words("timeline.y"), "range": [-1, 1]},
        yaxis2={"title": words("timeline.y2"), "range": [0, 64], "overlaying": "y", "side": "right", "showgrid": False},
    )


def spectrogram(numbers, words):
    figure = go.Figure(
        go.Heatmap(
            x=numbers["time"],
            y=numbers["pitch"],
            z=numbers["level"],
            colorscale=HEAT,
            colorbar={"title": words("spectrogram.bar")},
        )
    )
    for moment in numbers["contacts"]:
        figure.add_vline(x=moment, line={"color": COLOUR["cut"], "dash": "dot", "width": 2})
    return figure.update_layout(
        title=words("spectrogram"), xaxis_title=words("seconds"), yaxis_title=words("spectrogram.y")
    )


def listens(numbers, words):
    return Heat(patches=numbers["map"], words=numbers["words"], sound=numbers["sound"])


def tie(numbers, words):
    weights = 100 * np.asarray(numbers["weights"])
    slices, frames = (list(range(1, n + 1)) for n in weights.shape)
    figure = go.Figure(go.Heatmap(z=weights, x=frames, y=slices, colorscale=HEAT, colorbar={"title": words("tie.bar")}))
    figure.add_scatter(
        x=np.asarray(numbers["now"]) + 1,
        y=slices,
        name=words("tie.now"),
        mode="markers",
        marker={"color": COLOUR["cut"], "symbol": "circle-open", "size": 10},
    )
    return figure.update_layout(title=words("tie"), height=440, xaxis_title=words("tie.x"), yaxis_title=words("tie.y"))


def lockstep(numbers, words):
    figure = curves(numbers, words, "lockstep", "step", noise="truth dot", picture="own", sound="sound")
    figure.update_layout(title=words("lockstep"), xaxis_title=words("step"), yaxis_title=words("lockstep.y"))
    return figure.update_yaxes(tickformat=".0%", rangemode="tozero")


def untied(numbers, words):
    figure = go.Figure()
    for name, colour in (("tied", "own"), ("cut", "cut")):
        figure.add_scatter(
            x=numbers[f"{name}_contacts"],
            y=numbers[name],
            name=words(f"offset.{name}"),
            mode="markers",
            marker={"color": COLOUR[colour], "size": 13, "symbol": "diamond"},
        )
    figure.update_layout(title=words("untied"), xaxis_title=words("untied.x"))
    return _in_milliseconds(figure, numbers, words)


def seeds(numbers, words):
    figure = go.Figure()
    for name, kept, colour in (("tied", "tied", "own"), ("cut", "untied", "cut")):
        figure.add_box(
            y=numbers[kept],
            name=words(f"offset.{name}"),
            boxpoints="all",
            jitter=0.6,
            pointpos=0,
            marker={"color": COLOUR[colour], "size": 9},
            line={"width": 1},
        )
    figure.update_layout(title=words("seeds"), xaxis_title=words("seeds.x"), showlegend=False)
    return _in_milliseconds(figure, numbers, words)


def _in_milliseconds(figure, numbers, words):
    frame = numbers["frame"]
    figure.add_hrect(y0=-frame, y1=frame, fillcolor=COLOUR["truth"], opacity=0.18, line_width=0)
    return figure.update_yaxes(title=words("offset.y"), zeroline=True)
