"""Amounts in the sentences of errors."""


def said(credits: float) -> str:
    """Return an amount with as many places as say something."""
    return f"{credits:,.0f}" if credits >= 20 else f"{credits:.1f}" if credits >= 1 else f"{credits:.2f}"
