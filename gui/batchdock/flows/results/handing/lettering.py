"""Letters on pictures, in every script: the first font of this computer that has all letters of the words.

Pillow knows no fonts of the system, so the places where systems keep the ones that come with them stand here.
"""

import os
import sys
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

_WINDOWS = ("segoeui.ttf", "malgun.ttf", "msyh.ttc", "Nirmala.ttc", "Nirmala.ttf", "YuGothR.ttc", "leelawui.ttf")
_MAC = (
    "/System/Library/Fonts/Helvetica.ttc",
    "/System/Library/Fonts/AppleSDGothicNeo.ttc",
    "/System/Library/Fonts/PingFang.ttc",
    "/System/Library/Fonts/Hiragino Sans GB.ttc",
    "/System/Library/Fonts/Kohinoor.ttc",
    "/System/Library/Fonts/Supplemental/Arial Unicode.ttf",
)
_LINUX_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", str(Path.home() / ".local/share/fonts"))
_LINUX = (
    "NotoSans-Regular.ttf",
    "DejaVuSans.ttf",
    "LiberationSans-Regular.ttf",
    "NotoSansCJK-Regular.ttc",
    "NanumGothic.ttf",
    "NotoSansKR-Regular.otf",
    "wqy-zenhei.ttc",
    "NotoSansDevanagari-Regular.ttf",
    "Lohit-Devanagari.ttf",
    "lohit_hi.ttf",
)
_NOBODYS = "\U0010fffd"
"""No font has a letter for it, so every font draws what it draws for letters that it has not."""
_PROBE_SIZE = 24


def font_for(words: str, size: int) -> Font:
    """Return a font with the letters of `words`, else one with most of them; `size` in pixels."""
    return _font(_path_for("".join(sorted(set(words)))), size)


@lru_cache(maxsize=4096)
def _path_for(letters: str) -> str:
    best, most = "", -1
    for path in ("", *_paths()):
        has = sum(_has(path, letter) for letter in letters)
        if has == len(letters):
            return path
        if has > most:
            best, most = path, has
    return best


@lru_cache(maxsize=16_384)
def _has(path: str, letter: str) -> bool:
    if letter.isspace():
        return True
    font = _font(path, _PROBE_SIZE)
    mask = font.getmask(letter)
    return mask.size != (0, 0) and (mask.size, bytes(mask)) != _missing(path)


@lru_cache(maxsize=64)
def _missing(path: str) -> tuple[tuple[int, int], bytes]:
    mask = _font(path, _PROBE_SIZE).getmask(_NOBODYS)
    return mask.size, bytes(mask)


@lru_cache(maxsize=256)
def _font(path: str, size: int) -> Font:
    if path:
        try:
            return ImageFont.truetype(path, size)
        except OSError:
            pass
    # Pillow brings one itself, with the letters of Europe.
    return ImageFont.load_default(size)


@lru_cache(maxsize=1)
def _paths() -> tuple[str, ...]:
    """Return the fonts that are there, in the order in which they are asked. Looks through folders once."""
    if sys.platform in ("win32", "darwin"):
        folder = Path(os.environ.get("WINDIR", r"C:\Windows"), "Fonts")
        wanted = _MAC if sys.platform == "darwin" else tuple(str(folder / name) for name in _WINDOWS)
        return tuple(path for path in wanted if Path(path).exists())
    there: dict[str, str] = {}
    for top in _LINUX_FOLDERS:
        for root, _, names in os.walk(top):
            there |= {name: f"{root}/{name}" for name in names if name in _LINUX}
    return tuple(there[name] for name in _LINUX if name in there)
