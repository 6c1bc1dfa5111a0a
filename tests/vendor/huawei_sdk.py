"""Run by a Python that has the vendor's SDK: carries out what stdin says with it, unchanged, and prints what came back.

stdin: {"iva", "vias", "iam": addresses, "ak", "sk", "region", "steps": [[name, arguments], …]}. stdout: a JSON array, a
value for each step; what the SDK raised is {"raised": class, "status", "code", "message", "request_id"}.
"""

import importlib
import json
import os
import sys
from collections.abc import Mapping
from typing import Any


class Steps:
    """Everything a test may ask for, a method each. The SDK looks for the project by itself."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = given
        os.environ["HUAWEICLOUD_SDK_IAM_ENDPOINT"] = given["iam"]
        self._core: Any = importlib.import_module("huaweicloudsdkcore.auth.credentials")
        self._region: Any = importlib.import_module("huaweicloudsdkcore.region.region").Region
        self._campusgo: Any = importlib.import_module("huaweicloudsdkcampusgo.v2")
        self._vas: Any = importlib.import_module("huaweicloudsdkvas.v2")
        self._iam: Any = importlib.import_module("huaweicloudsdkiam.v3")

    def _client(self, kind: Any, family: str) -> Any:
        credentials = self._core.BasicCredentials(self._given["ak"], self._given["sk"])
        region = self._region(self._given["region"], self._given[family])
        return kind.new_builder().with_credentials(credentials).with_region(region).build()

    # --- IAM ----------------------------------------------------------------------------------------------------------

    def sign_in(self, user: str, password: str, domain: str) -> Any:
        """Return the token and the id of its project."""
        iam, given = self._iam, self._given
        credentials = self._core.GlobalCredentials(given["ak"], given["sk"], "d" * 32)
        client = iam.IamClient.new_builder().with_credentials(credentials).with_endpoint(given["iam"]).build()
        who = iam.PwdPasswordUser(domain=iam.PwdPasswordUserDomain(name=domain), name=user, password=password)
        identity = iam.PwdIdentity(methods=["password"], password=iam.PwdPassword(user=who))
        scope = iam.AuthScope(project=iam.AuthScopeProject(name=given["region"]))
        body = iam.KeystoneCreateUserTokenByPasswordRequestBody(auth=iam.PwdAuth(identity=identity, scope=scope))
        request = iam.KeystoneCreateUserTokenByPasswordRequest(nocatalog="true", body=body)
        answer = client.keystone_create_user_token_by_password(request)
        return {"token": answer.x_subject_token, "project_id": answer.token.project.id}

    def keystone(self, user: str, password: str, domain: str) -> Any:
        """Return ids of the jobs of VIAS that OpenStack's own client lists with a token that it got itself."""
        identity: Any = importlib.import_module("keystoneauth1.identity.v3")
        session_of: Any = importlib.import_module("keystoneauth1.session").Session
        login = identity.Password(
            auth_url=f"{self._given['iam']}/v3",
            username=user,
            password=password,
            user_domain_name=domain,
            project_name=self._given["region"],
            project_domain_name=domain,
            include_catalog=False,
        )
        session = session_of(auth=login)
        address = f"{self._given['vias']}/v2/{session.get_project_id()}/tasks"
        return [row["id"] for row in session.get(address, params={"page_size": 50}).json()["tasks"]]

    # --- IVA ----------------------------------------------------------------------------------------------------------

    def iva_list(self, service: str, **query: Any) -> Any:
        """Return count and jobs of a service, read by the SDK."""
        client = self._client(self._campusgo.CampusGoClient, "iva")
        answer = client.list_tasks_details(self._campusgo.ListTasksDetailsRequest(service_name=service, **query))
        return {"count": answer.count, "tasks": [_plain(task) for task in answer.tasks]}

    def iva_show(self, service: str, task_id: str) -> Any:
        """Return one job, read by the SDK."""
        client = self._client(self._campusgo.CampusGoClient, "iva")
        return _plain(client.show_task(self._campusgo.ShowTaskRequest(service_name=service, task_id=task_id)))

    def iva_create(self, service: str, name: str, camera: str, pool: str) -> Any:
        """Return the ids of the jobs made."""
        sdk = self._campusgo
        body = sdk.CreateTasksRequestBody(
            name=name,
            service_version="3.0",
            edge_pool_id=pool,
            input=sdk.TaskInput(type="edgecamera", data=[sdk.TaskInputData(id=camera)]),
            output=sdk.TaskOutput(
                webhook=sdk.TaskOutputWebhook(url="https://hooks.example/x", headers={"appKey": "secret"})
            ),
            service_config=sdk.TaskServiceConfig(common={"detection_max_size": 800}),
        )
        client = self._client(sdk.CampusGoClient, "iva")
        return [each.id for each in client.create_tasks(sdk.CreateTasksRequest(service_name=service, body=body)).body]

    def iva_update(self, service: str, task_id: str, description: str) -> Any:
        """Return the job that was changed."""
        body = self._vas.UpdateTaskRequestBody(description=description)
        client = self._client(self._vas.VasClient, "iva")
        request = self._vas.UpdateTaskRequest(service_name=service, task_id=task_id, body=body)
        return _plain(client.update_task(request))

    def iva_do(self, action: str, service: str, task_id: str) -> Any:
        """Start or stop a job; return the status of the answer."""
        client = self._client(self._vas.VasClient, "iva")
        request = getattr(self._vas, f"{action.title()}TaskRequest")(service_name=service, task_id=task_id)
        return getattr(client, f"{action}_task")(request).status_code

    def iva_delete(self, service: str, task_id: str) -> Any:
        """Delete a job; return the status of the answer."""
        client = self._client(self._campusgo.CampusGoClient, "iva")
        request = self._campusgo.DeleteTaskRequest(service_name=service, task_id=task_id)
        return client.delete_task(request).status_code

    # --- VIAS: no package has it; the core of the SDK sends, signs and maps errors ------------------------------------

    def vias(self, method: str, path: str, query: Any = (), body: Any = None) -> Any:
        """Return status and JSON of any address of VIAS."""
        client = self._client(self._campusgo.CampusGoClient, "vias")
        answer = client.do_http_request(
            method=method,
            resource_path=path,
            path_params={},
            query_params=[tuple(each) for each in query],
            header_params={"Content-Type": "application/json"},
            body=body,
            post_params={},
            collection_formats={},
            response_type="DeleteTaskResponse",
            response_headers=[],
        )
        return {"status": answer.status_code, "json": json.loads(answer.raw_content or b"null")}


def _plain(model: Any) -> Any:
    """Return a model of the SDK as JSON can have it."""
    return json.loads(json.dumps(model.to_dict(), default=str))


def main() -> None:
    """Carry the steps out, one after the other."""
    given = json.load(sys.stdin)
    errors: Any = importlib.import_module("huaweicloudsdkcore.exceptions.exceptions")
    steps, said = Steps(given), []
    for name, arguments in given["steps"]:
        try:
            keyed = isinstance(arguments, dict)
            said.append(getattr(steps, name)(**arguments) if keyed else getattr(steps, name)(*arguments))
        except errors.ServiceResponseException as error:
            said.append(
                {
                    "raised": type(error).__name__,
                    "status": error.status_code,
                    "code": error.error_code,
                    "message": error.error_msg,
                    "request_id": error.request_id,
                }
            )
        except errors.SdkException as error:
            said.append({"raised": type(error).__name__, "message": str(error)})
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main()
