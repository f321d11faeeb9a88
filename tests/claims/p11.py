"""Numbers behind notebook 11 that no cell prints."""

from rnnlib.explore import receptive


def ways_of_five_undilated():
    """Ways to the middle and to both ends of the field of five layers of kernel 3, dilation 1."""
    ways = receptive.ways(3, [1] * 5)
    return [ways[5], ways[0], ways[10]]
