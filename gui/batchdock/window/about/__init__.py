"""What this program is, and what by others is in it."""

from batchdock.window.about.dialog import AboutDialog

__all__ = ["AboutDialog"]
