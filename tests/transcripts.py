"""Ten wrong answers with all that the checker says of them, hint after hint: python -m tests.transcripts

The answers are those of `blind_answers`, written from the statements alone.
"""

import numpy as np

from rnnlib.course.exercises import checker
from rnnlib.course.exercises.posed import statements

from .blind_answers import CASES

SHOWN = [("rnn_forward", 0), ("readout_backward", 0), ("rnn_step_backward", 1), ("rnn_backward", 2),
         ("truncated_backward", 1), ("padded_backward", 0), ("lstm_step_backward", 3), ("lstm_step_backward", 9),
         ("gru_step_backward", 2), ("layer_norm_backward", 0)]  # fmt: skip


def transcript(name, k):
    source, mistake, _ = CASES[name]["wrong"][k]
    scope = {"np": np}
    exec(source, scope)
    said = statements()[name]
    yield f"## {name}: {said.title}\n\n{said.statement}\n\n{said.shapes}\n"
    yield f"Wrong answer: {mistake}.\n\n```python\n{source.strip()}\n```\n"
    checker.ASKED.pop(name, None)
    for time in ("first", "second", "third"):
        yield f"The {time} time:\n\n{checker.check(name, scope['answer'])}\n"


if __name__ == "__main__":
    for name, k in SHOWN:
        print("\n".join(transcript(name, k)))
