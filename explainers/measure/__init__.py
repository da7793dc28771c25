"""Measures on films and sounds, so that a page can say how much, and training can be judged. torch and numpy only.

    from explainers.measure.track import centre, contacts, free_fall     # where, when it touches, how it falls
    from explainers.measure.onset import onsets, match, share_within     # when something is heard
    from explainers.measure.flicker import flicker, flicker_map, drift   # what motion does not explain
    from explainers.measure.reader import Reader                         # what is to be seen: place, colour, ...

    reader = Reader.load()
    reader.read(film)["subject"]                     # {"ball": 0.97, "cat": 0.01, ...}
    reader.says(film)                                # {"subject": "ball", "colour": "red", "place": ..., "motion": ...}

Films are (frames, 3, rows, cols) in 0..1 or the engine's uint8 frames (frames, rows, cols, 3); waves are (samples,) or
with an axis of ears. Every measure is pure, and its own error on rendered films is known: see tests/measure.
"""
