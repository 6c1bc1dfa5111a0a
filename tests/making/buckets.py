"""A storage and a bucket for the flows, and what must be in none of their files."""

import os
from pathlib import Path

import pytest

from batchdock.core.bucket import SignInWay, Storage, StorageKind
from fakes.bucket import Bucket
from making.certificates import Authority
from making.media import picture
from making.reference_lists import Web

SECRET = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00"


def stranger(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """Be a person with nothing to sign in with, who trusts the authority that is returned."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "GOOGLE_", "AZURE_", "CLOUDSDK_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(folder / "somebody"))
    made = Authority(folder)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.path))
    return made


def lab(web: Web) -> Storage:
    return Storage("Lab", StorageKind.S3, SignInWay.TYPED, endpoint=f"https://localhost:{web.port}", region="eu-west-1")


def filled(web: Web, folder: Path) -> Bucket:
    data = picture(folder / "a.jpg", 1, (32, 32)).read_bytes()
    paths = [f"cam{cam}/2024-{day:02}/img.jpg" for cam in range(3) for day in range(1, 31)]
    return Bucket(web, dict.fromkeys(paths, data) | {"cam1/film.mp4": b"x" * 9, "cam1/notes.txt": b"x", "cam1/": b""})


def no_secret_below(folder: Path) -> None:
    for root, _, names in os.walk(folder):
        for name in names:
            found = Path(root, name).read_bytes()
            assert SECRET.encode() not in found, name
            assert b"X-Amz-Signature" not in found, name
