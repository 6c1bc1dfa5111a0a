"""Where a picture lies in its room: arithmetic only. Lengths are device-independent pixels, and the picture's own."""

from dataclasses import dataclass

LARGEST = 8.0
"""Device pixels a pixel of the picture."""

_SMALL_PICTURES = 3.0
"""As much a picture that is smaller than its room is enlarged at first."""

STEP = 1.25


@dataclass(frozen=True, slots=True)
class Room:
    """A room, the picture that is shown in it, and how many pixels of the device one of the room has."""

    width: float
    height: float
    picture_width: float
    picture_height: float
    ratio: float = 1.0

    @property
    def fitting(self) -> float:
        """The scale at which the whole picture is seen."""
        fitting = min(self.width / self.picture_width, self.height / self.picture_height)
        return min(fitting, _SMALL_PICTURES / self.ratio)


@dataclass(frozen=True, slots=True)
class Zoom:
    """`scale` pixels of the room for one of the picture, whose upper left corner is at (`x`, `y`) of the room."""

    scale: float
    x: float
    y: float

    @staticmethod
    def whole(room: Room) -> "Zoom":
        """Return where the whole picture is seen, in the middle."""
        return Zoom(room.fitting, 0, 0).held(room)

    def is_whole(self, room: Room) -> bool:
        """Tell whether the whole picture is seen."""
        return self.scale <= room.fitting * 1.001

    def by(self, factor: float, x: float, y: float, room: Room) -> "Zoom":
        """Return the zoom after making it `factor` times as large, while what is at (`x`, `y`) stays there."""
        scale = min(max(self.scale * factor, room.fitting), max(room.fitting, LARGEST / room.ratio))
        real = scale / self.scale
        return Zoom(scale, x - (x - self.x) * real, y - (y - self.y) * real).held(room)

    def moved(self, right: float, down: float, room: Room) -> "Zoom":
        """Return the zoom after moving the picture, as far as it has more to show there."""
        return Zoom(self.scale, self.x + right, self.y + down).held(room)

    def held(self, room: Room) -> "Zoom":
        """Return the zoom that leaves no more of the room empty than it must."""
        return Zoom(
            self.scale,
            _held(self.x, self.scale * room.picture_width, room.width),
            _held(self.y, self.scale * room.picture_height, room.height),
        )

    def shown(self, room: Room, x: float, y: float) -> "Zoom":
        """Return the zoom that has the place (`x`, `y`) of the picture in the middle of the room."""
        return Zoom(self.scale, room.width / 2 - x * self.scale, room.height / 2 - y * self.scale).held(room)


def _held(start: float, length: float, room: float) -> float:
    if length <= room:
        return (room - length) / 2
    return min(0.0, max(room - length, start))
