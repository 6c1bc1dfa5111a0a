"""Marks the sentences that a person reads, so that `lupdate` finds them below the window too."""


def QT_TRANSLATE_NOOP(context: str, source: str) -> str:
    """Return `source` unchanged. The name is the one Qt's translation tools look for."""
    return source
