"""The table for Excel: sheets *Pictures* and *Findings* with typed cells, and one that says what this is.

xlsxwriter writes row by row (`constant_memory`), so that a million rows need no more memory than ten. Text is never a
formula, a link or a number here, whatever it begins with.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import xlsxwriter
from xlsxwriter.exceptions import XlsxFileError
from xlsxwriter.worksheet import Worksheet

from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.flows.results.handing.tables import Rows
from batchdock.flows.results.handing.wishes import SHEET_ROWS, Form
from batchdock.flows.results.handing.words import Column, Value
from batchdock.flows.results.handing.writer import Order, Sight

MOST_TEXT = 32_767
"""Characters in a cell."""

_PICTURES = QT_TRANSLATE_NOOP("handing", "Pictures")
_FRAMES = QT_TRANSLATE_NOOP("handing", "Frames")
_FINDINGS = QT_TRANSLATE_NOOP("handing", "Findings")
_ABOUT = QT_TRANSLATE_NOOP("handing", "About")


class ExcelWriter:
    """Writes `<name>.xlsx`. `most_rows` is how many rows of data a sheet holds; the rest goes on the next one."""

    def __init__(self, order: Order, *, most_rows: int = SHEET_ROWS) -> None:
        self._order, self._rows = order, Rows(order)
        self._name = f"{order.name}.xlsx"
        options = {
            "constant_memory": True,
            "tmpdir": str(order.scratch),
            "use_zip64": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": "yyyy-mm-dd hh:mm:ss",
        }
        self._book = xlsxwriter.Workbook(str(Path(order.folder, self._name)), options)
        self._bold = self._book.add_format({"bold": True})
        pictures = _FRAMES if order.of_videos else _PICTURES
        self._pictures = _Sheets(self, order.say(pictures), self._rows.picture_columns, most_rows)
        self._findings = _Sheets(self, order.say(_FINDINGS), self._rows.finding_columns, most_rows)
        self._open = True

    def write(self, sights: Sequence[Sight]) -> None:
        """Append the pictures and their findings."""
        for sight in sights:
            self._pictures.add(self._rows.of_picture(sight), sight.picture.name)
            for row in self._rows.of_findings(sight):
                self._findings.add(row, sight.picture.name)

    def finish(self) -> Sequence[str]:
        """Write the sheet that says what this is, and pack everything."""
        self._pictures.end()
        self._findings.end()
        sheet = self._book.add_worksheet(self._order.say(_ABOUT))
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, 80)
        for number, (about, value) in enumerate(self._order.about):
            sheet.write_string(number, 0, about, self._bold)
            sheet.write_string(number, 1, value[:MOST_TEXT])
        self._open = False
        try:
            self._book.close()
        except XlsxFileError as error:
            # It wraps what the disk answers, and that is what people are told.
            cause = error.__cause__ or error.__context__ or (error.args[0] if error.args else None)
            raise cause if isinstance(cause, OSError) else OSError(str(error)) from error
        return [self._name]

    def close(self) -> None:
        """Let go of the rows that wait in files of their own."""
        if self._open:
            self._open = False
            for sheet in self._book.worksheets():
                with suppress(OSError, AttributeError, ValueError):
                    sheet.row_data_fh.close()
            self._book.fileclosed = True

    def new_sheet(self, name: str, columns: Sequence[Column]) -> Worksheet:
        """Add a sheet with its headings, which stay when one scrolls."""
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 1)
        for number, column in enumerate(columns):
            sheet.set_column(number, number, column.width)
            sheet.write_string(0, number, self._order.say(column.heading)[:MOST_TEXT], self._bold)
        return sheet

    def shortened(self, name: str) -> None:
        """Note that a text was too long for a cell."""
        self._order.notes.add(
            Form.XLSX, name, QT_TRANSLATE_NOOP("handing", "A text was too long for a cell and is cut off there.")
        )


class _Sheets:
    """One table, over as many sheets as it takes."""

    def __init__(self, writer: ExcelWriter, title: str, columns: Sequence[Column], most_rows: int) -> None:
        self._writer, self._title, self._columns, self._most = writer, title, columns, most_rows
        self._number = 1
        self._row = 0
        self._sheet = writer.new_sheet(title, columns)

    def add(self, values: Sequence[Value], name: str) -> None:
        """Append a row about the picture `name`."""
        if self._row == self._most:
            self.end()
            self._number += 1
            self._row = 0
            self._sheet = self._writer.new_sheet(f"{self._title} {self._number}", self._columns)
        self._row += 1
        sheet, row = self._sheet, self._row
        for column, value in enumerate(values):
            if value is None or value == "":
                continue
            if isinstance(value, str):
                if len(value) > MOST_TEXT:
                    self._writer.shortened(name)
                    value = value[: MOST_TEXT - 1] + "…"
                sheet.write_string(row, column, value)
            elif isinstance(value, datetime):
                if value.year >= 1900:
                    sheet.write_datetime(row, column, value)
                else:
                    sheet.write_string(row, column, value.isoformat(sep=" "))
            else:
                sheet.write_number(row, column, value)

    def end(self) -> None:
        """Give the sheet its filter."""
        self._sheet.autofilter(0, 0, self._row, len(self._columns) - 1)
