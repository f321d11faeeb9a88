"""Explorer: labelled controls, one picture, and one line that says what is seen.

A subclass names its controls and its scene, and computes; drawing, locking and showing happen here.

    controls(self)              dict name -> ipywidgets control; `description` is its label, unit included
    scene(self)                 the `viz.Scene`, made once
    show(self, scene, **now)    run the network at these settings, call scene.update(...), return the reading
    situations                  (name, settings, what to look for) of each numbered button

Where `show` takes longer than a moving hand waits, two more:

    sketch(self, scene, **now)  a rougher answer at once, and its reading; None where `show` is quick enough
    prepare(self, **now)        what `show` will look up in a cache: called without the lock, when the hand rests

Why it is built like this: in current JupyterLabs a control's callback runs on another thread than the cells, and
controls fire faster than a picture is drawn. So no pyplot, one lock, and a callback that finds its setting already
drawn does nothing: the newest setting wins. And one BLAS thread: the products of a small network are over before a
second thread is awake, which then spins and takes the time of the browser.
"""

import textwrap
import threading

import ipywidgets as w
from traitlets import Unicode

from ...cells import Cell
from ...plain import PlainCell
from ..viz.scene import OWN, OWN_CAPTION, minus
from .threads import hand, one_thread

LEGIBLE = 0.75  # of its size, to which a picture may shrink in a narrow window; then it is moved sideways
REST = 0.15  # seconds without a new setting: the hand rests, a sketch is worked out
STILL = "A picture at rest. To move it, open the notebook in JupyterLab, run this cell, and try: "
SKETCH = "<i>A sketch; the whole answer comes when the hand rests.</i> "
# A slider's handle of ipywidgets has no name for a screen reader: it gets that of its label, as soon as it is there.
# And arrow keys move a picture that is wider than its window, once that can be reached.
NAMES = """<style onload="for (const wait of [0, 300, 1500, 5000]) setTimeout(() => {
  for (const slider of this.closest('.rnnlib-explorer')?.querySelectorAll('.widget-slider') ?? [])
    slider.querySelector('.noUi-handle')?.setAttribute('aria-label', slider.querySelector('.widget-label').textContent)
  for (const window of this.closest('.rnnlib-explorer')?.querySelectorAll('.rnnlib-window') ?? [])
    if (window.scrollWidth > window.clientWidth) window.tabIndex = 0
}, wait)"></style>"""
STYLE = {"description_width": "8.5em"}
LAYOUT = {"width": "26em"}


class Picture(w.Image):
    """An image whose tooltip a screen reader speaks. (The front end asks for `description` before it writes a tooltip,
    and an Image has none: with a tooltip it could not be shown at all.)"""

    description = Unicode("").tag(sync=True)


def integer(label, value, low, high, step=1):
    """A slider over whole numbers."""
    return w.IntSlider(value, low, high, step, description=label, style=STYLE, layout=LAYOUT)


def real(label, value, low, high, step, readout_format=".2f"):
    """A slider over real numbers."""
    kept = {"style": STYLE, "layout": LAYOUT, "readout_format": readout_format}
    return w.FloatSlider(value, min=low, max=high, step=step, description=label, **kept)


def choice(label, value, options):
    """A drop-down list, as wide as its longest option needs."""
    width = {"width": f"{max(18, 12 + 0.6 * max(len(str(o)) for o in options)):.1f}em"}
    return w.Dropdown(value=value, options=options, description=label, style=STYLE, layout=width)


def switch(label, value=False):
    """A check box."""
    return w.Checkbox(value, description=label, indent=False, layout={"width": "auto", "margin": "0 1.5em 0 0"})


def same(one, other):
    """Whether two settings are the same: a front end may send 0.8000000000000003 back for 0.8."""
    return all(abs(v - other[n]) < 1e-9 if isinstance(v, float) else v == other[n] for n, v in one.items())


class Explorer(w.VBox):
    """The base of all explorers. Keyword arguments set the controls' first values. Where the cell can be chosen, it may
    also be one of one's own: `GradientFlow(cell=MyCell())`; it joins the list.

    own : whether it shows a network that was trained on this machine, as `Scene.own`.
    """

    situations, own = (), False

    def __init__(self, **settings):
        self.lock, self.refining = threading.RLock(), threading.Lock()
        self.held, self.drawn, self.rough, self.timer = False, None, False, None
        self.inputs = self.controls()
        self.standard = self.settings
        for name, value in settings.items():
            if name not in self.inputs:
                raise TypeError(f"{name}: expected one of {', '.join(self.inputs)}")
            if name == "cell" and isinstance(value, (Cell, PlainCell)):
                self.admit(value)
            self.inputs[name].value = value
            if self.inputs[name].value != value:
                raise ValueError(f"{name}: expected a value that its slider allows, got {value!r}")
        self.picture = self.scene()
        width = self.picture.width * self.picture.dpi
        size = {"width": f"{width:.0f}px", "max_width": "100%", "min_width": f"{LEGIBLE * width:.0f}px"}
        self.image = Picture(format="jpeg", layout=size)
        self.image.add_class("rnnlib-picture")
        self.reading = w.HTML()
        self.reading.add_class("rnnlib-reading")
        self.redraw(whole=self.settings)
        window = w.Box([self.image], layout={"overflow": "auto hidden", "flex": "0 0 auto", "margin": "0"})
        window.add_class("rnnlib-window")
        super().__init__([*self.rows(), *self.buttons(), window, self.reading, w.HTML(NAMES)])
        self.add_class("rnnlib-explorer")
        for control in self.inputs.values():
            control.observe(self.redraw, "value")

    def admit(self, cell):
        """A cell of one's own joins the list. One whose last product waits for it goes without layer norm."""
        self.inputs["cell"].options = [*((o, o) for o in self.inputs["cell"].options), (str(cell), cell)]
        norm = self.inputs.get("layer_norm")
        if norm is not None:
            norm.disabled = bool(cell.late)

    def controls(self):
        raise NotImplementedError

    def scene(self):
        raise NotImplementedError

    def show(self, scene, **settings):
        raise NotImplementedError

    def sketch(self, scene, **settings):
        return None

    def prepare(self, **settings):
        pass

    def buttons(self):
        """Widgets between the controls and the picture."""
        return ()

    def rows(self):
        """The controls, two sliders a row, and a button for each situation."""
        sliders = [c for c in self.inputs.values() if not isinstance(c, w.Checkbox)]
        switches = [c for c in self.inputs.values() if isinstance(c, w.Checkbox)]
        wrap = {"flex_flow": "row wrap"}
        rows = [w.HBox(sliders[i : i + 2], layout=wrap) for i in range(0, len(sliders), 2)]
        if switches:
            rows.append(w.HBox(switches, layout=wrap | {"padding": "0 0 0 1em"}))
        starts = []
        for k, (name, settings, look) in enumerate(self.situations, 1):
            button = w.Button(description=f"{k}  {name}", tooltip=look, layout={"width": "auto"})
            button.add_class("rnnlib-situation")
            button.on_click(lambda _, settings=settings: self.go(**settings))
            starts.append(button)
        return [*rows, w.HBox(starts, layout=wrap)] if starts else rows

    @property
    def settings(self):
        return {name: control.value for name, control in self.inputs.items()}

    def go(self, **settings):
        """Set all controls, those that are not named to their standard, and draw once."""
        with self.lock:
            self.held = True
            try:
                for name, value in (self.standard | settings).items():
                    self.inputs[name].value = value
            finally:
                self.held = False
            self.redraw()

    def said(self, now):
        """What to look for, where the settings are those of a situation."""
        for k, (name, settings, look) in enumerate(self.situations, 1):
            if same(now, self.standard | settings):
                return f"<p style='margin:0'><b>{k} {name}.</b> {look}</p>"
        return ""

    def redraw(self, _=None, whole=None):
        """Bring the picture up to the newest settings; nothing to do if they are drawn already. Those of `whole`, for
        which `prepare` has been called, need no sketch."""
        if self.held:
            return
        with hand, self.lock, one_thread:
            while self.drawn != (now := self.settings) or (self.rough and whole == now):
                text = None if whole == now else self.sketch(self.picture, **now)
                rough = text is not None
                if not rough:
                    text = self.show(self.picture, **now)
                self.send(self.said(now) + SKETCH * rough + text)
                self.drawn, self.rough = now, rough
                if rough:
                    self.wait_for_rest()

    def send(self, text):
        """The picture with its words for screen readers in one message, the reading in another."""
        with self.image.hold_sync():
            self.image.value = self.picture.jpeg()
            self.image.tooltip = self.picture.alt
        self.reading.value = minus(text)

    def wait_for_rest(self):
        if self.timer is not None:
            self.timer.cancel()
        self.timer = threading.Timer(REST, self.settle)
        self.timer.daemon = True
        self.timer.start()

    def settle(self):
        """The whole answer for the settings of now, if only a sketch of it is on show."""
        with self.refining:
            while self.rough:
                now = self.settings
                with one_thread:
                    self.prepare(**now)
                if now != self.settings:
                    return  # the hand moves again: its next rest is waited for
                self.redraw(whole=now)

    def _repr_mimebundle_(self, **kwargs):
        """The live widget and, for readers without a kernel, the picture of this moment and how to move it."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, *rest = bundle if isinstance(bundle, tuple) else (bundle, None)
        self.settle()
        with self.lock:
            still = self.picture.png(small=True, caption=self.invitation())
            alt = {"image/png": {"alt": self.picture.alt}}
        return data | {"text/plain": repr(self), "image/png": still}, (rest[0] or {}) | alt

    def invitation(self):
        """The line under a picture without a kernel."""
        text = STILL + "; ".join(c.description for c in self.inputs.values()) + "."
        return "\n".join(textwrap.wrap(f"{OWN_CAPTION} {text}" if self.own else text, int(self.picture.width * 17)))

    def __repr__(self):
        return f"{OWN * self.own}{type(self).__name__}: {self.picture.alt}"
