"""The benchmark: it measures what it says, and renews its table and nothing else. Never how fast anything is."""

import copy

import numpy as np
import pytest

from rnnlib.bench import measure, report


def made(*settings):
    """Results of the form that a run has, with made-up numbers."""
    rows = [
        {
            "cell": c,
            "shape": s,
            "ours_ms": 1.0,
            "products_ms": 0.5,
            "over_products": 1.25,
            "pytorch_ms": 4.0,
            "ratio": r,
        }
        for c, r in (("rnn", 0.25), ("lstm", 0.5), ("gru", 1.5))
        for s in measure.ROWS
    ]
    result = {
        "rows": rows,
        "growth": {"rnn": {"T": 1.0, "L": 0.98}},
        "memory": {"rnn": {"shape": (1, 2, 3, 4), "ours": 20.0, "pytorch": 30.0}},
        "options": {"rnn": {"residual": 1.1}},
    }
    return {setting: copy.deepcopy(result) for setting in settings}


@pytest.mark.parametrize("cell", measure.CELLS)
def test_a_row_times_a_whole_forward_and_backward(cell):
    r = measure.row(cell, (2, 3, 4, 2), seconds=0)
    assert r["ours_ms"] > 0 and r["products_ms"] > 0 and r["over_products"] > 0
    grad = measure.ours(cell, 2, 3, 4, 2)()
    assert grad.xs.shape == (3, 2, 4) and len(grad.params) == 2 and np.any(grad.params[0]["W_hh"])


@pytest.mark.parametrize("cell", measure.CELLS)
def test_the_products_are_those_of_the_network(cell, monkeypatch):
    """Multiplications counted: per layer and step 2 D·GH + 4 H·GH + 2... = 6 B H·GH, as many as the layer makes."""
    B, T, H, L = 2, 5, 4, 3
    counted = {"n": 0}
    true = np.matmul

    def counting(a, b, **kwargs):
        counted["n"] += (
            a.shape[-2] * a.shape[-1] * b.shape[-1] * int(np.prod(np.broadcast_shapes(a.shape[:-2], b.shape[:-2])))
        )
        return true(a, b, **kwargs)

    monkeypatch.setattr(np, "matmul", counting)
    monkeypatch.setattr(np, "dot", counting)
    measure.ours(cell, B, T, H, L)()
    G = {"rnn": 1, "lstm": 4, "gru": 3}[cell]
    # the two weight gradients are written with @, which cannot be counted here: 4 of the 6 products
    assert counted["n"] == 4 * B * T * H * G * H * L


def test_options_are_compared_with_the_plain_stack(monkeypatch):
    monkeypatch.setattr(measure, "OPTION_ROWS", [(2, 3, 4, 2)])
    times = measure.options("rnn", seconds=0)
    assert times.keys() == measure.OPTIONS.keys() and all(x > 0 for x in times.values())


def test_lengths_of_the_benchmark_reach_the_network(monkeypatch):
    seen = []
    true = measure.DeepRNN.forward
    monkeypatch.setattr(measure.DeepRNN, "forward", lambda *a, **k: seen.append(k["lengths"]) or true(*a, **k))
    measure.ours("rnn", 4, 6, 3, 1, lengths=True)()
    assert seen[0].shape == (4,) and seen[0].min() >= 3 and seen[0].max() <= 6


def test_the_summary_has_every_row_and_the_means():
    text = report.summary(made("1", "default"))
    for shape in measure.ROWS:
        assert f"| {shape} | 0.25 | 0.25 | 0.50 | 0.50 | 1.50 | 1.50 |" in text
    assert "| geometric mean | **0.25** | **0.25** | **0.50** | **0.50** | **1.50** | **1.50** |" in text
    assert "1.25 to 1.25 times the bare matrix products" in text and "T^1.00 and L^0.98" in text
    assert "ours 20 MB, pytorch 30 MB" in text and "residual 1.10" in text and "cores" in text


def test_without_pytorch_the_ratio_columns_stay_empty():
    results = made("1", "default")
    for result in results.values():
        for r in result["rows"]:
            del r["ratio"], r["pytorch_ms"]
    assert "| geometric mean | **** |" not in report.summary(results)
    assert "| rnn | (1, 50, 32, 1) | 1.00 |  |  | 1.25 |" in report.table(results["1"]["rows"])


def test_renewing_replaces_what_is_between_the_marks_alone(tmp_path):
    path = tmp_path / "README.md"
    path.write_text(f"before\n{report.START}\nold\n{report.END}\nafter\n", encoding="utf-8")
    assert report.renew(path, "new") == f"before\n{report.START}\nnew\n{report.END}\nafter\n"
    path.write_text("no marks", encoding="utf-8")
    with pytest.raises(ValueError, match="expected the marks"):
        report.renew(path, "new")
