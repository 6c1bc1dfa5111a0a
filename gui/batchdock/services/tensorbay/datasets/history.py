"""Datasets with their branches, tags, commits and drafts (contract §4.2 to §4.4)."""

from collections.abc import AsyncIterator

from batchdock.core.datasets.dataset import (
    Branch,
    Commit,
    Dataset,
    DatasetKind,
    Draft,
    DraftState,
    Tag,
)
from batchdock.core.datasets.pattern import exact
from batchdock.core.errors import (
    BatchdockError,
    ConnectionProblem,
    DraftOpen,
    MaybeCreated,
    NotAskedFor,
    ServiceTrouble,
    UnreadableAnswer,
)
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.services.http.reading import answered, count, entry, text
from batchdock.services.tensorbay.datasets.asking import Asking
from batchdock.services.tensorbay.datasets.creating import make_named
from batchdock.services.tensorbay.datasets.reading import (
    read_branch,
    read_commit,
    read_dataset,
    read_draft,
    read_tag,
)
from batchdock.services.tensorbay.datasets.walking import by, walk
from batchdock.services.tensorbay.making import make_once

_DEFAULT = QT_TRANSLATE_NOOP("errors", "It is the branch that people see first, and a dataset has always one.")
_HAS_DRAFT = QT_TRANSLATE_NOOP("errors", "A branch has one open draft at most.")


class History(Asking):
    """The first half of `core.datasets.port.DatasetService`; see there."""

    # --- datasets

    async def datasets(self, name: str = "") -> AsyncIterator[Dataset]:
        """See `DatasetService.datasets`."""
        async for row in walk(self._wire, "ListDataset", query={"name": name or None}, key=by("id")):
            found = read_dataset(row, self._account_id)
            if found is not None:
                yield found

    async def dataset(self, dataset_id: str) -> Dataset:
        """See `DatasetService.dataset`."""
        answer = await self._wire.ask("GetDataset", at={"dataset": dataset_id})
        told = answered(answer, self._wire, "GetDataset")
        found = read_dataset(told, self._account_id, dataset_id)
        if found is None or not told.keys() & {"name", "alias", "type", "defaultBranch"}:
            raise UnreadableAnswer(service=self._wire.service, details="GetDataset: no dataset in the answer")
        return found

    async def create_dataset(
        self,
        name: str,
        *,
        kind: DatasetKind = DatasetKind.ORDINARY,
        alias: str = "",
        is_public: bool = False,
        storage: str = "",
    ) -> str:
        """See `DatasetService.create_dataset`."""
        body: dict[str, object] = {
            "name": name,
            "type": 1 if kind is DatasetKind.FUSION else 0,
            "alias": alias,
            "isPublic": is_public,
        }
        if storage:
            body["configName"] = storage

        async def alike() -> frozenset[str]:
            # The pattern only makes the list short: names are compared here.
            return frozenset([each.dataset_id async for each in self.datasets(exact(name)) if each.name == name])

        return await make_once(self._wire, "CreateDataset", at={}, body=body, name=name, answer_id="id", alike=alike)

    async def update_dataset(
        self, dataset_id: str, *, name: str | None = None, alias: str | None = None, is_public: bool | None = None
    ) -> None:
        """See `DatasetService.update_dataset`."""
        changes = {"name": name, "alias": alias, "isPublic": is_public}
        body = {key: value for key, value in changes.items() if value is not None}
        if body:
            await self._wire.ask("UpdateDataset", at={"dataset": dataset_id}, body=body)

    async def delete_dataset(self, dataset_id: str) -> None:
        """See `DatasetService.delete_dataset`."""
        await self._wire.ask("DeleteDataset", at={"dataset": dataset_id})

    async def bytes_of(self, dataset_id: str, commit: str) -> int:
        """See `DatasetService.bytes_of`."""
        answer = await self._wire.ask("GetTotalSize", at={"dataset": dataset_id}, query={"commit": commit})
        found = count(entry(answer).get("totalSize"))
        if found is None:
            raise UnreadableAnswer(service=self._wire.service, details="GetTotalSize: no size in the answer")
        return found

    # --- branches and tags

    async def branches(self, dataset_id: str, name: str = "") -> AsyncIterator[Branch]:
        """See `DatasetService.branches`."""
        at, query = {"dataset": dataset_id}, {"name": name or None}
        async for row in walk(self._wire, "ListBranches", at=at, query=query, key=by("name")):
            found = read_branch(row)
            if found is not None:
                yield found

    async def create_branch(self, dataset_id: str, name: str, commit: str) -> None:
        """See `DatasetService.create_branch`."""

        async def is_there() -> bool:
            return name in [each.name async for each in self.branches(dataset_id)]

        at, body = {"dataset": dataset_id}, {"name": name, "commit": commit}
        await make_named(self._wire, "CreateBranch", at=at, body=body, name=name, is_there=is_there)

    async def delete_branch(self, dataset_id: str, name: str) -> None:
        """See `DatasetService.delete_branch`. The default one is never asked for."""
        if (await self.dataset(dataset_id)).default_branch == name:
            raise NotAskedFor(service=self._wire.service, reason=_DEFAULT)
        await self._wire.ask("DeleteBranch", at={"dataset": dataset_id}, body={"name": name})

    async def tags(self, dataset_id: str, name: str = "") -> AsyncIterator[Tag]:
        """See `DatasetService.tags`."""
        at, query = {"dataset": dataset_id}, {"name": name or None}
        async for row in walk(self._wire, "ListTag", at=at, query=query, key=by("name")):
            found = read_tag(row)
            if found is not None:
                yield found

    async def create_tag(self, dataset_id: str, name: str, commit: str) -> None:
        """See `DatasetService.create_tag`."""

        async def is_there() -> bool:
            return name in [each.name async for each in self.tags(dataset_id)]

        at, body = {"dataset": dataset_id}, {"name": name, "commit": commit}
        await make_named(self._wire, "CreateTag", at=at, body=body, name=name, is_there=is_there)

    async def delete_tag(self, dataset_id: str, name: str) -> None:
        """See `DatasetService.delete_tag`."""
        await self._wire.ask("DeleteTag", at={"dataset": dataset_id}, body={"name": name})

    # --- commits and drafts

    async def commits(self, dataset_id: str, start: str = "") -> AsyncIterator[Commit]:
        """See `DatasetService.commits`."""
        at, query = {"dataset": dataset_id}, {"commit": start or None}
        async for row in walk(self._wire, "ListCommit", at=at, query=query, key=by("commitId")):
            found = read_commit(row)
            if found is not None:
                yield found

    async def drafts(
        self, dataset_id: str, state: DraftState | None = DraftState.OPEN, branch: str = ""
    ) -> AsyncIterator[Draft]:
        """See `DatasetService.drafts`."""
        query = {"status": "ALL" if state is None else state.value, "branchName": branch or None}
        async for row in walk(self._wire, "ListDraft", at={"dataset": dataset_id}, query=query, key=by("number")):
            found = read_draft(row)
            if found is not None and state in (None, found.state) and branch in ("", found.branch):
                yield found

    async def create_draft(self, dataset_id: str, branch: str, title: str, description: str = "") -> int:
        """See `DatasetService.create_draft`."""

        async def alike() -> frozenset[str]:
            return frozenset([str(each.number) async for each in self.drafts(dataset_id, branch=branch)])

        if await alike():
            raise DraftOpen(service=self._wire.service, name=branch, reason=_HAS_DRAFT)
        body = {"branchName": branch, "title": title, "description": description}
        number = await make_once(
            self._wire,
            "CreateDraft",
            at={"dataset": dataset_id},
            body=body,
            name=title,
            answer_id="draftNumber",
            alike=alike,
        )
        found = count(number)
        if not found:
            raise UnreadableAnswer(service=self._wire.service, details="CreateDraft: no number in the answer")
        return found

    async def update_draft(
        self,
        dataset_id: str,
        number: int,
        *,
        title: str | None = None,
        description: str | None = None,
        close: bool = False,
    ) -> None:
        """See `DatasetService.update_draft`."""
        changes = {"title": title, "description": description, "status": DraftState.CLOSED.value if close else None}
        body = {key: value for key, value in changes.items() if value is not None}
        if body:
            await self._wire.ask("UpdateDraft", at={"dataset": dataset_id, "draft": str(number)}, body=body)

    async def commit_draft(
        self, dataset_id: str, number: int, title: str, *, description: str = "", tag: str = ""
    ) -> str:
        """See `DatasetService.commit_draft`. When the answer is lost, the draft tells whether it was committed."""
        body = {"draftNumber": number, "title": title, "description": description}
        if tag:
            body["tag"] = tag
        try:
            answer = await self._wire.ask("CommitDataset", at={"dataset": dataset_id}, body=body)
            commit_id = text(entry(answer).get("commitId"))
            if commit_id:
                return commit_id
            raise UnreadableAnswer(service=self._wire.service, details="CommitDataset: no commit in the answer")
        except (ConnectionProblem, ServiceTrouble, UnreadableAnswer) as error:
            doubt = error
        try:
            commit_id = await self._committed(dataset_id, number, title)
        except BatchdockError:
            commit_id = ""
        if not commit_id:
            name = title or str(number)
            raise MaybeCreated(service=self._wire.service, name=name, reason="", details=doubt.details) from doubt
        return commit_id

    async def _committed(self, dataset_id: str, number: int, title: str) -> str:
        """Return the commit that a draft has become, empty where it has not: on its branch, right after its parent."""
        draft = next(iter([each async for each in self.drafts(dataset_id, None) if each.number == number]), None)
        if draft is None or draft.state is not DraftState.COMMITTED:
            return ""
        async for commit in self.commits(dataset_id, draft.branch):
            if commit.parent == draft.parent and commit.title == title:
                return commit.commit_id
        return ""
