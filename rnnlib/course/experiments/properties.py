"""Six properties of the families of notebook 11, each a number: three counted on the nets, three from stored runs."""

from ...neighbours import Attention, Chain, Convolution, LinearRecurrence, Transformer
from ...stack import DeepRNN
from ...tasks import associative_recall
from ..stats import mean_interval
from .families import FAMILIES, width
from .store import load, select

NOTHING = {"recall": 1 / 12, "parity": 1 / 2, "s5": 1 / 5}  # one of the values shown, a coin, one of five places
HEAD = ("family", "numbers kept", "steps that wait", "links", "recall, 12 pairs", "S5, 40 steps", "parity, 160 steps")


def parts(net):
    """The nets behind each other of which a net is made."""
    return [part for n in net.nets for part in parts(n)] if isinstance(net, Chain) else [net]


def kept(net, T):
    """How many numbers of T steps a net must keep to go on: its state, the inputs that its kernels still read, or the
    keys and values of all steps."""
    total = 0
    for part in parts(net):
        if isinstance(part, Attention):
            total += 2 * T * part.output_size
        elif isinstance(part, Transformer):
            total += 2 * T * part.output_size * part.num_layers
        elif isinstance(part, Convolution):
            total += min(part.reach, T) * part.input_size
        else:
            total += sum(s.size for layer in part.zero_state(1) for s in layer)
    return total


def waits(net, T):
    """How many operations on whole arrays must wait for one another: a step of a recurrence, a round of a scan, an
    attention, a convolution. Layers of a recurrent stack run one step behind each other."""
    total = 0
    for part in parts(net):
        if isinstance(part, DeepRNN):
            total += T + len(part.layers) - 1
        elif isinstance(part, LinearRecurrence):
            total += part.num_layers * int(T - 1).bit_length()
        else:
            total += getattr(part, "num_layers", 1)
    return total


def links(net, T):
    """How many links the shortest way has from the first of T inputs to the last output; None where there is none."""
    layers, ahead, stepping = 0, T - 1, False
    for part in parts(net):
        layers += part.num_layers if hasattr(part, "num_layers") else 1
        stepping |= isinstance(part, (DeepRNN, LinearRecurrence))  # goes on by one step a link
        ahead -= part.reach if isinstance(part, Convolution) else ahead * isinstance(part, (Attention, Transformer))
    return layers + max(ahead, 0) if stepping or ahead <= 0 else None


def scores(name, value, rng, **config):
    """{family: (mean, low, high)} of value(result) over the seeds of an experiment."""
    runs, found = load(name), {}
    for family in FAMILIES:
        values = [value(r["result"]) for r in runs if config.items() | {("family", family)} <= r["config"].items()]
        if values:
            found[family] = tuple(float(v) for v in mean_interval([values], rng)[:, 0])
    return found


def tracked(name, words, rng):
    """What `viz.Families` draws of parity or s5: after 40 steps, as many as were learned, and after 160."""
    return {
        f"{words}, {T} steps": {
            "found": scores(name, lambda r, place=place: r["right"][place], rng),
            "baseline": NOTHING[name],
            "best": 1.0,
            "unit": "share right at the end",
        }
        for place, T in ((0, 40), (2, 160))
    }


def tasks(rng):
    """What it draws of recall, parity and S5, each by every family."""
    found = scores("recall", lambda r: r["score"], rng, pairs=12)
    recall = {"found": found, "baseline": NOTHING["recall"], "best": 1.0, "unit": "share of queries right"}
    return {"recall among 12 pairs": recall} | tracked("parity", "parity", rng) | tracked("s5", "S5", rng)


def nets():
    """{family: its net of `recall`, of at most 20,000 parameters with the read-out}."""
    task = associative_recall(12)
    D, V = task.input_size, task.output_size
    return {name: family.make(D, width(name, D, V)) for name, family in FAMILIES.items()}


def rows(T=160, rng=None):
    """[(family, ...)] of HEAD, as words: what is counted on `nets`, and with an rng for the intervals what the stored
    runs say."""
    columns = []
    if rng is not None:
        found = tasks(rng)
        columns = [found[name]["found"] for name in ("recall among 12 pairs", "S5, 40 steps", "parity, 160 steps")]
    for name, net in nets().items():
        way = links(net, T)
        counted = f"{kept(net, T):,}", str(waits(net, T)), "no way" if way is None else str(way)
        measured = [f"{c[name][0]:.2f} [{c[name][1]:.2f}, {c[name][2]:.2f}]" for c in columns]
        yield (name, *counted, *measured)


def table(T=160, rng=None):
    """The same as Markdown."""
    head = HEAD if rng is not None else HEAD[:4]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows(T, rng))])


def by_length(rng, place=1):
    """(letters, {with or without attention: (3, lengths)}): the share of words, or at place 0 of sounds, that is right,
    mean over seeds and its interval."""
    runs = load("words")
    letters = sorted(int(n) for n in runs[0]["result"]["by_length"])
    found = {}
    for attention, name in ((True, "with attention"), (False, "without")):
        results = select(runs, "by_length", attention=attention)
        found[name] = mean_interval([[r[str(n)][place] for r in results] for n in letters], rng)
    return letters, found
