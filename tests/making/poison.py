"""A batch of everything that could be wrong with pictures and videos, each with what is to be said about it."""

import io
import os
import threading
import zlib
from collections.abc import Callable
from pathlib import Path

from PIL import ExifTags, Image, PngImagePlugin

from making.media import cover_only, huge_picture, picture, picture_bytes, scene, truncated_picture, video
from making.workers import children

GONE = "The file is not there any more: it was moved, renamed or deleted, or its disk is gone."
NO_FILE = "This is not an ordinary file."
INCOMPLETE = "The file is incomplete: the picture stops half-way."
NO_PICTURE = "This is not a picture that can be read here."
NO_VIDEO = "This is not a video that can be read here, or the file is incomplete."
DAMAGED = "The picture is damaged and can not be decoded."
EMPTY = "The file is empty (0 bytes)."
CLOSED = "This user account may not read the file."
NAMES = (
    "two\nlines.jpg",
    "😀.jpg",
    "gnp.\u202etxt.jpg",
    "ب.jpg",
    "a" * 251 + ".jpg",
    "-rf.jpg",
    "%s%n.jpg",
    "a\\b.jpg",
)


def odd_pictures(folder: Path) -> dict[str, bytes]:
    """Return pictures that are unusual and whole: each has a result."""
    shades = Image.linear_gradient("L").resize((160, 120))
    colours = scene(5, (160, 120))
    turned = Image.Exif()
    turned[ExifTags.Base.Orientation] = 6
    animation = {"save_all": True, "append_images": [shades.convert("RGB"), colours]}
    see_through = colours.copy()
    see_through.putalpha(shades)
    found = {
        "cmyk.jpg": _saved(colours.convert("CMYK"), "JPEG"),
        "grey.jpg": _saved(shades, "JPEG"),
        "sixteen.png": _saved(shades.convert("I").point(lambda value: value * 257).convert("I;16"), "PNG"),
        "sixteen.tif": _saved(shades.convert("I").point(lambda value: value * 257).convert("I;16"), "TIFF"),
        "float.tif": _saved(shades.convert("F"), "TIFF"),
        "packed.tif": _saved(colours, "TIFF", compression="tiff_adobe_deflate"),
        "animated.gif": _saved(colours.convert("P"), "GIF", **animation),
        "animated.webp": _saved(colours, "WEBP", **animation),
        "alpha.png": _saved(see_through, "PNG"),
        "palette.png": _saved(colours.convert("P"), "PNG", transparency=3),
        "turned.jpg": _saved(colours, "JPEG", exif=turned),
        "broken-exif.jpg": _saved(colours, "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff"),
        "one.png": _saved(Image.new("RGB", (1, 1)), "PNG"),
        "one.jpg": _saved(Image.new("L", (1, 1)), "JPEG"),
        "thin.png": _saved(Image.new("RGB", (1, 5000)), "PNG"),
        "picture.txt": picture_bytes(8),
    }
    if "AVIF" in Image.SAVE:
        found["modern.avif"] = _saved(colours, "AVIF")
    return found | {name: picture_bytes(number) for number, name in enumerate(NAMES)}


def bad_pictures(folder: Path) -> dict[str, tuple[bytes, str]]:
    """Return files that are no pictures here: bytes, and the sentence for each."""
    huge = huge_picture(folder / "huge.png").read_bytes()
    whole = picture_bytes(9, (640, 480), "PNG")
    middle = len(whole) // 2
    most = "at most 200 megapixels can be processed here."
    return {
        "half.jpg": (truncated_picture(folder / "half.jpg").read_bytes(), INCOMPLETE),
        "half.png": (whole[:middle], INCOMPLETE),
        "holed.png": (whole[:middle] + bytes(40) + whole[middle + 40 :], DAMAGED),
        "huge.png": (huge, f"20,000 × 20,000 pixels; {most}"),
        "bomb.png": (_claiming(60_000, 60_000), f"60,000 × 60,000 pixels; {most}"),
        "zeros.png": (_zeros_png(30_000), f"30,000 × 30,000 pixels; {most}"),
        "bomb.tif": (_zeros_tiff(25_000), f"25,000 × 25,000 pixels; {most}"),
        "words.png": (_word_bomb(), DAMAGED),
        "negative.bmp": (b"BM" + bytes(12) + b"\x28\0\0\0" + b"\xff" * 36, DAMAGED),
        "text.jpg": (b"Dear diary, " * 50, NO_PICTURE),
        "photo.heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(500), NO_PICTURE),
        "script.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>", NO_PICTURE),
        "program.eps": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(x) run\n", NO_PICTURE),
    }


def bad_places(folder: Path) -> dict[str, tuple[Path, str]]:
    """Return references that lead to no file: the path, and the sentence for each."""
    places = {name: folder / name for name in ("pipe.jpg", "folder.jpg", "loop.jpg", "closed.jpg", "empty.jpg")}
    os.mkfifo(places["pipe.jpg"])
    places["folder.jpg"].mkdir()
    places["loop.jpg"].symlink_to(places["loop.jpg"])
    picture(places["closed.jpg"]).chmod(0)
    places["empty.jpg"].touch()
    return {
        "pipe.jpg": (places["pipe.jpg"], NO_FILE),
        "folder.jpg": (places["folder.jpg"], NO_FILE),
        "loop.jpg": (
            places["loop.jpg"],
            "The file can not be read: the computer answered “Too many levels of symbolic links”.",
        ),
        "closed.jpg": (places["closed.jpg"], CLOSED),
        "empty.jpg": (places["empty.jpg"], EMPTY),
        "nowhere.jpg": (folder / "nowhere.jpg", GONE),
        "device.jpg": (Path("/dev/zero"), NO_FILE),
    }


def bad_videos(folder: Path) -> dict[str, tuple[Path, str | None]]:
    """Return videos that are none, or break off; None where the beginning of the sentence depends on the place."""
    whole = video(folder / "whole.mp4", 60, 10).read_bytes()
    fast = video(folder / "fast.mp4", 200, 10, options={"movflags": "faststart"}).read_bytes()
    files: dict[str, tuple[bytes, str | None]] = {
        "cut.mp4": (whole[: len(whole) // 2], NO_VIDEO),
        "cut-late.mp4": (fast[: len(fast) * 2 // 3], None),
        "text.mp4": (b"Dear diary, " * 900, NO_VIDEO),
        "empty.mp4": (b"", EMPTY),
        "noise.mp4": (os.urandom(5000), NO_VIDEO),
    }
    for name, (data, _) in files.items():
        (folder / name).write_bytes(data)
    (folder / "folder.mp4").mkdir()
    os.mkfifo(folder / "pipe.mp4")
    return {name: (folder / name, cause) for name, (_, cause) in files.items()} | {
        "song.mp4": (cover_only(folder / "song.mp4"), "The file has no moving picture; it may hold sound only."),
        "folder.mp4": (folder / "folder.mp4", NO_FILE),
        "pipe.mp4": (folder / "pipe.mp4", NO_FILE),
        "nowhere.mp4": (folder / "nowhere.mp4", GONE),
    }


def greedy_picture(path: Path) -> Path:
    """Write a small file that needs more memory than `MemoryIsScarce` leaves a process."""
    return huge_picture(path, 12_000)


class MemoryIsScarce:
    """Does what Linux does when memory is out: whichever worker of `parent` has most of it is killed, every time.

    A context; `struck` counts, and `on_first` is called at the first time.
    """

    LIMIT_MB = 250

    def __init__(self, parent: int, on_first: Callable[[], object]) -> None:
        self.struck = 0
        self._parent = parent
        self._on_first = on_first
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "MemoryIsScarce":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.03):
            for worker in children(self._parent):
                if _megabytes(worker) > self.LIMIT_MB:
                    if not self.struck:
                        self._on_first()
                    self.struck += 1
                    os.kill(worker, 9)


def _megabytes(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 2**20
    except (OSError, IndexError):
        return 0  # it has just ended


def _saved(image: Image.Image, format: str, **how: object) -> bytes:
    out = io.BytesIO()
    image.save(out, format, **how)
    return out.getvalue()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


def _claiming(width: int, height: int) -> bytes:
    """Return a PNG that says it is larger than it is."""
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\0\0\0"
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(bytes(9))) + _chunk(b"IEND", b"")
    )


def _zeros_png(side: int) -> bytes:
    """Return a PNG of `side` × `side` zeros, whole, a thousand times smaller than its pixels."""
    packer = zlib.compressobj(9)
    line = bytes(1 + side // 8)
    pixels = b"".join(packer.compress(line) for _ in range(side)) + packer.flush()
    head = side.to_bytes(4, "big") * 2 + b"\x01\0\0\0\0"
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _zeros_tiff(side: int) -> bytes:
    """Return a TIFF of `side` × `side` black pixels in one deflated strip."""
    packer = zlib.compressobj(9)
    line = bytes(side // 8)
    strip = b"".join(packer.compress(line) for _ in range(side)) + packer.flush()
    entries = (
        (256, 4, side),
        (257, 4, side),
        (258, 3, 1),
        (259, 3, 8),
        (262, 3, 1),
        (273, 4, 8),
        (278, 4, side),
        (279, 4, len(strip)),
    )
    table = b"".join(
        tag.to_bytes(2, "little") + kind.to_bytes(2, "little") + (1).to_bytes(4, "little") + value.to_bytes(4, "little")
        for tag, kind, value in entries
    )
    place = 8 + len(strip)
    head = b"II*\0" + place.to_bytes(4, "little")
    return head + strip + len(entries).to_bytes(2, "little") + table + bytes(4)


def _word_bomb() -> bytes:
    """Return a PNG with a compressed remark of 64 MB."""
    remarks = PngImagePlugin.PngInfo()
    remarks.add(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(64 * 2**20), 9))
    return _saved(Image.new("RGB", (8, 8)), "PNG", pnginfo=remarks)
