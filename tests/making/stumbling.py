"""What a worker process may do instead of what it is asked for. In a module of its own: workers have to find it."""

import os


def die(*_: object) -> None:
    """End at once, as by a fault in C code."""
    os._exit(139)


def stumble(*_: object) -> None:
    """Raise what nobody expects."""
    raise ZeroDivisionError("a secret")
