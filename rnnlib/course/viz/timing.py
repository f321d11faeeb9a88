"""What two ways of computing the same thing cost."""

from .scene import BLUE, ORANGE, Scene


class Timings(Scene):
    """Pairs of bars: each pair one piece of work, done in two ways, microseconds on a logarithmic axis."""

    width, height = 9.0, 3.0

    def build(self):
        self.axes = self.figure.subplots()
        self.figure.subplots_adjust(left=0.33, right=0.9, bottom=0.17, top=0.87)
        self.axes.set(xscale="log", xlabel="microseconds, the best of several rounds")

    def update(self, times, title=""):
        """times: dict work -> {way: seconds}, two ways each."""
        ticks, labels, words = [], [], []
        for k, (work, ways) in enumerate(times.items()):
            for j, ((way, seconds), color, hatch) in enumerate(zip(ways.items(), (ORANGE, BLUE), ("//", ""))):
                place = 2.6 * k + j
                self.axes.barh(place, 1e6 * seconds, 0.85, color=color, hatch=hatch, edgecolor="white")
                self.axes.annotate(
                    f"{1e6 * seconds:,.{0 if seconds > 1e-5 else 1}f} µs",
                    (1e6 * seconds, place),
                    (4, 0),
                    textcoords="offset points",
                    va="center",
                )
                ticks.append(place)
                labels.append(f"{work}: {way}")
                words.append(f"{work}, {way} {1e6 * seconds:.1f} µs")
        longest = max(seconds for ways in times.values() for seconds in ways.values())
        self.axes.set(yticks=ticks, yticklabels=labels, xlim=(0.3, 4e6 * longest))
        self.figure.suptitle(title, x=0.02, ha="left", fontsize=10.5)
        self.axes.invert_yaxis()
        self.alt = f"{title}. {'; '.join(words)}."
        self.refresh()
