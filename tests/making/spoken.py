"""What a screen reader could say of controls."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QWidget,
)

CONTROLS = (
    QAbstractButton,
    QLineEdit,
    QComboBox,
    QAbstractSpinBox,
    QAbstractItemView,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
)


def nameless(inside: QWidget) -> list[str]:
    """Return the controls the keyboard can reach of which a screen reader could say nothing."""
    found = []
    for control in inside.findChildren(QWidget):
        # Qt's own pieces inside of its widgets are named by those.
        of_qt = control.objectName().startswith("qt_") or isinstance(control, QHeaderView)
        of_qt = of_qt or any(isinstance(above, QComboBox) for above in above_of(control))
        if not isinstance(control, CONTROLS) or control.focusPolicy() == Qt.FocusPolicy.NoFocus or of_qt:
            continue
        spoken = QAccessible.queryAccessibleInterface(control).text(QAccessible.Text.Name)
        if not spoken and not control.isHidden():
            found.append(f"{type(control).__name__} in {[type(each).__name__ for each in above_of(control)]}")
    return found


def above_of(widget: QWidget) -> list[QWidget]:
    found = []
    while (above := widget.parentWidget()) is not None:
        found.append(above)
        widget = above
    return found
