"""Checks for a cell of one's own: its forward against the equations, its backward by finite differences."""

import numpy as np

from ...gradcheck import gradcheck
from ...stack import DeepRNN

D, H, T, B = 2, 4, 3, 3
RIGHT = "right: "


def check_cell(mine, example):
    """What is right and what is off in `mine`, which should be the cell that `example` is."""
    name = type(mine).__name__
    net, true = DeepRNN(mine, D, H, 2), DeepRNN(example, D, H, 2)
    if net.shapes() != true.shapes() or mine.states != example.states:
        return f"{name}: expected gates, states and own like {example.gates}, {example.states}, {example.own}"
    rng = np.random.default_rng(0)
    params, xs = true.init(rng), rng.standard_normal((T, B, D))
    state = [tuple(0.5 * rng.standard_normal(s.shape) for s in layer) for layer in true.zero_state(B)]
    *step, dstate = step_of(example)
    try:
        if (first := mine.forward(*step)) is None:
            return "not tried yet"
        run, want = net.forward(params, xs, state), true.forward(params, xs, state)
        if text := unlike(run.layers[0], want.layers[0]):
            return text
        if mine.backward(dstate, first[1], *step[3:]) is None:
            return "forward is right; backward is not written yet"
        worst = gradcheck(net, params, xs, state=state, rng=rng)
    except (ValueError, TypeError, NotImplementedError, FloatingPointError) as e:
        return str(e)
    if worst.error <= 1e-6:
        return f"{RIGHT}forward follows the equations, and {worst.checked} finite differences agree with backward"
    return (
        f"forward is right; backward is not: gradcheck is furthest off at {worst.where}, with {worst.analytic:.3g} for "
        f"{worst.numeric:.3g}. {off(mine, example)}"
    )


def step_of(cell):
    """The arguments of one step of a cell, and at the end a gradient that arrives at its new state."""
    rng = np.random.default_rng(1)
    zx, zh = rng.standard_normal((2, cell.gates, H, B))
    state, dstate = (tuple(rng.standard_normal((H, B)) for _ in range(cell.states)) for _ in range(2))
    own = [tuple(rng.standard_normal((H, 1)) for _ in cell.own)] if cell.own else []
    return zx, zh, state, *own, dstate


def unlike(run, want):
    """Where the states first leave those of the equations."""
    for t in range(T):
        for k, (got, true) in enumerate(zip(run.passes[0].states, want.passes[0].states, strict=True)):
            if not np.allclose(got[t + 1], true[t + 1], rtol=1e-9, atol=1e-12):
                b, j = np.argwhere(~np.isclose(got[t + 1], true[t + 1], rtol=1e-9, atol=1e-12))[0]
                return (
                    f"forward: at step {t + 1}, unit {j + 1}, state[{k}] is {got[t + 1, b, j]:.3g}, and "
                    f"{true[t + 1, b, j]:.3g} by the equations"
                )
    return ""


def off(mine, example):
    """Which of the arrays that backward returns for one step are off."""
    zx, zh, state, *own, dstate = step_of(example)
    results = [c.backward(dstate, c.forward(zx, zh, state, *own)[1], *own) for c in (mine, example)]
    wrong = []
    for name, got, true in zip(("dzx", "dzh", "dstate_prev", "down"), *results):
        for k, (a, b) in enumerate(zip(got, true)):
            if not np.allclose(a, b, rtol=1e-9, atol=1e-12):
                wrong.append(f"{name}[{k}]")
    return f"Of one step, {', '.join(wrong)} {'is' if len(wrong) == 1 else 'are'} off, and the rest is right."


def ready(mine, example):
    """`mine` if it is right, else the library's; says which."""
    right = check_cell(mine, example).startswith(RIGHT)
    print(
        f"The cells below use {'your ' + type(mine).__name__ if right else 'the library’s ' + type(example).__name__}"
    )
    return mine if right else example
