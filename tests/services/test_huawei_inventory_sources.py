"""Video sources: the credentials in their settings are kept, sent back, and never shown (contract §3.7)."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from batchdock.core.errors import BadRequest, NameTaken, NotAskedFor
from batchdock.core.facts import MASKED, Fact
from batchdock.core.inventory import Done, Field, FieldKind
from batchdock.services.huawei.inventory import source_settings
from fakes.huawei import HuaweiCloud
from making.inventory import act, facts, form, items

PASSWORD = "pa55-w<&>rd"
SECRETS = (PASSWORD, "pa55-w", "camera-user", "token-7")


@pytest.fixture
def cloud() -> Iterator[HuaweiCloud]:
    with HuaweiCloud() as running:
        yield running


def sent(cloud: HuaweiCloud, method: str) -> tuple[str, Any]:
    """Return path below the project, and body, of the last request with this method."""
    last = [each for each in cloud.seen if each.method == method and each.family == "vias"][-1]
    return last.path.removeprefix(f"/v2/{cloud.project_id}"), last.json


def vcn(password: str = PASSWORD) -> str:
    """Return the settings of a camera with a password."""
    values = {"data_source_id": "cam-1", "stream_type": "1", "ip": "10.0.0.7", "port": "9000"}
    return source_settings.written({**values, "user_name": "camera-user", "password": password})


def test_rows_have_no_addresses_and_no_settings(cloud: HuaweiCloud) -> None:
    address = "rtsp://camera-user:pa55-w@10.0.0.8/1?token=token-7"
    source = cloud.add_sources(
        name="gate", level="2", tags=["a", "b"], type_config=vcn(), stream_path=address, kind="vcn", access_type="edge"
    )[0]
    cloud.add_groups(name="north", source_ids=[source.id])
    cloud.add_tasks(3, video_source_name="gate")
    (item,) = items(cloud, "video-sources")
    assert (item.item_id, item.name) == (source.id, "gate")
    assert {key: item.cells[key] for key in ("state", "kind", "connected", "groups", "jobs", "tags")} == {
        "state": "Offline",
        "kind": "vcn",
        "connected": "edge",
        "groups": ("north",),
        "jobs": 3,
        "tags": ("a", "b"),
    }
    assert not any(secret in repr(item) for secret in SECRETS)


def test_sources_are_narrowed_by_the_service(cloud: HuaweiCloud) -> None:
    gate, hall = cloud.add_sources(name="gate", level="9")[0], cloud.add_sources(name="hall", kind="url")[0]
    north = cloud.add_groups(name="north", source_ids=[gate.id])[0]
    south = cloud.add_groups(name="south", source_ids=[hall.id])[0]
    names = [each.name for each in items(cloud, "video-sources", video_group_id=(north.id, south.id))]
    assert sorted(names) == ["gate", "hall"]
    assert len([name for name, _ in cloud.seen[-1].pairs if name == "video_group_id"]) == 2
    assert [each.name for each in items(cloud, "video-sources", scope=("gat",), status=("9", "2"))] == ["gate"]
    assert cloud.seen[-1].query["scope_name"] == "source_name"
    where = {"scope": ("sout",), "scope_name": ("group_name",), "type": ("url",), "access_type": ("cloud",)}
    assert [each.name for each in items(cloud, "video-sources", **where)] == ["hall"]


def test_facts_have_the_settings_without_credentials(cloud: HuaweiCloud) -> None:
    address = "rtsp://camera-user:pa55-w@10.0.0.8:554/1?token=token-7"
    source = cloud.add_sources(type_config=vcn(), stream_path=address, more={"image": "iVBORw0KGgo="})[0]
    told = facts(cloud, "video-sources", source.id)
    settings = {each.name: each for fact in told.facts if fact.name == "type_config" for each in fact.below}
    assert (settings["ip"].value, settings["port"].value) == ("10.0.0.7", "9000")
    assert settings["password"] == Fact("password", MASKED, masked=True)
    assert settings["user_name"].masked
    assert (
        next(each.value for each in told.facts if each.name == "stream_path")
        == f"rtsp://{MASKED}@10.0.0.8:554/1?{MASKED}"
    )
    assert "image" not in {each.name for each in told.facts}
    assert not any(secret in repr(told) for secret in SECRETS)


@pytest.mark.parametrize(
    "settings",
    [
        "<type>VCN</type><config><IP>10.0.0.7</IP><USER_NAME>camera-user</USER_NAME><PASSWORD>pa55-w</PASSWORD></config>",
        "<type_config><url_address>rtsp://camera-user:pa55-w@10.0.0.7/1</url_address></type_config>",
        "<type_config><url_address>rtsp://camera-user:p/a@55-w@10.0.0.7/1</url_address></type_config>",
        "<type_config><url>https://10.0.0.7/ask?token=token-7</url></type_config>",
        '{"password": "pa55-w"}',
        "camera-user pa55-w",
        "<type_config><password>pa55-w</passwort></type_config>",
        "<config><![CDATA[camera-user:pa55-w@]]></config>",
    ],
)
def test_no_credential_is_told_however_it_is_written(cloud: HuaweiCloud, settings: str) -> None:
    source = cloud.add_sources(type_config=settings, stream_path="camera-user:pa55-w@10.0.0.7")[0]
    told = repr(facts(cloud, "video-sources", source.id)) + repr(form(cloud, "video-sources", "change", source.id))
    assert not any(secret in told for secret in SECRETS)


@pytest.mark.parametrize(
    ("kind", "values", "settings", "access"),
    [
        (
            "url",
            {"url_address": "rtsp://10.0.0.7:554/a?b=1&c", "user_name": "camera-user", "password": "p@/ss"},
            "<url_address>rtsp://camera-user:p%40%2Fss@10.0.0.7:554/a?b=1&amp;c</url_address>",
            "cloud",
        ),
        ("url", {"url_address": "rtsp://10.0.0.7/1"}, "<url_address>rtsp://10.0.0.7/1</url_address>", "cloud"),
        (
            "vcn",
            {
                "data_source_id": "cam-1",
                "stream_type": "1",
                "ip": "10.0.0.7",
                "port": 9000,
                "user_name": "camera-user",
                "password": PASSWORD,
            },
            "<data_source_id>cam-1</data_source_id><stream_type>1</stream_type><ip>10.0.0.7</ip><port>9000</port>"
            "<user_name>camera-user</user_name><password>pa55-w&lt;&amp;&gt;rd</password>",
            "edge",
        ),
        (
            "restful",
            {"url": "https://10.0.0.7/ask", "rtsp_url": "data/url", "http_check": "false"},
            "<url>https://10.0.0.7/ask</url><rtsp_url>data/url</rtsp_url><http_check>false</http_check>",
            "cloud",
        ),
        ("camera", {"device_id": "cam-1"}, "<device_id>cam-1</device_id>", "edge"),
        ("obs", {"bucket": "films", "path": "a/b"}, "<bucket>films</bucket><path>a/b</path>", "cloud"),
    ],
)
def test_each_kind_of_source_is_made(
    cloud: HuaweiCloud, kind: str, values: dict[str, object], settings: str, access: str
) -> None:
    group = cloud.add_groups()[0]
    fields = form(cloud, "video-sources", f"create-{kind}")
    assert values.keys() <= fields.keys()
    assert all(field.kind is FieldKind.SECRET for key, field in fields.items() if key == "password")
    about = {"video_source_name": "gate (1)", "access_type": access, "tag": ("a",), "video_group_ids": (group.id,)}
    done = act(cloud, "video-sources", f"create-{kind}", **about, **values)
    assert sent(cloud, "POST") == (
        "/source",
        {
            "video_source_name": "gate (1)",
            "access_type": access,
            "type": kind,
            "type_config": f"<type_config>{settings}</type_config>",
            "tag": ["a"],
            "video_group_ids": [group.id],
        },
    )
    assert done == Done(made=tuple(cloud.state.sources))
    assert group.source_ids == list(done.made)


def test_a_source_of_a_kind_without_a_form_takes_settings_as_they_are(cloud: HuaweiCloud) -> None:
    fields = form(cloud, "video-sources", "create-other")
    assert fields["type_config"].kind is FieldKind.SECRET
    values = {"video_source_name": "x", "access_type": "cloud", "type": "RTSP_STREAM", "type_config": "<a>1</a>"}
    act(cloud, "video-sources", "create-other", **values)
    assert sent(cloud, "POST")[1] == values


def test_a_change_keeps_all_that_was_not_changed(cloud: HuaweiCloud) -> None:
    source = cloud.add_sources(name="gate", kind="vcn", type_config=vcn(), tags=["a"], latitude="1.5", longitude="2")[0]
    fields = form(cloud, "video-sources", "change", source.id)
    assert (fields["video_source_name"].value, fields["ip"].value, fields["port"].value) == ("gate", "10.0.0.7", 9000)
    assert (fields["tag"].value, fields["latitude"].value) == (("a",), "1.5")
    assert fields["password"].value is None
    assert not fields["password"].required
    act(cloud, "video-sources", "change", source.id, video_source_name="gate 2", ip="10.0.0.9", tag=())
    assert sent(cloud, "PUT") == (
        f"/source/{source.id}",
        {
            "video_source_name": "gate 2",
            "type_config": vcn().replace("10.0.0.7", "10.0.0.9"),
            "tag": [],
            "latitude": "1.5",
            "longitude": "2",
        },
    )
    act(cloud, "video-sources", "change", source.id, password="another")
    assert source_settings.read(source.type_config)["password"] == "another"
    assert source_settings.read(source.type_config)["user_name"] == "camera-user"


@pytest.mark.parametrize(
    ("values", "address"),
    [
        ({"video_source_name": "b"}, "rtsp://camera-user:pa%2F55@10.0.0.7/1"),
        ({"url_address": "rtsp://10.0.0.8/2"}, "rtsp://camera-user:pa%2F55@10.0.0.8/2"),
        ({"password": "n"}, "rtsp://camera-user:n@10.0.0.7/1"),
        ({"user_name": "u"}, "rtsp://u:pa%2F55@10.0.0.7/1"),
        ({"url_address": "rtsp://x:y@10.0.0.8/2"}, "rtsp://x:y@10.0.0.8/2"),
    ],
)
def test_an_address_keeps_its_credentials(cloud: HuaweiCloud, values: dict[str, object], address: str) -> None:
    config = source_settings.written({"url_address": "rtsp://camera-user:pa%2F55@10.0.0.7/1"})
    source = cloud.add_sources(kind="url", type_config=config)[0]
    assert form(cloud, "video-sources", "change", source.id)["url_address"].value == "rtsp://10.0.0.7/1"
    act(cloud, "video-sources", "change", source.id, **values)
    assert source_settings.read(source.type_config) == {"url_address": address}


def test_the_older_spelling_stays_as_it_is(cloud: HuaweiCloud) -> None:
    config = "<type>VCN</type>\n<config>\n<IP>10.0.0.7</IP>\n<PASSWORD>pa55-w</PASSWORD><X y='1'>z</X></config>"
    source = cloud.add_sources(kind="vcn", type_config=config)[0]
    act(cloud, "video-sources", "change", source.id, ip="10.0.0.9", port=5.0)
    changed = config.replace("0.7", "0.9").replace("</config>", "<PORT>5</PORT></config>")
    assert source.type_config == changed


@pytest.mark.parametrize("told", ["", "******", "•••"])
def test_a_password_that_is_not_told_is_needed_again(cloud: HuaweiCloud, told: str) -> None:
    source = cloud.add_sources(kind="vcn", type_config=vcn(told))[0]
    fields = form(cloud, "video-sources", "change", source.id)
    assert fields["password"].required
    with pytest.raises(NotAskedFor, match="password"):
        act(cloud, "video-sources", "change", source.id, video_source_name="b")
    assert not [each for each in cloud.seen if each.method == "PUT"]
    act(cloud, "video-sources", "change", source.id, video_source_name="b", password=PASSWORD)
    assert source.type_config == vcn()
    act(cloud, "video-sources", "change", source.id, password="xxxx")
    assert source.type_config == vcn("xxxx"), "what a person fills in is their password, whatever it looks like"


def test_settings_that_are_not_told_are_needed_again(cloud: HuaweiCloud) -> None:
    source = cloud.add_sources(kind="url", type_config="")[0]
    field = form(cloud, "video-sources", "change", source.id)["type_config"]
    assert (field.kind, field.required) == (FieldKind.SECRET, True)
    with pytest.raises(NotAskedFor):
        act(cloud, "video-sources", "change", source.id, video_source_name="b")
    act(cloud, "video-sources", "change", source.id, type_config="<a>1</a>")
    assert source.type_config == "<a>1</a>"


def test_a_deletion_says_true(cloud: HuaweiCloud) -> None:
    first, second = cloud.add_sources(2)
    assert act(cloud, "video-sources", "delete", first.id) == Done()
    assert sent(cloud, "DELETE")[0] == f"/source/{first.id}"
    cloud.fail("DELETE .*", status=200, body="false")
    (failure,) = act(cloud, "video-sources", "delete", second.id).failures
    assert failure.name == second.id


def test_a_name_that_is_taken_is_said(cloud: HuaweiCloud) -> None:
    cloud.add_sources(name="gate")
    values = {"video_source_name": "gate", "access_type": "cloud", "url_address": "rtsp://10.0.0.7"}
    with pytest.raises(NameTaken):
        act(cloud, "video-sources", "create-url", **values)


@pytest.mark.parametrize("repeated", [vcn("pa55-w-new"), "pa55-w-new", "camera-user:x rtsp://u:pa55-w-new@10.0.0.7/1"])
def test_nothing_secret_gets_into_a_log_or_an_error(
    cloud: HuaweiCloud, caplog: pytest.LogCaptureFixture, repeated: str
) -> None:
    source = cloud.add_sources(kind="vcn", type_config=vcn())[0]
    said = {
        "error_code": "VIAS.00010001",
        "error_msg": f"Invalid: {repeated}",
        "detail": repeated,
        "params": [repeated],
    }
    cloud.fail("PUT .*", status=400, body=said)
    with caplog.at_level(logging.DEBUG), pytest.raises(BadRequest) as caught:
        act(cloud, "video-sources", "change", source.id, password="pa55-w-new")
    assert "pa55-w" not in caplog.text + repr(caught.value) + str(caught.value) + caught.value.details


def test_fields_show_no_credentials(cloud: HuaweiCloud) -> None:
    config = source_settings.written({"url": "https://10.0.0.7/ask?token=token-7", "rtsp_url": "url"})
    source = cloud.add_sources(kind="restful", type_config=config)[0]
    fields: dict[str, Field] = form(cloud, "video-sources", "change", source.id)
    assert fields["url"].kind is FieldKind.SECRET
    assert "token-7" not in repr(fields)
    act(cloud, "video-sources", "change", source.id, rtsp_url="data/url")
    assert source_settings.read(source.type_config) == {
        "url": "https://10.0.0.7/ask?token=token-7",
        "rtsp_url": "data/url",
    }


def test_only_what_a_source_has_is_offered_for_a_change(cloud: HuaweiCloud) -> None:
    config = (
        "<type>VCN</type><config><IP>10.0.0.7</IP><USER_NAME>camera-user</USER_NAME><PASSWORD>p</PASSWORD></config>"
    )
    source = cloud.add_sources(kind="vcn", type_config=config)[0]
    fields = form(cloud, "video-sources", "change", source.id)
    assert fields.keys() & {"data_source_id", "ip", "user_name", "password", "type_config"} == {
        "ip",
        "user_name",
        "password",
    }
