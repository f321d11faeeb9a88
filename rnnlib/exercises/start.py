"""The check for the exercise on the first page."""

from ..stack import DeepRNN


def check_count(answer, input_size=6, hidden_size=32):
    """How many numbers W_xh, W_hh and b_h are together."""
    if answer is None:
        return "not tried yet"
    D, H = input_size, hidden_size
    right = DeepRNN("rnn", D, H).num_params
    hints = {
        D * H + H * H: "the bias b_h is missing: H numbers more",
        D * H + H: "W_hh is missing: H × H numbers",
        H * H + H: "W_xh is missing: D × H numbers",
        20 * right: "the same weights serve every step: T does not count",
    }
    if answer == right:
        return f"right: {D} · {H} + {H} · {H} + {H} = {right:,}, for a sequence of any length"
    return hints.get(answer, "not yet: add up the shapes (D, H), (H, H) and (H,)")
