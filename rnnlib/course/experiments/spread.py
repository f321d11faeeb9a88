"""A surprise of the pilots: attention above a GRU follows a state on the lengths of its training, and loses it beyond.

S5 as in `s5`, where the GRU alone kept it better. Three explanations, written before the runs (after single runs with
one seed), and what each has to show when the trained net reads 160 steps instead of 40:

    attention spreads    the softmax over four times as many keys leaves less for those that matter: with the keys of
                         the last 40 steps alone, as many as training had, it is as right as it was at 40
    the GRU has lost it  the place cannot be read from its h at step 160 either, by a linear probe that reads it at
                         step 40; then attention is not what fails, and if it is to blame at all, it is for having
                         spared the GRU the work: the GRU alone, trained as long, keeps it
    it stopped too soon  all but right on 40 steps is not right enough for 160: trained on, it keeps the place

Several may be true, and none may be.
"""

import numpy as np

from ...neighbours import attention
from ...tasks import s5
from . import parity
from .families import F32, build, learn

QUESTION = "Why did attention above a GRU lose the state beyond the lengths of its training?"

FAMILIES, LR, ON, N = ("GRU", "GRU + attention"), 3e-3, 1000, 1000
GRID = [{"family": family, "trained": trained} for family in FAMILIES for trained in ("until right", "on")]
SEEDS = 10


def last_step(p, h, keys):
    """(hs (N, H), weights (N, keys)): what attention gives at the last step over the last `keys` steps of h."""
    Q, K, V = np.split(h @ p["W_qkv"] + p["b_qkv"], 3, axis=-1)
    O, A = attention(Q[-1:], K[-keys:], V[-keys:])
    return O[0] @ p["W_o"] + p["b_o"], A[:, 0]


def with_one(h):
    return np.hstack([h, np.ones((len(h), 1), F32)])


def run_one(config, seed):
    """Shares that are right at the last of 40 and of 160 steps: of the net as it is ("whole"), of attention over the
    last 40 steps alone ("last 40"), of a linear probe of the GRU's h that was fitted at step 40 ("probe"). Of
    attention at step 160 the weight on the last 40 steps ("late weight"), where even would be a quarter.

    Training ends as in `parity`, or goes on for ON updates in all."""
    made = {T: s5(T) for T in range(1, parity.LONGEST + 1)} | {160: s5(160)}
    model, start = build(config["family"], made[parity.LONGEST])
    on = {"solved": np.inf} if config["trained"] == "on" else {}
    params, found = learn(model, start, lambda rng: made[int(rng.integers(1, parity.LONGEST + 1))], LR, seed,
                          most=ON, B=parity.B, held_out=made[parity.LONGEST], **on)  # fmt: skip
    attends = config["family"] == "GRU + attention"
    gru, p = (model.net.nets[0], params["layers"][0]) if attends else (model.net, params["layers"])
    fresh, places = made[40].batch(np.random.default_rng([seed, 1]), 4 * N, F32)
    probe = np.linalg.lstsq(with_one(gru.forward(p, fresh).hs[-1]), np.eye(5, dtype=F32)[places[-1]], rcond=None)[0]
    right = {"whole": [], "last 40": [], "probe": []}
    for T in (40, 160):
        xs, targets = made[T].batch(np.random.default_rng([seed, T]), N, F32)
        h = gru.forward(p, xs).hs
        read = {"whole": h[-1], "probe": h[-1]}
        if attends:
            read["whole"], weights = last_step(params["layers"][1], h, T)
            read["last 40"] = last_step(params["layers"][1], h, 40)[0]
        for name, hs in read.items():
            ys = with_one(hs) @ probe if name == "probe" else hs @ params["W_hy"] + params["b_y"]
            right[name].append(float((ys.argmax(-1) == targets[-1]).mean()))
    late = {"late weight": float(weights[:, -40:].sum(1).mean())} if attends else {}
    return {name: shares for name, shares in right.items() if shares} | late | {"score": found["score"]}
