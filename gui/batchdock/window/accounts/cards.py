"""The services that can be connected, as cards."""

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QStyle, QStyleOptionButton, QVBoxLayout, QWidget

from batchdock.core.account import ServiceKind
from batchdock.window.accounts.kinds import KINDS, Kind
from batchdock.window.icons import icon
from batchdock.window.theme import Tint, heading_font, unit
from batchdock.window.tinted_label import TintedLabel


class Cards(QWidget):
    """One below the other; a click or Enter chooses one."""

    chosen = Signal(object)
    """The `ServiceKind`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(unit(self) * 2)
        self.cards: dict[ServiceKind, Card] = {}
        for service, kind in KINDS.items():
            card = self.cards[service] = Card(kind)
            card.clicked.connect(lambda _checked=False, service=service: self.chosen.emit(service))
            layout.addWidget(card)


class Card(QAbstractButton):
    """An icon, a name and one sentence."""

    def __init__(self, kind: Kind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        about = QCoreApplication.translate("accounts", kind.about)
        self.setAccessibleName(kind.name)
        self.setAccessibleDescription(about)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        step = unit(self)
        picture, name, sentence = QLabel(), QLabel(kind.name), TintedLabel(about)
        picture.setPixmap(icon(kind.icon, Tint.ACCENT).pixmap(QSize(step * 8, step * 8)))
        name.setFont(heading_font(self, 1.1))
        words = QVBoxLayout()
        words.setSpacing(step // 2)
        words.addWidget(name)
        words.addWidget(sentence)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(step * 4, step * 3, step * 4, step * 3)
        row.setSpacing(step * 4)
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(words, 1)
        for label in (picture, name, sentence):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def sizeHint(self) -> QSize:
        return self._row.sizeHint()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._row.totalHeightForWidth(width)

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        option.initFrom(self)
        down = QStyle.StateFlag.State_Sunken if self.isDown() else QStyle.StateFlag.State_Raised
        option.state |= down
        painter = QPainter(self)
        self.style().drawControl(QStyle.ControlElement.CE_PushButtonBevel, option, painter, self)
        if self.hasFocus():
            option.rect.adjust(3, 3, -3, -3)
            self.style().drawPrimitive(QStyle.PrimitiveElement.PE_FrameFocusRect, option, painter, self)
        painter.end()
