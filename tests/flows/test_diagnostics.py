"""The diagnostic report: what helps is in it, and nothing that is nobody's business."""

import asyncio
import getpass
import json
import socket
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchdock import __version__
from batchdock.core.errors import FolderNotWritable
from batchdock.flows.diagnostics import Page
from batchdock.flows.diagnostics.redacting import Redactor
from batchdock.flows.diagnostics.report import LOG_BYTES
from making.desks import desk_at

SECRET = "q8Zr4TnB2vXw7LkP"
SHAPES = (
    "https://host.example/data?api_key={}&x=1",
    "https://bucket.example/a.jpg?X-Amz-Signature={}",
    "https://account.blob.example/c/b?sv=2024&sig={}",
    "https://user:{}@host.example/path",
    "Authorization: Basic {}",
    "authorization: Bearer {}",
    "'Authorization': 'Digest {}'",
    "X-Auth-Token: {}",
    "X-Token={}",
    '{{"api_key": "{}"}}',
    '{{"secretAccessKey": "{}", "a": 1}}',
    "{{'password': '{}'}}",
    "token: {}",
    "AWS_SECRET_ACCESS_KEY={}",
    "api_key%3D{}",
    "Cookie: session={}; other={}",
    "X-Amz-Security-Token: {}",
    "-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----",
    "<password>{}</password>",
    "AKIA{}",
    "ghp_{}",
    "Accesskey-0123456789abcdef{}",
)


@pytest.mark.parametrize("shape", SHAPES)
@given(before=st.sampled_from(["", "GET ", "(", "\t"]), after=st.sampled_from(["", " 200 OK", ")", "\r\n"]))
def test_no_shape_of_a_secret_is_left(shape: str, before: str, after: str) -> None:
    secret = SECRET.lower() if shape.startswith("Accesskey") else SECRET
    said = Redactor(frozenset(), {}).text(
        before + shape.replace("{}", secret).replace("{{", "{").replace("}}", "}") + after
    )
    assert secret not in said


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=8, max_size=60))
def test_a_known_key_is_left_nowhere(secret: str) -> None:
    told = Redactor(frozenset({secret}), {})
    for text in (f"said {secret} here", json.dumps({"x": secret}), f"https://host.example/{secret}/more"):
        assert secret not in told.text(text)


def test_ordinary_words_stay() -> None:
    said = "2026-11-23 INFO  MainThread batchdock.app: The window is open. 12 of 40 pictures, 3 MB/s, key: none\n"
    assert (
        Redactor(frozenset(), {})
        .text(said)
        .startswith("2026-11-23 INFO  MainThread batchdock.app: The window is open.")
    )


def test_a_key_that_the_end_of_a_log_cuts_is_left_nowhere(home: Path) -> None:
    """The first line that is read may be half of one, and the first lines the rest of a private key."""
    logs = home / "logs"
    logs.mkdir(parents=True)
    ends = f"{SECRET}\n-----END RSA PRIVATE KEY-----\nafter it\n"
    filling = "ordinary words\n" * 40_000
    cut = f"api_key={'b' * 40}{SECRET.lower()}\n"
    tail = ends + filling[: LOG_BYTES - len(ends) - 18]
    (logs / "batchdock.log").write_text(filling + cut + tail)

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            (log,) = [each.text for each in await desk.diagnostics.pages() if each.name == "logs-batchdock.log"]
            assert "after it" in log
            assert SECRET not in log
            assert SECRET.lower()[-8:] not in log

    asyncio.run(scenario())


def test_a_report_of_a_home_full_of_secrets(home: Path, tmp_path: Path) -> None:
    logs = home / "logs"
    logs.mkdir(parents=True)
    person = f"{Path.home()}/Pictures/holiday.jpg of {getpass.getuser()} at {socket.gethostname()}, anna@example.org"
    lines = [shape.replace("{}", SECRET).replace("{{", "{").replace("}}", "}") for shape in SHAPES[:-1]]
    (logs / "batchdock.log").write_text("x" * 500_000 + "\n" + "\n".join([*lines, person, f"in {home}", "the end"]))
    (logs / "failed start.txt").write_text("ImportError: libEGL.so.1")

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            pages = await desk.diagnostics.pages([("Screens", "1920×1080 at 2")])
            target = tmp_path / "report.zip"
            await desk.diagnostics.save(pages, target)
            with zipfile.ZipFile(target) as archive:
                found = {name: archive.read(name).decode() for name in archive.namelist()}
            assert found == {each.name: each.text for each in pages}
            assert f"Batchdock: {__version__}" in found["about.txt"]
            assert "Screens: 1920×1080 at 2" in found["about.txt"]
            assert found["services.txt"].startswith("this-computer: ")
            assert "httpx: " in found["packages.txt"]
            assert "libEGL.so.1" in found["logs-failed start.txt"]
            log = found["logs-batchdock.log"]
            assert log.endswith("the end")
            assert len(log) < 410_000
            everything = "\n".join(found.values())
            for each in (SECRET, str(home), str(Path.home()) + "/", "anna@", f" at {socket.gethostname()}"):
                assert each not in everything, each
            assert "~/Pictures/holiday.jpg" in log
            with pytest.raises(FolderNotWritable):
                await desk.diagnostics.save(pages, tmp_path / "not there" / "report.zip")
            await desk.diagnostics.save([Page("only.txt", "this")], target)
            with zipfile.ZipFile(target) as archive:
                assert archive.namelist() == ["only.txt"]
            assert sorted(each.name for each in tmp_path.iterdir() if each.is_file()) == ["report.zip"]

    asyncio.run(scenario())
