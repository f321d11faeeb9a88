"""By how much an exhibit is off: its gradients, its updates or what it logs, beside those of the right code."""

import numpy as np

from ...train import SGD, global_norm
from ...tree import leaves, map_leaves
from .loop import feed


def difference(wrong, right):
    """{array: ‖wrong - right‖ / ‖right‖}, Euclidean over all entries; an array that should be zero counts as 1."""
    found = {}
    for (name, w), (_, r) in zip(leaves(wrong), leaves(right), strict=True):
        size = np.linalg.norm(r)
        found[name] = float(np.linalg.norm(w - r) / size) if size > 0 else float(np.linalg.norm(w) > 0)
    return found


def gradients(e, faulty, seed, T=None):
    """What this version computes at the start of training: a tree of gradients; for a stream summed over six windows,
    for samples over one pass; where the fault is in the update, that update with the gradient clipped to half of its
    norm, and the norm that is logged."""
    system = e.system(faulty)
    weights, bits = np.random.default_rng(seed).spawn(2)
    params, total, state = system.net.init(weights), None, None
    count = {"fresh": 1, "stream": 6, "samples": 20}[e.data]
    if T is not None and e.data == "fresh":
        batches = [(*e.draw(bits, T, e.setting["B"], e.setting["d"], e.setting["D"]), False)]
    else:
        batches = (batch for batch, _ in zip(feed(e, system.loop, bits), range(count)))
    for xs, targets, goes_on in batches:
        _, grads, kept = system.net.loss_and_grads(params, xs, targets, state if goes_on else None)
        state = system.net.last_state(kept) if e.data == "stream" else None
        total = grads if total is None else map_leaves(np.add, total, grads)
    if "update" not in e.edits:
        return total
    optimizer, theta = SGD(1.0), 0.5 * global_norm(total)
    new, _, norm = system.loop.update(params, total, optimizer, optimizer.init(params), theta)
    return {"update": map_leaves(np.subtract, new, params), "norm logged": np.array(norm)}


def off_by(e, seed=0, T=None):
    """{array: relative error} of the faulty version. T : another length, where the exhibit draws fresh sequences."""
    return difference(gradients(e, True, seed, T), gradients(e, False, seed, T))


def probe(e, rng, T=5, B=3, **sizes):
    """A small problem for the checks: (xs, targets)."""
    s = e.setting | sizes
    _, targets = e.draw(rng, T, B, 1)
    return rng.standard_normal((T, B, s["D"])), targets
