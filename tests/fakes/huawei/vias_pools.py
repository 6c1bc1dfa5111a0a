"""Pools of machines at the edge (contract §3.8)."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from fakes.huawei.answers import VIAS, Refused
from fakes.huawei.asking import Body, Query, body_of
from fakes.huawei.kept import Pool
from fakes.huawei.records import Json
from fakes.huawei.state import State


class ViasPools:
    """List, show, create (201), delete (204)."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def page(self, request: Request) -> Response:
        """Answer ListEdgePools."""
        query = Query(request, VIAS)
        paged = query.flag("is_paged", False)
        size, page = query.number("page_size", 1, 1000, 100), query.number("page_num", 1, 10_000, 1)
        name, state = query.text("name_like", "[a-z0-9-]{1,30}"), query.one_of("state", ("Running", "Abnormal"))
        newest_first = query.one_of("order_by", ("asc", "desc"), "desc") == "desc"
        by = query.one_of("sort_name", ("created_at", "updated_at"), "created_at")
        query.done()
        found = [pool for pool in list(self._state.pools.values()) if name in pool.name and state in ("", pool.state)]
        found.sort(key=lambda pool: pool.created if by == "created_at" else pool.updated, reverse=newest_first)
        shown = found[(page - 1) * size : page * size] if paged else found
        rows = [pool.row(request.path_params["project_id"]) for pool in shown]
        return JSONResponse({"count": len(found), "edge_pools": rows})

    async def show(self, request: Request) -> Response:
        """Answer ShowEdgePoolInfo."""
        pool = self._wanted(request)
        nodes = [_node(pool, index) for index in range(pool.nodes)]
        return JSONResponse({**pool.row(request.path_params["project_id"]), "nodes": nodes})

    async def create(self, request: Request) -> Response:
        """Answer CreateEdgePool."""
        body = await body_of(request, VIAS)
        name = body.text("name", "[a-z][a-z0-9-]{2,30}[a-z0-9]", required=True)
        nodes = body.texts("nodes", 1, 10, ".{1,255}", required=True)
        description = body.text("description", ".{0,255}")
        body.text("ief_service_instance_id", "[a-zA-Z0-9-]{1,64}")
        body.done()
        if any(pool.name == name for pool in self._state.pools.values()):
            raise Refused("VIAS.00010003", f"The edge pool {name} already exists.", name)
        now = self._state.now
        pool = self._state.new(
            Pool,
            self._state.pools,
            name=name,
            nodes=len(nodes),
            description=description,
            created=now,
            updated=now,
        )
        return JSONResponse({"id": pool.id}, status_code=201)

    async def delete(self, request: Request) -> Response:
        """Answer DeleteEdgePool."""
        self._state.pools.pop(self._wanted(request).id, None)
        return Response(status_code=204)

    def _wanted(self, request: Request) -> Pool:
        pool_id = request.path_params["id"]
        Body({"id": pool_id}, "VIAS.00010001").text("id", "[a-zA-Z0-9-]{1,64}")
        found = self._state.pools.get(pool_id)
        if found is None:
            raise Refused("VIAS.00010008", param=pool_id)
        return found


def _node(pool: Pool, index: int) -> Json:
    return {
        "id": f"{pool.id[:8]}-node-{index}",
        "name": f"{pool.name}-{index + 1}",
        "state": pool.state,
        "arch": "x86_64",
        "cpu": 16,
        "memory": 64263,
        "enable_gpu": True,
        "enable_npu": False,
        "gpu_info": [{"capacity": "15079Mi", "driver_version": "418.67", "name": "gp0", "type": "Tnt004"}],
        "npu_info": [],
    }
