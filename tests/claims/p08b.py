"""Numbers behind notebook 08b that no cell prints by themselves."""

from rnnlib.course.experiments.museum import found


def wrong_networks_that_learn():
    """The worst of five held-out losses: cell state upwards, one cell for all layers."""
    return found("the cell state goes up").ends("faulty")[2], found("all layers share one cell").ends("faulty")[2]


def size_and_training():
    """Relative errors of the worst arrays, then median losses: middle layers, dh +=, the read-out."""
    names = "middle layers multiply by their own output", "dh += on the upstream array"
    all_three = [found(name) for name in (*names, "the read-out's gradient not accumulated")]
    return [f.worst[1] for f in all_three] + [f.ends("faulty")[0] for f in all_three]


def streams():
    """Median losses of both wrong streams."""
    names = "stateful training on shuffled windows", "rows that do not continue"
    return [found(name).ends("faulty")[0] for name in names]


def read_at_the_end():
    """Median losses of the bidirectional reader, faulty and right."""
    f = found("the reverse direction read at the last step")
    return f.ends("faulty")[0], f.ends("right")[0]
