"""Where the boxes and the ways of one LSTM step and of one GRU step lie, in inches from the lower left corner."""

from typing import NamedTuple

HALF, TALL = 0.39, 0.29  # half a box's width and height
FORK_H, FORK_X, END = 1.3, 1.6, 9.4  # where the ways out of h_prev and out of x part; the right end
TOP, ROWS = 4.2, (3.36, 2.6, 1.84, 1.08)


class Graph(NamedTuple):
    boxes: dict  # node -> (x, y)
    ways: dict  # (node, reader) -> the corners of its arrow; the reader "later" is whatever follows the step
    terms: dict  # (node, reader) -> (x, y, alignment) of the term that comes back on this way
    forks: dict  # node -> (x, y) where its ways part
    ends: tuple  # (x, y, words) beside the ways out


def right(box):
    return box[0] + HALF, box[1]


def straight(source, target):
    return [right(source), (target[0] - HALF, target[1])]


def up(source, target, x):
    """Out of a box's right side, and from below into another box."""
    return [right(source), (x, source[1]), (x, target[1] - TALL)]


def tap(source, fork, target, lift=0.0):
    """Out of a box's right side, along a rail at x = fork, and into a box's left side."""
    return [right(source), (fork, source[1]), (fork, target[1] + lift), (target[0] - HALF, target[1] + lift)]


def lstm():
    at = {"c_prev": (0.55, TOP), "h_prev": (0.55, 2.73), "x": (0.55, 1.46), "c": (6.45, TOP), "h": (8.0, ROWS[3])}
    ways, terms = {("c_prev", "c"): straight(at["c_prev"], at["c"])}, {}
    for gate, y in zip("figo", ROWS):
        a = f"a_{gate}"
        at |= {a: (3.05, y), gate: (4.4, y)}
        both(at, ways, terms, a)
        ways[a, gate] = straight(at[a], at[gate])
    ways |= {(gate, "c"): up(at[gate], at["c"], x) for gate, x in zip("fig", (6.25, 6.45, 6.65))}
    ways["o", "h"] = straight(at["o"], at["h"])
    ways["c", "h"] = [right(at["c"]), (8.0, TOP), (8.0, at["h"][1] + TALL)]
    ways |= {("c", "later"): [right(at["c"]), (END, TOP)], ("h", "later"): [right(at["h"]), (END, at["h"][1])]}
    terms |= {("c", "h"): (8.1, TOP - 0.45, "left"), ("c", "later"): (8.75, TOP + 0.11, "center")}
    terms["h", "later"] = (8.88, at["h"][1] + 0.11, "center")
    forks = {"x": (FORK_X, at["x"][1]), "h_prev": (FORK_H, at["h_prev"][1]), "c": (8.0, TOP)}
    ends = ((8.75, TOP - 0.17, "to step t + 1"), (8.9, at["h"][1] - 0.17, "to loss, t + 1"))
    return Graph(at, ways, terms, forks, ends)


def both(at, ways, terms, a):
    """The taps of h_prev and x into a gate, h_prev's above, and their terms' places."""
    for source, fork, side in (("h_prev", FORK_H, 1), ("x", FORK_X, -1)):
        ways[source, a] = tap(at[source], fork, at[a], 0.13 * side)
        terms[source, a] = (at[a][0] - HALF - 0.12, at[a][1] + 0.23 * side, "right")


def gru():
    at = {"h_prev": (0.55, TOP), "x": (0.55, 1.08), "h": (8.0, TOP), "zh_n": (4.4, 1.78), "a_n": (5.9, 2.2)}
    at["n"] = (7.2, at["a_n"][1])
    ways, terms = {("h_prev", "h"): straight(at["h_prev"], at["h"])}, {("h_prev", "h"): (6.0, TOP + 0.11, "center")}
    for gate, y in zip("zr", ROWS):
        a = f"a_{gate}"
        at |= {a: (3.05, y), gate: (4.4, y)}
        both(at, ways, terms, a)
        ways[a, gate] = straight(at[a], at[gate])
    ways["h_prev", "zh_n"] = tap(at["h_prev"], FORK_H, at["zh_n"])
    terms["h_prev", "zh_n"] = (2.54, at["zh_n"][1] + 0.11, "right")
    x, (n_x, n_y) = at["x"], at["a_n"]
    ways["x", "a_n"] = [right(x), (n_x, x[1]), (n_x, n_y - TALL)]
    terms["x", "a_n"] = (2.54, x[1] - 0.11, "right")
    for node, lift in (("r", 0.13), ("zh_n", -0.13)):
        ways[node, "a_n"] = [right(at[node]), (5.15, at[node][1]), (5.15, n_y + lift), (n_x - HALF, n_y + lift)]
    ways["a_n", "n"] = straight(at["a_n"], at["n"])
    ways |= {("z", "h"): up(at["z"], at["h"], 7.85), ("n", "h"): up(at["n"], at["h"], 8.15)}
    ways["h", "later"] = [right(at["h"]), (END, TOP)]
    terms["h", "later"] = (8.88, TOP + 0.11, "center")
    forks = {"x": (FORK_X, x[1]), "h_prev": (FORK_H, TOP)}
    return Graph(at, ways, terms, forks, ((8.9, TOP - 0.17, "to loss, t + 1"),))


GRAPHS = {"LSTM": lstm(), "GRU": gru()}
