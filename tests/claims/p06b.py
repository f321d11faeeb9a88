"""What decides the claims of notebook 06b: the gradient of the lowest states over that of the top ones."""

import numpy as np

from rnnlib import DeepRNN


def ratios(L, **options):
    """[that of the page's draw, the smallest and the largest of twenty]."""
    rng = np.random.default_rng(60)
    xs, dhs = rng.standard_normal((10, 2, 3)), rng.standard_normal((10, 2, 8))
    net, found = DeepRNN("rnn", 3, 8, L, **options), []
    for seed in range(61, 81):
        params = net.init(np.random.default_rng(seed))
        grad = net.backward(params, net.forward(params, xs), dhs)
        found.append(np.linalg.norm(grad.hs[0]) / np.linalg.norm(grad.hs[-1]))
    return [found[0], min(found), max(found)]


def lowest_over_top_of_4():
    return ratios(4) + ratios(4, residual=True)


def lowest_over_top_of_8():
    return ratios(8) + ratios(8, skip_input=True) + ratios(8, residual=True)
