"""What there is on this computer to sign in to Google Cloud Storage with: files of service accounts, and of gcloud."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from batchdock.core.bucket import KIND_NAMES, FoundCredential, SignInWay, StorageKind
from batchdock.core.errors.buckets import CredentialsMissing, CredentialsPartial, CredentialsUnreadable
from batchdock.services.buckets.port import GoogleKey, GoogleUser

VARIABLE = "GOOGLE_APPLICATION_CREDENTIALS"
_TOKENS = "https://oauth2.googleapis.com/token"
_STORAGE = KIND_NAMES[StorageKind.GOOGLE]
_LOOKS_ONLY = "It can look into buckets, but Google lets only service accounts sign addresses."


def found_google(environment: Mapping[str, str], home: Path) -> list[FoundCredential]:
    """Return what is there, without secrets. Blocks for a moment."""
    places = []
    if environment.get(VARIABLE):
        places.append((f"{VARIABLE} in the environment", Path(environment[VARIABLE])))
    places.append(("gcloud auth application-default login", user_file(environment, home)))
    found = []
    for where, path in places:
        try:
            access, _ = read_file(path, where)
        except CredentialsMissing:
            if not where.startswith(VARIABLE):
                continue
            way, hindrance = SignInWay.FILE, "The file is not there."
        except (CredentialsPartial, CredentialsUnreadable) as error:
            way, hindrance = SignInWay.FILE, f"{error.filled(error.title)}. {error.filled(error.message)}"
        else:
            way = SignInWay.FILE if isinstance(access, GoogleKey) else SignInWay.USER
            hindrance = "" if isinstance(access, GoogleKey) else _LOOKS_ONLY
        found.append(FoundCredential(StorageKind.GOOGLE, way, where, str(path), hindrance=hindrance))
    return found


def user_file(environment: Mapping[str, str], home: Path) -> Path:
    """Return where gcloud leaves a person's sign-in."""
    if environment.get("CLOUDSDK_CONFIG"):
        folder = Path(environment["CLOUDSDK_CONFIG"])
    elif environment.get("APPDATA"):
        folder = Path(environment["APPDATA"]) / "gcloud"
    else:
        folder = home / ".config" / "gcloud"
    return folder / "application_default_credentials.json"


def read_file(path: Path, where: str) -> tuple[GoogleKey | GoogleUser, str]:
    """Return what a file signs in with, and its project. Raise `Credentials…` errors. Blocks for a moment."""
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise CredentialsMissing(storage=_STORAGE, where=str(path)) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "It is no text"
        raise CredentialsUnreadable(storage=_STORAGE, where=where, reason=f"{reason}.") from None
    return read_text(text, where)


def read_text(text: str, where: str) -> tuple[GoogleKey | GoogleUser, str]:
    """Return what the text of such a file signs in with, and its project. Raise `Credentials…` errors."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise CredentialsUnreadable(storage=_STORAGE, where=where, reason="It is no JSON object.")
    kind = said.get("type")
    if kind == "service_account":
        email, key = (_needed(said, name, where) for name in ("client_email", "private_key"))
        return GoogleKey(email, key, str(said.get("token_uri") or _TOKENS)), str(said.get("project_id") or "")
    if kind == "authorized_user":
        client, secret, refresh = (
            _needed(said, name, where) for name in ("client_id", "client_secret", "refresh_token")
        )
        user = GoogleUser(client, secret, refresh, where, str(said.get("token_uri") or _TOKENS))
        return user, str(said.get("quota_project_id") or "")
    raise CredentialsUnreadable(
        storage=_STORAGE, where=where, reason=f"It is of a kind that is not supported here: {str(kind)[:60]}."
    )


def _needed(said: Mapping[str, Any], name: str, where: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not value.strip():
        raise CredentialsPartial(storage=_STORAGE, where=where, missing=name)
    return value
