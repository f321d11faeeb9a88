"""What decides the claims of notebook 02b."""


def left_after_6_6_steps():
    return 0.9**6.6
