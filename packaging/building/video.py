"""Makes what is packaged for video distributable under our licence, and refuses to go on where it is not (ADR 25).

PyAV's wheels bundle an FFmpeg that is LGPL by itself, and beside it x264 and x265, which are GPL. They are shared
libraries of their own, so each is replaced with a hollow one: the same file name, the names that FFmpeg looks up, and
nothing behind them. Opening one of their encoders fails as on a computer without that hardware, and the app takes the
next one. All else of FFmpeg stays as it was built and tested. SVT-AV1, which is free, goes the same way for its size:
the app never encodes with it.

What FFmpeg says of its own licence is not enough: with x264 beside it, this one still answers “LGPL version 3 or
later”. So its configuration is read too, and every library that is known to be GPL has to be hollow.

    PYTHONPATH=packaging python -m building.video FOLDER        replace, then check

The module is not called `codecs`: beside the spec, it would be frozen in the place of Python's own.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MARK = b"Batchdock: a hollow library, nothing is behind these names"
"""What tells a hollow library from the real one."""

GPL_PARTS = frozenset(
    {
        "libx264",
        "libx265",
        "libxvid",
        "libxvidcore",
        "libpostproc",
        "librubberband",
        "libvidstab",
        "libxavs",
        "libxavs2",
    }
    | {"libdavs2", "frei0r", "libcdio", "libcdio_paranoia", "libdvdnav", "libdvdread", "avisynth", "libaribb"}
)
"""GPL libraries that an FFmpeg may have beside it, as their files and as its configuration call them."""

_PART = re.compile(r"^(?:lib)?(avcodec|avdevice|avfilter|avformat|avutil|swresample|swscale|postproc)[-.][\w.-]*$")
_LIBRARY = re.compile(r"\.(?:so(?:\.[\d.]+)?|dll|dylib)$|\.so\.|\.\d[\d.]*\.dylib$")
_STEM = re.compile(r"^(lib[a-z]+(?:26[45])?[a-z_]*|[a-z]+)", re.IGNORECASE)
_SAID = re.compile(rb"lib(?:av|sw|post)[a-z]+ license: ([ -~]+)\0")
_CONFIGURED = re.compile(rb"(?<![ -~])(--[a-z][ -~]*--[a-z][ -~]*)\0")
_LOOKED_UP = re.compile(rb"(?<![a-z0-9])_?((?:x264|x265|svt)_[a-z0-9_]{3,})\0")
_HOLLOW = re.compile(r"^(?:lib)?(x264|x265|SvtAv1Enc)[-.]")
_BEGINS = {"x264": "x264_", "x265": "x265_", "SvtAv1Enc": "svt_"}
"""How the names in a library begin that is made hollow."""


_COMPILERS = {
    b"\x7fELF": (("cc", "gcc"), ("-shared", "-fPIC", "-Wl,--build-id=none")),
    b"MZ": (("x86_64-w64-mingw32-gcc", "gcc"), ("-shared", "-static-libgcc", "-Wl,--no-insert-timestamp")),
    b"\xcf\xfa\xed\xfe": (("clang",), ("-dynamiclib", "-compatibility_version", "999", "-current_version", "999")),
}
"""What makes a shared library of each kind, told by the first bytes of the one that is replaced."""

_ASK = """
import ctypes, os, sys
path, part = sys.argv[1:]
if hasattr(os, "add_dll_directory"):
    os.add_dll_directory(os.path.dirname(path))
library = ctypes.CDLL(path)
for what in ("license", "configuration"):
    answer = getattr(library, f"{part}_{what}")
    answer.restype = ctypes.c_char_p
    print(answer().decode())
"""


class NotDistributable(Exception):
    """Something that may not be given on under our licence is in what would be packaged."""


@dataclass(frozen=True, slots=True)
class Part:
    """One library of an FFmpeg in the tree: its file, its licence as it says, and with what it was built."""

    path: Path
    name: str
    licence: str
    configuration: tuple[str, ...]

    @property
    def gpl(self) -> list[str]:
        """What of its configuration makes it, or what it is used with, GPL or not distributable at all."""
        enabled = {each.removeprefix("--enable-") for each in self.configuration if each.startswith("--enable-")}
        return sorted(enabled & (GPL_PARTS | {"gpl", "nonfree"}))


@dataclass(frozen=True, slots=True)
class Replaced:
    """A library that was made hollow, and how many bytes that took away."""

    path: Path
    names: tuple[str, ...]
    saved: int


def libraries(tree: Path) -> Iterator[Path]:
    """Yield every shared library in the tree once, in a steady order. Links to others are left out."""
    for path in sorted(tree.rglob("*")):
        if _LIBRARY.search(path.name) and path.is_file() and not path.is_symlink():
            yield path


def stem(path: Path) -> str:
    """Return how a library is called whatever its version, checksum and system: `libx264` of `libx264-d65.so.165`."""
    found = _STEM.match(path.name)
    return found[1].lower() if found else path.name.lower()


def replace(tree: Path) -> list[Replaced]:
    """Make every x264, x265 and SVT-AV1 in the tree hollow. Does nothing to what is hollow already."""
    users = [path for path in libraries(tree) if _PART.match(path.name)]
    names = sorted({each.decode() for path in users for each in _LOOKED_UP.findall(path.read_bytes())})
    done = []
    for path in libraries(tree):
        found = _HOLLOW.match(path.name)
        if found is None or MARK in path.read_bytes():
            continue
        wanted = tuple(each for each in names if each.startswith(_BEGINS[found[1]]))
        before = path.stat().st_size
        _make_hollow(path, wanted)
        done.append(Replaced(path, wanted, before - path.stat().st_size))
    return done


def check(tree: Path) -> list[Part]:
    """Return the FFmpeg libraries in the tree, all of them distributable. Raises `NotDistributable`."""
    wrong = [
        f"{path.relative_to(tree)}: {stem(path)} is GPL"
        for path in libraries(tree)
        if stem(path) in GPL_PARTS and MARK not in path.read_bytes()
    ]
    parts = []
    hollow = {stem(path) for path in libraries(tree)}
    for path in libraries(tree):
        found = _PART.match(path.name)
        if found is None:
            continue
        part = _read(path, found[1])
        parts.append(part)
        where = path.relative_to(tree)
        if not part.licence.startswith("LGPL"):
            wrong.append(f"{where}: its licence is “{part.licence}”")
        wrong += [f"{where}: {each}" for each in _objections(part)]
        # A part it was built with has to be beside it, hollow: what is not beside it may be inside.
        wrong += [f"{where}: built with {each}" for each in part.gpl if each not in hollow]
    if wrong:
        raise NotDistributable("\n".join(wrong))
    return parts


def _read(path: Path, name: str) -> Part:
    """Read licence and configuration from the file."""
    data = path.read_bytes()
    said, configured = _SAID.search(data), _CONFIGURED.search(data)
    if said is None or configured is None:
        raise NotDistributable(f"{path.name}: it does not say what its licence is")
    return Part(path, name, said[1].decode(), tuple(configured[1].decode().split(" ")))


def _objections(part: Part) -> list[str]:
    """Ask the library itself, where it is of this system. Return what is against what was read."""
    if not _is_of_this_system(part.path.read_bytes()):
        return []
    beside = os.environ | {"LD_LIBRARY_PATH": str(part.path.resolve().parent)}  # where the program has its needs from
    asked = subprocess.run(
        [sys.executable, "-c", _ASK, str(part.path.resolve()), part.name],
        env=beside,
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.returncode:
        return [f"it can not be loaded: {asked.stderr.strip().splitlines()[-1]}"]
    if asked.stdout.splitlines() != [part.licence, " ".join(part.configuration)]:
        return [f"it says something else than is written in it: {asked.stdout}"]
    return []


def _is_of_this_system(data: bytes) -> bool:
    kind = {"linux": b"\x7fELF", "win32": b"MZ", "darwin": b"\xcf\xfa\xed\xfe"}.get(sys.platform)
    return kind is not None and data.startswith(kind)


def _make_hollow(path: Path, names: tuple[str, ...]) -> None:
    compilers, flags = next(
        (each for magic, each in _COMPILERS.items() if path.read_bytes().startswith(magic)), ((), ())
    )
    compiler = next((found for found in map(shutil.which, compilers) if found), None)
    if compiler is None:
        wanted = " or ".join(compilers) or "a compiler for it"
        raise NotDistributable(f"{path.name} has to be replaced, and there is no {wanted} to do it with")
    own_name = {"-shared": f"-Wl,-soname,{path.name}", "-dynamiclib": f"-Wl,-install_name,@loader_path/{path.name}"}
    with tempfile.TemporaryDirectory() as scratch:
        source, made = Path(scratch, "hollow.c"), Path(scratch, path.name)
        source.write_text(hollow_source(names))
        subprocess.run(
            [compiler, *flags, "-O1", own_name[flags[0]], "-o", str(made), str(source), *_strip(flags)], check=True
        )
        mode = path.stat().st_mode
        path.unlink()  # another name of the same file, in a cache of packages, keeps what it has
        shutil.copyfile(made, path)
        path.chmod(mode)


def _strip(flags: tuple[str, ...]) -> list[str]:
    return [] if "-dynamiclib" in flags else ["-s"]


def hollow_source(names: tuple[str, ...]) -> str:
    """Return the C of a library that has `names` and can do nothing.

    Whoever sets up an encoder is told that it failed, by the first call whose answer FFmpeg looks at: x264's settings
    and encoder can not be had, and x265's table of functions is full of one that gives nothing.
    """
    lines = [
        "#if defined(_WIN32)\n#define OPEN __declspec(dllexport)",
        '#else\n#define OPEN __attribute__((visibility("default")))\n#endif',
        f'OPEN const char batchdock_hollow[] = "{MARK.decode()}";',
        "static void *nothing(void) { return 0; }",
        "static void *(*table[256])(void);",
    ]
    for name in names:
        if name == "x264_levels":
            lines.append(f"OPEN const char {name}[8192] = {{0}};")
        elif name.startswith("x264_encoder_open"):
            lines.append(f"OPEN void *{name}(void) {{ return 0; }}")
        elif name.startswith("x265_api_"):
            lines.append(
                f"OPEN void *{name}(void) {{ for (int i = 0; i < 256; i++) table[i] = nothing; return table; }}"
            )
        else:
            lines.append(f"OPEN int {name}(void) {{ return -1; }}")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Replace and check in the folder that is named, and say what there is."""
    tree = Path(sys.argv[1])
    for each in replace(tree):
        print(f"{each.path.name}: hollow now, {len(each.names)} names, {each.saved / 1e6:.1f} MB less")
    try:
        parts = check(tree)
    except NotDistributable as reason:
        print(reason, file=sys.stderr)
        return 1
    for part in parts:
        print(f"{part.path.name}: {part.licence}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
