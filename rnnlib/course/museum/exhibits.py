"""The museum's catalogue: faults that were really published, each planted in our own plain code, with its source."""

from . import loop as loops
from .entry import Exhibit
from .plain import LSTM, BothWays, Reader

GITHUB = "https://github.com/"
LAYER, WHOLE, AHEAD = "layer_backward", "backward", "forward"
DEEP = {"L": 3, "D": 16}

EXHIBITS = [
    Exhibit(
        "tanh′ of an activated value", "backward pass",
        "The slope is 1 − tanh²(h), but h is tanh(a) already: tanh is applied twice.",
        "tanh′(a) = 1 − h².",
        "nicklashansen/rnn_lstm_from_scratch, the RNN's backward pass",
        GITHUB + "nicklashansen/rnn_lstm_from_scratch",
        {LAYER: [("dh * (1 - h**2)", "dh * (1 - np.tanh(h) ** 2)")]},
    ),
    Exhibit(
        "h_{t−1} wraps round at the first step", "backward pass",
        "States without h_0 in a Python list: at t = 0 the index t − 1 is −1, the last state.",
        "h_0 stands in front of the states; step 1 multiplies by it.",
        "nicklashansen/rnn_lstm_from_scratch, hidden_states[t-1]",
        GITHUB + "nicklashansen/rnn_lstm_from_scratch",
        {LAYER: [('h_prev, h = kept["h"][t], kept', 'h_prev, h = kept["h"][1:][t - 1], kept')]},
    ),
    Exhibit(
        "h_t for h_{t−1} in dW_hh", "backward pass",
        "The recurrent matrix gets the state that the step produced. (In the source at the first step; here at all.)",
        "W_hh was multiplied by the state before, so its gradient is too.",
        "VikParuchuri/zero_to_gpt#9, a course's BPTT by hand", GITHUB + "VikParuchuri/zero_to_gpt/issues/9",
        {LAYER: [("h_prev.T @ da", "h.T @ da")]},
    ),
    Exhibit(
        "= for +=", "backward pass",
        "The gradients of all steps are assigned, not added: the first step's is left.",
        "A weight that is used at T steps has a sum of T terms.",
        "tensorflow/swift-apis#518, “RNN gradients are wrong”", GITHUB + "tensorflow/swift-apis/issues/518",
        {LAYER: [(f'grads["{n}"] +=', f'grads["{n}"] =') for n in ("W_xh", "W_hh", "b_h")]},
    ),
    Exhibit(
        "the read-out's gradient not accumulated", "backward pass",
        "dW_hy of one step overwrites that of the step before.",
        "W_hy is used at every step, so dW_hy is a sum over them.",
        "slds-lmu/lecture_i2dl#10, an RNN lab", GITHUB + "slds-lmu/lecture_i2dl/issues/10",
        {WHOLE: [('grads["W_hy"] +=', 'grads["W_hy"] =')]},
    ),
    Exhibit(
        "dh += on the upstream array", "backward pass",
        "The future is added into the array that came from above; whoever reads it next finds it changed.",
        "dh = dhs[t] + future, a new array.",
        "Burton2000/CS231n-2017#7; the same in a library, with two directions: apache/mxnet#18203",
        GITHUB + "Burton2000/CS231n-2017/issues/7",
        {LAYER: [("dh = dhs[t] + future", "dhs[t] += future; dh = dhs[t]")]}, base=BothWays,
    ),
    Exhibit(
        "nothing handed back in time", "backward pass",
        "dh_prev and dc_prev are computed and never become the next step's future: BPTT over one step.",
        "future = da W_hhᵀ and dc_future = dc f go on to step t − 1.",
        "CaptainE/RNN-LSTM-in-numpy#1, issue 2", GITHUB + "CaptainE/RNN-LSTM-in-numpy/issues/1",
        {LAYER: [('future = da @ p["W_hh"].T', 'dh_prev = da @ p["W_hh"].T'), ("dc_future = dc", "dc_prev = dc")]},
        base=LSTM,
    ),
    Exhibit(
        "σ for σ′ at the forget gate", "backward pass",
        "The forget gate's gradient is multiplied by σ(f), not by the slope; a flag was forgotten.",
        "da_f = df f (1 − f), with f = σ(a_f).",
        "CaptainE/RNN-LSTM-in-numpy#1, issue 1", GITHUB + "CaptainE/RNN-LSTM-in-numpy/issues/1",
        {LAYER: [("df * f * (1 - f)", "df * sigmoid(f)")]}, base=LSTM,
    ),
    Exhibit(
        "dc = for dc +=", "backward pass",
        "The cell's gradient is that of this step's output alone; what came down the cell's own path is lost.",
        "c_t has two uses: in h_t and in the cell of the next step.",
        "apache/mxnet#4057, the LSTM example's backward pass", GITHUB + "apache/mxnet/issues/4057",
        {LAYER: [("dc = dc_future + dh", "dc = dh")]}, base=LSTM,
    ),
    Exhibit(
        "biases of i and o get the gradient of f", "backward pass",
        "A line copied three times and changed once: db_i and db_o are db_f.",
        "Each gate's bias has its own gradient.",
        "hanbt/learn_dl#53, lstm.py", GITHUB + "hanbt/learn_dl/issues/53",
        {LAYER: [('grads["b_h"] += da', 'grads["b_h"] += np.concatenate([da_f, da_f, da_g, da_f], axis=1)')]},
        base=LSTM,
    ),
    Exhibit(
        "middle layers multiply by their own output", "backward pass",
        "dW_xh of all layers but the first and the last takes the layer's output for its input: a pointer.",
        "W_xh of layer l was multiplied by the states of layer l − 1.",
        "apache/mxnet#18203, GRU with more than two layers", GITHUB + "apache/mxnet/pull/18203",
        {WHOLE: [('kept[l - 1]["h"][1:] if', 'kept[l if l < self.L - 1 else l - 1]["h"][1:] if')]}, sizes=DEEP,
    ),
    Exhibit(
        "no nonlinearity", "architecture",
        "The new state is x_t W_xh + h W_hh + b_h, with h the old one: all steps together are one linear map.",
        "h_t = tanh(…).",
        "pytorch/tutorials#647 and #3953, a character-level RNN", GITHUB + "pytorch/tutorials/issues/3953",
        {"layer_forward": [("np.tanh(a)", "a")], LAYER: [("dh * (1 - h**2)", "dh")]},
    ),
    Exhibit(
        "the cell state goes up", "architecture",
        "c_t, not h_t, is what the layer above and the read-out get: the output gate is bypassed.",
        "h_t = o tanh c_t goes up; c_t stays in the layer.",
        "pytorch/examples#167, mended in #222", GITHUB + "pytorch/examples/issues/167",
        {
            AHEAD: [('below = kept[l]["h"][1:]', 'below = kept[l]["c"][1:]')],
            LAYER: [("dh = dhs[t] + future", "dh = future"), ("dc = dc_future + dh", "dc = dc_future + dhs[t] + dh")],
            WHOLE: [('top = kept[-1]["h"]', 'top = kept[-1]["c"]'), ('kept[l - 1]["h"]', 'kept[l - 1]["c"]')],
        },
        base=LSTM, sizes={"L": 2},
    ),
    Exhibit(
        "all layers share one cell", "architecture",
        "[cell] * num_layers is one object num_layers times: one set of weights.",
        "Each layer has weights of its own.",
        "macanv/BERT-BiLSTM-CRF-NER#252", GITHUB + "macanv/BERT-BiLSTM-CRF-NER/issues/252",
        {
            AHEAD: [('p = params["layers"][l]', 'p = params["layers"][0]')],
            WHOLE: [
                ('p = params["layers"][l]', 'p = params["layers"][0]'),
                ('grads["layers"][l] = found', 'grads["layers"][0] = map_leaves(np.add, grads["layers"][0], found)'),
            ],
        },
        sizes=DEEP,
    ),
    Exhibit(
        "every layer reads the raw input", "architecture",
        "The loop over layers hands x to each of them; only the top one is heard.",
        "Layer l reads the states of layer l − 1.",
        "KimUyen/ConvLSTM-Pytorch#4", GITHUB + "KimUyen/ConvLSTM-Pytorch/issues/4",
        {
            AHEAD: [("self.layer_forward(p, below, ", "self.layer_forward(p, xs, ")],
            WHOLE: [('kept[l - 1]["h"][1:] if l > 0 else xs', "xs"), ("dhs = dbelow", "dhs = np.zeros_like(dbelow)")],
        },
        sizes=DEEP | {"H": 16},
    ),
    Exhibit(
        "one bias for three gates", "architecture",
        "The output gate's bias is added in the gates i and f too: a copied line. The backward pass is the right one.",
        "Each gate has its own bias.",
        "ddbourgin/numpy-ml#42", GITHUB + "ddbourgin/numpy-ml/issues/42",
        {
            "layer_forward": [
                ('+ p["b_h"]', '+ np.concatenate([*[p["b_h"][-self.H :]] * 2, p["b_h"][2 * self.H :]])')
            ]
        },
        base=LSTM,
    ),
    Exhibit(
        "stateful training on shuffled windows", "data stream",
        "The state is handed from window to window, and the windows come in random order.",
        "Window k + 1 follows window k, or the state begins at zero.",
        "tensorflow/tensorflow#40067; keras-team/keras#1820", GITHUB + "tensorflow/tensorflow/issues/40067",
        {"windows": [("in range(len(pieces))", "in rng.permutation(len(pieces))")]}, place="loop", data="stream",
        sizes={"T": 4},
    ),
    Exhibit(
        "rows that do not continue", "data stream",
        "Neighbouring pieces of the text lie side by side in one batch; row b of the next batch is another place.",
        "Row b of a window continues row b of the one before.",
        "zackchase/mxnet-the-straight-dope#378", GITHUB + "zackchase/mxnet-the-straight-dope/issues/378",
        {
            "windows": [
                ("reshape(B, -1, T, stream.shape[1]).transpose(1, 2, 0, 3)",
                 "reshape(-1, B, T, stream.shape[1]).transpose(0, 2, 1, 3)")
            ]
        },
        place="loop", data="stream", sizes={"T": 4},
    ),
    Exhibit(
        "batches overlap: 119 of 2,000 samples", "data stream",
        "Batch k is samples k to k + 100: twenty batches see 119 samples.",
        "Batch k is samples 100 k to 100 (k + 1).",
        "P. Roelants, “How to implement a recurrent neural network, part 2”",
        "https://peterroelants.github.io/posts/rnn-implementation-part02/",
        {
            "samples": [
                ("yield xs[:, k * B : (k + 1) * B], targets[:, k * B : (k + 1) * B]",
                 "yield xs[:, k : k + B], targets[:, k : k + B]")
            ]
        },
        place="loop", data="samples",
    ),
    Exhibit(
        "the reverse direction read at the last step", "evaluation",
        "outputs[:, −1] of a bidirectional layer: there the reverse direction has read one symbol.",
        "Each direction is read where it has read everything: the reverse one at the first step.",
        "yunjey/pytorch-tutorial#149; aymericdamien/TensorFlow-Examples#201",
        GITHUB + "yunjey/pytorch-tutorial/issues/149",
        {AHEAD: [('back["h"][-1]', 'back["h"][1]')],
         WHOLE: [('kept[1]["h"][-1]', 'kept[1]["h"][1]'), ("dahead[-1], dback[-1]", "dahead[-1], dback[0]")]},
        base=Reader, draw=loops.draw_first, sizes={"T": 16},
    ),
    Exhibit(
        "clipped after the update", "evaluation",
        "The gradient is cut to its largest norm after the optimiser has used it: nothing is cut.",
        "backward, clip, update.",
        "VGraphRNN/VGRNN#4; jongwook/onsets-and-frames#24", GITHUB + "VGraphRNN/VGRNN/issues/4",
        {
            "update": [
                ("    grads = clipped(grads, theta)\n    params, moments = optimizer.update(params, grads, moments)\n",
                 "    params, moments = optimizer.update(params, grads, moments)\n    grads = clipped(grads, theta)\n")
            ]
        },
        place="loop", optimizer="SGD", theta=0.1,
    ),
    Exhibit(
        "the norm logged after the gradients are cleared", "evaluation",
        "The norm is taken after the update, which sets all gradients to zero: it is always 0.",
        "Measure between backward and update.",
        "Lightning-AI/pytorch-lightning#272", GITHUB + "Lightning-AI/pytorch-lightning/issues/272",
        {
            "update": [
                ("    norm = global_norm(grads)\n", ""),
                ("np.zeros_like, grads)\n", "np.zeros_like, grads)\n    norm = global_norm(grads)\n"),
            ]
        },
        place="loop",
    ),
]  # fmt: skip


def names():
    return [e.name for e in EXHIBITS]


def exhibit(name):
    """The exhibit of that name."""
    for e in EXHIBITS:
        if e.name == name:
            return e
    raise ValueError(f"name: expected one of {', '.join(names())}, got {name!r}")
