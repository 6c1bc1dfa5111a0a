"""The root: an error with words for the person in front of the screen."""

from typing import ClassVar

from batchdock.core.text import QT_TRANSLATE_NOOP


class BatchdockError(Exception):
    """The root: an error with words for the person in front of the screen."""

    title: ClassVar[str] = QT_TRANSLATE_NOOP("errors", "Something unexpected happened")
    message: ClassVar[str] = QT_TRANSLATE_NOOP("errors", "Nothing was lost.")
    advice: ClassVar[str] = QT_TRANSLATE_NOOP(
        "errors", "Try again. If it happens again, copy the technical details for support."
    )
    retryable: ClassVar[bool] = False
    """True where the same request may well succeed a little later."""

    def __init__(self, *, details: str = "", **values: object) -> None:
        self.details = details
        self.values = values
        super().__init__(self.sentence())

    def filled(self, template: str) -> str:
        """Return `template` with this error's values; a template may name a value that is not known."""
        return template.format_map(_Missing(self.values))

    def sentence(self) -> str:
        """Return title, message and advice as English text."""
        parts = (self.title, self.message, self.advice)
        return " ".join(self._ended(self.filled(part)) for part in parts if part)

    @staticmethod
    def _ended(text: str) -> str:
        return text if text.endswith((".", "?", "!", "。", ".”", "?”")) else f"{text}."


class _Missing(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "–"
