"""The test part is read here, once: numbers with their intervals, beside the baselines, and a verdict in words."""

from dataclasses import dataclass

import numpy as np

from ... import check
from ..stats import mean_interval
from .baselines import Baselines
from .fit import Fitted, answers
from .measure import PRIMARY, by_example, details, over_units

FEW = 10  # units, below which an interval over them says little


@dataclass(frozen=True, eq=False)
class Result:
    """What `judge` found.

    network (3,) : the primary measure on the test part, mean over seeds and examples, with an interval over examples
    seeds (3,) : the same mean with an interval over seeds; NaN bounds of a single seed
    baselines : {name: (mean, low, high)} over examples
    gain (3,) : by how much the network is better than the baseline that was best on the validation part, paired by
    example; above 0 is better.  details : {measure: mean over seeds};  said : what each seed answered
    """

    fitted: Fitted
    simple: Baselines
    network: tuple
    seeds: tuple
    baselines: dict
    gain: tuple
    details: dict
    said: tuple

    @property
    def parts(self):
        """The Parts that the networks were trained on."""
        return self.fitted.parts

    @property
    def chosen(self):
        """The baseline that was best on the validation part."""
        return self.simple.best

    @property
    def units(self):
        """How many groups, distinct sequences or stretches of time the intervals over examples rest on."""
        return len(np.unique(self.parts.test.units))

    @property
    def short(self):
        """The verdict in a few words."""
        _, low, high = self.gain
        return "better than the baselines" if low > 0 else "worse than a baseline" if high < 0 else "not shown better"

    @property
    def verdict(self):
        """One sentence."""
        mean, low, high = self.gain
        by = f"{abs(mean):.3g} [{low:+.3g}, {high:+.3g}]"
        if low > 0:
            return f"The network is better than {self.chosen}, the best baseline, by {by}."
        if high < 0:
            return f"The network is worse than {self.chosen}, the best baseline, by {by}: use the baseline."
        return (
            f"It is not shown that the network is better than {self.chosen}, the best baseline: the difference is "
            f"{mean:+.3g} [{low:+.3g}, {high:+.3g}]."
        )

    def __str__(self):
        name, more = PRIMARY[self.parts.kind]
        rows = [f"    {'network':<34s} {_interval(self.network)}"]
        rows += [f"    {n:<34s} {_interval(v)}" for n, v in self.baselines.items()]
        mean, low, high = self.seeds
        over = f"Over {len(self.said)} seeds {mean:.3g} [{low:.3g}, {high:.3g}]." if len(self.said) > 1 else "One seed."
        also = "; ".join(f"{n} {v:.3g}" for n, v in self.details.items())
        head = f"{name} on the test part ({'more' if more else 'less'} is better), 95 % intervals over examples"
        apart = {"series": "stretches of time", "text": "stretches of text"}.get(self.parts.kind, "groups or sequences")
        head += f", {self.units} {apart}" + (", which are few:" if self.units < FEW else ":")
        return "\n".join([head, *rows, over, *([f"Network, also: {also}."] if also else []), self.verdict])


def _interval(three):
    mean, low, high = three
    return f"{mean:.3g} [{low:.3g}, {high:.3g}]"


def judge(fitted, baselines, seed=0):
    """A Result: the only place that reads the test part.

    ValueError : where the baselines are those of other parts.  TypeError : where one of the two is something else.
    """
    check.instance("fitted", fitted, Fitted, "what fit returned")
    check.instance("baselines", baselines, Baselines, "what baselines returned")
    parts, rng = fitted.parts, np.random.default_rng(seed)
    if baselines.parts is not parts:
        raise ValueError("baselines: expected those of the parts that the networks were trained on, got others'")
    test = parts.test
    said = tuple(answers(fitted.model, t.params, test) for t in fitted.networks)
    each = np.array([by_example(parts, ys, test) for ys in said])
    simple = {name: by_example(parts, answer(test), test) for name, answer in baselines.answers.items()}
    sign = 1 if PRIMARY[parts.kind][1] else -1
    over_seeds = tuple(mean_interval(each.mean(1)[None], rng)[:, 0]) if len(said) > 1 else (each.mean(), *[np.nan] * 2)
    told = [details(parts, ys, test) for ys in said]
    return Result(
        fitted,
        baselines,
        over_units(each, test.units, rng),
        tuple(float(v) for v in over_seeds),
        {name: over_units(values, test.units, rng) for name, values in simple.items()},
        over_units(sign * (each - simple[baselines.best]), test.units, rng),
        {name: float(np.mean([t[name] for t in told])) for name in told[0]},
        said,
    )
