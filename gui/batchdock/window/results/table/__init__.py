"""What was found, as a table."""

from batchdock.window.results.table.view import TableView

__all__ = ["TableView"]
