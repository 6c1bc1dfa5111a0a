"""Jobs over real HTTP, with the real engine (contract §4, §5)."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from making.local_service import LocalService, job_body, poll, tar_of
from making.media import picture, picture_bytes, video


def _pictures(service: LocalService, folder: Path, batch_id: str, count: int, bad: int = 0) -> list[str]:
    paths = {f"p{number:03}.jpg": picture(folder / f"p{number:03}.jpg", number) for number in range(count)}
    for number in range(bad):
        paths[f"bad{number:03}.jpg"] = folder / f"bad{number:03}.jpg"
        paths[f"bad{number:03}.jpg"].write_text("this is text")
    assert service.refer(batch_id, paths).status_code == 200
    return sorted(paths)


def _table(service: LocalService, job_id: str) -> list[str]:
    (table,) = [data for name, data in service.results(job_id) if name.endswith("aggregated_results.jsonl")]
    return [json.loads(line)["image"] for line in table.splitlines()]


def test_job_from_start_to_results(service: LocalService, tmp_path: Path) -> None:
    names = _pictures(service, tmp_path, "b-whole", 20)
    assert service.start_job("whole", "b-whole").json()["status"] == "ok"
    job = service.wait("whole")
    assert (job["isTerminal"], job["error"], job["status"], job["progress"]) == (True, False, "completed", 1.0)
    told = job["lastNotification"]
    assert (told["type"], told["resultsBatches"]) == ("finished", ["whole-export"])
    assert (told["processed"], told["failed"], told["total"]) == (20, 0, 20)
    stages = service.jobs("/whole/stages").json()["stages"]
    assert [each["processingStageName"] for each in stages] == ["processing", "export"]
    assert all(value is not None for each in stages for value in each.values())
    assert stages[1]["outputBatches"] == ["whole-export"]
    (task,) = service.tasks("whole")
    assert (task["statusType"], task["progress"], task["notification"]["done"]) == ("success", 1.0, 20)
    assert sorted(_table(service, "whole")) == names
    members = [name for name, _ in service.results("whole")]
    assert sorted(each for each in members if each.endswith("results.json")) == [
        f"{name}/results.json" for name in names
    ]
    batch = service.staging("/whole-export").json()["batch"]
    assert (batch["batchType"], batch["batchContentType"]) == ("multipart-batch", "archives")
    assert service.failures("whole") == {}


def test_files_that_can_not_be_processed_have_their_causes(service: LocalService, tmp_path: Path) -> None:
    paths = {"good.jpg": picture(tmp_path / "good.jpg"), "gone.jpg": tmp_path / "gone.jpg", "folder.jpg": tmp_path}
    (tmp_path / "text.jpg").write_text("text")
    (tmp_path / "empty.jpg").touch()
    paths |= {name: tmp_path / name for name in ("text.jpg", "empty.jpg")}
    service.refer("b-causes", paths)
    service.start_job("causes", "b-causes")
    job = service.wait("causes")
    assert (job["error"], job["lastNotification"]["processed"], job["lastNotification"]["failed"]) == (False, 1, 4)
    failures = service.failures("causes")
    assert set(failures) == {"gone.jpg", "folder.jpg", "text.jpg", "empty.jpg"}
    assert all(cause.endswith(".") for cause in failures.values())
    listed = [data for name, data in service.results("causes") if "failed_files_processing" in name]
    assert len(listed) == 1
    assert len(listed[0].splitlines()) == 4


def test_nothing_usable_is_a_failure(service: LocalService, tmp_path: Path) -> None:
    _pictures(service, tmp_path, "b-nothing", 0, bad=3)
    service.start_job("nothing", "b-nothing")
    job = service.wait("nothing")
    assert (job["error"], job["status"], job["lastNotification"]["resultsBatches"]) == (True, "failed", [])
    assert job["lastNotification"]["message"] == "None of 3 pictures could be processed."
    (task,) = service.tasks("nothing")
    assert "error" in task["statusType"]


def test_shard_over_its_failure_rate_stops_and_the_others_go_on(service: LocalService, tmp_path: Path) -> None:
    good = tar_of((f"g{number:03}.jpg", picture_bytes(number)) for number in range(40))
    bad = tar_of((f"b{number:03}.jpg", b"no picture" if number < 20 else picture_bytes(number)) for number in range(60))
    for tar in (good, bad):
        service.upload_tar("b-rate", tar)
    service.start_job("rate", "b-rate", maxImageFailureRate=0.1, maxParallelTasks=1)
    job = service.wait("rate")
    assert job["error"] is False
    assert [each["statusType"] for each in service.tasks("rate")] == ["success", "error"]
    failures = service.failures("rate")
    assert {f"b{number:03}.jpg" for number in range(7)} <= set(failures)
    assert all(name.startswith("b") for name in failures)
    assert "left out" in failures["b059.jpg"]
    assert len(_table(service, "rate")) + len(failures) == 100


def test_a_chunk_that_comes_back_late_does_not_end_the_job_again(service: LocalService, tmp_path: Path) -> None:
    """The first chunk makes its task give up while the second is still with the other worker."""
    (tmp_path / "bad.jpg").write_text("no picture")
    slow = picture(tmp_path / "slow.jpg", 1, size=(2000, 1500))
    names = [f"{number:03}.jpg" for number in range(64)]
    service.refer("b-late", {name: tmp_path / "bad.jpg" if name < "016.jpg" else slow for name in names})
    service.refer("b-late", {"good.jpg": slow})  # a task of its own, so that there is something to put out
    service.start_job("late", "b-late", maxImageFailureRate=0.0)
    service.refer("b-next", dict.fromkeys(names, slow))
    service.start_job("next", "b-next")
    service.wait("late")
    service.wait("next")
    kinds = [line["logType"] for line in service.jobs("/late/logs", params={"pageSize": 1000}).json()["logs"]]
    assert (kinds.count("task-stopped"), kinds.count("job-finished")) == (1, 1)
    assert _table(service, "late") == ["good.jpg"]


def test_rate_that_is_kept(service: LocalService, tmp_path: Path) -> None:
    _pictures(service, tmp_path, "b-kept", 18, bad=2)
    service.start_job("kept", "b-kept", maxImageFailureRate=0.1)
    job = service.wait("kept")
    assert (job["error"], job["lastNotification"]["failed"]) == (False, 2)
    assert [each["statusType"] for each in service.tasks("kept")] == ["success"]


def test_creating_twice(service: LocalService, tmp_path: Path) -> None:
    _pictures(service, tmp_path, "b-again", 1)
    assert [service.start_job("again", "b-again").status_code for _ in range(2)] == [200, 200]
    other = service.start_job("again", "b-again", specification={"aggregationFormat": "csv"})
    assert other.status_code == 409
    assert len([each for each in service.jobs("").json()["jobs"] if each["jobId"] == "again"]) == 1
    service.wait("again")


@pytest.mark.parametrize(
    ("status", "change"),
    [
        (400, {"maxImageFailureRate": 1.5}),
        (400, {"maxImageFailureRate": -0.1}),
        (400, {"maxImageFailureRate": "much"}),
        (400, {"maxParallelTasks": 0}),
        (400, {"processingTimeoutSeconds": 0}),
        (400, {"type": "something-v9"}),
        (400, {"type": "trt-compilation-v1"}),
        (400, {"type": "simple-video-processing-v1"}),
        (400, {"jobInput": None}),
        (400, {"computeConfiguration": None}),
        (400, {"processingSpecification": None}),
        (404, {"jobInput": {"batchId": "not-there"}}),
        (404, {"jobInput": {"batchId": "b-refused", "imagesMetadataPart": "m"}}),
        (404, {"jobInput": {"batchId": "b-refused", "partName": "m"}}),
        (400, {"jobInput": {"batchId": "b-refused", "partName": 5}}),
        (400, {"computeConfiguration": {"workersPerMachine": 0}}),
        (400, {"computeConfiguration": {"machineType": "tpu"}}),
        (400, {"inferenceBackend": "another"}),
        (400, {"specification": {"workspace": "another"}}),
        (400, {"specification": {"persistImagesOutputs": "yes"}}),
        (404, {"specification": {"workflowId": "not-there"}}),
        (400, {"specification": {"workflowId": None}}),
        (400, {"specification": {"imageInputName": "picture"}}),
        (400, {"specification": {"aggregationFormat": "xml"}}),
        (400, {"specification": {"workflowParameters": []}}),
        (400, {"specification": {"workflowParameters": {"nonsense": 1}}}),
        (400, {"specification": {"imagesOutputsToBePersisted": ["nonsense"]}}),
        (400, {"specification": {"maxVideoFPS": 5}}),
    ],
)
def test_jobs_that_are_refused(service: LocalService, status: int, change: dict[str, Any]) -> None:
    service.upload("b-refused", "a.jpg", b"x")
    answer = service.start_job("refused", "b-refused", **change)
    assert answer.status_code == status
    assert answer.json()["error"]["message"].endswith(".")
    assert service.jobs("/refused").status_code == 404


def test_bodies_and_ids_that_are_none(service: LocalService) -> None:
    assert service.jobs("/x", "POST", content=b"{").status_code == 400
    assert service.jobs("/x", "POST", json=[1]).status_code == 400
    assert service.jobs(f"/{'x' * 21}", "POST", json={}).status_code == 400
    assert service.jobs("/Not An Id").status_code == 400
    for path, method in (("", "GET"), ("/stages", "GET"), ("/logs", "GET"), ("/abort", "POST"), ("/restart", "POST")):
        answer = service.jobs(f"/not-there{path}", method)
        assert (answer.status_code, answer.json()["error"]["message"]) == (404, "There is no job “not-there”.")


def test_half_a_character_in_a_definition(service: LocalService, tmp_path: Path) -> None:
    _pictures(service, tmp_path, "b-half", 1)
    body = json.dumps({**job_body("b-half"), "note": "\ud800"})
    assert service.jobs("/half", "POST", content=body.encode()).status_code == 200
    assert service.wait("half")["jobDefinition"]["note"] == "\ud800"


def test_listing_searching_and_paging(service: LocalService, tmp_path: Path) -> None:
    _pictures(service, tmp_path, "b-list", 1)
    for number in range(3):
        path = f"/list-{number}"
        service.jobs(path, "POST", params={"name": f"Night 100%_{number}"}, json=job_body("b-list"))
    first = service.jobs("", params={"search": "100%_", "pageSize": 2}).json()
    assert [each["jobId"] for each in first["jobs"]] == ["list-2", "list-1"]
    rest = service.jobs("", params={"search": "100%_", "nextPageToken": first["nextPageToken"]}).json()
    assert ([each["name"] for each in rest["jobs"]], rest["nextPageToken"]) == (["Night 100%_0"], None)
    assert service.jobs("", params={"search": "100x"}).json()["jobs"] == []
    for number in range(3):
        service.wait(f"list-{number}")
    ended = service.jobs("", params={"search": "1 picture processed", "pageSize": 3}).json()["jobs"]
    assert [each["jobId"] for each in ended] == ["list-2", "list-1", "list-0"]


def test_stopping_keeps_what_is_done_and_restart_does_the_rest(service: LocalService, tmp_path: Path) -> None:
    names = _pictures(service, tmp_path, "b-stop", 400)
    service.start_job("stop", "b-stop")
    service.wait("stop", lambda job: job["lastNotification"].get("processed", 0) > 0)
    assert service.jobs("/stop/restart", "POST").status_code == 400
    assert service.jobs("/stop/abort", "POST").json() == {"status": "ok", "jobId": "stop"}
    job = service.job("stop")
    assert (job["isTerminal"], job["status"], job["lastNotification"]["type"]) == (True, "aborted", "aborted")
    done = job["lastNotification"]["processed"]
    assert 0 < done < 400
    assert job["lastNotification"]["resultsBatches"] == []
    assert service.jobs("/stop/abort", "POST").status_code == 200  # harmless on what is over
    override = {"type": "parameters-override-v1", "maxParallelTasks": 1, "maxImageFailureRate": 0.5}
    assert service.jobs("/stop/restart", "POST", json=override).status_code == 200
    restarted = service.job("stop")
    assert restarted["restartParametersOverride"] == [override]
    assert restarted["lastNotification"].get("processed", done) >= done
    job = service.wait("stop")
    assert (job["error"], job["lastNotification"]["processed"]) == (False, 400)
    assert sorted(_table(service, "stop")) == names


def test_restart_tries_again_what_could_not_be_processed(service: LocalService, tmp_path: Path) -> None:
    names = _pictures(service, tmp_path, "b-retry", 5, bad=2)
    service.start_job("retry", "b-retry")
    assert service.wait("retry")["lastNotification"]["failed"] == 2
    for number in range(2):
        picture(tmp_path / f"bad{number:03}.jpg", 100 + number)
    assert service.jobs("/retry/restart", "POST", json={}).status_code == 200
    job = service.wait("retry")
    assert (job["lastNotification"]["processed"], job["lastNotification"]["failed"]) == (7, 0)
    assert service.failures("retry") == {}
    assert sorted(_table(service, "retry")) == names
    assert service.jobs("/retry/restart", "POST").status_code == 200  # nothing is left to try: it all runs again
    service.wait("retry", lambda job: job["isTerminal"] and job["lastNotification"]["type"] == "finished")
    assert sorted(_table(service, "retry")) == names


@pytest.mark.parametrize("override", [{"workflowId": "x"}, {"maxImageFailureRate": 2}, {"maxParallelTasks": "two"}])
def test_overrides_that_are_refused(service: LocalService, tmp_path: Path, override: dict[str, Any]) -> None:
    _pictures(service, tmp_path, "b-override", 1)
    service.start_job("override", "b-override")
    service.wait("override")
    assert service.jobs("/override/restart", "POST", json=override).status_code == 400


@pytest.mark.long
def test_a_long_video_shows_how_far_it_is_and_stops_in_the_middle(service: LocalService, tmp_path: Path) -> None:
    long = video(tmp_path / "0.mp4", frames=1500, fps=25, size=(640, 480))
    service.refer("b-long", {f"{number}.mp4": long for number in range(4)}, kind="video")
    body = job_body("b-long", type="simple-video-processing-v1", specification={"maxVideoFPS": 25})
    assert service.jobs("/long", "POST", json=body).status_code == 200
    begun = time.monotonic()

    def told() -> list[float]:
        return [task["progress"] for task in service.tasks("long") if task["progress"]]

    service.wait("long", lambda job: 0 < job["progress"] < 0.95)
    first = told()
    more = poll(told, lambda seen: sum(seen) > sum(first))
    assert all(0 < each < 1 for each in (*first, *more))
    assert any("of the video processed" in task["notification"]["message"] for task in service.tasks("long"))
    stopped, progress = time.monotonic(), service.job("long")["progress"]
    service.jobs("/long/abort", "POST")
    ended = service.job("long")["lastNotification"]
    assert (ended["type"], ended["processed"]) == ("aborted", 0)
    service.upload("b-after", "a.jpg", picture_bytes(1))
    service.start_job("after", "b-after")
    assert service.wait("after")["lastNotification"]["processed"] == 1
    to_go = (stopped - begun) * (1 / progress - 1)
    assert time.monotonic() - stopped < to_go, "nobody waited for the rest of the videos"


def test_videos_are_a_task_each(service: LocalService, tmp_path: Path) -> None:
    videos = {f"v{number}.mp4": video(tmp_path / f"v{number}.mp4", 20) for number in range(2)}
    (tmp_path / "bad.mp4").write_bytes(b"no video")
    service.refer("b-videos", {**videos, "bad.mp4": tmp_path / "bad.mp4"}, kind="video")
    body = job_body("b-videos") | {"type": "simple-video-processing-v1"}
    assert service.jobs("/videos", "POST", json=body).status_code == 200
    job = service.wait("videos")
    assert (job["error"], job["lastNotification"]["processed"]) == (False, 2)
    assert sorted(each["statusType"] for each in service.tasks("videos")) == ["error", "success", "success"]
    tables = {name for name, _ in service.results("videos") if name.endswith(".jsonl") and "failed" not in name}
    assert tables == {f"{name}/workflow_results_source_0.jsonl" for name in videos}


def test_job_waits_until_its_tar_is_unpacked(service: LocalService) -> None:
    tar = tar_of((f"{number:03}.jpg", picture_bytes(number)) for number in range(100))
    service.upload_tar("b-early", tar)
    assert service.start_job("early", "b-early").status_code == 200
    assert service.wait("early")["lastNotification"]["processed"] == 100


def test_batch_whose_tars_are_all_damaged(service: LocalService) -> None:
    service.upload_tar("b-broken", b"no tar")
    answer = service.start_job("broken", "b-broken")
    if answer.status_code == 200:  # it was quicker than the unpacking
        assert service.wait("broken")["lastNotification"]["message"] == "There are no pictures in the batch."
    service.wait_for_shards("b-broken")
    assert service.start_job("broken-2", "b-broken").status_code == 400


def test_a_small_job_does_not_wait_for_a_large_one(service: LocalService, tmp_path: Path) -> None:
    _pictures(service, tmp_path / "large", "b-large", 800)
    _pictures(service, tmp_path / "small", "b-small", 4)
    service.start_job("large", "b-large")
    service.wait("large", lambda job: job["lastNotification"].get("processed", 0) > 0)
    service.start_job("small", "b-small")
    service.wait("small")
    assert service.job("large")["isTerminal"] is False
    service.jobs("/large/abort", "POST")


def test_tasks_at_a_time(service: LocalService, tmp_path: Path) -> None:
    _pictures(service, tmp_path, "b-parallel", 600)
    service.start_job("parallel", "b-parallel", maxParallelTasks=1)

    def moving(_: Any) -> bool:
        tasks = service.tasks("parallel") if service.job("parallel")["currentStage"] else []
        assert len([each for each in tasks if each["statusType"] == "info" and each["progress"]]) <= 1
        return bool(service.job("parallel")["isTerminal"])

    poll(lambda: None, moving)
    assert service.job("parallel")["lastNotification"]["processed"] == 600


def test_what_means_nothing_here_is_said_in_the_log(service: LocalService, tmp_path: Path) -> None:
    _pictures(service, tmp_path, "b-remarks", 1)
    machine = {"type": "compute-configuration-v2", "machineType": "gpu"}
    service.start_job("remarks", "b-remarks", computeConfiguration=machine, inferenceBackend="old-inference")
    service.wait("remarks")
    logs = service.jobs("/remarks/logs").json()["logs"]
    assert len([each for each in logs if each["logType"] == "remark"]) == 2
    assert service.jobs("/remarks/logs", params={"severity": "loud"}).status_code == 400
    pages, token = [], None
    while True:
        query = {"pageSize": 1, **({"nextPageToken": token} if token else {})}
        page = service.jobs("/remarks/logs", params=query).json()
        pages += page["logs"]
        token = page["nextPageToken"]
        if token is None:
            break
    assert pages == logs


def test_results_never_overwrite_a_batch_of_somebody_else(service: LocalService, tmp_path: Path) -> None:
    _pictures(service, tmp_path, "b-taken", 1)
    service.upload("taken-export", "mine.jpg", b"mine")
    service.start_job("taken", "b-taken")
    assert service.wait("taken")["lastNotification"]["resultsBatches"] == ["taken-export-2"]
    assert service.staging("/taken-export/count").json()["count"] == 1
    assert service.upload("taken-export-2", "mine.jpg", b"mine").status_code == 400


def test_restart_in_the_moment_of_the_end(service: LocalService, tmp_path: Path) -> None:
    _pictures(service, tmp_path, "b-moment", 1)
    service.start_job("moment", "b-moment")
    for _ in range(15):
        poll(lambda: service.job("moment")["isTerminal"], bool, pause=0)
        assert service.jobs("/moment/restart", "POST").status_code == 200
    assert service.wait("moment")["lastNotification"]["type"] == "finished"


def test_a_job_ends_with_what_there_was_time_for(service: LocalService, tmp_path: Path) -> None:
    names = _pictures(service, tmp_path, "b-time", 900)
    for doubled in range(6):
        name = f"time-{doubled}"
        service.start_job(name, "b-time", processingTimeoutSeconds=0.3 * 2**doubled)
        job = service.wait(name)
        if not job["error"]:
            break  # A busy machine finishes nothing at all in a short time.
    told = job["lastNotification"]
    assert (job["error"], told["type"]) == (False, "finished")
    assert told["message"].endswith("The time limit of the job was reached.")
    assert 0 < told["processed"] < 900
    assert sorted(_table(service, name) + list(service.failures(name))) == names
    errors = service.jobs(f"/{name}/logs", params={"severity": "error"}).json()["logs"]
    assert [each["logType"] for each in errors] == ["job-timed-out"]
    assert {each["statusType"] for each in service.tasks(name)} >= {"error"}
    more = {"type": "parameters-override-v1", "processingTimeoutSeconds": 600}
    assert service.jobs(f"/{name}/restart", "POST", json=more).status_code == 200
    assert service.wait(name)["lastNotification"]["processed"] == 900
    assert sorted(_table(service, name)) == names


@pytest.mark.long
def test_no_time_for_a_single_video(service: LocalService, tmp_path: Path) -> None:
    long = video(tmp_path / "0.mp4", frames=1500, fps=25, size=(640, 480))
    service.refer("b-no-time", {"0.mp4": long}, kind="video")
    body = job_body("b-no-time", type="simple-video-processing-v1", specification={"maxVideoFPS": 25})
    service.jobs("/no-time", "POST", json={**body, "processingTimeoutSeconds": 0.5})
    job = service.wait("no-time")
    assert (job["error"], job["lastNotification"]["resultsBatches"]) == (True, [])
    assert job["lastNotification"]["message"].endswith("The time limit of the job was reached.")


@pytest.mark.long
def test_as_many_processes_as_the_job_wants(service: LocalService, tmp_path: Path) -> None:
    film = video(tmp_path / "0.mp4", frames=150, fps=25, size=(640, 480))
    service.refer("b-workers", {f"{number}.mp4": film for number in range(3)}, kind="video")
    body = job_body("b-workers", type="simple-video-processing-v1", specification={"maxVideoFPS": 25})
    one = {"type": "compute-configuration-v2", "workersPerMachine": 1}
    assert service.jobs("/workers", "POST", json=body | {"computeConfiguration": one}).status_code == 200

    def moving(_: Any) -> bool:
        tasks = service.tasks("workers") if service.job("workers")["currentStage"] else []
        assert len([each for each in tasks if each["statusType"] == "info" and each["progress"]]) <= 1
        return bool(service.job("workers")["isTerminal"])

    poll(lambda: None, moving)
    assert service.job("workers")["lastNotification"]["processed"] == 3


def test_the_same_definition_in_other_words(service: LocalService, tmp_path: Path) -> None:
    _pictures(service, tmp_path, "b-words", 1)
    body = job_body("b-words")
    assert service.jobs("/words", "POST", json=body).status_code == 200
    turned = dict(reversed(list(body.items()))) | {"notificationsURL": None}
    turned["processingSpecification"] = dict(reversed(list(body["processingSpecification"].items())))
    assert service.jobs("/words", "POST", json=turned).status_code == 200
    assert service.jobs("/words", "POST", json=body | {"maxParallelTasks": 2}).status_code == 409
    service.wait("words")
    assert service.staging("/b-words", "DELETE").status_code == 200
    assert service.jobs("/words", "POST", json=body).status_code == 200  # a client that did not hear the first answer
