import plotly.graph_objects as go

from explainers.kit.lesson import Clip, Heat, Station
from explainers.kit.story import Bars, Curve, Rows, Strip, Track


def line(numbers, words):
    return Curve(numbers["x"], {"level": numbers["y"]}, words("line.x"), words("line.y"))


def along(numbers, words):
    there = [[0.1 * x, 0.5] for x in numbers["x"]]
    return Track([*there, [float("nan")] * 2], ([[x, numbers["level"]] for x, _ in there],))


def shares(numbers, words):
    small, large = numbers["values"]
    return Bars({words("shares.small"): small, words("shares.large"): large}, "{:.1f} m")


def told(numbers, words):
    return Rows({words("told.x"): numbers["x"][:2], words("told.y"): numbers["y"][:2]})


def both(numbers, words):
    return Strip({"dark": numbers["one"], "light": numbers["two"]})


def curve(numbers, words):
    figure = go.Figure(go.Scatter(x=numbers["x"], y=numbers["y"], name="y"))
    return figure.update_layout(title=words("curve"), xaxis_title=words("curve.x"), yaxis_title=words("curve.y"))


def slow(numbers, words):
    return go.Figure(go.Bar(x=numbers["x"], y=numbers["y"])).update_layout(title=words("slow"))


def rows(numbers, words):
    return {words("rows.space"): [numbers["space"]] * 2, words("rows.value"): numbers["values"]}


def films(numbers, words):
    return {"one": numbers["one"], "two": Clip(numbers["two"])}


def near(numbers, words):
    return Heat(patches=numbers["power"])


def word_map(numbers, words):
    return Heat(patches=numbers["power"])


def change(numbers, words):
    return Heat(patches=numbers["power"], unit="")


def way(numbers, words):
    return [
        Station("second", words("way.stop"), words("way.fact", **numbers), numbers["image"]),
        Station(None, words("way.stop"), words("way.fact", **numbers), numbers["image"]),
    ]


def without(numbers, words):
    return go.Figure(go.Scatter(x=numbers["x"], y=numbers["y"])).update_layout(title=words("without"))


def spelt(numbers, words):
    return {words("spelt"): numbers["steps"]}


def first_frame(numbers, words):
    return {words("first_frame.grey"): numbers["grey"]}


def apart(numbers, words):
    figure = go.Figure(go.Bar(x=[words("apart.words"), words("apart.letters")], y=[numbers["one"], numbers["other"]]))
    return figure.update_layout(title=words("apart"))
