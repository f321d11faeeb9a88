"""What every explorer must stand: both ends of every control, all corners of the first two ends, random settings."""


def ends(control):
    """The values that a learner can reach first: both ends of a slider, every option of a list."""
    if hasattr(control, "min"):
        return [control.min, control.max]
    return list(getattr(control, "options", (True, False)))


def settle(explorer):
    """The picture of this moment, after checking that its words are there and are numbers."""
    explorer.settle()
    assert explorer.picture.alt
    assert explorer.reading.value
    for word in ("nan", "inf "):
        assert word not in explorer.reading.value + explorer.picture.alt, explorer.settings
    return bytes(explorer.image.value)


def draw(control, rng):
    """A random value that the control allows."""
    if hasattr(control, "step"):
        steps = round((control.max - control.min) / control.step)
        return control.min + control.step * int(rng.integers(steps + 1))
    return ends(control)[rng.integers(len(ends(control)))]


def check_explorer(cls, rng, draws=3):
    """Each control alone changes the picture from end to end; corners and random settings work."""
    explorer = cls()
    for name, control in explorer.inputs.items():
        start, pictures = control.value, []
        for value in ends(control):
            control.value = value
            pictures.append(settle(explorer))
        assert len(set(pictures)) == len(pictures), f"{cls.__name__}: {name} changes nothing between its ends"
        control.value = start
    corners = [{n: ends(c)[k] for n, c in explorer.inputs.items()} for k in (0, -1)]
    random = [{n: draw(c, rng) for n, c in explorer.inputs.items()} for _ in range(draws)]
    for settings in corners + random:
        for name, value in settings.items():
            explorer.inputs[name].value = value
        settle(explorer)
