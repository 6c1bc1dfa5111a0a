"""Text that came from somewhere else, where Qt would guess that it is HTML."""

from html import escape


def tooltip_text(text: str) -> str:
    """Return `text` for a tooltip that shows it as it is: Qt takes what looks like markup for markup."""
    return f"<qt>{escape(text).replace(chr(10), '<br>')}</qt>" if "<" in text or "&" in text else text
