"""What there is on this computer to sign in to S3 with: the environment, the files of the AWS command line, the role of
the machine."""

import asyncio
import configparser
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from batchdock.core.bucket import FoundCredential, SignInWay, StorageKind
from batchdock.core.errors import ConnectionProblem
from batchdock.core.errors.buckets import (
    CredentialsMissing,
    CredentialsPartial,
    CredentialsUnreadable,
    ProfileUnknown,
    ProfileUnsupported,
)
from batchdock.services.buckets.port import S3Keys, S3Place
from batchdock.services.http.connection import Connection

_OTHER_WAYS = {
    "sso_session": "single sign-on",
    "sso_start_url": "single sign-on",
    "role_arn": "a role that is taken on",
    "web_identity_token_file": "a web identity",
    "credential_process": "a program of its own",
    "login_session": "a sign-in in the browser",
}


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile as the two files have it together."""

    name: str
    values: Mapping[str, str] = field(repr=False)
    where: str = ""

    @property
    def place(self) -> S3Place:
        """Its region and address."""
        return S3Place(
            self.values.get("region", ""), self.values.get("endpoint_url_s3", "") or self.values.get("endpoint_url", "")
        )

    @property
    def other_way(self) -> str:
        """How it signs in, where that is none of keys; empty for keys."""
        if "aws_access_key_id" in self.values:
            return ""
        return next((words for name, words in _OTHER_WAYS.items() if name in self.values), "")

    def keys(self) -> S3Keys:
        """Return its keys. Raise `ProfileUnsupported`, `CredentialsPartial`."""
        if self.other_way:
            raise ProfileUnsupported(profile=self.name, way=self.other_way)
        access, secret = self.values.get("aws_access_key_id", ""), self.values.get("aws_secret_access_key", "")
        return _whole(access, secret, self.values.get("aws_session_token", ""), f"profile {self.name} in {self.where}")


def found_aws(environment: Mapping[str, str], home: Path) -> list[FoundCredential]:
    """Return what is there, without secrets. Blocks for a moment."""
    found = []
    access, secret = environment.get("AWS_ACCESS_KEY_ID", ""), environment.get("AWS_SECRET_ACCESS_KEY", "")
    place = place_in(environment)
    if access or secret:
        missing = "AWS_ACCESS_KEY_ID" if not access else "" if secret else "AWS_SECRET_ACCESS_KEY"
        found.append(
            FoundCredential(
                StorageKind.S3,
                SignInWay.ENVIRONMENT,
                "AWS_ACCESS_KEY_ID in the environment",
                region=place.region,
                endpoint=place.endpoint,
                hindrance=f"{missing} is missing." if missing else "",
            )
        )
    try:
        profiles = read_profiles(environment, home)
    except CredentialsUnreadable as error:
        words = error.filled(error.message)
        return [*found, FoundCredential(StorageKind.S3, SignInWay.PROFILE, "~/.aws", hindrance=words)]
    for profile in profiles.values():
        hindrance = ""
        try:
            profile.keys()
        except (ProfileUnsupported, CredentialsPartial) as error:
            hindrance = f"{error.filled(error.title)}. {error.filled(error.message)}"
        found.append(
            FoundCredential(
                StorageKind.S3,
                SignInWay.PROFILE,
                f"profile {profile.name} in {profile.where}",
                profile.name,
                profile.place.region,
                profile.place.endpoint,
                hindrance,
            )
        )
    return found


def place_in(environment: Mapping[str, str]) -> S3Place:
    """Return the region and the address that the environment names."""
    region = environment.get("AWS_REGION", "") or environment.get("AWS_DEFAULT_REGION", "")
    return S3Place(region, environment.get("AWS_ENDPOINT_URL_S3", "") or environment.get("AWS_ENDPOINT_URL", ""))


def keys_in(environment: Mapping[str, str]) -> S3Keys:
    """Return the keys in the environment. Raise `CredentialsMissing`, `CredentialsPartial`."""
    access, secret = environment.get("AWS_ACCESS_KEY_ID", ""), environment.get("AWS_SECRET_ACCESS_KEY", "")
    if not access and not secret:
        raise CredentialsMissing(storage="S3", where="AWS_ACCESS_KEY_ID in the environment")
    return _whole(access, secret, environment.get("AWS_SESSION_TOKEN", ""), "The environment")


def profile_of(name: str, environment: Mapping[str, str], home: Path) -> Profile:
    """Return a profile. Raise `ProfileUnknown`, `CredentialsUnreadable`. Blocks for a moment."""
    profiles = read_profiles(environment, home)
    wanted = name or environment.get("AWS_PROFILE", "") or "default"
    if wanted not in profiles:
        raise ProfileUnknown(profile=wanted, known=", ".join(profiles) or "–")
    return profiles[wanted]


def read_profiles(environment: Mapping[str, str], home: Path) -> dict[str, Profile]:
    """Return all profiles by their names. Raise `CredentialsUnreadable`."""
    files = {
        "~/.aws/credentials": _path(environment, "AWS_SHARED_CREDENTIALS_FILE", home / ".aws" / "credentials"),
        "~/.aws/config": _path(environment, "AWS_CONFIG_FILE", home / ".aws" / "config"),
    }
    values: dict[str, dict[str, str]] = {}
    where: dict[str, str] = {}
    for shown, path in files.items():
        if path.parent.name != ".aws":
            shown = str(path)
        parser = configparser.RawConfigParser(strict=False, default_section="\0", interpolation=None)
        try:
            parser.read_string(path.read_text("utf-8-sig"))
        except FileNotFoundError:
            continue
        except (OSError, UnicodeDecodeError, configparser.Error) as error:
            reason = (
                error.strerror if isinstance(error, OSError) and error.strerror else "It is not written as it should be"
            )
            raise CredentialsUnreadable(storage="S3", where=shown, reason=f"{reason}.") from None
        for section in parser.sections():
            kind, _, name = section.partition(" ")
            if section != "default" and shown.endswith("config") and kind != "profile":
                continue  # A section of single sign-on, or of services.
            called = name.strip().strip("\"'") if kind == "profile" and name else section
            said = {key: value.strip() for key, value in parser.items(section)}
            # What stands in both is taken from the file with the keys, as the command line does.
            values[called] = said | values.get(called, {})
            where.setdefault(called, shown)
    return {name: Profile(name, said, where[name]) for name, said in values.items()}


def _path(environment: Mapping[str, str], variable: str, otherwise: Path) -> Path:
    return Path(os.path.expanduser(environment[variable])) if environment.get(variable) else otherwise  # noqa: PTH111


def _whole(access: str, secret: str, token: str, where: str) -> S3Keys:
    if not access or not secret:
        raise CredentialsPartial(storage="S3", where=where, missing="the secret" if access else "the key id")
    return S3Keys(access, secret, token)


# --- the role of this machine ----------------------------------------------------------------------------------------


class Machine:
    """Gives the keys of the role that a machine of Amazon's has, or a container of it. They change every few hours."""

    def __init__(self, environment: Mapping[str, str], connection: Connection) -> None:
        self._environment, self._connection = environment, connection

    async def keys(self) -> S3Keys:
        """Return keys that are good now. Raise `CredentialsMissing` where there are none."""
        try:
            text = await self._asked()
        except ConnectionProblem as error:
            raise CredentialsMissing(
                storage="S3",
                where="the service for roles of this machine, which does not answer",
                details=error.details,
            ) from None
        try:
            said = json.loads(text)
            return S3Keys(
                str(said["AccessKeyId"]),
                str(said["SecretAccessKey"]),
                str(said.get("Token", "")),
                datetime.fromisoformat(said["Expiration"]),
            )
        except (ValueError, KeyError, TypeError):
            raise CredentialsMissing(storage="S3", where="the role of this machine, which has none") from None

    async def _asked(self) -> str:
        relative = self._environment.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "")
        full = self._environment.get("AWS_CONTAINER_CREDENTIALS_FULL_URI", "")
        if relative or full:
            token = self._environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN", "")
            file = self._environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "")
            if file:
                try:
                    token = (await asyncio.to_thread(Path(file).read_text)).strip()
                except OSError:
                    token = ""
            return await self._get(full or f"http://169.254.170.2{relative}", {"Authorization": token} if token else {})
        base = self._environment.get("AWS_EC2_METADATA_SERVICE_ENDPOINT", "") or "http://169.254.169.254"
        base = f"{base.rstrip('/')}/latest"
        answer = await self._connection.ask(
            "PUT",
            f"{base}/api/token",
            what="PUT for a token",
            timeout=2.0,
            headers={"X-aws-ec2-metadata-token-ttl-seconds": "600"},
        )
        headers = {"X-aws-ec2-metadata-token": answer.text.strip()} if answer.success else {}
        roles = f"{base}/meta-data/iam/security-credentials/"
        role = (await self._get(roles, headers)).strip().partition("\n")[0]
        return await self._get(f"{roles}{role}", headers) if role else ""

    async def _get(self, url: str, headers: Mapping[str, str]) -> str:
        answer = await self._connection.ask("GET", url, what="GET the role", headers=dict(headers), timeout=5.0)
        return answer.text if answer.success else ""
