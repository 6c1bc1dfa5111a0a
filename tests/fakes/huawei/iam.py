"""Who somebody is: tokens and projects (contract §1.1, §1.2)."""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from fakes.huawei.answers import Refused
from fakes.huawei.state import State
from fakes.huawei.times import iso_micros

LIFETIME = timedelta(hours=24)
ATTEMPTS = 5


@dataclass
class Issued:
    """A token that was given out, and for which project ("": the whole domain)."""

    expires: datetime
    project_id: str


class Iam:
    """The one user of the domain, and every token given out to them."""

    def __init__(self, state: State, *, user: str, password: str, domain: str) -> None:
        self.user, self.password, self.domain = user, password, domain
        self.tokens: dict[str, Issued] = {}
        self._state = state
        self._failures = 0
        self.locked = False

    def issue(self, project_id: str) -> str:
        """Give out a token."""
        token = f"MII{secrets.token_urlsafe(900)}"
        self.tokens[token] = Issued(self._state.now + LIFETIME, project_id)
        return token

    def expire(self) -> None:
        """Let every token given out so far run out."""
        for issued in self.tokens.values():
            issued.expires = self._state.now - timedelta(seconds=1)

    def wrong(self, token: str) -> str:
        """Return what is wrong with a token, as the gateway says it; empty where it is right."""
        issued = self.tokens.get(token)
        if issued is None:
            return "decrypt token fail"
        if issued.expires <= self._state.now:
            return f"token expires,expires_at:{iso_micros(issued.expires)}"
        return ""

    async def sign_in(self, request: Request) -> Response:
        """Answer §1.1."""
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            raise Refused("400", "The content type has to be application/json.")
        try:
            auth = json.loads(await request.body())["auth"]
            identity = auth["identity"]
            user = identity["password"]["user"]
            given = (user["name"], user["password"], user["domain"]["name"])
            scope = auth.get("scope") or {"domain": {"name": self.domain}}
            methods = list(identity["methods"])
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Refused("400", "The request body is invalid") from None
        if methods != ["password"] or not all(isinstance(each, str) for each in given):
            raise Refused("400", "The request body is invalid")
        if self.locked:
            raise Refused("401", "The account is locked.")
        if given != (self.user, self.password, self.domain):
            self._failures += 1
            self.locked = self._failures >= ATTEMPTS
            raise Refused("401", "The username or password is wrong.")
        self._failures = 0
        return self._signed_in(scope)

    def _signed_in(self, scope: dict[str, Any]) -> Response:
        domain = {"id": hashlib.md5(self.domain.encode()).hexdigest(), "name": self.domain}
        token: dict[str, Any] = {
            "methods": ["password"],
            "catalog": [],
            "roles": [{"id": "0", "name": "te_admin"}],
            "user": {
                "id": hashlib.md5(self.user.encode()).hexdigest(),
                "name": self.user,
                "password_expires_at": "",
                "domain": domain,
            },
        }
        project_id = ""
        if "project" in scope:
            project_id = self._project(scope["project"])
            token["project"] = {"id": project_id, "name": self._state.projects[project_id], "domain": domain}
        else:
            token["domain"] = domain
        issued = self.issue(project_id)
        expires = self.tokens[issued].expires
        token |= {"issued_at": iso_micros(expires - LIFETIME), "expires_at": iso_micros(expires)}
        return JSONResponse({"token": token}, status_code=201, headers={"X-Subject-Token": issued})

    def _project(self, wanted: Any) -> str:
        if not isinstance(wanted, dict):
            raise Refused("400", "The request body is invalid")
        for project_id, name in self._state.projects.items():
            if wanted.get("id") == project_id or ("id" not in wanted and wanted.get("name") == name):
                return project_id
        raise Refused("404", f"Could not find project: {wanted.get('id') or wanted.get('name')}.")

    async def projects(self, request: Request) -> Response:
        """Answer §1.2."""
        name = request.query_params.get("name")
        found = [
            {
                "id": project_id,
                "name": known,
                "domain_id": hashlib.md5(self.domain.encode()).hexdigest(),
                "parent_id": hashlib.md5(self.domain.encode()).hexdigest(),
                "is_domain": False,
                "enabled": True,
                "description": "",
                "links": {"self": f"{request.base_url}v3/projects/{project_id}"},
            }
            for project_id, known in self._state.projects.items()
            if name in (None, known)
        ]
        links = {"self": str(request.url), "previous": None, "next": None}
        return JSONResponse({"projects": found, "links": links})
