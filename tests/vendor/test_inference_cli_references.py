"""The vendor's own client hands over https references: as a list and as the address of one, of pictures and videos."""

import json
from pathlib import Path

import pytest

from making.certificates import Authority
from making.local_service import LocalService
from making.media import picture, video
from making.reference_lists import Web
from making.vendor_client import Client

pytestmark = [pytest.mark.vendor, pytest.mark.timeout(1800)]


def test_references_by_https(executable: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = Authority(tmp_path)
    with Web(authority.context("localhost")) as web, monkeypatch.context() as environment:
        environment.setenv("SSL_CERT_FILE", str(authority.path))
        environment.setenv("BATCHDOCK_FETCH_ALSO", f"127.0.0.1:{web.port}")
        with LocalService(tmp_path / "data") as service:
            client = Client(executable, service)
            pictures = []
            for number in range(80):
                data = picture(tmp_path / "made" / f"{number}.jpg", number, (64, 64)).read_bytes()
                url = web.put(f"/{number}.jpg", data)
                pictures.append(json.dumps({"name": f"{number}.jpg", "url": f"{url}?X-Amz-Signature=secret"}))
            gone = json.dumps({"name": "gone.jpg", "url": web.url("/gone.jpg")})
            films = [
                json.dumps(
                    {
                        "name": f"v{number}.mp4",
                        "url": web.put(
                            f"/v{number}.mp4",
                            video(tmp_path / "made" / f"v{number}.mp4", frames=20, fps=10).read_bytes(),
                            "video/mp4",
                        ),
                    }
                )
                for number in range(2)
            ]
            listed = tmp_path / "pictures.jsonl"
            listed.write_text("\n".join([*pictures, gone]))
            make = "data-staging create-batch-of-images"
            client(make, "-b", "as-list", "-ds", "references-file", "-r", listed, "-i", "ingest-1")
            client(make, "-b", "as-list", "-ds", "references-file", "-r", listed, "-i", "ingest-1")
            shards = service.wait_for_shards("as-list")
            assert sum(each["shardObjectsCount"] for each in shards) == 80
            failed = [one for each in shards for one in (each["statusMetadata"] or {}).get("failedFiles", [])]
            assert [(each["fileName"], each["type"]) for each in failed] == [("gone.jpg", "http-error")]
            assert "80" in client("data-staging show-batch-details", "-b", "as-list")
            client("data-staging list-ingest-details", "-b", "as-list")
            assert len(web.asked) == 81, "the repetition fetched nothing"

            address = web.put("/pictures.jsonl", "\n".join(pictures).encode(), "text/plain")
            client(make, "-b", "as-address", "-ds", "references-file", "-r", address)
            films_list = tmp_path / "films.jsonl"
            films_list.write_text("\n".join(films))
            client("data-staging create-batch-of-videos", "-b", "films", "-ds", "references-file", "-r", films_list)
            for batch, kind, count in (("as-address", "images", 80), ("films", "videos", 2)):
                job = f"{batch}-job"
                client(
                    f"batch-processing process-{kind}-with-workflow", "-b", batch, "-w", "picture-quality", "-j", job
                )
                assert service.wait(job)["lastNotification"]["processed"] == count
