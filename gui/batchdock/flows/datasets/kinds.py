"""What the files of datasets are, by their names: nothing else is told before they are fetched."""

from enum import StrEnum
from pathlib import PurePosixPath

from batchdock.flows.intake.formats import OTHER_PICTURE_EXTENSIONS, PICTURE_EXTENSIONS, VIDEO_EXTENSIONS

_POINTS = frozenset((".pcd", ".bin", ".ply", ".las", ".laz", ".xyz", ".pts", ".npy", ".npz"))
_SOUNDS = frozenset((".wav", ".mp3", ".flac", ".aac", ".m4a", ".ogg", ".opus", ".wma"))
_WORDS = frozenset((".txt", ".json", ".jsonl", ".csv", ".xml", ".yaml", ".yml", ".md"))


class FileKind(StrEnum):
    """How a file can be looked at."""

    PICTURE = "picture"
    """Or something whose name does not tell that it is none."""
    VIDEO = "video"
    POINTS = "points"
    """A point cloud."""
    SOUND = "sound"
    WORDS = "words"


def kind_of(remote_path: str, sensor_type: str = "") -> FileKind:
    """Return what a file is by its name, and by the sensor that took it."""
    ending = PurePosixPath(remote_path).suffix.lower()
    if ending in PICTURE_EXTENSIONS or ending in OTHER_PICTURE_EXTENSIONS:
        return FileKind.PICTURE
    if ending in _POINTS or sensor_type in ("LIDAR", "RADAR"):
        return FileKind.POINTS
    if ending in _SOUNDS:
        return FileKind.SOUND
    if ending in VIDEO_EXTENSIONS:
        return FileKind.VIDEO
    return FileKind.WORDS if ending in _WORDS else FileKind.PICTURE
