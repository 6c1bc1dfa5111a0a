"""Words to the person, inside the window: never a dialog, never over the work."""

from collections import defaultdict
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtGui import QEnterEvent, QGuiApplication, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from batchdock.core.errors import BatchdockError
from batchdock.window.icons import icon
from batchdock.window.theme import Tint, blend, colour, unit
from batchdock.window.wording import number_text

INFO_SECONDS = 8
UNDO_SECONDS = 10
MOST_AT_ONCE = 3
MOST_INFOS = 2
_ENDS = (".", "?", "!", "。", ".”", "?”")


def worded(error: BatchdockError) -> tuple[str, str, str]:
    """Return title, message and advice of `error` in the person's language, with its values filled in."""
    values: dict[str, object] = defaultdict(lambda: "–")
    for name, value in error.values.items():
        values[name] = number_text(value) if type(value) is int else value
    templates = (error.title, error.message, error.advice)
    title, message, advice = (QCoreApplication.translate("errors", each).format_map(values) for each in templates)
    return title, message, advice


def in_sentences(parts: tuple[str, ...]) -> str:
    """Return parts as sentences, each with its end."""
    return " ".join(part if part.endswith(_ENDS) else f"{part}." for part in parts if part)


def technical_details(error: BatchdockError) -> str:
    """Return what support asks for. Whoever raised the error has taken every secret out."""
    return "\n".join(part for part in (type(error).__name__, error.sentence(), error.details) if part)


class Messages(QWidget):
    """The bar at the top of the page: newest message first, at most three; the same error twice is one message."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(unit(self))
        self._notices: list[Notice] = []
        self._infos: list[Notice] = []
        self._undo: Notice | None = None
        self.hide()

    @property
    def notices(self) -> tuple["Notice", ...]:
        """The messages on screen, newest first."""
        return tuple(self._notices)

    def info(
        self,
        text: str,
        *,
        button_text: str = "",
        on_click: Callable[[], None] | None = None,
        seconds: int = INFO_SECONDS,
    ) -> "Notice":
        """Say something that needs no answer. It leaves by itself."""
        notice = Notice("info", Tint.ACCENT, text)
        if button_text and on_click is not None:
            notice.add_button(button_text, on_click, closes=True)
        self._infos = [each for each in self._infos if each in self._notices]
        for old in self._infos[MOST_INFOS - 1 :]:
            old.close_now()
        self._infos.insert(0, notice)
        self._show(notice, seconds)
        return notice

    def error(
        self, error: BatchdockError, *, button_text: str = "", on_click: Callable[[], None] | None = None
    ) -> None:
        """Say what happened, what the app does now and what the person can do. It stays until closed."""
        title, message, advice = worded(error)
        body = in_sentences((message, advice))
        for notice in self._notices:
            if notice.says(title, body):
                notice.repeat()
                return
        notice = Notice("circle-alert", Tint.BAD, body, title=title)
        if button_text and on_click is not None:
            notice.add_button(button_text, on_click, closes=True)
        details = technical_details(error)
        notice.add_button(self.tr("Copy technical details"), lambda: QGuiApplication.clipboard().setText(details))
        self._show(notice, None)

    def banner(self, icon_name: str, title: str, text: str) -> "Notice":
        """Say that something has stopped everything. It stays until whoever said it, or the person, closes it."""
        notice = Notice(icon_name, Tint.WARNING, text, title=title, stays=True)
        self._show(notice, None)
        return notice

    def undo(self, text: str, on_undo: Callable[[], None]) -> None:
        """Say what was done, and offer to take it back for ten seconds. A newer one replaces it."""
        if self._undo is not None:
            self._undo.close_now()
        notice = Notice("undo-2", Tint.ACCENT, text)
        notice.add_button(self.tr("Undo"), on_undo, closes=True)
        self._undo = notice
        self._show(notice, UNDO_SECONDS)

    def take_back(self) -> bool:
        """Press Undo on the message that offers it (Ctrl+Z). Return False when there is none."""
        if self._undo is None:
            return False
        self._undo.press_first_button()
        return True

    def clear(self) -> None:
        """Close every message."""
        for notice in self.notices:
            notice.close_now()

    def _show(self, notice: "Notice", seconds: int | None) -> None:
        notice.on_closed = self._forget
        self._notices.insert(0, notice)
        self._layout.insertWidget(0, notice)
        if seconds is not None:
            notice.close_after(seconds)
        passing = [each for each in self._notices if not each.stays]
        for old in passing[MOST_AT_ONCE:]:
            old.close_now()
        self.show()

    def _forget(self, notice: "Notice") -> None:
        self._notices.remove(notice)
        if self._undo is notice:
            self._undo = None
        self.setVisible(bool(self._notices))


class Notice(QFrame):
    """One message with its buttons and a cross."""

    def __init__(self, icon_name: str, tint: Tint, text: str, *, title: str = "", stays: bool = False) -> None:
        """One that `stays` does not make room for newer ones."""
        super().__init__()
        self.stays = stays
        self._icon_name, self._tint_name = icon_name, tint
        self._title, self._text, self._times = title, text, 1
        self.on_closed: Callable[[Notice], None] | None = None
        self._buttons: list[QPushButton] = []
        step = unit(self)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self._picture = QLabel()
        self._label = QLabel()
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setWordWrap(True)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._headline = QLabel()
        self._headline.setTextFormat(Qt.TextFormat.PlainText)
        self._headline.setWordWrap(True)
        bold = self._headline.font()
        bold.setBold(True)
        self._headline.setFont(bold)
        words = QVBoxLayout()
        words.setSpacing(step // 2)
        words.addWidget(self._headline)
        words.addWidget(self._label)
        self._cross = QToolButton()
        self._cross.setAutoRaise(True)
        self._cross.setIcon(icon("x"))
        self._cross.setAccessibleName(self.tr("Close this message"))
        self._cross.setToolTip(self.tr("Close this message"))
        self._cross.clicked.connect(lambda _checked=False: self.close_now())
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(step * 3, step * 2, step * 2, step * 2)
        self._row.setSpacing(step * 2)
        self._row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addLayout(words, 1)
        self._row.addWidget(self._cross, 0, Qt.AlignmentFlag.AlignTop)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.close_now)
        self._write()
        self._colour()

    @property
    def text(self) -> str:
        """Everything this message says."""
        return f"{self._title} {self._text}".strip()

    def says(self, title: str, text: str) -> bool:
        """Tell whether this message says exactly that."""
        return (self._title, self._text) == (title, text)

    def rewrite(self, title: str, text: str) -> None:
        """Say something else from now on."""
        if not self.says(title, text):
            self._title, self._text = title, text
            self._write()

    def repeat(self) -> None:
        """The same happened once more: count it instead of saying it again."""
        self._times += 1
        self._write()

    def add_button(self, text: str, on_click: Callable[[], None], *, closes: bool = False) -> None:
        """Add a button before the cross."""
        button = QPushButton(text)
        button.setAccessibleName(text)

        def press(_checked: bool = False) -> None:
            if closes:
                self.close_now()
            on_click()

        button.clicked.connect(press)
        self._buttons.append(button)
        self._row.insertWidget(self._row.count() - 1, button, 0, Qt.AlignmentFlag.AlignTop)

    def press_first_button(self) -> None:
        """Do what the first button does."""
        self._buttons[0].click()

    def close_after(self, seconds: int) -> None:
        """Close by itself; not while the mouse rests on it."""
        self._timer.start(seconds * 1000)

    def close_now(self) -> None:
        """Leave the bar."""
        self._timer.stop()
        on_closed, self.on_closed = self.on_closed, None
        if on_closed is not None:
            on_closed(self)
        self.hide()
        self.deleteLater()

    def enterEvent(self, event: QEnterEvent) -> None:
        if self._timer.isActive():
            self._timer.start(self._timer.interval())
        super().enterEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.PaletteChange:
            self._colour()
        super().changeEvent(event)

    def _write(self) -> None:
        times = f" (×{self._times})" if self._times > 1 else ""
        self._headline.setText(f"{self._title}{times}")
        self._headline.setVisible(bool(self._title))
        self._label.setText(self._text)
        self.setAccessibleName(self.text)

    def _colour(self) -> None:
        palette = QPalette(QGuiApplication.palette())
        palette.setColor(
            QPalette.ColorRole.Window, blend(palette.base().color(), colour(self._tint_name, palette), 0.12)
        )
        self.setPalette(palette)
        side = unit(self) * 5
        self._picture.setPixmap(icon(self._icon_name, self._tint_name).pixmap(side, side))
