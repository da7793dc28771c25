"""Colours that mean the same on every page. The colour-blind can tell them apart (Okabe and Ito), projectors too.

    from explainers.kit.palette import COLOUR
    go.Bar(marker_color=COLOUR["words"])

Figures that give no colour get them in order. Backgrounds and text follow the page, light or dark, without being named.
"""

COLOUR = {
    "own": "#E69F00",  # here: this frame, this film, the one that was clicked
    "other": "#56B4E9",  # elsewhere: other frames
    "words": "#CC79A7",
    "sound": "#009E73",
    "cut": "#D55E00",  # the film with the mechanism switched off
    "truth": "#999999",  # the rendered world, the formula
}
KIND = {"place": "sound", "colour": "own", "subject": "other", "motion": "words"}  # of what a film shows
HEAT = "Cividis"  # of heat-maps: grows in lightness, reads the same for all eyes
AMBER = (1.0, 0.77, 0.33)  # red, green, blue: light on a film, as the viewer throws it
