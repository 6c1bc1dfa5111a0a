"""Two runs over the same pictures, side by side."""

from batchdock.window.results.comparing.view import CompareView

__all__ = ["CompareView"]
