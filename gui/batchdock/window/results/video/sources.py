"""Where a video comes from, and what was found in it. Runs with the flows."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from batchdock.core.finding import Filter
from batchdock.flows.results.opening import Opened, VideoEntry
from batchdock.window.results.video.density import Density, density_of
from batchdock.window.results.video.rows import Rows

_NO_FINDINGS = Filter(labels=frozenset())


class Source(Enum):
    """Which of the videos of one name."""

    ORIGINAL = "original"
    DRAWN = "drawn"


@dataclass(frozen=True, slots=True)
class Found:
    """The video of the frame `number`, and where it is; `videos` are all of the results."""

    name: str
    number: int
    original: Path | None
    drawn: Path | None
    videos: tuple[VideoEntry, ...]

    def path(self, source: Source) -> Path | None:
        """Return where a video is; None where it is not on this computer."""
        return self.original if source is Source.ORIGINAL else self.drawn


@dataclass(frozen=True, slots=True)
class Told:
    """What was found in one video. `duration` is in seconds."""

    rows: Rows
    density: Density
    duration: float


async def find(opened: Opened, number: int, known: tuple[VideoEntry, ...]) -> Found:
    """Return the video of a frame. `known` are the videos of these results, if they have been asked for."""
    videos = known or await opened.videos()
    (seen,) = await opened.seen((number,), _NO_FINDINGS)
    drawn = await opened.drawn(number)
    if drawn is not None and drawn.suffix.lower() in (".jpg", ".jpeg", ".png"):
        drawn = None  # of one frame, and no video
    return Found(seen.picture.name, number, await opened.original(number), drawn, videos)


async def findings_of(opened: Opened, name: str, filter: Filter, rate: float, duration: float | None) -> Told:
    """Return what was found in a video; without its `duration` it is as long as its results."""
    rows = Rows(opened, filter, await opened.frames(name, filter), rate)
    if duration is None:
        duration = float(rows.seconds[-1]) + 1 / rate if len(rows.seconds) else 1.0
    return Told(rows, await density_of(opened, name, filter, rows.seconds, duration), duration)
