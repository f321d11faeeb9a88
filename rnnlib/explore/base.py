"""Explorer: labelled controls, one picture, and one line that says what is seen.

A subclass names its controls and its scene, and computes; drawing, locking and showing happen here.

    controls(self)            dict name -> ipywidgets control; `description` is its label, unit included
    scene(self)               the `viz.Scene`, made once
    show(self, scene, **now)  run the network at these settings, call scene.update(...), return the reading

Why it is built like this: in current JupyterLabs a control's callback runs on another thread than the cells, and
controls fire faster than a picture is drawn. So no pyplot, one lock, and a callback that finds its setting already
drawn does nothing: the newest setting wins. And one BLAS thread: the products of a small network are over before a
second thread is awake, which then spins and takes the time of the browser.
"""

import html
import threading

import ipywidgets as w
from threadpoolctl import ThreadpoolController

BLAS = ThreadpoolController()
# An ipywidgets.Image has no alt attribute, so the text stands beside it, for screen readers alone.
HIDDEN = '<span style="position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)">Picture: {}</span>'
STYLE = {"description_width": "8.5em"}
LAYOUT = {"width": "26em"}


def integer(label, value, low, high, step=1):
    """A slider over whole numbers."""
    return w.IntSlider(value, low, high, step, description=label, style=STYLE, layout=LAYOUT)


def real(label, value, low, high, step, readout_format=".2f"):
    """A slider over real numbers."""
    return w.FloatSlider(
        value,
        min=low,
        max=high,
        step=step,
        description=label,
        style=STYLE,
        layout=LAYOUT,
        readout_format=readout_format,
    )


def choice(label, value, options):
    """A drop-down list."""
    return w.Dropdown(value=value, options=options, description=label, style=STYLE, layout={"width": "18em"})


def switch(label, value=False):
    """A check box."""
    return w.Checkbox(value, description=label, indent=False, layout={"width": "auto", "margin": "0 1.5em 0 0"})


class Explorer(w.VBox):
    """The base of all explorers. Keyword arguments set the controls' first values."""

    def __init__(self, **settings):
        self.lock = threading.RLock()
        self.inputs = self.controls()
        for name, value in settings.items():
            if name not in self.inputs:
                raise TypeError(f"{name}: expected one of {', '.join(self.inputs)}")
            self.inputs[name].value = value
            if self.inputs[name].value != value:
                raise ValueError(f"{name}: expected a value that its slider allows, got {value!r}")
        self.picture = self.scene()
        size = {"width": f"{self.picture.width * self.picture.dpi:.0f}px", "max_width": "100%"}
        self.image = w.Image(format="jpeg", layout=size)
        self.image.add_class("rnnlib-picture")
        self.alt = w.HTML()
        self.reading = w.HTML()
        self.reading.add_class("rnnlib-reading")
        self.drawn = None
        self.redraw()
        sliders = [c for c in self.inputs.values() if not isinstance(c, w.Checkbox)]
        switches = [c for c in self.inputs.values() if isinstance(c, w.Checkbox)]
        rows = [w.HBox(sliders[i : i + 2], layout={"flex_flow": "row wrap"}) for i in range(0, len(sliders), 2)]
        if switches:
            rows.append(w.HBox(switches, layout={"flex_flow": "row wrap", "padding": "0 0 0 1em"}))
        super().__init__([*rows, self.image, self.alt, self.reading])
        self.add_class("rnnlib-explorer")
        for control in self.inputs.values():
            control.observe(self.redraw, "value")

    def controls(self):
        raise NotImplementedError

    def scene(self):
        raise NotImplementedError

    def show(self, scene, **settings):
        raise NotImplementedError

    @property
    def settings(self):
        return {name: control.value for name, control in self.inputs.items()}

    def redraw(self, _=None):
        """Bring the picture up to the newest settings; nothing to do if they are drawn already."""
        with self.lock, BLAS.limit(limits=1, user_api="blas"):
            while self.drawn != (now := self.settings):
                text = self.show(self.picture, **now)
                self.image.value = self.picture.jpeg()
                self.alt.value = HIDDEN.format(html.escape(self.picture.alt))
                self.reading.value = text
                self.drawn = now

    def _repr_mimebundle_(self, **kwargs):
        """The live widget and, for readers without a kernel, the picture of this moment."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, *rest = bundle if isinstance(bundle, tuple) else (bundle,)
        with self.lock:
            data |= {"text/plain": repr(self), "image/png": self.picture.png(small=True)}
        return (data, *rest) if rest else data

    def __repr__(self):
        return f"{type(self).__name__}: {self.picture.alt}"
