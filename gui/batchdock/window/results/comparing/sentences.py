"""What a comparison says, in words."""

from PySide6.QtCore import QCoreApplication

from batchdock.flows.results.comparing import Comparison, LabelChange
from batchdock.flows.results.opening import Opened
from batchdock.window.wording import exact_time, grouped, number_text, percent_text

_MOST_CHANGES = 3
_tr = QCoreApplication.translate


def names_of(one: Opened, other: Opened) -> tuple[str, str]:
    """Return what two runs are called: by their names, with the time of each where they are called the same."""
    if one.name != other.name:
        return one.name, other.name
    times = [exact_time(each.job.created) if each.job and each.job.created else "" for each in (one, other)]
    if times[0] == times[1]:
        times = [number_text(1), number_text(2)]
    first, second = (f"{one.name} ({time})" if time else one.name for time in times)
    return first, second


def agreement_line(comparison: Comparison) -> str:
    """Return “81 % of all findings are in both. 419 of 1,000 pictures differ.”"""
    text = _tr("comparing", "%1 of all findings are in both. %2 of %3 pictures differ.")
    text = text.replace("%1", percent_text(comparison.agreement)).replace("%2", number_text(comparison.changed))
    return text.replace("%3", number_text(len(comparison.numbers)))


def change_lines(comparison: Comparison, names: tuple[str, str]) -> list[str]:
    """Return one sentence for each of the classes that changed most, and what of the pictures was not compared."""
    lines = [_change(each, names) for each in comparison.labels if each.one != each.other][:_MOST_CHANGES]
    for count, name in ((comparison.pictures_only_one, names[0]), (comparison.pictures_only_other, names[1])):
        if count:
            text = grouped(_tr("comparing", "%n picture(s) only in “%1”, not compared.", None, count), count)
            lines.append(text.replace("%1", name))
    return lines


def class_name(name: str) -> str:
    """Return the name of a class, or what stands for none."""
    return name or _tr("comparing", "Without a class")


def _change(change: LabelChange, names: tuple[str, str]) -> str:
    one, other, first, second = change.one, change.other, *names
    if one > other:
        one, other, first, second = other, one, second, first
    text = _tr("comparing", "“%1” found %2 more of “%3” than “%4”: %5 instead of %6.")
    values = (second, number_text(other - one), class_name(change.name), first, number_text(other), number_text(one))
    # All at once: a name may hold what looks like the next place.
    return "".join(
        values[int(part[0]) - 1] + part[1:] if place and part[:1] in "123456" else part
        for place, part in enumerate(text.split("%"))
    )
