"""Which values of a solution can be taken for one another: those that have the same shape when it runs."""

import ast
import re
import sys

import numpy as np


class Names:
    """The names of a function, and the shapes that each had while it ran on `args`."""

    def __init__(self, body, function=None, args=None):
        self.args = [a.arg for a in body.args.args]
        bound = [n.id for n in ast.walk(body) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
        self.all = list(dict.fromkeys(self.args + bound))
        self.seen = watched(function, args) if args is not None else {}
        loops = [n for n in ast.walk(body) if isinstance(n, ast.For) and isinstance(n.target, ast.Name)]
        self.made = set(bound)
        ends = [r.value for r in ast.walk(body) if isinstance(r, ast.Return)]
        self.returned = {n.id for end in ends for n in ast.walk(end) if isinstance(n, ast.Name)}
        self.loops = {n.target.id: n.iter for n in loops}
        entries = [n for n in ast.walk(body) if isinstance(n, ast.Subscript) and isinstance(n.ctx, ast.Load)]
        self.entries = list(dict.fromkeys(ast.unparse(n) for n in entries if self.shapes(n)))
        ifs = [n.test for n in ast.walk(body) if isinstance(n, ast.If) and "%" in ast.unparse(n.test)]
        self.tests, self.test_loop, self.longest = [ast.unparse(t) for t in ifs], None, None
        for test in ifs:  # a test that comes round: of which loop, and over which array that runs
            self.test_loop = next((n.id for n in ast.walk(test) if getattr(n, "id", None) in self.loops), None)
            over = re.search(r"len\((\w+)\)", ast.unparse(self.loops[self.test_loop])) if self.test_loop else None
            self.longest = over and over[1]
        self.values, self.last = {}, {}  # name -> the value of its only assignment, of its last one
        for n in ast.walk(body):
            if isinstance(n, ast.Assign) and isinstance(n.targets[0], ast.Name):
                name = n.targets[0].id
                self.values[name] = None if name in self.values else n.value
                self.last[name] = n.value
        constants = [n.value for n in ast.walk(body) if isinstance(n, ast.Constant)]
        self.numbers = list(dict.fromkeys(c for c in constants if isinstance(c, float) and constants.count(c) > 1))

    def __iter__(self):
        return iter(self.all)

    def __contains__(self, name):
        return name in self.all

    def shapes(self, node):
        """The shapes that a name, or an entry of one by its first index, may have; empty where it is not known."""
        if isinstance(node, str):
            return self.seen.get(node, set())
        if isinstance(node, ast.Name):
            return self.seen.get(node.id, set())
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            if isinstance(node.slice, ast.Slice | ast.Tuple):
                return set()
            return {s[1:] for s in self.shapes(node.value) if isinstance(s, tuple) and s}
        return set()

    def like(self, node):
        """The names that could stand where this one stands."""
        mine, this = self.shapes(node), node.id if isinstance(node, ast.Name) else None
        return [n for n in self.all if n != this and (not mine or not self.seen.get(n) or mine & self.seen[n])]

    def in_place_of(self, node):
        """The names whose entries could stand for entries of this one: alike but for the number of steps."""
        mine = {s[1:] if isinstance(s, tuple) else s for s in self.shapes(node)}
        return [
            n
            for n in self.all
            if n != node.id and mine & {s[1:] if isinstance(s, tuple) else s for s in self.shapes(n)}
        ]

    def substituted(self, name):
        """The formula of a name with every name in it that has one written out, as text."""
        value = self.values.get(name)
        if value is None:
            return None
        text = ast.unparse(value)
        for other in sorted(self.values, key=len, reverse=True):
            if other != name and self.values[other] is not None and re.search(rf"\b{other}\b", text):
                text = re.sub(rf"\b{other}\b", lambda m, o=other: f"({self.substituted(o)})", text)
        return text

    def of_one(self, text, arrays, variable):
        """The formula for one array: sum([f(g) for g in arrays]) becomes f(g)."""
        found = re.search(rf"sum\(\(\[(.*?) for (\w+) in {re.escape(arrays)}\]\)\)", text)
        if not found or found[2] != variable:
            return None
        return re.sub(rf"sum\(\(\[(.*?) for (\w+) in {re.escape(arrays)}\]\)\)", lambda m: f"({m[1]})", text)

    def entries_like(self, shapes):
        """The entries a[t] of these shapes that the function reads, as text."""
        return [e for e in self.entries if shapes & self.shapes(ast.parse(e, mode="eval").body)]

    def counts(self):
        """The arguments that are whole numbers."""
        return [n for n in self.args if "int" in self.seen.get(n, ())]

    def flat_arrays(self):
        """The arguments with one axis, of whole numbers or not."""
        return [n for n in self.args if any(isinstance(s, tuple) and len(s) == 1 for s in self.seen.get(n, ()))]

    def scalars(self):
        return [n for n in self.args if self.seen.get(n, set()) & {"float", ()}]


def watched(function, args):
    """name -> set of the shapes that it had, for every line of one run."""
    seen, before = {}, sys.gettrace()

    def watch(frame, event, arg):
        if frame.f_code is not function.__code__:
            return None
        for name, value in frame.f_locals.items():
            seen.setdefault(name, set()).add(shape(value))
        return watch

    sys.settrace(watch)
    try:
        with np.errstate(all="ignore"):
            function(*args)
    finally:
        sys.settrace(before)
    return seen


def shape(value):
    if isinstance(value, int | np.integer) and not isinstance(value, bool):
        return "int"
    if isinstance(value, float | np.floating):
        return "float"
    return value.shape if isinstance(value, np.ndarray) else type(value).__name__
