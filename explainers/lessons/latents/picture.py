"""Latents as pictures: how much is left, the way through the codec, the footprint of a cell, the walk."""

import numpy as np
import plotly.graph_objects as go

from explainers.kit.lesson import Clip, Heat
from explainers.kit.palette import AMBER, COLOUR, HEAT
from explainers.kit.story import Bars, Strip

BLUE, DARK = np.array([0.34, 0.71, 0.91]), np.array([0.07, 0.07, 0.08])


def moved(numbers, words):
    seen = np.clip(4 * np.asarray(numbers["change"])[..., None] * AMBER, 0, 1)  # (frames, height, width, 3)
    return Strip({words("moved.film"): numbers["damaged"], words("moved.change"): seen})


def to_scale(numbers, words):
    return Strip({words("to_scale", **numbers): numbers["dots"]})


def there_and_back(numbers, words):
    return Strip(survives(numbers, words))


def steadiness(numbers, words):
    return Bars(
        {
            words(f"steadiness.{what}", film=words(f"steadiness.{name}")): numbers[f"{what}_{name}"]
            for what in ("flicker", "detail")
            for name in ("original", "codec", "model")
        }
    )


def squeeze(numbers, words):
    bars = [(words("squeeze.latent"), numbers["latent"], "own"), (words("squeeze.film"), numbers["film"], "truth")]
    if numbers["slices"]:
        bars = [
            (words("squeeze.slices"), numbers["slices"], "sound"),
            (words("squeeze.wave"), numbers["wave"], "truth"),
            *bars,
        ]
    names, values, colours = zip(*bars, strict=True)
    figure = go.Figure(
        go.Bar(
            x=values,
            y=names,
            orientation="h",
            text=[words.figure(value, ",") for value in values],
            textposition="outside",
            cliponaxis=False,
            marker_color=[COLOUR[colour] for colour in colours],
        )
    )
    figure.update_layout(
        title=words("squeeze"), height=260, xaxis_title=words("squeeze.x"), yaxis_title=words("squeeze.y")
    )
    return figure.update_xaxes(range=[0, 1.45 * max(values)])  # room for the numbers beside the bars


def survives(numbers, words):
    rendered = numbers["source"] == "rendered"
    return {
        (words("survives.rendered") if rendered else words("survives.screen")): Clip(
            numbers["original"], rendered=rendered
        ),
        words("survives.back"): numbers["back"],
        words("survives.difference"): numbers["difference"],
    }


def loss(numbers, words):
    figure = go.Figure()
    for y, name, colour in (
        ("per_frame", words("loss.all"), "other"),
        ("per_moving", words("loss.moving"), "own"),
    ):
        figure.add_scatter(x=numbers["frame"], y=numbers[y], name=name, mode="lines+markers", line_color=COLOUR[colour])
    return figure.update_layout(title=words("loss"), xaxis_title=words("frame"), yaxis_title=words("loss.y"))


def reach(numbers, words):
    return Heat(patches=numbers["patches"])


def footprint(numbers, words):
    peak = np.asarray(numbers["peak"])  # (height, width)
    figure = go.Figure(go.Heatmap(z=255 * peak, colorscale=HEAT, colorbar={"title": words("footprint.bar")}))
    figure.update_layout(
        title=words("footprint"), height=380, xaxis_title=words("footprint.x"), yaxis_title=words("footprint.y")
    )
    return figure.update_yaxes(autorange="reversed", scaleanchor="x", constrain="domain").update_xaxes(
        constrain="domain"
    )


def channels(numbers, words):
    value = np.asarray(numbers["sheet"])[..., None]  # (frames, rows, cols, 1), NaN between the channels
    strong = np.clip(np.abs(np.nan_to_num(value)), 0, 1)
    film = DARK + strong * (np.where(value > 0, AMBER, BLUE) - DARK)
    return {words("channels.caption", **numbers): np.where(np.isnan(value), 0.35, film)}


def walk(numbers, words):
    return {words(f"walk.{name}"): numbers[name] for name in ("from", "pixels", "latents", "noise", "to")}


def damaged(numbers, words):
    figure = go.Figure(go.Bar(x=numbers["frame"], y=numbers["per_frame"], marker_color=COLOUR["cut"]))
    return figure.update_layout(title=words("damaged"), xaxis_title=words("frame"), yaxis_title=words("damaged.y"))


def thinner(numbers, words):
    figure = go.Figure(go.Scatter(x=numbers["few"], y=numbers["psnr"], mode="lines+markers", line_color=COLOUR["cut"]))
    return figure.update_layout(title=words("thinner"), xaxis_title=words("thinner.x"), yaxis_title=words("loss.y"))
