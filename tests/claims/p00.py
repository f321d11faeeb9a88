"""What notebook 00 claims and no cell of it prints."""

from rnnlib.experiments import load, select


def learnt_in(cell, T):
    updates = [u for u in select(load("hook"), "updates", cell=cell, T=T) if u is not None]
    return min(updates), max(updates)


def plain_updates():
    return learnt_in("rnn", 20)


def lstm_updates():
    return learnt_in("lstm", 80)
