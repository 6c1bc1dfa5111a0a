"""Sentences that a person reads: marked, so that `lupdate` finds them below the window too, and counted."""


def QT_TRANSLATE_NOOP(context: str, source: str) -> str:
    """Return `source` unchanged. The name is the one Qt's translation tools look for."""
    return source


def counted(number: int, one: str, many: str) -> str:
    """Return “1 picture” or “2,000 pictures”: a number with the word that goes with it in English."""
    return f"{number:,} {one if number == 1 else many}"
