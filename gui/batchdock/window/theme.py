"""Spacing and state colours, derived from the system's font and palette. Nothing else is fixed."""

from enum import Enum

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QFont, QFontMetrics, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget


class Tint(Enum):
    """What a colour means. Text and muted follow the palette; the others are accents that exist twice."""

    TEXT = "text"
    MUTED = "muted"
    ACCENT = "accent"
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


# Each pair has a contrast of at least 4.5:1 on its side's usual base colour.
_ON_LIGHT = {Tint.GOOD: "#1a7f37", Tint.WARNING: "#9a5b00", Tint.BAD: "#c0281c"}
_ON_DARK = {Tint.GOOD: "#57c76d", Tint.WARNING: "#e5a335", Tint.BAD: "#ff7b6e"}


def apply(application: QApplication) -> None:
    """Choose Fusion where the system brings no style of its own; keep the native one elsewhere."""
    if application.style().objectName().lower() in ("windows", "windowsvista", ""):
        application.setStyle("Fusion")


def is_dark(palette: QPalette) -> bool:
    """Tell whether the palette writes light on dark."""
    return palette.base().color().lightness() < palette.text().color().lightness()


def colour(tint: Tint, palette: QPalette | None = None) -> QColor:
    """Return the colour of `tint` for `palette`, or for the application's."""
    palette = palette or QGuiApplication.palette()
    if tint is Tint.TEXT:
        return palette.text().color()
    if tint is Tint.MUTED:
        return blend(palette.text().color(), palette.base().color(), 0.38)
    if tint is Tint.ACCENT:
        return palette.highlight().color()
    return QColor((_ON_DARK if is_dark(palette) else _ON_LIGHT)[tint])


def blend(first: QColor, second: QColor, share: float) -> QColor:
    """Return `first` with `share` (0–1) of `second` mixed in."""
    keep = 1.0 - share
    return QColor.fromRgbF(
        first.redF() * keep + second.redF() * share,
        first.greenF() * keep + second.greenF() * share,
        first.blueF() * keep + second.blueF() * share,
    )


def unit(widget: QWidget | None = None) -> int:
    """Return the step of all spacing: a quarter of a line of text, about 4 pixels."""
    font = widget.font() if widget is not None else QApplication.font()
    return max(3, round(QFontMetrics(font).height() / 4))


def icon_size(widget: QWidget | None = None) -> int:
    """Return the side of an icon that stands beside text, in device-independent pixels."""
    return unit(widget) * 4


def icon_room(widget: QWidget | None = None) -> QSize:
    """Return the icon size for buttons with text: wider than the drawing is, which keeps it off the text."""
    side = icon_size(widget)
    return QSize(side + unit(widget) * 2, side)


def heading_font(widget: QWidget, scale: float = 1.35) -> QFont:
    """Return the widget's font, larger and semi-bold."""
    font = QFont(widget.font())
    font.setPointSizeF(font.pointSizeF() * scale)
    font.setWeight(QFont.Weight.DemiBold)
    return font


def set_muted(widget: QWidget) -> None:
    """Write `widget` in the muted colour. Call it again when the palette has changed."""
    palette = QPalette(QGuiApplication.palette())
    muted = colour(Tint.MUTED, palette)
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text):
        palette.setColor(role, muted)
    widget.setPalette(palette)
