"""Storage configs and the buckets behind them (contract §4.9)."""

from fakes.tensorbay.asked import MOST
from fakes.tensorbay.call import Call
from fakes.tensorbay.records import Config, Json
from fakes.tensorbay.refusals import FORBIDDEN, TAKEN, WRONG, Refused, absent

WRONG_SECRET = "wrong"
"""A secret that the provider does not take."""


def listed(call: Call) -> Json:
    """ListStorageConfigs."""
    found = call.fitting(call.state.configs.values(), lambda each: each.name)
    return call.listed("configs", found, _row)


def authorised(call: Call) -> Json:
    """ListAuthStorageConfig: those with a key of the person's own."""
    own = [each for each in call.state.configs.values() if each.key_id]
    return call.listed("configs", call.fitting(own, lambda each: each.name), _authorised)


def created(call: Call) -> Json:
    """CreateStorageConfigOSS, …S3, …Azure and …LocalFs. The provider is asked whether it takes the key."""
    body, kind = call.body, call.asked.parts[-1]
    config = Config(body.named("name"), kind, body.text("filePath"))
    if kind == "azure":
        config.bucket = body.named("containerName")
        config.account_type = body.one_of("accountType", ("China", "Global"))
    else:
        config.endpoint = body.named("endpoint")
    if kind in ("oss", "s3"):
        config.bucket = body.named("bucketName")
    if kind != "local":
        config.key_id, config.key_secret = body.named("accesskeyId"), body.named("accesskeySecret")
    if config.name in call.state.configs:
        raise Refused(TAKEN, "the storage config name already exists")
    if config.key_secret == WRONG_SECRET:
        raise Refused(WRONG, "the provider refuses the key")
    call.state.configs[config.name] = config
    return {}


def deleted(call: Call) -> Json:
    """DeleteStorageConfig."""
    config = call.state.config(call.at["config"])
    if not config.own:
        raise Refused(FORBIDDEN, "this storage config can not be deleted")
    del call.state.configs[config.name]
    return {}


def files(call: Call) -> Json:
    """ListCloudFiles, by marker."""
    config, query = call.state.config(call.at["config"]), call.query
    prefix, marker = query.text("prefix", ""), query.text("marker", "")
    limit = query.of("limit", int, must=False) or MOST
    if not 0 < limit <= 1000:
        raise Refused(WRONG, "the value of limit is invalid")
    paths = [each for each in sorted(config.files) if each.startswith(prefix) and each > marker]
    page, more = paths[:limit], len(paths) > limit
    return {"cloudFiles": page, "truncated": more, "nextMarker": page[-1] if more else ""}


def file_url(call: Call) -> Json:
    """GetCloudFileUrl."""
    config, path = call.state.config(call.at["config"]), call.query.text("filePath")
    if path not in config.files:
        raise absent("cloud file")
    _, key = call.state.store.keep(config.files[path])
    return {"url": call.link(key)}


def _row(config: Config) -> Json:
    told = {"name": config.name, "filePath": config.path, "type": config.type}
    return {**told, "isGravitiStorage": not config.own}


def _authorised(config: Config) -> Json:
    told = {"name": config.name, "type": config.type, "endpoint": config.endpoint}
    return {**told, "accesskeyId": config.key_id, "bucketName": config.bucket}
