"""Webhooks: who asked is told, again until it arrives, and nobody else (contract §6)."""

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from batchdock.thiscomputer.conductor.notifier import Notifier
from batchdock.thiscomputer.server.openapi.document import document
from batchdock.thiscomputer.store.database import Database
from batchdock.thiscomputer.store.jobs import Jobs
from batchdock.thiscomputer.store.webhooks import Webhooks, queue_job_over
from making.certificates import Authority
from making.listening import Listener
from making.local_service import LocalService, poll, tar_of
from making.media import picture, picture_bytes


def _checked(name: str, told: dict[str, Any]) -> dict[str, Any]:
    """Return what was told, without the path, after looking that it has the shape that the document promises."""
    hooks: Any = document()["webhooks"]
    said = {key: value for key, value in told.items() if key != "path"}
    jsonschema_rs.validate(hooks[name]["post"]["requestBody"]["content"]["application/json"]["schema"], said)
    return said


def test_a_job_that_is_over(service: LocalService, tmp_path: Path) -> None:
    service.refer("b-told", {"a.jpg": picture(tmp_path / "a.jpg")})
    (tmp_path / "bad.jpg").write_text("no picture")
    service.refer("b-told-bad", {"bad.jpg": tmp_path / "bad.jpg"})
    with Listener() as listener:
        service.start_job("told", "b-told", notificationsURL=listener.url)
        service.start_job("told-bad", "b-told-bad", notificationsURL=listener.url)
        told = poll(lambda: list(listener.heard), lambda heard: len(heard) == 2)
    assert {each["job_id"]: each["job_state"] for each in told} == {"told": "success", "told-bad": "fail"}
    assert all(_checked("job", each)["delivery_attempt"] == 1 for each in told)
    assert told[0]["path"] == "/hook?secret=s3cret"
    assert {each["authorization"] for each in listener.headers} == {"Bearer rf_this-computer"}
    key = service.ask("GET", "/this-computer/api-keys/publishable").json()["publishableKey"]
    assert key == "rf_this-computer"


def test_it_is_sent_again_with_the_same_id_until_it_arrives(service: LocalService, tmp_path: Path) -> None:
    service.refer("b-again", {"a.jpg": picture(tmp_path / "a.jpg")})
    with Listener([302]) as listener:
        service.start_job("again", "b-again", notificationsURL=listener.url)
        first, second = poll(lambda: list(listener.heard), lambda heard: len(heard) == 2)
    assert {each["path"] for each in (first, second)} == {"/hook?secret=s3cret"}  # nobody is followed elsewhere
    assert first["event_id"] == second["event_id"]
    assert (first["delivery_attempt"], second["delivery_attempt"]) == (1, 2)


def test_a_service_that_stopped_goes_on_telling(tmp_path: Path) -> None:
    with Listener([503, 503]) as listener, LocalService(tmp_path / "data") as service:
        service.refer("b", {"a.jpg": picture(tmp_path / "a.jpg")})
        service.start_job("j", "b", notificationsURL=listener.url)
        poll(lambda: len(listener.heard), lambda count: count >= 1)
        service.kill()
        service.start()
        poll(lambda: len(listener.heard), lambda count: count >= 3)
        assert "s3cret" not in service.log()
    assert len({each["event_id"] for each in listener.heard}) == 1
    attempts = [each["delivery_attempt"] for each in listener.heard]
    assert attempts in ([1, 2, 3], [1, 1, 2])  # it may be killed before it has counted the first one


def test_tars_say_who_wants_to_know(service: LocalService) -> None:
    with Listener() as listener:
        config = json.dumps({"ingestId": "in-1", "notificationsURL": listener.url}).encode()
        whole = tar_of([("a.jpg", picture_bytes(1)), ("notification_config.json", config)])
        service.upload_tar("b-tar-told", whole)
        (shard,) = service.wait_for_shards("b-tar-told")
        (told,) = poll(lambda: list(listener.heard), bool)
        said = _checked("ingest-status", told)
        assert (said["ingest_id"], said["batch_id"], said["shard_id"]) == ("in-1", "b-tar-told", shard["shardId"])
        assert said["notification"]["success"] is True
        end = -(-(whole.rindex(config) + len(config)) // 512) * 512
        service.upload_tar("b-tar-cut", whole[:end])  # without the two empty blocks at the end of every tar
        _, told = poll(lambda: list(listener.heard), lambda heard: len(heard) == 2)
        assert _checked("ingest-status", told)["notification"]["error_details"]["reason"].endswith(".")


@pytest.mark.parametrize(
    "config",
    [b"{", b"[]", b'{"ingestId": 1}', b'{"ingestId": "x", "notificationsURL": "ftp://x"}', b"[" * 9999, b" " * 70_000],
)
def test_a_configuration_that_can_not_be_used_takes_no_picture_along(service: LocalService, config: bytes) -> None:
    batch_id = f"b-config-{len(config)}"
    service.upload_tar(batch_id, tar_of([("a.jpg", picture_bytes(1)), ("notification_config.json", config)]))
    assert [each["statusType"] for each in service.wait_for_shards(batch_id)] == ["success"]
    assert service.staging(f"/{batch_id}/count").json()["count"] == 1


def test_references_and_each_of_their_files(service: LocalService, tmp_path: Path) -> None:
    paths = {f"{number:03}.jpg": tmp_path / "a.jpg" for number in range(300)}
    with Listener() as listener:
        asked: dict[str, Any] = {
            "notificationsURL": listener.url,
            "notificationCategories": ["ingest-status", "files-status"],
        }
        for _ in range(2):  # the same again is told nobody
            shards = service.refer("b-refs-told", paths, ingestId="in-2", **asked).json()["shardIds"]
        told = poll(lambda: list(listener.heard), lambda heard: len(heard) == 3)
        service.refer("b-only-status", paths, notificationsURL=listener.url)
        *_, last = poll(lambda: list(listener.heard), lambda heard: len(heard) == 4)
    assert [each["event_id"] for each in listener.heard] == [each["event_id"] for each in (*told, last)]
    files = {each["shard_id"]: _checked("files-status", each) for each in told if each["shard_id"]}
    assert list(files) == shards
    assert [len(each["notification"]["ingested_files"]) for each in files.values()] == [256, 44]
    (status,) = [_checked("ingest-status", each) for each in told if not each["shard_id"]]
    assert (status["ingest_id"], status["notification"]["success"]) == ("in-2", True)
    assert last["notification"]["type"] == "ingest-status-notification-v1"


@pytest.mark.parametrize(
    "url",
    [
        "",
        5,
        "ftp://example.org",
        "https://",
        "https://user:secret@example.org/",
        "https://a b",
        "http://x:99999",
        "file:///x",
    ],
)
def test_addresses_that_are_refused(service: LocalService, tmp_path: Path, url: object) -> None:
    service.upload("b-url", "a.jpg", b"x")
    answers = [
        service.start_job("url", "b-url", notificationsURL=url),
        service.refer("b-url-refs", {"a.jpg": tmp_path / "a.jpg"}, notificationsURL=url),
    ]
    for answer in answers:
        assert answer.status_code == 400
        assert answer.json()["error"]["message"].startswith("A notificationsURL is an address")


def test_given_up_after_the_last_attempt_and_the_log_says_so(tmp_path: Path) -> None:
    database = Database(tmp_path / "known.sqlite")
    jobs, webhooks = Jobs(database), Webhooks(database)
    with Listener([500] * 9) as listener:
        jobs.create("j", "j", {"notificationsURL": listener.url})
        with database.writing() as db:
            queue_job_over(db, "j", well=True)
        notifier = Notifier(webhooks, key="k", pauses=(0.0, 0.0))
        notifier.start()
        poll(webhooks.next_due, lambda due: due is None)
        notifier.close()
    assert [each["delivery_attempt"] for each in listener.heard] == [1, 2, 3]
    (line,) = jobs.logs("j", "warning", None, 10)
    assert line.payload["message"] == "The notification could not be delivered, 3 times: 127.0.0.1 answered 500."
    database.close()


def test_who_answers_a_letter_at_a_time_is_not_waited_for(tmp_path: Path) -> None:
    database = Database(tmp_path / "known.sqlite")
    jobs, webhooks = Jobs(database), Webhooks(database)
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as hand:
        jobs.create("j", "j", {"notificationsURL": f"http://127.0.0.1:{server.getsockname()[1]}"})
        with database.writing() as db:
            queue_job_over(db, "j", well=True)
        letters = hand.submit(_dribble, server)
        notifier = Notifier(webhooks, key="k", pauses=(), limit=0.5)
        notifier.start()
        poll(webhooks.next_due, lambda due: due is None)
        notifier.close()
        assert letters.result() > 1  # it went on answering, and was left
    (line,) = jobs.logs("j", "warning", None, 10)
    assert "127.0.0.1 could not be reached" in str(line.payload["message"])
    database.close()


def _dribble(server: socket.socket) -> int:
    """Answer one letter at a time, for good; return how many there were when nobody listened any more."""
    connection, _ = server.accept()
    with connection:
        for count in range(10_000):
            try:
                connection.sendall(b"H")
                connection.settimeout(0.02)
                with suppress(TimeoutError):
                    if count and not connection.recv(65536):
                        return count
            except OSError:
                return count
    return 0


def test_only_who_can_show_who_he_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(tmp_path / "known.sqlite")
    jobs, webhooks = Jobs(database), Webhooks(database)
    authority = Authority(tmp_path)
    with Listener(tls=authority.context("127.0.0.1")) as listener:
        jobs.create("j", "j", {"notificationsURL": listener.url})
        for trusted in (False, True):
            if trusted:
                monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
            with database.writing() as db:
                queue_job_over(db, "j", well=True)
            notifier = Notifier(webhooks, key="k", pauses=())
            notifier.start()
            poll(webhooks.next_due, lambda due: due is None)
            notifier.close()
            assert len(listener.heard) == int(trusted)
    (line,) = jobs.logs("j", "warning", None, 10)
    assert "SSLCertVerificationError" in str(line.payload["message"])
    database.close()


def test_nobody_at_the_address_does_not_hold_the_service_up(tmp_path: Path) -> None:
    database = Database(tmp_path / "known.sqlite")
    jobs, webhooks = Jobs(database), Webhooks(database)
    jobs.create("j", "j", {"notificationsURL": "http://127.0.0.1:1/"})
    with database.writing() as db:
        queue_job_over(db, "j", well=False)
    notifier = Notifier(webhooks, key="k")
    notifier.start()
    poll(lambda: webhooks.due(time.time() + 60), lambda due: bool(due) and due[0].attempts == 1)
    notifier.close()
    (waiting,) = webhooks.due(time.time() + 60)
    assert "127.0.0.1:1" not in repr(waiting)
    database.close()
