"""What somebody would write in an afternoon: httpx, one request after the other. Only to be compared with.

python tests/bench/httpx_loop.py bulk|single|video|export URL BATCH FOLDER
"""

import io
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import httpx

SHARD = 256


def staging(client: httpx.Client, batch: str) -> str:
    workspace = client.get("/").raise_for_status().json()["workspace"]
    return f"/data-staging/v1/external/{workspace}/batches/{batch}"


def put(client: httpx.Client, where: str, params: dict[str, str], content: bytes | Iterator[bytes]) -> None:
    details = client.post(where, params=params).raise_for_status().json()["signedURLDetails"]
    client.put(details["uploadURL"], content=content, headers=details["extensionHeaders"]).raise_for_status()


def bulk(client: httpx.Client, batch: str, folder: Path) -> None:
    where, paths = staging(client, batch) + "/bulk-upload/image-files", sorted(folder.iterdir())
    for first in range(0, len(paths), SHARD):
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as tar:
            for path in paths[first : first + SHARD]:
                tar.add(path, arcname=path.name)
        put(client, where, {}, packed.getvalue())


def single(client: httpx.Client, batch: str, folder: Path) -> None:
    where = staging(client, batch) + "/upload/image"
    for path in sorted(folder.iterdir()):
        files = {"file": (path.name, path.read_bytes())}
        client.post(where, params={"fileName": path.name}, files=files).raise_for_status()


def video(client: httpx.Client, batch: str, folder: Path) -> None:
    where = staging(client, batch) + "/upload/video"
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            put(client, where, {"fileName": path.name}, iter(lambda: file.read(1 << 20), b""))


def export(client: httpx.Client, batch: str, folder: Path) -> None:
    where = staging(client, batch)
    multipart = client.get(where).raise_for_status().json()["batch"]["batchType"] == "multipart-batch"
    parts = client.get(where + "/parts").raise_for_status().json()["batchParts"] if multipart else [{}]
    for part in parts:
        token: str | None = ""
        while token is not None:
            params = {"nextPageToken": token, "partName": part.get("partName", "")}
            page = client.get(where + "/list", params=params).raise_for_status().json()
            for listed in page["filesMetadata"]:
                content = client.get(listed["downloadURL"]).raise_for_status().content
                if listed["fileName"].endswith((".tar", ".tar.gz")):
                    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
                        tar.extractall(folder, filter="data")
                else:
                    (folder / listed["fileName"]).write_bytes(content)
            token = page["nextPageToken"]


if __name__ == "__main__":
    what, url, batch_id, place = sys.argv[1:]
    with httpx.Client(base_url=url, timeout=60.0, trust_env=False) as opened:
        {"bulk": bulk, "single": single, "video": video, "export": export}[what](opened, batch_id, Path(place))
