"""What decides the claims of notebook 05b: terms of a sum, from the lines that the explorer runs."""

from rnnlib.course.explore import lines, onestep


def terms_of_dh_prev():
    v = lines.run("LSTM", onestep.example("LSTM"))
    return [v[f"da_{gate}"] * v[f"W_h{gate}"] for gate in "ifgo"]


def past_the_matrix_and_through_it():
    v = lines.run("GRU", onestep.example("GRU"))
    past = v["dh"] * v["z"]
    return past, v["dh_prev"] - past
