"""Where results lie, and how to read them. Plain Python: a notebook needs nothing else."""

import json
from pathlib import Path

RESULTS = Path(__file__).with_name("results")


def tuned(name, arm, cost, rates):
    """The rate in `rates` with the lowest mean cost(result) over the runs of tuning experiment `name` that agree with
    `arm`; the middle one as long as some of these runs are missing."""
    runs = load(name) if (RESULTS / f"{name}.jsonl").exists() else []
    runs = [r for r in runs if all(r["config"].get(k) == v for k, v in arm.items())]
    costs = {rate: [cost(r["result"]) for r in runs if r["config"]["lr"] == rate] for rate in rates}
    if not all(costs.values()):
        return rates[len(rates) // 2]
    return min(rates, key=lambda rate: sum(costs[rate]) / len(costs[rate]))


def key(config, seed):
    """What identifies a run, whatever the order in which its configuration was written."""
    return json.dumps([config, seed], sort_keys=True)


def load(name, folder=None):
    """All runs of an experiment: a list of {"config", "seed", "result", "made"}, in the order of the file.

    ValueError where the experiment has no results.
    """
    path = Path(folder or RESULTS) / f"{name}.jsonl"
    if not path.exists():
        raise ValueError(
            f"name: no results for {name!r} in {RESULTS.name}/; python -m rnnlib.course.experiments run {name}"
        )
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def select(runs, value, **config):
    """The result called `value` of every run whose configuration agrees with `config`, ordered by seed.

    ValueError where no run does.
    """
    found = [r for r in runs if all(r["config"].get(k) == v for k, v in config.items())]
    if not found:
        raise ValueError(f"config: no run has {config}")
    return [r["result"][value] for r in sorted(found, key=lambda r: r["seed"])]
