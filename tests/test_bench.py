"""The benchmark: it measures what it says, and renews its table and nothing else. Never how fast anything is."""

import json
import os
import platform
import subprocess
import sys

import numpy as np
import pytest
from helpers import load_torch

import rnnlib
from rnnlib.bench import __main__ as command
from rnnlib.bench import kernels, kinds, measure, neighbours, report, work
from rnnlib.train import global_norm
from rnnlib.tree import leaves

TRAINING = kinds.KINDS["training step"]
RAN = {
    "own": {"blas": "openblas 0.3", "architecture": "SkylakeX", "dispatch": "AVX512_SPR", "pytorch": "AVX512"},
    "avx2": {"blas": "openblas 0.3", "architecture": "Haswell", "dispatch": "X86_V3", "pytorch": "AVX2"},
}


def made(*settings):
    """Results of the form that a run has, with made-up numbers; the training step takes twice the ratio."""

    def rows(kind, factor, **more):
        return [
            {"kind": kind, "cell": c, "shape": s, "ours_ms": 1.0, "pytorch_ms": 4.0, "ratio": factor * r} | more
            for c, r in (("rnn", 0.25), ("lstm", 0.5), ("gru", 1.5))
            for s in work.ROWS
        ]

    return [
        {
            "threads": threads,
            "kernels": choice,
            "ran": RAN[choice] | {"pytorch_libraries": "MKL 2024.2"},
            "rows": rows("forward and backward", 1, products_ms=0.5, over_products=1.25) + rows("training step", 2),
            "growth": {"rnn": {"T": 1.0, "L": 0.98}},
            "memory": {"rnn": {"shape": (1, 2, 3, 4), "ours": 20.0, "pytorch": 30.0}},
            "options": {"rnn": {"residual": 1.1}},
        }
        for choice, threads in settings
    ]


def with_neighbours(results):
    """The same results with rows of the neighbours: ratios 1, 2, 4 of each net, and a scan at half a loop's time."""
    for result in results:
        for kind, makers in kinds.NEIGHBOURS.items():
            for cell in makers.cells:
                for k, shape in enumerate(makers.shapes):
                    r = {"kind": kind, "cell": cell, "shape": shape, "ours_ms": 1.0, "ratio": 2.0**k}
                    result["rows"].append(r | ({"over_loop": 0.5} if makers.loop else {}))
    return results


ALL = [(choice, threads) for choice in kernels.CHOICES for threads in ("1", "default")]


@pytest.mark.parametrize(
    ("kind", "cell"), [(kind, cell) for kind, makers in kinds.KINDS.items() for cell in makers.cells]
)
def test_every_kind_of_row_is_timed(kind, cell):
    makers = kinds.KINDS[kind]
    shape = (2, 3, 4, 2)[: makers.letters.count(",") + 1]
    r = measure.row(kind, cell, shape, seconds=0)
    assert (r["kind"], r["cell"], r["shape"]) == (kind, cell, shape) and r["ours_ms"] > 0
    for name in ("products", "loop"):
        assert (f"{name}_ms" in r) == (f"over_{name}" in r) == (getattr(makers, name) is not None)
    assert ("pytorch_ms" in r) == ("ratio" in r) == (work.torch_with(None) is not None)


def test_a_ratio_is_ours_over_theirs_within_a_round(monkeypatch):
    """Three rounds of made-up times: the median of 2, 1/2, 3 is not the ratio of the medians."""
    monkeypatch.setitem(kinds.KINDS, "made up", kinds.Kind(lambda *_: "ours", lambda *_: "pytorch"))
    monkeypatch.setattr(measure, "timed", lambda runs, seconds: [[2.0, 4.0, 30.0], [1.0, 8.0, 10.0]])
    r = measure.row("made up", "rnn", (1, 1, 1, 1))
    assert (r["ours_ms"], r["pytorch_ms"], r["ratio"]) == (4000, 8000, 2.0)


@pytest.mark.parametrize("cell", work.CELLS)
def test_a_forward_and_backward_is_whole(cell):
    grad = work.ours(cell, 2, 3, 4, 2)()
    assert grad.xs.shape == (3, 2, 4) and len(grad.params) == 2 and np.any(grad.params[0]["W_hh"])


@pytest.mark.parametrize("cell", work.CELLS)
def test_a_training_step_is_whole(cell):
    """Every parameter of the model moves, the gradient was clipped, and the next call is the next step."""
    _, params, *_ = work.problem(cell, 2, 3, 4, 2)
    run = TRAINING.ours(cell, 2, 3, 4, 2)
    step, after = run(), run()
    assert (step.index, after.index) == (1, 2) and step.clipped and after.clipped and after.loss < step.loss
    assert all(np.any(old != new) for (_, old), (_, new) in zip(leaves(params), leaves(step.params), strict=True))


@pytest.mark.parametrize("cell", work.CELLS)
def test_training_steps_of_both_sides_give_the_same_parameters(cell, monkeypatch):
    """Five steps. PyTorch's second bias is held still where ours is a sum, else that sum would move twice as far."""
    torch, true, modules = load_torch(), work.torch_model, []
    B, T, H, L = 3, 6, 5, 2

    def with_one_bias(*args):
        module = true(*args)
        for name, parameter in module.named_parameters():
            if "bias_hh" in name:
                kept = torch.zeros(len(parameter))
                if cell == "gru":
                    kept[2 * H :] = 1  # b_hn
                parameter.register_hook(lambda g, kept=kept: g * kept)
        modules.append(module)
        return module

    monkeypatch.setattr(work, "torch_model", with_one_bias)
    mine, theirs = TRAINING.ours(cell, B, T, H, L), TRAINING.pytorch(cell, B, T, H, L, 1)
    for _ in range(5):
        step, (loss, norm) = mine(), theirs()
        assert abs(step.loss - loss) < 1e-5 and abs(step.grad_norm - norm) < 1e-5 and norm > work.CLIP_NORM
    state = {name: array.numpy() for name, array in modules[0].state_dict().items()}
    layers = rnnlib.from_torch({n.removeprefix("net."): a for n, a in state.items() if n.startswith("net.")})
    pairs = [(layers[l][name], array) for l, layer in enumerate(step.params["layers"]) for name, array in layer.items()]
    pairs += [(state["readout.weight"].T, step.params["W_hy"]), (state["readout.bias"], step.params["b_y"])]
    assert max(float(np.abs(a - b).max()) for a, b in pairs) < 1e-5
    norms = [global_norm([p.grad.numpy() for p in modules[0].parameters()]), global_norm(step.grads)]
    np.testing.assert_allclose(norms, work.CLIP_NORM, rtol=1e-3)


@pytest.mark.parametrize("cell", work.CELLS)
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
    work.ours(cell, B, T, H, L)()
    G = {"rnn": 1, "lstm": 4, "gru": 3}[cell]
    # the two weight gradients are written with @, which cannot be counted here: 4 of the 6 products
    assert counted["n"] == 4 * B * T * H * G * H * L


def test_options_are_compared_with_the_plain_stack(monkeypatch):
    monkeypatch.setattr(measure, "OPTION_ROWS", [(2, 3, 4, 2)])
    times = measure.options("rnn", seconds=0)
    assert times.keys() == measure.OPTIONS.keys() and all(x > 0 for x in times.values())


def test_lengths_of_the_benchmark_reach_the_network(monkeypatch):
    seen = []
    true = work.DeepRNN.forward
    monkeypatch.setattr(work.DeepRNN, "forward", lambda *a, **k: seen.append(k["lengths"]) or true(*a, **k))
    work.ours("rnn", 4, 6, 3, 1, lengths=True)()
    assert seen[0].shape == (4,) and seen[0].min() >= 3 and seen[0].max() <= 6


def test_the_summary_has_every_row_and_the_means():
    text = report.summary(made(*ALL))
    for shape in work.ROWS:
        assert text.count(f"| {shape} | 0.25 | 0.25 | 0.50 | 0.50 | 1.50 | 1.50 |") == 2
        assert text.count(f"| {shape} | 0.50 | 0.50 | 1.00 | 1.00 | 3.00 | 3.00 |") == 2
    assert "| forward and backward, gru |" + " **1.50** (1.50 to 1.50) |" * 4 in text
    assert "| training step, gru |" + " **3.00** (3.00 to 3.00) |" * 4 in text
    assert text.count("<details>") == text.count("</details>") == 2
    assert text.count("1.25 to 1.25 times the bare matrix products") == 2 and "T^1.00 and L^0.98" in text
    assert "ours 20 MB, pytorch 30 MB" in text and "residual 1.10" in text and "cores" in text


def test_a_mean_stands_with_its_best_and_its_worst_row_in_the_column_of_its_setting():
    results = made(*ALL)
    for result, ratios in zip(results, ([1, 2, 4], [2, 4, 8], [4, 8, 16], [8, 16, 32])):
        result["rows"] = result["rows"][:3]
        for r, ratio in zip(result["rows"], ratios):
            r["ratio"] = ratio
    head, _, line = report.means(results).splitlines()
    own, avx2 = report.TITLES["own"], report.TITLES["avx2"]
    assert head == f"|  | {own}, 1 thread | {own}, default threads | {avx2}, 1 thread | {avx2}, default threads |"
    values = ["**2.00** (1.00 to 4.00)", "**4.00** (2.00 to 8.00)", "**8.00** (4.00 to 16.00)"]
    assert line == f"| forward and backward, rnn | {' | '.join(values)} | **16.00** (8.00 to 32.00) |"


def test_the_neighbours_have_a_table_of_their_own():
    plain, whole = report.summary(made(*ALL)), report.summary(with_neighbours(made(*ALL)))
    assert "neighbours" not in plain and report.means(made(*ALL)) in whole
    table = report.means(with_neighbours(made(*ALL)), kinds.NEIGHBOURS)
    assert f"The neighbours, forward and backward:\n\n{table}\n" in whole
    assert table.splitlines()[0] == report.means(made(*ALL)).splitlines()[0]
    for net in neighbours.NETS:
        assert f"| neighbours, {net} |" + " **2.00** (1.00 to 4.00) |" * 4 in table
    assert "| linear recurrence, minGRU |" + " **5.66** (1.00 to 32.00) |" * 4 in table
    assert "| linear recurrence, minGRU, over a plain loop's |" + " **0.50** (0.50 to 0.50) |" * 4 in table
    assert whole.count("| (B, T, width) | attention, 1 thread | attention, default threads | convolution, 1") == 2
    assert whole.count("| (8, 512, 64) | 4.00 | 4.00 | 4.00 | 4.00 | 4.00 | 4.00 |") == 2
    assert whole.count("minGRU, over a plain loop's, 1 thread") == 2
    assert whole.count("| (16, 128, 64) | 4.00 | 4.00 | 0.50 | 0.50 |") == 2
    setting = report.of_setting(with_neighbours(made(*ALL[:1]))[0])
    assert "| linear recurrence | minGRU | (16, 32, 64) | 1.00 |  | 1.00 | 0.50 |" in setting
    assert setting.count("| (B, T, H, L) |") == setting.count("| (B, T, width) |") == 1


def test_the_report_names_the_kernels_that_ran():
    for text in (report.summary(made(*ALL)), "\n".join(report.of_setting(r) for r in made(*ALL))):
        assert "NumPy on openblas 0.3 for SkylakeX, its own loops up to AVX512_SPR; PyTorch AVX512 with MKL" in text
        assert "NumPy on openblas 0.3 for Haswell, its own loops up to X86_V3; PyTorch AVX2 with MKL 2024.2" in text


def test_where_kernels_cannot_be_chosen_their_column_is_left_out_and_the_report_says_so(monkeypatch):
    text = report.summary(made(*ALL[:2]), "this is arm64")
    assert "AVX2 kernels are left out: this is arm64." in text and text.count("AVX2 kernels") == 1
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    assert "this is arm64" in kernels.why_not_avx2()
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(kernels, "dispatched", lambda: ["AVX2", "X86_V3"])
    assert "nothing beyond AVX2" in kernels.why_not_avx2()


@pytest.mark.parametrize(
    "kept, complaint",
    [
        ({}, None),
        ({"architecture": "SkylakeX"}, "did not take AVX2 kernels"),
        ({"blas": "accelerate", "architecture": None}, "did not take AVX2 kernels"),
        ({"blas": "mkl 2024.2", "architecture": None}, None),
        ({"dispatch": "AVX512_ICL"}, "NumPy kept AVX512_ICL"),
        ({"dispatch": "X86_V4"}, "NumPy kept X86_V4"),
        ({"pytorch": "AVX512"}, "PyTorch kept AVX512"),
        ({"pytorch": None}, None),
    ],
)
def test_kernels_that_were_not_held_are_found_out(kept, complaint):
    found = kernels.not_held(RAN["avx2"] | kept)
    assert found is None if complaint is None else complaint in found


def test_the_kernels_of_this_process_are_named():
    told = kernels.ran()
    assert told["blas"] and told["dispatch"] and (told["pytorch"] is not None) == (work.torch_with(1) is not None)
    assert all(part in kernels.in_words(told) for part in (told["blas"], told["dispatch"], told["pytorch"] or ""))


def limited_process(code, **env):
    command = [sys.executable, "-W", "error", "-c", code]
    env = os.environ | kernels.limited() | env
    return subprocess.run(command, env=env, capture_output=True, encoding="utf-8", check=True)


WHEEL = np.show_config("dicts")["Build Dependencies"]["blas"]["name"] == "scipy-openblas"  # has every kernel


def test_a_choice_of_kernels_is_possible_or_the_reason_is_half_a_sentence():
    reason = kernels.why_not_avx2()
    assert reason is None or (reason and not reason.endswith("."))
    if WHEEL and kernels.beyond_avx2(kernels.dispatched()):
        assert reason is None


def test_a_limited_process_runs_what_it_was_limited_to():
    """Both sides alike, and without a warning."""
    if not (WHEEL and kernels.beyond_avx2(kernels.dispatched())):
        assert kernels.limited()["NPY_DISABLE_CPU_FEATURES"] == os.environ.get("NPY_DISABLE_CPU_FEATURES", "")
        return
    done = limited_process("import json; from rnnlib.bench import kernels; print(json.dumps(kernels.ran()))")
    told = json.loads(done.stdout)
    assert not done.stderr and kernels.not_held(told) is None and told["blas"] == kernels.ran()["blas"]


def test_pytorchs_own_libraries_are_limited_too():
    """They tell what they run only when asked to be verbose: an LSTM is oneDNN's, a product MKL's."""
    load_torch()
    if not kernels.beyond_avx2(kernels.dispatched()):
        return  # nothing to limit
    code = "import torch; x = torch.ones(2, 3, 4); torch.nn.LSTM(4, 4)(x); x[0] @ x[0].T"
    told = limited_process(code, ONEDNN_VERBOSE="1", MKL_VERBOSE="1").stdout
    assert "isa:Intel AVX2\n" in told and "AVX-512" not in told


def test_without_pytorch_the_ratio_columns_stay_empty():
    results = made(*ALL)
    for result in results:
        for r in result["rows"]:
            del r["ratio"], r["pytorch_ms"]
    text = report.summary(results)
    assert "****" not in text and "| training step, gru |" + "  |" * 4 in text
    assert "| forward and backward | rnn | (1, 50, 32, 1) | 1.00 |  |  | 1.25 |" in report.table(results[0]["rows"])
    assert "| training step | rnn | (1, 50, 32, 1) | 1.00 |  |  |  |" in report.table(results[0]["rows"])


def test_renewing_replaces_what_is_between_the_marks_alone(tmp_path):
    path = tmp_path / "README.md"
    path.write_text(f"before\n{report.START}\nold\n{report.END}\nafter\n", encoding="utf-8")
    assert report.renew(path, "new") == f"before\n{report.START}\nnew\n{report.END}\nafter\n"
    path.write_text("no marks", encoding="utf-8")
    with pytest.raises(ValueError, match="expected the marks"):
        report.renew(path, "new")


@pytest.mark.parametrize("reason", [None, "this is arm64"])
def test_the_command_measures_every_setting_and_renews_the_file(reason, tmp_path, monkeypatch, capsys):
    """Extras in the first setting alone; without a choice of kernels, the machine's own are all there is."""
    path, asked = tmp_path / "README.md", []
    path.write_text(f"before\n{report.START}\nold\n{report.END}\nafter\n", encoding="utf-8")

    def in_own_process(threads, choice, more, args):
        asked.append((choice, threads, more))
        return made((choice, threads))[0]

    monkeypatch.setattr(command, "in_own_process", in_own_process)
    monkeypatch.setattr(kernels, "why_not_avx2", lambda: reason)
    monkeypatch.setattr(sys, "argv", ["bench", "--readme", str(path)])
    command.main()
    settings = ALL[:2] if reason else ALL
    assert asked == [(*setting, k == 0) for k, setting in enumerate(settings)]
    text = path.read_text(encoding="utf-8")
    assert (
        text.startswith("before\n") and text.endswith("\nafter\n") and report.summary(made(*settings), reason) in text
    )
    assert (report.without_avx2("this is arm64") in capsys.readouterr().out) == (reason is not None)


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (["--only", "neighbours"], {(k, c) for k, m in kinds.NEIGHBOURS.items() for c in m.cells}),
        (["--only", "recurrent", "--cells", "gru"], {(kind, "gru") for kind in kinds.RECURRENT}),
        (["--kinds", "linear recurrence", "--cells", "rnn"], {("linear recurrence", "minGRU")}),
    ],
)
def test_the_command_measures_a_part(words, asked, monkeypatch, capsys):
    def row(kind, cell, shape, threads, seconds):
        return {"kind": kind, "cell": cell, "shape": shape, "ours_ms": 1.0}

    monkeypatch.setattr(command, "in_own_process", lambda threads, choice, more, args: command.measured(args))
    monkeypatch.setattr(measure, "row", row)
    monkeypatch.setattr(sys, "argv", ["bench", "--threads", "1", "--kernels", "own", "--json", *words])
    command.main()
    (setting,) = json.loads(capsys.readouterr().out)["settings"]
    assert {(r["kind"], r["cell"]) for r in setting["rows"]} == asked
    assert len(setting["rows"]) == sum(len(kinds.KINDS[kind].shapes) for kind, _ in asked)


@pytest.mark.parametrize("name", [*neighbours.NETS, "minGRU"])
def test_a_neighbour_computes_the_same_on_all_sides(name, monkeypatch):
    """Outputs and the gradient of the inputs, from the same weights: ours, PyTorch's, and a loop in a scan's place."""
    B, T, d = 3, 9, 8
    net, params, xs, _ = neighbours.problem(name, B, T, d)
    hs, grad = net.forward(params, xs).hs, neighbours.ours(name, B, T, d)()
    assert np.any(grad.xs) and grad.xs.dtype == np.float32
    if name == "minGRU":
        run, called = neighbours.linear_recurrence.run, []
        loop = neighbours.linear_recurrence.loop
        monkeypatch.setattr(neighbours.linear_recurrence, "loop", lambda *a: called.append(len(a[0])) or loop(*a))
        looped = neighbours.in_turn(name, B, T, d)()
        np.testing.assert_allclose(looped.xs, grad.xs, rtol=1e-4, atol=1e-6)
        assert called == [T, T - 1] and neighbours.linear_recurrence.run is run  # dh_T needs no step
    load_torch()
    theirs = neighbours.pytorch(name, B, T, d, None)()
    for a, b in zip((hs, grad.xs), theirs):
        np.testing.assert_allclose(a, b.numpy(), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("cell", work.CELLS)
def test_steps_and_the_forward_pass_alone_are_those_of_the_network_on_both_sides(cell, monkeypatch):
    """What the two makers of a kind compute from the same weights and inputs is the same."""
    B, T, H, L = 2, 5, 4, 2
    whole = work.ours_forward(cell, B, T, H, L)()
    for a, b in zip(whole.state, work.ours_step(cell, B, T, H, L)()):
        np.testing.assert_allclose(a[0], b[0], rtol=1e-5, atol=1e-6)
    assert whole.layers[0].passes is None
    torch = pytest.importorskip("torch", reason="torch is not installed: pip install .[compare]")
    torch.manual_seed(0)
    _, one = work.pytorch_forward(cell, B, T, H, L, None)()
    torch.manual_seed(0)
    other = work.pytorch_step(cell, B, T, H, L, None)()
    for a, b in zip(one, other) if cell == "lstm" else [(one, other)]:
        torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-6)
