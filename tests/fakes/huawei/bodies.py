"""What jobs read and where they write, held against the contract (§2.3, §3.3, §3.5, §4.3)."""

from collections.abc import Callable, Sequence
from typing import Any

from fakes.huawei.asking import CJK, ID, Body

NAME = rf"[{CJK}a-zA-Z0-9_-]{{1,100}}"
VIAS_VERSION, IVA_VERSION = r"[a-z0-9.]{3,32}", r"\d{1,3}\.\d{1,3}"
VIAS_INPUTS = ("video_source", "obs", "url", "edgecamera", "restful", "vcn")
IVA_INPUTS = ("obs", "vis", "url", "edgecamera", "edgerestful", "vcn")
VIAS_OUTPUTS = ("webhook", "dis", "obs", "event_center")
IVA_OUTPUTS = ("webhook", "dis", "obs", "localpath", "hosting")
_URL = r"(https?|rtsp|rtmp|ftp|file)://[-A-Za-z0-9+&@*#/%?=~_|!:,.;]+[-A-Za-z0-9+&@*#/%=~_|]"
_BUCKET = r"[a-z0-9](?!.*[-.][-.].*)([a-z0-9-.]{1,61})[a-z0-9]"
_PATH = r"(?![/.\s])(?!.*//.*)([^:*?\"<>|\\]{0,1023})(?<![.\s])"
_DEVICE = r"[0-9]{20}#([0-9]{1,10}#)?[a-zA-Z0-9]{32}"
_TIME, _DATED = r"[0-9]{2}:[0-9]{2}:[0-9]{2}", r"([0-9]{4}-[0-9]{2}-[0-9]{2}T)?[0-9]{2}:[0-9]{2}:[0-9]{2}"
_ZONE = "[+-][0-9]{2}:[0-9]{2}"


def check_input(body: Body, kinds: Sequence[str], *, most: int = 50, required: bool = True) -> None:
    """Hold the input of a job against what its type needs; refuse at most `most` sources."""
    given = body.inner("input", required=required)
    if given is None:
        return
    kind = given.one_of("type", kinds, required=True)
    for source in given.objects("data", 1, most, required=True):
        source.of("index", int)
        _INPUTS[kind](source)
        source.done()
    vcn = given.inner("vcn", required=kind == "vcn")
    if vcn is not None:
        vcn.text("ip", r"[0-9a-fA-F.:]{2,45}", required=True)
        vcn.number("port", 0, 65535, required=True)
        vcn.text("username", ".{1,100}", required=True)
        vcn.text("password", ".{1,1000}", required=True)
        vcn.done()
    given.done()


def _video_source(source: Body) -> None:
    source.text("video_source_id", ID, required=True)


def _obs(source: Body) -> None:
    source.text("bucket", _BUCKET, required=True)
    source.text("path", _PATH, required=True)


def _url(source: Body) -> None:
    source.text("url", f"(?=.{{1,1000}}$){_URL}", required=True)


def _vis(source: Body) -> None:
    source.text("stream_name", "[-A-Za-z0-9_]{1,80}", required=True)


def _edge_camera(source: Body) -> None:
    source.text("id", "[a-zA-Z0-9][a-zA-Z0-9_-]{0,63}", required=True)


def _restful(source: Body) -> None:
    _url(source)
    source.of("certificate_check", bool, required=True)
    source.text("rtsp_path_in_response", ".{1,1024}", required=True)
    source.text("node_id", "[0-9a-f-]{36}")
    _headers(source, required=False)


def _vcn(source: Body) -> None:
    source.text("device_id", _DEVICE, required=True)
    source.number("stream_type", 1, 3)
    source.text("node_id", "[0-9a-f-]{36}")


_INPUTS: dict[str, Callable[[Body], None]] = {
    "video_source": _video_source,
    "obs": _obs,
    "url": _url,
    "vis": _vis,
    "edgecamera": _edge_camera,
    "restful": _restful,
    "edgerestful": _restful,
    "vcn": _vcn,
}


def _headers(body: Body, *, required: bool) -> None:
    headers: dict[str, Any] | None = body.of("headers", dict, required=required)
    if headers is None:
        return
    if not 1 <= len(headers) <= 10 or not all(isinstance(each, str) for each in headers.values()):
        raise body.refuse("headers")


def check_output(body: Body, kinds: Sequence[str], *, required: bool = True) -> None:
    """Hold the output of a job against the contract: at least one way."""
    given = body.inner("output", required=required)
    if given is None:
        return
    if not any(kind in given for kind in kinds):
        raise body.refuse("output")
    for kind in kinds:
        if kind == "event_center":
            given.of(kind, bool)
            continue
        one = given.inner(kind)
        if one is None:
            continue
        if kind == "webhook":
            one.text("url", f"(?=.{{1,1000}}$){_URL}", required=True)
            _headers(one, required=True)
        elif kind == "dis":
            one.text("stream_name", "[-A-Za-z0-9_]{1,64}", required=True)
        elif kind == "obs":
            _obs(one)
        elif kind == "localpath":
            one.text("mount_source_path", r"(?=.{1,255}$)(/[\w.-]+)+/?", required=True)
        one.texts("data_category", 0, 10, ".+")
        one.done()
    given.done()


def check_schedule(body: Body) -> None:
    """Hold a schedule of VIAS against the contract (§3.3): days of the week, one list of periods for each weekday."""
    given = body.inner("schedule")
    if given is None:
        return
    kind = given.one_of("type", ("weekly", "monthly"), required=True)
    given.text("timezone", _ZONE, required=True)
    _days(given, "days_of_week", 7, required=kind == "weekly")
    _days(given, "days_of_month", 31, required=kind == "monthly")
    for day in given.of("periods", list) or []:
        if not isinstance(day, list) or len(day) > 10:
            raise body.refuse("periods")
        for each in day:
            if not isinstance(each, dict):
                raise body.refuse("periods")
            _period(Body(each, body.bad), _TIME)
    given.done()


def check_timing(body: Body) -> None:
    """Hold a timing of IVA against the contract (§4.3): periods or a frequency, not both."""
    given = body.inner("timing")
    if given is None:
        return
    kind = given.one_of("type", ("once", "daily", "weekly", "monthly"), required=True)
    given.text("timezone", _ZONE, required=True)
    periods, often = "periods" in given, "frequency" in given
    if periods == often:
        raise body.refuse("timing")
    given.text("date", "[0-9]{4}-[0-9]{2}-[0-9]{2}", required=kind == "once" and often)
    _days(given, "days_of_week", 7, required=kind == "weekly")
    _days(given, "days_of_month", 31, required=kind == "monthly")
    for each in given.objects("periods", 1, 10):
        _period(each, _DATED)
    frequency = given.inner("frequency")
    if frequency is not None:
        frequency.number("interval", 5, 720, required=True)
        frequency.number("duration", 5, 720, required=True)
        frequency.text("begin_at", _TIME)
        frequency.text("end_at", _TIME)
        frequency.done()
    given.done()


def _period(period: Body, pattern: str) -> None:
    period.text("begin_at", pattern, required=True)
    period.text("end_at", pattern, required=True)
    period.done()


def _days(body: Body, name: str, most: int, *, required: bool) -> None:
    days: list[Any] | None = body.of(name, list, required=required)
    if days is None:
        return
    good = all(isinstance(day, int) and not isinstance(day, bool) and 1 <= day <= most for day in days)
    if not good or not 1 <= len(days) == len(set(days)):
        raise body.refuse(name)


def check_config(body: Body, name: str) -> None:
    """Hold the settings of an algorithm against the contract: an object `common`, free inside."""
    given = body.inner(name)
    if given is not None:
        given.of("common", dict)
        given.done()
