"""Gives a drawn video the sound of the one it was made from."""

import errno
import heapq
from collections.abc import Iterator
from fractions import Fraction
from itertools import chain, pairwise
from pathlib import Path
from typing import cast

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Stream

from batchdock.thiscomputer.engine.demuxing import READING_ERRORS, is_readable, opened
from batchdock.thiscomputer.engine.frames import Film
from batchdock.thiscomputer.engine.options import Look
from batchdock.thiscomputer.engine.rows import Input

_HELD_BY_MP4 = frozenset({"aac", "ac3", "alac", "eac3", "flac", "mp3", "opus"})
"""Kinds of sound that go into an MP4 as they are; others are encoded anew, as AAC."""

_RATES = frozenset({8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000})
_LAYOUTS = {1: "mono", 6: "5.1"}
_BITS_A_CHANNEL = 96_000
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

_Timed = tuple[Fraction, "Packet[Stream]"]


def add_sound(item: Input, film: Film, silent: Path, path: Path, look: Look) -> bool | None:
    """Write the video in `silent` to `path` together with every sound of `item`, at the same moments as there.

    Of damaged sound comes what can be read. Returns whether some of each came along; None where nothing could be
    made of it, and `path` is of no use. Raises what `look` does, and `OSError` where the disk refuses.
    """
    for as_it_is in (True, False):
        try:
            return _joined(item, film, silent, path, look, as_it_is=as_it_is)
        except (av.FFmpegError, OSError, ValueError) as error:
            if isinstance(error, OSError) and error.errno in _NO_ROOM:
                raise
    return None


def _joined(item: Input, film: Film, silent: Path, path: Path, look: Look, *, as_it_is: bool) -> bool:
    with opened(item) as source, silent.open("rb") as silent_file, path.open("wb") as file:
        readable = [each for each in source.streams.audio if is_readable(each)]
        with av.open(silent_file, "r") as pictures, av.open(file, "w", format="mp4", buffer_size=1 << 18) as target:
            [shown] = pictures.streams.video
            picture_track = target.add_stream_from_template(shown, opaque=True)
            tracks = {each.index: _Track(each, target, film, as_it_is=as_it_is) for each in readable}
            timed = heapq.merge(
                _pictures(pictures, shown, picture_track), _sounds(source, tracks), key=lambda each: each[0]
            )
            for _, packet in timed:
                look(1.0)
                target.mux(packet)
        return len(readable) == len(source.streams.audio) and all(
            each.is_heard or not each.is_there for each in tracks.values()
        )


def _pictures(source: InputContainer, stream: Stream, target: Stream) -> Iterator[_Timed]:
    whole = (packet for packet in source.demux(stream) if packet.dts is not None)
    for packet, following in pairwise(chain(whole, (None,))):
        assert packet is not None
        assert packet.dts is not None
        if not packet.duration:  # of VP9 they get lost on the way, and the last frame with them
            until = (stream.start_time or 0) + (stream.duration or 0) if following is None else following.dts
            packet.duration = max(0, (until or 0) - packet.dts)
        moment = packet.dts * packet.time_base
        packet.stream = target
        yield moment, packet


def _sounds(source: InputContainer, tracks: "dict[int, _Track]") -> Iterator[_Timed]:
    reading = source.demux(*source.streams.audio)
    while True:
        try:
            packet = next(reading)
        except (StopIteration, *READING_ERRORS):
            return  # what is damaged was said of the pictures
        track = tracks.get(packet.stream.index)
        if track is not None and not packet.is_corrupt:
            yield from track.taken(packet)


class _Track:
    """One sound on its way from one file to the other."""

    def __init__(self, source: AudioStream, target: OutputContainer, film: Film, *, as_it_is: bool) -> None:
        self.is_there = self.is_heard = False
        self._shift = film.lead - film.begin
        self._last: Fraction | None = None
        self._is_copied = as_it_is and source.codec_context.codec.canonical_name in _HELD_BY_MP4
        if self._is_copied:
            self._target = target.add_stream_from_template(source, opaque=True)
        else:
            rate, channels = source.codec_context.sample_rate, source.codec_context.channels
            self._target = target.add_stream("aac", rate=rate if rate in _RATES else 48000)
            self._target.codec_context.layout = _LAYOUTS.get(channels, "stereo")
            self._target.codec_context.bit_rate = _BITS_A_CHANNEL * self._target.codec_context.channels
        if source.language:
            self._target.metadata["language"] = source.language

    def taken(self, packet: "Packet[Stream]") -> Iterator[_Timed]:
        """Yield what goes into the other file for one packet of this one."""
        self.is_there = self.is_there or packet.size > 0
        for each in [packet] if self._is_copied else self._encoded(packet):
            if each.pts is None:
                continue
            moment = each.pts * each.time_base + (self._shift if self._is_copied else 0)
            if self._last is not None and moment <= self._last:
                continue  # an MP4 has no room for sound that goes back in time
            self._last, self.is_heard = moment, True
            each.pts = each.dts = round(moment / each.time_base)
            each.stream = self._target
            yield moment, cast("Packet[Stream]", each)

    def _encoded(self, packet: "Packet[Stream]") -> Iterator["Packet[AudioStream]"]:
        try:
            frames = packet.decode()
        except READING_ERRORS:
            frames = []
        for frame in frames:
            assert isinstance(frame, av.AudioFrame)
            if frame.pts is not None and frame.time_base is not None:
                frame.pts += round(self._shift / frame.time_base)
            yield from self._target.encode(frame)
        if not packet.size:
            yield from self._target.encode(None)
