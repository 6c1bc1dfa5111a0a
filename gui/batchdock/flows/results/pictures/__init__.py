"""Pictures and videos of results, decoded in threads and kept small."""

from batchdock.flows.results.pictures.frame import SLACK, VideoFrame
from batchdock.flows.results.pictures.pictures import EDGES, Pictures
from batchdock.flows.results.pictures.video import Video

__all__ = ["EDGES", "SLACK", "Pictures", "Video", "VideoFrame"]
