"""Takes out of ICU's data what Qt never looks up: 32 MB of words for currencies, units and time zones in 800 languages.

Qt on Linux asks ICU how names are ordered, and for case and normal forms. Its dates and languages are Qt's own.
"""

import shutil
import subprocess
import tempfile
from pathlib import Path

_UNASKED = ("brkitr/", "curr/", "lang/", "rbnf/", "region/", "translit/", "unit/", "zone/")
_CONVERTERS = ".cnv"
"""Encodings of old files: texts are read by Python here."""


def slim(tree: Path) -> None:
    """Replace each of the tree's `libicudata.so.*` by one with less in it, under the same name."""
    for library in tree.rglob("libicudata.so.*"):
        if library.is_file() and not library.is_symlink():
            _replace(library)


def _replace(library: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        # The library is nothing but its data, behind one name, and icupkg wants the file to be called after it.
        name = _asked("nm", "-D", "--defined-only", library).split()[-1]
        data = f"{name.removesuffix('_dat')}l.dat"
        whole, less, unasked = Path(scratch) / data, Path(scratch) / "less" / data, Path(scratch) / "unasked.txt"
        less.parent.mkdir()
        _asked("objcopy", "-O", "binary", "--only-section=.rodata", library, whole)
        items = _asked("icupkg", "-l", whole).split()
        unasked.write_text("\n".join(each for each in items if each.startswith(_UNASKED) or each.endswith(_CONVERTERS)))
        _asked("icupkg", "-r", unasked, whole, less)
        source = Path(scratch) / "data.s"
        source.write_text(
            f'.section .rodata\n.balign 16\n.globl {name}\n.type {name}, @object\n{name}:\n.incbin "{less}"\n'
            f".size {name}, . - {name}\n.section .note.GNU-stack\n"
        )
        made = Path(scratch) / library.name
        options = ("-shared", "-nostdlib", f"-Wl,-soname,{library.name}", "-Wl,--build-id=none")
        _asked("cc", *options, "-o", made, source)
        shutil.copyfile(made, library)


def _asked(*command: str | Path) -> str:
    return subprocess.run([str(each) for each in command], check=True, capture_output=True, text=True).stdout
