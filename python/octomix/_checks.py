"""Checks of parameters, with messages that name them."""

import operator

import numpy as np


def whole(name, value):
    """``value``, which counts something."""
    try:
        count = operator.index(value)
    except TypeError:
        raise ValueError(f"{name} must be a whole number, got {value!r}") from None
    if not 1 <= count < 2**63:
        raise ValueError(f"{name} must be 1 or more, and below 2^63, got {count}")
    return count


def seed_of(random_state):
    """What the library's random numbers follow from: the integer itself, or a draw from a state, as in scikit-learn."""
    if isinstance(random_state, (int, np.integer)) and not isinstance(random_state, bool):
        if not 0 <= random_state < 2**32:
            raise ValueError(f"random_state must be from 0 to 4294967295, got {random_state}")
        return int(random_state)
    state = np.random.mtrand._rand if random_state is None or random_state is np.random else random_state
    if not isinstance(state, np.random.RandomState):
        raise ValueError(f"random_state must be a whole number, a numpy RandomState or None, got {random_state!r}")
    return int(state.randint(2**31 - 1))


def flag(name, value):
    """``value``, which is true or false."""
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError(f"{name} must be True or False, got {value!r}")
    return bool(value)


def text(name, value):
    """``value``, which is text."""
    if not isinstance(value, str):
        raise ValueError(f"{name} must be text, got {value!r}")
    return value


def texts(name, value):
    """``value``, several texts or one, as a list; ``None`` stays."""
    if value is None:
        return None
    try:
        return [value] if isinstance(value, str) else [str(one) for one in value]
    except TypeError:
        return [str(value)]
