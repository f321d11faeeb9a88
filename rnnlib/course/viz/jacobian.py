"""Products of Jacobians: what they do to a gradient over the lag, and the eigenvalues of the matrix behind them."""

import numpy as np

from .scene import BLUE, DASHES, GREEN, INK, ORANGE, QUIET, RED, Scene, line

GRID = {"color": "#e4e4e4", "lw": 0.6}


class Products(Scene):
    """Left: the largest factor by which k steps back can multiply a gradient, between Pascanu's two lines. Right: the
    eigenvalues of W_hh, the unit circle, and the circle whose radius is the largest singular value."""

    width, height, lags = 9.6, 3.6, 60

    def build(self):
        left, right = self.figure.subplots(1, 2, width_ratios=(1.75, 1))
        self.figure.subplots_adjust(left=0.075, right=0.985, bottom=0.14, top=0.76, wspace=0.19)
        left.set(xlim=(0, self.lags), ylim=(1e-12, 1e8), yscale="log", xlabel="lag k, steps back")
        left.set_ylabel("largest factor on a gradient")
        left.grid(**GRID)
        left.axhline(1, color=QUIET, lw=0.9)
        self.bound = self.moving(line(left, color=ORANGE, ls=DASHES[1]))
        self.radius = self.moving(line(left, color=GREEN, ls=DASHES[2], lw=2))
        self.exponent = self.moving(line(left, color=RED, lw=1, marker="x", ms=5, markevery=6))
        self.measured = self.moving(line(left, color=BLUE, lw=2.6))
        names = ["‖Jₜ ⋯ Jₜ₋ₖ₊₁‖, measured", "bound: (γ σ)ᵏ, σ the largest singular value of W_hh"]
        names += ["ρᵏ, ρ the spectral radius of W_hh", "e^(λk), λ the largest Lyapunov exponent"]
        lines = [self.measured, self.bound, self.radius, self.exponent]
        self.figure.legend(lines, names, loc="upper left", bbox_to_anchor=(0.06, 0.925), ncols=2, fontsize=8)
        right.set(xlim=(-2.6, 2.6), ylim=(-1.75, 1.75), aspect="equal", xlabel="real part", ylabel="imaginary part")
        right.set_title("eigenvalues; circles of radius 1 and σ", fontsize=9)
        right.grid(**GRID)
        turn = np.linspace(0, 2 * np.pi, 200)
        self.circle = np.cos(turn), np.sin(turn)
        right.plot(*self.circle, color=QUIET, lw=1)
        self.outer = self.moving(line(right, color=ORANGE, ls=DASHES[1]))
        self.values = self.moving(line(right, color=GREEN, marker="o", ms=5, ls="none", mfc="none", mew=1.4))
        self.title = self.moving(self.figure.text(0.075, 0.945, "", fontsize=10.5))

    def update(self, factors, sigma, rho, exponent, eigenvalues, title=""):
        """factors (K,): ‖product‖ for lags 1 .. K; sigma = γ σ; exponent per step; eigenvalues (H,) complex."""
        lags = np.arange(1, len(factors) + 1)
        rows = (self.measured, factors), (self.bound, sigma**lags), (self.radius, rho**lags)
        for artist, values in (*rows, (self.exponent, np.exp(exponent * lags))):
            artist.set_data(lags, np.clip(values, 1e-30, 1e30))
        self.outer.set_data(sigma * self.circle[0], sigma * self.circle[1])
        self.values.set_data(eigenvalues.real, eigenvalues.imag)
        self.title.set_text(title)
        self.alt = (
            f"{title}. Largest factor on a gradient: {factors[0]:.2g} after 1 step, at most {factors.max():.2g}, at "
            f"lag {int(factors.argmax()) + 1}, {factors[-1]:.2g} after {len(factors)}. Largest singular value "
            f"{sigma:.2f}, spectral radius {rho:.2f}, largest Lyapunov exponent {exponent:.2g}."
        )


class Lags(Scene):
    """Curves over the lag on a logarithmic axis, each with a dash and a mark of its own."""

    width, height = 9.0, 3.2

    def build(self):
        self.axes = self.figure.subplots()
        self.figure.subplots_adjust(left=0.09, right=0.66, bottom=0.16, top=0.88)
        self.axes.set(yscale="log")
        self.axes.grid(**GRID)

    def update(self, curves, ylabel, title="", floor=1e-20, xlabel="lag k, steps back"):
        """curves: dict label -> (K,) positive numbers for lags 1 .. K; what lies below `floor` is cut off."""
        self.axes.set_xlabel(xlabel)
        for (label, values), color, dash, mark in zip(
            curves.items(), (BLUE, ORANGE, GREEN, RED, INK), DASHES, "osD^v", strict=False
        ):
            lags = np.arange(1, len(values) + 1)
            shown = np.where(values > floor, values, np.nan)
            self.axes.plot(lags, shown, color=color, ls=dash, marker=mark, ms=4, markevery=5, label=label)
        self.axes.set_ylabel(ylabel)
        self.axes.set_title(title, fontsize=10.5)
        self.figure.legend(loc="upper left", bbox_to_anchor=(0.67, 0.88), fontsize=8.5, labelspacing=1, frameon=False)
        last = "; ".join(f"{label} {v[0]:.2g} at lag 1, {v[-1]:.2g} at lag {len(v)}" for label, v in curves.items())
        self.alt = f"{title}. {ylabel}: {last}."
        self.refresh()


class Solved(Scene):
    """Share of runs that solved a task, with Wilson's intervals, over the length; one mark per series."""

    width, height = 9.0, 3.2

    def build(self):
        self.axes = self.figure.subplots()
        self.figure.subplots_adjust(left=0.09, right=0.7, bottom=0.16, top=0.88)
        self.axes.set(ylim=(-0.04, 1.04), ylabel="share of runs that solve it", xlabel="length T, steps")
        self.axes.grid(**GRID)

    def update(self, lengths, series, title=""):
        """series: dict label -> (X, 3): share, low, high."""
        places = np.arange(len(lengths))
        words = []
        for k, ((label, rows), color, mark) in enumerate(
            zip(series.items(), (BLUE, ORANGE, GREEN, RED), "osD^", strict=False)
        ):
            share, low, high = np.asarray(rows).T
            shift = 0.09 * (k - (len(series) - 1) / 2)
            off = np.maximum([share - low, high - share], 0)
            style = {"color": color, "ls": DASHES[k], "marker": mark, "ms": 5, "capsize": 2.5, "elinewidth": 1}
            self.axes.errorbar(places + shift, share, off, label=label, **style)
            words.append(f"{label}: " + ", ".join(f"{s:.0%} at T = {T}" for s, T in zip(share, lengths)))
        self.axes.set_xticks(places, [str(T) for T in lengths])
        self.axes.set_title(title, fontsize=10.5)
        self.figure.legend(loc="upper left", bbox_to_anchor=(0.71, 0.88), fontsize=8.5, labelspacing=1, frameon=False)
        self.alt = f"{title}. {'; '.join(words)}."
        self.refresh()
