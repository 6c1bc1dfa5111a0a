"""One picture, large: looked at closely, with all that was found in it."""

from batchdock.window.results.large.view import LargeView

__all__ = ["LargeView"]
