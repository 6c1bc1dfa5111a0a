"""Archives as honest programs and as others make them."""

import gzip
import io
import struct
import zipfile
from dataclasses import dataclass

GOOD = {"1.jpg/results.json": b'{"found": 1}', "2.jpg/results.json": b'{"found": 2}'}
BLOCK = 512


def header(name: bytes, size: int | bytes = 0, kind: bytes = b"0", link: bytes = b"", prefix: bytes = b"") -> bytes:
    """Return a tar header that says what it is told to; `size` may be the bytes of the field itself."""
    told = size if isinstance(size, bytes) else b"%011o\0" % size
    block = struct.pack(
        "100s8s8s8s12s12s8sc100s8s32s32s8s8s155s12x",
        name,
        b"0000644\0",
        b"0000000\0",
        b"0000000\0",
        told,
        b"00000000000\0",
        b" " * 8,
        kind,
        link,
        b"ustar\x0000",
        b"",
        b"",
        b"",
        b"",
        prefix,
    )
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]


def filled(data: bytes) -> bytes:
    """Return `data` up to the next block."""
    return data + bytes(-len(data) % BLOCK)


def entry(name: bytes, data: bytes = b"bad", kind: bytes = b"0", link: bytes = b"") -> bytes:
    """Return a header with its content."""
    return header(name, len(data), kind, link) + filled(data)


def told(kind: bytes, data: bytes) -> bytes:
    """Return an extended header."""
    return header(b"told", len(data), kind) + filled(data)


def record(key: bytes, value: bytes) -> bytes:
    """Return one line of a PAX header."""
    rest = b" " + key + b"=" + value + b"\n"
    length = len(rest) + 1
    while len(b"%d" % length + rest) != length:
        length += 1
    return b"%d" % length + rest


def good() -> tuple[bytes, bytes]:
    """Return the two good members: one to stand before what is bad, one behind it."""
    first, second = (entry(name.encode(), data) for name, data in GOOD.items())
    return first, second


def around(*bad: bytes) -> bytes:
    """Return a tar with something bad between two good members."""
    first, second = good()
    return first + b"".join(bad) + second + bytes(2 * BLOCK)


def packed(tar: bytes) -> bytes:
    """Return it compressed."""
    return gzip.compress(tar, compresslevel=1)


@dataclass(frozen=True)
class Hostile:
    """An archive, how many of the two good members come out of it, and what it is named by."""

    data: bytes
    arrive: int = 2
    named: str = ""
    renamed: bool = False


def _pax(**values: bytes) -> bytes:
    return told(b"x", b"".join(record(key.replace("__", ".").encode(), value) for key, value in values.items()))


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("../evil", "bad")
    return out.getvalue()


def _wrong_sum() -> bytes:
    block = bytearray(entry(b"evil"))
    block[0] ^= 1
    return bytes(block)


def hostile() -> dict[str, Hostile]:
    """Return archives that try everything, by name of what they try."""
    plain: dict[str, tuple[bytes, str]] = {
        "up": (entry(b"../../evil"), "../../evil"),
        "up-inside": (entry(b"a/../../../evil"), "a/../../../evil"),
        "up-folder": (entry(b"../evil/", b"", b"5"), "../evil/"),
        "absolute": (entry(b"/tmp/evil"), "/tmp/evil"),
        "absolute-prefix": (header(b"evil", 0, prefix=b"/etc"), "/etc/evil"),
        "drive": (entry(b"C:/evil"), "C:/evil"),
        "drive-relative": (entry(b"c:evil"), "c:evil"),
        "share": (entry(b"//server/share/evil"), "//server/share/evil"),
        "backslashes": (entry(b"a\\..\\..\\evil"), "a\\..\\..\\evil"),
        "device-path": (entry(b"\\\\?\\C:\\evil"), "\\\\?\\C:\\evil"),
        "symlink": (entry(b"evil", b"", b"2", b"/etc/passwd"), "evil"),
        "symlink-then-file": (entry(b"out", b"", b"2", b"../../..") + entry(b"out/../../evil"), "out"),
        "hard-link": (entry(b"evil", b"", b"1", b"/etc/passwd"), "evil"),
        "character-device": (entry(b"evil", b"", b"3"), "evil"),
        "block-device": (entry(b"evil", b"", b"4"), "evil"),
        "pipe": (entry(b"evil", b"", b"6"), "evil"),
        "unknown-kind": (entry(b"evil", b"bad", b"Z"), "evil"),
        "sparse-old": (entry(b"evil", b"bad", b"S"), "evil"),
        "sparse-pax": (_pax(GNU__sparse__major=b"1", GNU__sparse__realsize=b"9" * 15) + entry(b"evil"), "evil"),
        "no-name": (entry(b""), "no-name.tar.gz"),
        "only-dots": (entry(b"./."), "./."),
        "pax-path": (_pax(path=b"../../evil") + entry(b"fine"), "../../evil"),
        "pax-path-nul": (_pax(path=b"evil\0.jpg") + entry(b"fine"), "evil"),
        "pax-size-word": (_pax(size=b"many") + entry(b"evil"), "evil"),
        "pax-size-negative": (_pax(size=b"-5") + entry(b"evil"), "evil"),
        "pax-garbled": (told(b"x", b"99999 path=../../evil\n") + entry(b"evil"), "evil"),
        "pax-huge": (header(b"told", 200_000, b"x") + bytes(200_192) + entry(b"evil"), "evil"),
        "global-note": (told(b"g", record(b"path", b"../../evil")), "told"),
        "long-name-up": (told(b"L", b"../" * 40 + b"evil\0") + entry(b"short"), "evil"),
        "deep": (told(b"L", b"d/" * 5_000 + b"evil\0") + entry(b"short"), "d/d/"),
        "wrong-checksum": (_wrong_sum(), "wrong-checksum.tar.gz"),
        "size-garbled": (header(b"evil", b"99999999999\0"), "size-garbled.tar.gz"),
        "file-where-a-folder-was": (entry(b"1.jpg/results.json/evil.json"), "1.jpg/results.json/evil.json"),
    }
    found = {name: Hostile(packed(around(bad)), named=named) for name, (bad, named) in plain.items()}
    first, second = good()
    end = bytes(2 * BLOCK)
    found |= {
        "size-nonsense": Hostile(
            packed(first + header(b"evil", b"\x80" + bytes(3) + b"\xff" * 8) + second + end), 1, "evil"
        ),
        "truncated": Hostile(packed(around())[:-40], 1, "truncated.tar.gz"),
        "truncated-inside": Hostile(packed(first + second[: BLOCK + 5]), 1, "truncated-inside.tar.gz"),
        "wrong-crc": Hostile(packed(around())[:-8] + bytes(8), 0, "wrong-crc.tar.gz"),
        "garbage-behind": Hostile(packed(around()) + b"garbage" * 99, 2, "garbage-behind.tar.gz"),
        "garbage": Hostile(bytes(range(256)) * 20, 0, "garbage.tar.gz"),
        "twice-compressed": Hostile(packed(packed(around())), 0, "twice-compressed.tar.gz"),
        "zip": Hostile(_zip(), 0, "zip.tar.gz"),
        "page": Hostile(b"<html>Not found</html>" * 40, 0, "page.tar.gz"),
        "empty": Hostile(b"", 0, "empty.tar.gz"),
        "duplicate": Hostile(packed(around(entry(b"1.jpg/results.json", b"other"))), 2, "1.jpg/results.json", True),
        "case-twins": Hostile(packed(around(entry(b"1.jpg/RESULTS.json", b"other"))), 2, "1.jpg/RESULTS.json", True),
        "accent-twins": Hostile(
            packed(around(entry("é".encode(), b"one"), entry("e\u0301".encode(), b"two"))), 2, "e\u0301", True
        ),
        "long-component": Hostile(
            packed(around(told(b"L", b"x" * 300 + b".txt\0") + entry(b"short"))), 2, "x" * 300, True
        ),
    }
    return found


HOSTILE = hostile()


def bomb(size: int) -> bytes:
    """Return an archive out of which `size` zeros come, between the two good members."""
    first, second = good()
    return packed(first + header(b"evil", size) + filled(bytes(size)) + second + bytes(2 * BLOCK))
