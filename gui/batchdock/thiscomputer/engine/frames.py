"""Takes frames out of videos: some a second, upright, with the second at which each is shown."""

import math
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from av.video.frame import VideoFrame

from batchdock.thiscomputer.engine.damage import Damage
from batchdock.thiscomputer.engine.demuxing import Demuxed, moving_pictures, opened
from batchdock.thiscomputer.engine.options import Look, unwatched
from batchdock.thiscomputer.engine.picture import Moment, NotProcessable, Picture
from batchdock.thiscomputer.engine.pixels import Colours, Uprighter, colours_of, is_sideways
from batchdock.thiscomputer.engine.reading import check_size
from batchdock.thiscomputer.engine.rows import Input

_BACKWARD = Fraction(1, 2)
"""Seconds by which a clock may go back; more is another clock, which goes on where the first one stopped."""

_RECOVERY = 10
"""Seconds after which frames count as good again where no frame stands for itself."""

_SHORT = 2.0
"""Seconds that may be missing at the end before a video is incomplete: files round, and cameras stop when they do."""

_LONGEST_LEAD = 10
"""Seconds of sound before the first frame that are kept."""


@dataclass(slots=True)
class Film:
    """What the frames of one video have in common, known with the first of them. `tick` is the unit of its clock.

    `begin` is when the first frame is shown by the clock of the file, `lead` how long sound is heard before it, `end`
    how far the frames decoded by now reach: seconds since the first frame. `aspect` is that of one upright pixel.
    """

    rate: Fraction
    tick: Fraction
    begin: Fraction
    lead: Fraction
    aspect: Fraction
    colours: Colours
    end: Fraction = Fraction()


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame: its number in the video as filmed, when it is shown (`at`: exactly; `seconds`: rounded to
    microseconds; both since the first frame), the rate of the video as filmed, and the picture, which knows as well.
    """

    number: int
    at: Fraction
    film: Film
    picture: Picture

    @property
    def seconds(self) -> float:
        """When it is shown."""
        return _rounded(self.at)


def frames(item: Input, per_second: float, look: Look = unwatched) -> Iterator[Frame]:
    """Yield at most `per_second` frames for every second of a video: the nearest to each due moment. Infinite: all.

    `look` is told at every frame that is decoded.

    Raises `NotProcessable` when it is no video, and after the last good frame when some of it is damaged: what comes
    behind a damage is good again from the next frame on that stands for itself.
    """
    with opened(item) as container:
        stream = moving_pictures(container)
        stream.codec_context.thread_count = 1  # the other cores have videos of their own
        yield from _Sampling(Demuxed(container, stream), per_second, look).frames()


class _Sampling:
    def __init__(self, demuxed: Demuxed, per_second: float, look: Look) -> None:
        self._demuxed = demuxed
        self._per_second = per_second
        self._look = look
        self._damage = Damage()
        self._film: Film | None = None
        self._shown = Fraction(-1)
        self._cell = 0
        self._spoilt = 0
        self._first: Fraction | None = None

    def frames(self) -> Iterator[Frame]:
        video = uuid.uuid4().hex
        uprighter = Uprighter()
        length = self._demuxed.length
        number = -1
        for decoded, moment in self._demuxed.frames():
            number += 1
            self._first = moment if self._first is None else self._first
            if decoded is None:
                self._note_damage(moment)
                continue
            film = self._film = self._film or self._begun(decoded, moment)
            before, at = self._shown, self._moved_on(film, moment)
            self._shown = at
            self._look(min(1.0, float(at) / length) if length > 0 else 0.0)
            if self._is_spoilt(decoded, at):
                continue
            film.end = at + (decoded.duration * (decoded.time_base or Fraction()) or 1 / film.rate)
            if self._is_due(at, min(1 / film.rate, at - before)):
                check_size(decoded.width, decoded.height)
                place = Moment(video, number, _rounded(at), float(film.rate))
                image = uprighter.picture(decoded)
                yield Frame(number, at, film, Picture(image, image.width, image.height, moment=place))
        sentence = self._verdict()
        if sentence:
            raise NotProcessable(sentence)

    def _begun(self, decoded: VideoFrame, moment: Fraction | None) -> Film:
        stream = self._demuxed.stream
        begin = moment or Fraction()
        sounds = [each for each in self._demuxed.container.streams.audio if each.start_time is not None]
        lead = begin - min(((each.start_time or 0) * (each.time_base or 0) for each in sounds), default=begin)
        aspect = stream.sample_aspect_ratio or Fraction(1)
        return Film(
            rate=self._demuxed.rate,
            tick=stream.time_base or 1 / self._demuxed.rate,
            begin=begin,
            lead=lead if 0 < lead <= _LONGEST_LEAD else Fraction(),
            aspect=1 / aspect if is_sideways(decoded) else aspect,
            colours=colours_of(decoded),
        )

    def _moved_on(self, film: Film, moment: Fraction | None) -> Fraction:
        """Return how long after the first frame this one is shown: later than the one before in any case."""
        if moment is None:
            return max(Fraction(), self._shown + 1 / film.rate)
        at = moment - film.begin
        if at > self._shown:
            return at
        if self._shown - at < _BACKWARD:
            return self._shown + film.tick
        film.begin = moment - self._shown - 1 / film.rate
        return moment - film.begin

    def _note_damage(self, moment: Fraction | None) -> None:
        if self._film is not None:
            self._spoilt = self._spoilt + 1 if self._damage.open_since is not None else 1
            self._damage.begin(float(self._film.end if moment is None else moment - self._film.begin))

    def _is_spoilt(self, decoded: VideoFrame, at: Fraction) -> bool:
        """Return whether a frame may show what is damaged: it was made from frames that are."""
        since = self._damage.open_since
        if since is None or at < since:
            return False
        if decoded.key_frame or at - Fraction(since) > _RECOVERY:
            self._damage.end(float(at))
            return False
        self._spoilt += 1
        return True

    def _is_due(self, at: Fraction, gap: Fraction) -> bool:
        """Return whether no frame comes nearer to a moment that is due. The moments are fixed: nothing adds up.

        `gap` is how long after the one before it a frame usually comes, in seconds.
        """
        if math.isinf(self._per_second):
            return True
        limit = Fraction(str(self._per_second))
        cells = (at + min(gap, 1 / limit) / 2) * limit
        if cells < self._cell:
            return False
        self._cell = max(self._cell, math.floor(cells)) + 1
        return True

    def _verdict(self) -> str | None:
        film, demuxed, damage = self._film, self._demuxed, self._damage
        if film is None:
            return "The video is damaged: no frame of it can be decoded."
        until = film.begin + film.end
        promised = until if demuxed.promised_until is None else demuxed.promised_until
        # FFmpeg takes a file that stops half-way for one that is over.
        if promised - max(until, demuxed.sound_until or until) > _SHORT:
            damage.begin(float(film.end))
        elif demuxed.is_broadcast and self._spoilt == 1:
            damage.open_since = None
        of = demuxed.stream.frames
        lost = of - demuxed.packets if demuxed.counts_frames and promised - until > 1.5 / film.rate else 0
        return damage.sentence(
            missed=float(film.begin - (film.begin if self._first is None else self._first)),
            good_until=float(film.end),
            lost_frames=(lost, of) if lost > 0 else None,
        )


def _rounded(at: Fraction) -> float:
    return round(float(at), 6)
