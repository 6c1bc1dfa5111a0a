"""Prices as people read them. They are estimates: no number here looks more exact than it is."""

from PySide6.QtCore import QCoreApplication, QLocale

from batchdock.core.costs import Estimate
from batchdock.window.wording import duration_text

_tr = QCoreApplication.translate

_ONE_NUMBER = 1.35
"""Up to here the ends of a range are so close that one number says it."""


def amount_text(credits: float) -> str:
    """Return an amount of credits with two digits that say something: “0.04”, “2.6”, “14”, “1,200”."""
    places = 0 if credits >= 9.95 else 1 if credits >= 0.95 else 2
    text = QLocale().toString(float(round(credits, places)), "f", places)
    point = QLocale().decimalPoint()
    return text.rstrip("0").rstrip(point) if point in text else text


def credits_text(credits: tuple[float, float]) -> str:
    """Return a range of credits as “about 2–4 credits”, “about 3 credits”, “less than 0.01 credits”."""
    low, high = credits
    if high < 0.01:
        return _tr("costs", "less than %1 credits").replace("%1", amount_text(0.01))
    if high <= low * _ONE_NUMBER or amount_text(low) == amount_text(high):
        return _counted(_tr("costs", "about %1 credits"), amount_text((low + high) / 2))
    ends = f"{amount_text(low)}–{amount_text(high)}"
    return _tr("costs", "about %1 credits").replace("%1", ends)


def up_to_text(credits: float) -> str:
    """Return an amount with its unit: “1 credit”, “10 credits”."""
    return _counted(_tr("costs", "%1 credits"), amount_text(credits))


def seconds_text(seconds: tuple[float, float]) -> str:
    """Return a range of seconds as “about 35 min”, “20 min to 2 h”, “less than 1 min”."""
    low, high = (_rounded(each) for each in seconds)
    if high < 60:
        return _tr("times", "less than 1 min")
    if high <= low * _ONE_NUMBER:
        return _tr("times", "about %1").replace("%1", duration_text(_rounded((low + high) / 2)))
    if low < 60:
        return _tr("costs", "up to %1").replace("%1", duration_text(high))
    return _tr("costs", "%1 to %2").replace("%1", duration_text(low)).replace("%2", duration_text(high))


def price_text(estimate: Estimate) -> str:
    """Return time and price: “about 35 min, about 2–4 credits”, “about 5 h 20 min, free”."""
    price = _tr("costs", "free") if estimate.credits is None else credits_text(estimate.credits)
    return f"{seconds_text(estimate.seconds)}, {price}"


def _counted(text: str, amount: str) -> str:
    """Fill in an amount; without a translation, the English singular too."""
    return text.replace("%1", amount).replace("credits", "credit" if amount == "1" else "credits")


def _rounded(seconds: float) -> float:
    """Round to minutes, from an hour on to 5 and from ten hours on to 30: nobody knows it better."""
    step = 60 if seconds < 3600 else 300 if seconds < 36_000 else 1800
    return seconds if seconds < 60 else round(seconds / step) * step
