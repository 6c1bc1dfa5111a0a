"""The command line over a bucket: counted, signed with what is found here, handed over."""

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from batchdock.core.transfer import TransferState
from fakes.bucket import Bucket
from making.certificates import Authority
from making.desks import desk_at, until
from making.media import picture
from making.reference_lists import Web

SECRET = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00"


def command(web: Web, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "batchdock", *arguments, "--endpoint-url", f"https://localhost:{web.port}", "--json"]


def surroundings(web: Web, tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "GOOGLE_", "AZURE_"))}
    return (
        kept
        | {"HOME": str(tmp_path / "somebody"), "BATCHDOCK_FETCH_ALSO": f"127.0.0.1:{web.port}"}
        | {"SSL_CERT_FILE": str(tmp_path / "authority.pem")}
    )


def ran(web: Web, tmp_path: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command(web, *arguments),
        env=surroundings(web, tmp_path) | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert SECRET not in done.stdout + done.stderr
    assert "X-Amz" not in done.stdout + done.stderr
    return done


@pytest.mark.usefixtures("home")
def test_a_bucket_is_run_over_with_what_is_found_here(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    data = picture(tmp_path / "a.jpg", 1, (32, 32)).read_bytes()
    with Web(authority.context("localhost")) as web:
        Bucket(web, {f"cam{cam}/{n}.jpg": data for cam in range(2) for n in range(3)} | {"cam0/notes.txt": b"x"})
        keys = {"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": SECRET}
        to = ["--workflow", "picture-quality", "--save-to", str(tmp_path / "out")]
        done = ran(web, tmp_path, "run", "--bucket", "s3://box/cam?/**/*.jpg", *to, **keys)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["ok"] is True
        assert "Signing in to s3 with the environment of this program." in done.stderr
        assert "6 pictures, 0 videos" in done.stderr
        assert "are good until" in done.stderr
        (table,) = (tmp_path / "out").rglob("results.csv")
        assert "cam0__0.jpg" in table.read_text("utf-8-sig")
        nothing = ran(web, tmp_path, "run", "--bucket", "s3://box/none/", *to, **keys)
        assert nothing.returncode == 1
        assert json.loads(nothing.stdout)["error"]["kind"] == "PrefixEmpty"
        partial = ran(web, tmp_path, "run", "--bucket", "s3://box/", *to, AWS_ACCESS_KEY_ID="AKID")
        assert json.loads(partial.stdout)["error"]["kind"] == "CredentialsPartial"
        both = ran(web, tmp_path, "run", "x.jpg", "--bucket", "s3://box/", *to)
        assert both.returncode == 2


@pytest.mark.usefixtures("home")
def test_results_are_saved_in_a_bucket_as_well(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with Web(authority.context("localhost")) as web:
        bucket = Bucket(web, {"cam0/0.jpg": picture(tmp_path / "a.jpg", 1, (32, 32)).read_bytes()})
        keys = {"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": SECRET}
        to = ["--workflow", "picture-quality", "--save-to", str(tmp_path / "out")]
        ran_first = json.loads(ran(web, tmp_path, "run", "--bucket", "s3://box/", *to, **keys).stdout)
        batch = ran_first["jobs"][0]["job"]["results"][0]
        save = ["save", batch, "--to", str(tmp_path / "again"), "--to-bucket", "s3://box/back"]
        done = ran(web, tmp_path, *save, **keys)
        assert done.returncode == 0, done.stderr
        saved = json.loads(done.stdout)["saved"]
        assert saved["bucket"].startswith("s3://box/back/")
        prefix = saved["bucket"].removeprefix("s3://box/")
        assert bucket.files[f"{prefix}/results.csv"] == (Path(saved["folder"]) / "results.csv").read_bytes()
        bucket.read_only = True
        refused = ran(web, tmp_path, *save, **keys)
        assert json.loads(refused.stdout)["error"]["kind"] == "SavingForbidden"
        wrong = ran(web, tmp_path, *save[:-1], "box/back", **keys)
        assert json.loads(wrong.stdout)["error"]["kind"] == "BadPlace"


def test_what_was_killed_while_it_was_saved_is_whole_after_the_next_start(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path)
    with Web(authority.context("localhost")) as web:
        bucket = Bucket(web, {"cam0/0.jpg": picture(tmp_path / "a.jpg", 1, (32, 32)).read_bytes()})
        keys = {"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": SECRET}
        to = ["--workflow", "picture-quality", "--save-to", str(tmp_path / "out")]
        first = json.loads(ran(web, tmp_path, "run", "--bucket", "s3://box/", *to, **keys).stdout)
        batch = first["jobs"][0]["job"]["results"][0]
        save = command(web, "save", batch, "--to", str(tmp_path / "again"), "--to-bucket", "s3://box/back")
        bucket.most = 1
        quiet = subprocess.DEVNULL
        with subprocess.Popen(save, env=surroundings(web, tmp_path) | keys, stdout=quiet, stderr=quiet) as saving:
            deadline = time.monotonic() + 100
            while not bucket.put:
                assert time.monotonic() < deadline, "nothing was put there"
                time.sleep(0.02)
            saving.kill()
        bucket.most = -1
        bucket.let_go.set()
        for name, value in (surroundings(web, tmp_path) | keys).items():
            monkeypatch.setenv(name, value)

        async def scenario() -> None:
            async with desk_at(home) as (desk, _):
                done = TransferState.DONE
                await until(lambda: desk.transfers.all() and all(each.state is done for each in desk.transfers.all()))

        asyncio.run(scenario())
        (folder,) = (each for each in (tmp_path / "again").iterdir() if each.is_dir() and not each.name.startswith("."))
        wanted = {
            f"back/{folder.name}/{each.relative_to(folder).as_posix()}": each.read_bytes()
            for each in folder.rglob("*")
            if each.is_file()
        }
        assert {path: data for path, data in bucket.files.items() if path.startswith("back/")} == wanted
        assert sorted(bucket.put) == sorted(wanted), "nothing was sent twice"
