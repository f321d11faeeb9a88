"""What a reader is to be told, from a line that a person typed: exactly the words that its sentences name."""

import ast


def choices(text):
    """{name: value} of `label='language', day_first=True`; a value without quotes that is one word counts as a text.

    Nothing is evaluated: only numbers, texts, truth values, lists and dicts of these are read.
    """
    try:
        call = ast.parse(f"f({text})", mode="eval").body
        if not isinstance(call, ast.Call) or call.args or any(k.arg is None for k in call.keywords):
            raise ValueError
        values = {keyword.arg: keyword.value for keyword in call.keywords}
        return {n: v.id if isinstance(v, ast.Name) else ast.literal_eval(v) for n, v in values.items()}
    except (ValueError, SyntaxError):
        example = "name=value, with commas between, such as label='speaker'"
        raise ValueError(f"options: expected {example}, got {text!r}") from None


def written(told):
    """The line that `choices` reads back."""
    return ", ".join(f"{name}={value!r}" for name, value in told.items())
