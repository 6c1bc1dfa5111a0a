"""F6 goes from one region of the window to the next, as Tab goes from control to control."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QWidget


class Regions(QObject):
    """The regions in their order, asked anew each time: pages and panels come and go. Each gives the keyboard to the
    control that had it last, or to its first one."""

    def __init__(self, window: QWidget, regions: Callable[[], Sequence[QWidget]]) -> None:
        super().__init__(window)
        self._regions = regions
        self._last: dict[QWidget, QWidget] = {}
        for keys, step in (("F6", 1), ("Shift+F6", -1)):
            shortcut = QShortcut(QKeySequence(keys), window)
            shortcut.activated.connect(self.go_on if step == 1 else self.go_back)

    def go_on(self) -> None:
        """Go to the next region."""
        self._go(1)

    def go_back(self) -> None:
        """Go to the region before."""
        self._go(-1)

    def _go(self, step: int) -> None:
        regions = [region for region in self._regions() if region.isVisible()]
        here: QWidget | None = QApplication.focusWidget()
        at = next((place for place, each in enumerate(regions) if here is not None and _holds(each, here)), -step)
        if here is not None and 0 <= at < len(regions):
            self._last[regions[at]] = here
        for count in range(1, len(regions) + 1):
            region = regions[(at + step * count) % len(regions)]
            target = _first_in(region, self._last.get(region))
            if target is not None:
                target.setFocus(Qt.FocusReason.TabFocusReason)
                return


def _holds(region: QWidget, widget: QWidget) -> bool:
    return region is widget or region.isAncestorOf(widget)


def _first_in(region: QWidget, last: QWidget | None) -> QWidget | None:
    """Return what is to have the keyboard in a region."""
    if last is not None and _takes_keys(last):
        return last
    if _takes_keys(region):
        return region
    widget: QWidget | None = region.nextInFocusChain()
    while widget is not None and widget is not region:
        if region.isAncestorOf(widget) and _takes_keys(widget):
            return widget
        widget = widget.nextInFocusChain()
    return None


def _takes_keys(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.isVisible() and widget.isEnabled()
