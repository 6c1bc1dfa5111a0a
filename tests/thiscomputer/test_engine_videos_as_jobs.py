"""Videos through the whole service: what is damaged is told and what is good arrives; drawn videos come whole."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import av

from making.local_service import LocalService, poll
from making.media import filmed, number_in

VIDEOS = {"type": "simple-video-processing-v1"}
EVERY_FRAME = {"maxVideoFPS": 100, "persistImagesOutputs": True, "workflowParameters": {"formats": "QRCode"}}


def start(service: LocalService, job: str, paths: dict[str, Path], **specification: Any) -> None:
    """Start a job that reads codes in every frame and keeps what is drawn."""
    service.refer(f"b-{job}", paths, kind="video")
    answer = service.start_job(job, f"b-{job}", "read-codes", specification=EVERY_FRAME | specification, **VIDEOS)
    assert answer.status_code == 200, answer.text


def numbers(data: bytes) -> list[int]:
    """Return the numbers of the frames in a drawn video."""
    with av.open(io.BytesIO(data), "r") as container:
        stream = container.streams.video[0]
        return [number_in(frame.to_image()) for frame in container.decode(stream)]  # type: ignore[no-untyped-call]


def cut(path: Path, part: float) -> Path:
    """Leave only the first part of a file."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * part)])
    return path


def no_video(path: Path) -> Path:
    """Write something else."""
    path.write_bytes(b"Dear diary, " * 50)
    return path


def work_folder(service: LocalService) -> list[Path]:
    """Return what lies in the folder in which workers leave drawn videos."""
    return list((service.data / "work").iterdir())


def test_drawn_videos_come_with_their_sound_and_leave_nothing_behind(service: LocalService, tmp_path: Path) -> None:
    moments = [40 * each for each in range(30)]
    paths = {f"{each}.mp4": filmed(tmp_path / f"{each}.mp4", moments, sound="aac") for each in range(3)}
    start(service, "drawn", paths, aggregationFormat="csv")
    assert service.wait("drawn")["lastNotification"]["message"] == "3 videos processed."
    found = dict(service.results("drawn"))
    for name in paths:
        video = found[f"{name}/source_0_output_output_image_preview.mp4"]
        assert numbers(video) == list(range(30))
        with av.open(io.BytesIO(video), "r") as container:
            assert len(container.streams.audio) == 1
        rows = list(csv.DictReader(io.StringIO(found[f"{name}/workflow_results_source_0.csv"].decode())))
        assert [float(row["seconds"]) for row in rows] == [each / 1000 for each in moments]
        assert [int(row["frame"]) for row in rows] == list(range(30))
    assert work_folder(service) == []


def test_what_is_good_of_the_only_video_arrives(service: LocalService, tmp_path: Path) -> None:
    path = cut(filmed(tmp_path / "a.mkv", [40 * each for each in range(200)]), 0.5)
    start(service, "only", {"a.mkv": path})
    job = service.wait("only")
    note = job["lastNotification"]
    assert (job["error"], note["type"], note["processed"], note["failed"]) == (False, "finished", 0, 1)
    assert note["message"] == "1 video processed in part."
    [task] = service.tasks("only")
    assert (task["statusType"], task["notification"]["message"]) == ("error", "Processed in part.")
    [(name, cause)] = service.failures("only").items()
    assert name == "a.mkv"
    assert cause.startswith("The video is damaged or incomplete after 0:0")
    found = dict(service.results("only"))
    rows = [json.loads(line) for line in found["a.mkv/workflow_results_source_0.jsonl"].splitlines()]
    assert [row["frame"] for row in rows] == list(range(len(rows)))
    assert 40 < len(rows) < 180
    assert len(numbers(found["a.mkv/source_0_output_output_image_preview.mp4"])) == len(rows)
    [failures] = [data for name, data in found.items() if name.startswith("failed_files_processing_")]
    assert json.loads(failures) == {"file_path": "a.mkv", "cause": cause}


def test_good_damaged_and_no_videos_side_by_side(service: LocalService, tmp_path: Path) -> None:
    moments = [40 * each for each in range(200)]
    paths = {
        "good.mkv": filmed(tmp_path / "good.mkv", moments),
        "cut.mkv": cut(filmed(tmp_path / "cut.mkv", moments), 0.5),
        "none.mkv": no_video(tmp_path / "none.mkv"),
    }
    start(service, "mixed", paths, persistImagesOutputs=False)
    note = service.wait("mixed")["lastNotification"]
    assert note["message"] == "1 of 3 videos processed, 1 more in part; 1 could not be."
    tables = {name.split("/")[0] for name, _ in service.results("mixed") if "workflow_results" in name}
    assert tables == {"good.mkv", "cut.mkv"}


def test_where_nothing_is_good_the_job_failed(service: LocalService, tmp_path: Path) -> None:
    start(service, "none", {"none.mkv": no_video(tmp_path / "none.mkv")})
    job = service.wait("none")
    assert (job["error"], job["lastNotification"]["message"]) == (True, "None of 1 video could be processed.")


def test_a_stopped_job_leaves_no_half_videos_and_begins_anew(service: LocalService, tmp_path: Path) -> None:
    long = filmed(tmp_path / "long.mp4", [40 * each for each in range(600)], sound="aac")
    start(service, "again", {"long.mp4": long}, workflowParameters={})
    service.wait("again", lambda job: 0 < job["progress"] < 0.95)
    assert work_folder(service) != []
    service.jobs("/again/abort", "POST")
    assert service.wait("again")["lastNotification"]["type"] == "aborted"
    poll(lambda: work_folder(service), lambda seen: seen == [])
    assert service.jobs("/again/restart", "POST", json={}).status_code == 200
    service.wait("again")
    found = dict(service.results("again"))
    assert numbers(found["long.mp4/source_0_output_output_image_preview.mp4"]) == list(range(600))
