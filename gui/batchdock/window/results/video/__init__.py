"""Videos: played with what was found in them, and a timeline that shows where."""

from batchdock.window.results.video.view import VideoView

__all__ = ["VideoView"]
