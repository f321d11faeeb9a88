"""Notebook 04: its explorers at every control's ends, what they draw beside independent numbers."""

import numpy as np
import pytest
from explorer_checks import check_explorer

from rnnlib import DeepRNN, flow
from rnnlib.course.explore import JacobianProduct, Wall, jacobian, wall


@pytest.mark.parametrize("cls", [JacobianProduct, Wall])
def test_every_control_at_its_ends_corners_and_random_settings(cls):
    check_explorer(cls, np.random.default_rng(4))


@pytest.mark.parametrize("shear", [0.0, 0.8, 1.5])
def test_the_matrix_has_the_radius_it_is_asked_for(shear):
    W = jacobian.matrix(0.9, shear)
    assert np.abs(np.linalg.eigvals(W)) == pytest.approx(0.9, rel=1e-6)
    assert (np.linalg.norm(W, 2) > 0.95) == (shear > 0)


def test_the_products_are_the_long_range_jacobian():
    W_hh, _, found = jacobian.products(1.1, 0.5, 1.0)
    *_, W_xh, xs = jacobian.pieces(0)
    net = DeepRNN("rnn", jacobian.D, jacobian.H)
    params = [{"W_xh": W_xh, "W_hh": W_hh, "b_h": np.zeros(jacobian.H)}]
    run = net.forward(params, xs[:, None])
    h_T = run.hs[jacobian.T - 1]  # the warm-up ends here
    whole = flow.long_range_jacobian(net, params, xs[jacobian.T :], [(h_T,)])
    np.testing.assert_allclose(found[-1], whole, rtol=1e-8, atol=1e-14)
    explorer = JacobianProduct(rho=1.1, shear=0.5, drive=1.0)
    drawn = explorer.picture.measured.get_ydata()
    np.testing.assert_allclose(drawn, np.linalg.norm(found, 2, axis=(1, 2)))
    assert (drawn <= explorer.picture.bound.get_ydata() * (1 + 1e-9)).all()


def test_the_condition_named_is_the_one_that_holds():
    assert "must vanish" in JacobianProduct(rho=0.5, shear=0.0).reading.value
    assert "may" in JacobianProduct(rho=0.9, shear=0.8).reading.value


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def pascanu(w, b):
    """The paper's own form of the loss."""
    x = 0.5
    for _ in range(50):
        x = w * sigmoid(x) + b
    return (sigmoid(x) - 0.7) ** 2


@pytest.mark.parametrize(("w", "b"), [(4.9, -2.32), (3.5, -1.6), (6.0, -3.2), (5.0, -2.4)])
def test_the_wall_is_the_papers_recurrence(w, b):
    loss, g, _ = wall.slope(w, b)
    assert loss == pytest.approx(pascanu(w, b), rel=1e-9)
    eps = 1e-6
    by_w = (pascanu(w + eps, b) - pascanu(w - eps, b)) / (2 * eps)
    by_b = (pascanu(w, b + eps) - pascanu(w, b - eps)) / (2 * eps)
    np.testing.assert_allclose(g, (by_w, by_b), rtol=1e-4, atol=1e-8)


def test_a_clipped_update_is_never_longer_than_the_rate_times_the_threshold():
    points = wall.descend(5.0, -2.6123, rate=0.3, clip_norm=0.1)
    assert np.linalg.norm(np.diff(points, axis=0), axis=1).max() <= 0.03 + 1e-12
    free = wall.descend(5.0, -2.6123, rate=0.3)
    assert np.linalg.norm(free[1] - free[0]) > 100
