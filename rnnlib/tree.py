"""Parameters and gradients are trees: lists and dicts with arrays at the leaves."""


def leaves(tree, path=""):
    """("0/W_xh", array) for every array, in order."""
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
        if isinstance(value, (dict, list, tuple)):
            yield from leaves(value, f"{path}{key}/")
        else:
            yield f"{path}{key}", value


def map_leaves(f, tree, *others):
    """The tree of f(leaf, other leaves in the same place ...): new containers, the inputs stay as they are.
    A gradient tree stays one."""
    if isinstance(tree, dict):
        return {k: map_leaves(f, v, *(o[k] for o in others)) for k, v in tree.items()}
    if isinstance(tree, (list, tuple)):
        return type(tree)(map_leaves(f, v, *(o[i] for o in others)) for i, v in enumerate(tree))
    return f(tree, *others)
