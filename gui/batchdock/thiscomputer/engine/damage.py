"""What of a video can not be read, in words."""

import math
from dataclasses import dataclass, field

_NEIGHBOURS = 1.0
"""Seconds between two damages that are told as one."""

_MISSED_BEGINNING = 2.0
"""Seconds that may be missing before the first good frame: recordings of broadcasts begin anywhere."""


@dataclass(slots=True)
class Damage:
    """Collects from when to when the frames of a video are unusable. All times are seconds since its first frame."""

    open_since: float | None = None
    _spans: list[tuple[float, float]] = field(default_factory=list)

    def begin(self, seconds: float) -> None:
        """Note that something was unreadable."""
        if self.open_since is None:
            self.open_since = max(0.0, seconds)

    def end(self, seconds: float) -> None:
        """Note that a frame is good again."""
        if self.open_since is None:
            return
        begun, self.open_since = self.open_since, None
        if self._spans and begun - self._spans[-1][1] < _NEIGHBOURS:
            begun = self._spans.pop()[0]
        self._spans.append((begun, max(begun, seconds)))

    def sentence(self, *, missed: float, good_until: float, lost_frames: tuple[int, int] | None) -> str | None:
        """Return what is wrong, or None. To be asked when the video is over.

        `missed` is how much is lacking before the first good frame, `good_until` the end of the last one;
        `lost_frames` how many of how many never came, where that is known.
        """
        words = []
        if missed > _MISSED_BEGINNING:
            words.append(f"The first {round(missed)} seconds of the video are damaged and were left out.")
        if len(self._spans) == 1:
            words.append(f"The video is damaged {_between(*self._spans[0])}; the frames there were left out.")
        elif self._spans:
            first = _between(*self._spans[0])
            words.append(
                f"The video is damaged in {len(self._spans)} places, first {first}; the frames there were left out."
            )
        if self.open_since is not None:
            words.append(
                f"The video is damaged or incomplete after {_clock(good_until)}; only what comes before was processed."
            )
        elif lost_frames is not None and not words:
            lost, of = lost_frames
            words.append(f"The video is damaged or incomplete: {lost:,} of its {of:,} frames are not there.")
        return " ".join(words) or None


def _between(begun: float, over: float) -> str:
    return f"between {_clock(begun)} and {_clock(max(math.ceil(over), int(begun) + 1))}"


def _clock(seconds: float) -> str:
    whole = int(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"
