"""What the flows need of a service that keeps datasets.

What is created is asked for once: when the answer is lost it is looked for by its exact name before anything else, and
where that can not tell, `MaybeCreated` says so. Names are sent as they are and compared exactly; what destroys goes by
id. Iterators fetch page by page, on demand, and count what came, never what was announced (contract §1.4).
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from batchdock.core.datasets.data import Arrived, Data, Json, LabelType, MaskFile, Sensor, Storage
from batchdock.core.datasets.dataset import (
    Branch,
    Commit,
    DataDiff,
    Dataset,
    DatasetDiff,
    DatasetKind,
    Draft,
    DraftState,
    Notes,
    Segment,
    SegmentDiff,
    Strategy,
    Tag,
    Version,
)
from batchdock.core.streams import FileVersion, Incoming, Outgoing


class DatasetService(Protocol):
    """Every method raises only `BatchdockError`s. `dataset_id` is the service's."""

    # --- datasets ---

    def datasets(self, name: str = "") -> AsyncIterator[Dataset]:
        """Yield the datasets, those whose name fits a pattern where there is one (contract §3)."""
        ...

    async def dataset(self, dataset_id: str) -> Dataset:
        """Return one dataset. Raise `NotFound`."""
        ...

    async def create_dataset(
        self,
        name: str,
        *,
        kind: DatasetKind = DatasetKind.ORDINARY,
        alias: str = "",
        is_public: bool = False,
        storage: str = "",
    ) -> str:
        """Return the id of a new dataset. Raise `NameTaken`, `MaybeCreated`."""
        ...

    async def update_dataset(
        self, dataset_id: str, *, name: str | None = None, alias: str | None = None, is_public: bool | None = None
    ) -> None:
        """Change what is given. Raise `NotFound`, `NameTaken`."""
        ...

    async def delete_dataset(self, dataset_id: str) -> None:
        """Delete it with all its versions, for everybody."""
        ...

    async def bytes_of(self, dataset_id: str, commit: str) -> int:
        """Return how large a commit is."""
        ...

    # --- history ---

    def branches(self, dataset_id: str, name: str = "") -> AsyncIterator[Branch]: ...
    async def create_branch(self, dataset_id: str, name: str, commit: str) -> None: ...
    async def delete_branch(self, dataset_id: str, name: str) -> None: ...

    def tags(self, dataset_id: str, name: str = "") -> AsyncIterator[Tag]: ...
    async def create_tag(self, dataset_id: str, name: str, commit: str) -> None: ...
    async def delete_tag(self, dataset_id: str, name: str) -> None: ...

    def commits(self, dataset_id: str, start: str = "") -> AsyncIterator[Commit]:
        """Yield `start` (a commit, branch or tag; empty: the default branch) and its ancestors, newest first."""
        ...

    def drafts(
        self, dataset_id: str, state: DraftState | None = DraftState.OPEN, branch: str = ""
    ) -> AsyncIterator[Draft]:
        """Yield drafts, of all states for None."""
        ...

    async def create_draft(self, dataset_id: str, branch: str, title: str, description: str = "") -> int:
        """Return the number of a new draft. Raise `DraftOpen` where the branch has one."""
        ...

    async def update_draft(
        self,
        dataset_id: str,
        number: int,
        *,
        title: str | None = None,
        description: str | None = None,
        close: bool = False,
    ) -> None: ...

    async def commit_draft(
        self, dataset_id: str, number: int, title: str, *, description: str = "", tag: str = ""
    ) -> str:
        """Make a draft a version that stays; return the commit's id. Raise `NameTaken` for the tag; the draft stays."""
        ...

    # --- a version ---

    async def notes(self, dataset_id: str, version: Version) -> Notes: ...
    async def update_notes(self, dataset_id: str, draft: int, notes: Notes) -> None: ...

    async def diff(self, dataset_id: str, version: Version) -> DatasetDiff:
        """Return what a draft or a commit changes against its parent."""
        ...

    def segment_diffs(self, dataset_id: str, version: Version) -> AsyncIterator[SegmentDiff]: ...
    async def segment_diff(self, dataset_id: str, version: Version, segment: str) -> SegmentDiff: ...
    def data_diffs(self, dataset_id: str, version: Version, segment: str) -> AsyncIterator[DataDiff]: ...

    def segments(self, dataset_id: str, version: Version) -> AsyncIterator[Segment]: ...
    async def create_segment(self, dataset_id: str, draft: int, name: str) -> None: ...
    async def delete_segment(self, dataset_id: str, draft: int, name: str) -> None: ...

    async def place_segment(
        self,
        dataset_id: str,
        draft: int,
        name: str,
        target: str,
        strategy: Strategy,
        *,
        move: bool,
        source: tuple[str, Version] | None = None,
    ) -> None:
        """Copy or move (rename) a segment; `source` is another dataset's id and version, for copies only."""
        ...

    async def sensors(self, dataset_id: str, version: Version, segment: str) -> tuple[Sensor, ...]: ...
    async def put_sensor(self, dataset_id: str, draft: int, segment: str, sensor: Sensor) -> None: ...
    async def delete_sensor(self, dataset_id: str, draft: int, segment: str, sensor: str) -> None: ...

    # --- data and labels ---

    def data(self, dataset_id: str, version: Version, segment: str) -> AsyncIterator[Data]:
        """Yield paths and checksums only: the cheapest list."""
        ...

    def details(self, dataset_id: str, version: Version, segment: str) -> AsyncIterator[Data]:
        """Yield everything, with fresh signed addresses."""
        ...

    async def detail_page(
        self, dataset_id: str, version: Version, segment: str, start: int = 0
    ) -> tuple[tuple[Data, ...], int | None]:
        """Return one page of `details` from row `start`, and where the next begins; None at the end."""
        ...

    async def url_of(self, dataset_id: str, version: Version, segment: str, remote_path: str) -> str:
        """Return a fresh signed address of one file. Raise `NotFound`."""
        ...

    def urls(self, dataset_id: str, version: Version, segment: str) -> AsyncIterator[Data]:
        """Yield paths (and sensors) with fresh signed addresses."""
        ...

    def masks(
        self, dataset_id: str, version: Version, segment: str, label_type: LabelType, remote_path: str = ""
    ) -> AsyncIterator[MaskFile]:
        """Yield the masks of one kind with fresh signed addresses; files without one are passed over."""
        ...

    def labels(self, dataset_id: str, version: Version, segment: str) -> AsyncIterator[Data]:
        """Yield paths with labels, without addresses."""
        ...

    async def catalog(self, dataset_id: str, version: Version) -> Json:
        """Return the label catalog: by label type, what classes and attributes there are."""
        ...

    async def put_catalog(self, dataset_id: str, draft: int, catalog: Json) -> None: ...

    async def statistics(self, dataset_id: str, version: Version) -> Json:
        """Return by label type how many labels there are, by class and attribute."""
        ...

    async def put_labels(self, dataset_id: str, draft: int, segment: str, labels: Sequence[tuple[str, Json]]) -> None:
        """Replace all labels of these files, (remote path, label), in as many requests as it takes."""
        ...

    async def delete_data(self, dataset_id: str, draft: int, segment: str, remote_path: str) -> None: ...
    async def delete_frame(self, dataset_id: str, draft: int, segment: str, frame_id: str) -> None: ...

    async def place_data(
        self,
        dataset_id: str,
        draft: int,
        segment: str,
        names: Mapping[str, str],
        target: str,
        strategy: Strategy,
        *,
        move: bool,
        source: tuple[str, Version] | None = None,
    ) -> None:
        """Copy or move files to a segment, `names` from old paths to new ones."""
        ...

    # --- bytes ---

    async def upload(self, dataset_id: str, draft: int, segment: str, body: Outgoing, checksum: str) -> None:
        """Send the bytes of one file to the object store (contract §5.1). One try. The key never goes there.

        `checksum` is their SHA-1, hex. The file is in the draft only after `register`.
        """
        ...

    async def register(self, dataset_id: str, draft: int, segment: str, files: Sequence[Arrived]) -> None:
        """Make files known whose bytes have arrived, 50 at a time. The same ones again change nothing."""
        ...

    def receive(
        self, url: str, *, start: int = 0, version: FileVersion | None = None
    ) -> AbstractAsyncContextManager[Incoming]:
        """Open a file by its signed address, from byte `start` on if it still is that `version`, else from the first.

        Raise `NotFound` when the address is no longer good, `VersionGone` where it is another file by now.
        """
        ...

    # --- storage ---

    def storages(self, name: str = "") -> AsyncIterator[Storage]:
        """Yield where new datasets can lie."""
        ...

    async def cloud_page(self, storage: str, prefix: str = "", marker: str = "") -> tuple[tuple[str, ...], str]:
        """Return paths in an own bucket and where the next page begins, empty at the end."""
        ...

    async def cloud_url(self, storage: str, path: str) -> str: ...

    async def import_cloud_files(
        self, dataset_id: str, draft: int, segment: str, paths: Mapping[str, str], *, delete_source: bool = False
    ) -> None:
        """Make files of an own bucket known in a draft, from their paths there to remote paths."""
        ...
