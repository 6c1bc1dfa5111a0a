"""What is packaged for video: no GPL part is left, everything is still read, and drawn videos are still made."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import av
import pytest

from making.media import filmed

ROOT = Path(__file__).resolve().parents[2]
WHEEL = Path(av.__file__).parents[1]

pytestmark = [
    pytest.mark.skipif(not (WHEEL / "av.libs").is_dir(), reason="PyAV is not from a Linux wheel here"),
    pytest.mark.skipif(
        shutil.which("cc") is None and shutil.which("gcc") is None, reason="there is no C compiler here"
    ),
]


def run(code: str, *arguments: object, path: Path | None = None, fails: bool = False) -> str:
    """Run `code` in a Python of its own, with what is in `path` before what is installed. Return what it printed."""
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(map(str, (*((path,) if path else ()), ROOT / "packaging", ROOT / "tests")))
    }
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode != 0) is fails, done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """PyAV as it is published."""
    return copied(tmp_path_factory.mktemp("whole"))


@pytest.fixture(scope="module")
def hollowed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """PyAV as it is packaged."""
    site = copied(tmp_path_factory.mktemp("hollowed"))
    run("import sys\nfrom pathlib import Path\nfrom building import video\nvideo.replace(Path(sys.argv[1]))", site)
    return site


def copied(site: Path) -> Path:
    for name in ("av", "av.libs"):
        shutil.copytree(WHEEL / name, site / name)
    return site


CHECK = "import sys\nfrom pathlib import Path\nfrom building import video\n"
CHECK += "for part in video.check(Path(sys.argv[1])): print(part.name, '|', part.licence)"


def test_as_it_is_published_it_is_refused_though_it_calls_itself_lgpl(whole: Path) -> None:
    said = run(CHECK, whole, fails=True)
    assert "libx264 is GPL" in said
    assert "libx265 is GPL" in said


def test_as_it_is_packaged_every_part_says_lgpl_and_nothing_gpl_is_left(hollowed: Path) -> None:
    parts = dict(line.split(" | ") for line in run(CHECK, hollowed).splitlines())
    assert {"avcodec", "avformat", "avutil", "avfilter", "avdevice", "swscale", "swresample"} == set(parts)
    assert {licence.split(" ")[0] for licence in parts.values()} == {"LGPL"}
    hollow = [path for path in (hollowed / "av.libs").iterdir() if path.name.startswith(("libx26", "libSvtAv1Enc"))]
    assert len(hollow) == 3
    assert all(path.stat().st_size < 50_000 and b"x264 - core" not in path.read_bytes() for path in hollow)


def test_a_gpl_library_that_is_not_beside_it_is_missed(hollowed: Path, tmp_path: Path) -> None:
    """Built with x264, and x264 is in no file beside it: then it may be inside."""
    shutil.copytree(hollowed / "av.libs", tmp_path / "av.libs")
    for path in (tmp_path / "av.libs").glob("libx264*"):
        path.unlink()
    said = run(CHECK, tmp_path, fails=True)
    assert "built with libx264" in said


def test_what_is_installed_is_not_touched(hollowed: Path) -> None:
    assert all(path.stat().st_size > 1_000_000 for path in (WHEEL / "av.libs").glob("libx26*"))
    again = run(
        "import sys\nfrom pathlib import Path\nfrom building import video\nprint(video.replace(Path(sys.argv[1])))",
        hollowed,
    )
    assert again.strip() == "[]", "what is hollow is left as it is"


READ = """
import sys, av
assert av.__file__.startswith(sys.argv[1]), av.__file__
for name in sys.argv[2:]:
    with av.open(name) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
        kind = container.streams.video[0].codec_context.codec.canonical_name
        print(kind, len(frames), round(float(frames[3].mean()), 1))
"""

WRITE = """
import json, sys
from pathlib import Path
from making.media import filmed, numbered
name, codec, pixels, options = sys.argv[1:]
pictures = lambda number: numbered(number, (320, 180))
filmed(Path(name), range(0, 480, 40), codec=codec, pixels=pixels, codec_options=json.loads(options), pictures=pictures)
"""
"""In a process of its own: SVT-AV1 changes which place its process has at the processors."""

KINDS = [
    ("mp4", "libx264", "yuv420p", {}, "h264"),
    ("mkv", "libx265", "yuv420p10le", {"x265-params": "log-level=none"}, "hevc"),
    ("webm", "libvpx-vp9", "yuv420p", {}, "vp9"),
    ("mp4", "libsvtav1", "yuv420p", {"preset": "10"}, "av1"),
    ("avi", "mpeg4", "yuv420p", {}, "mpeg4"),
    ("mov", "prores_ks", "yuv422p10le", {}, "prores"),
    ("avi", "mjpeg", "yuvj420p", {}, "mjpeg"),
]


@pytest.mark.parametrize(("ending", "codec", "pixels", "options", "kind"), KINDS, ids=[each[4] for each in KINDS])
def test_everything_is_read_as_before(
    tmp_path: Path,
    hollowed: Path,
    whole: Path,
    ending: str,
    codec: str,
    pixels: str,
    options: dict[str, str],
    kind: str,
) -> None:
    path = tmp_path / f"a.{ending}"
    run(WRITE, path, codec, pixels, json.dumps(options))
    before, after = (run(READ, site, path, path=site).strip() for site in (whole, hollowed))
    assert before == after
    assert before.split(" ")[:2] == [kind, "12"]


ENCODE = """
import io, sys, av
for name in ("libx264", "libx264rgb", "libx265"):
    for options in ({}, {"preset": "veryfast", "crf": "20", "x264-params": "mbtree=0"}, {"profile": "high"}):
        container = av.open(io.BytesIO(), "w", format="mp4")
        stream = container.add_stream(name, rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "rgb24" if name == "libx264rgb" else "yuv420p"
        try:
            stream.codec_context.open()
        except av.FFmpegError as error:
            print(name, type(error).__name__)
"""


def test_their_encoders_refuse_in_words_and_nothing_breaks(hollowed: Path) -> None:
    said = run(ENCODE, path=hollowed).split("\n")
    assert len([line for line in said if line.startswith("libx26")]) == 9


DRAW = """
import io, sys
from pathlib import Path
import av
assert av.__file__.startswith(sys.argv[1]), av.__file__
from batchdock.thiscomputer.engine.batch import process_batch
from batchdock.thiscomputer.engine.options import Options
from batchdock.thiscomputer.engine.rows import Input
options = Options({"formats": "QRCode"}, keep_images=True, max_video_fps=1000.0)
rows = process_batch("read-codes", [Input("a.mp4", Path(sys.argv[2]), content="videos")], options)
assert {row.cause for row in rows} == {None}
Path(sys.argv[3]).write_bytes(rows[0].images["output_image"])
"""


def test_a_drawn_video_is_made_and_shown(tmp_path: Path, hollowed: Path) -> None:
    path = filmed(tmp_path / "a.mp4", [40 * each for each in range(12)], sound="aac")
    run(DRAW, hollowed, path, tmp_path / "drawn.mp4", path=hollowed)
    with av.open(str(tmp_path / "drawn.mp4")) as container:
        assert len(list(container.decode(video=0))) == 12
        assert container.streams.video[0].codec_context.codec_tag in {"avc1", "vp09"}
        assert len(container.streams.audio) == 1
