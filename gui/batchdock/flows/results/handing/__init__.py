"""Handing on: results as tables, as data sets for other programs, and as pictures, for somebody without Batchdock."""

from batchdock.flows.results.handing.handing import Handing
from batchdock.flows.results.handing.wishes import (
    DATASETS,
    FORM_NAMES,
    PICTURES,
    SHEET_ROWS,
    Form,
    Handed,
    Spelling,
    Weight,
    Wishes,
)

__all__ = [
    "DATASETS",
    "FORM_NAMES",
    "PICTURES",
    "SHEET_ROWS",
    "Form",
    "Handed",
    "Handing",
    "Spelling",
    "Weight",
    "Wishes",
]
