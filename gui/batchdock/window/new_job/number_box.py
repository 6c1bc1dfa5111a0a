"""A box for numbers that writes no more decimals than there are."""

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QDoubleSpinBox

_DECIMALS = 2


class NumberBox(QDoubleSpinBox):
    """Shows 1 as “1”, and 0.25 as “0.25”. Takes two decimals unless it is told otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self.setDecimals(_DECIMALS)

    def textFromValue(self, value: float) -> str:
        return QLocale().toString(value, "f", QLocale.FloatingPointPrecisionOption.FloatingPointShortest.value)
