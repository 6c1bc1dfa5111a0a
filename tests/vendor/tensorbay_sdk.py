"""Run by a Python that has the vendor's SDK: carries out what stdin says with it, unchanged, and prints what came back.

stdin: {"url": host, "key": access key, "steps": [[name, arguments], …]}. stdout: a JSON array, a value for each step;
what the SDK raised is {"raised": class, "status", "code", "message"}. Files go to and fro with their SHA-1s, and lie
where it is run, as do masks that the SDK keeps.
"""

import hashlib
import importlib
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Files = Sequence[tuple[str, str, Mapping[str, Any], Mapping[str, str]]]
"""(remote path, what is in it, label, masks: kind to what is in them)."""


class Steps:
    """Everything a test may ask for, a method each."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._sdk: Any = importlib.import_module("tensorbay")
        self._data: Any = importlib.import_module("tensorbay.dataset")
        self._label: Any = importlib.import_module("tensorbay.label")
        self._sensor: Any = importlib.import_module("tensorbay.sensor")
        self._gas: Any = self._sdk.GAS(given["key"], given["url"])
        self._key, self._url = given["key"], given["url"]
        self._folder = Path.cwd()
        self._written = 0

    def user(self) -> Any:
        """Return who the key is."""
        return self._gas.get_user().name

    # --- writing ------------------------------------------------------------------------------------------------------

    def create(self, name: str, fusion: bool = False, alias: str = "") -> Any:
        """Create a dataset; return its id."""
        return self._gas.create_dataset(name, fusion, alias=alias).dataset_id

    def upload(self, name: str, title: str, catalog: Any, segments: Mapping[str, Files], tag: str | None = None) -> Any:
        """Upload files with their labels into a draft of their own and commit it; return the commit's id."""
        dataset = self._gas.get_dataset(name)
        dataset.create_draft(title)
        if catalog:
            dataset.upload_catalog(self._label.Catalog.loads(catalog))
        for segment, files in segments.items():
            local = self._data.Segment(segment)
            for path, text, label, masks in files:
                data = self._data.Data(self._file(text), target_remote_path=path)
                data.label = self._label.Label.loads(label)
                for kind, mask in masks.items():
                    setattr(data.label, kind.lower(), self._mask(kind, mask))
                local.append(data)
            dataset.upload_segment(local, jobs=4, quiet=True)
        dataset.commit(title, f"about {title}", tag=tag)
        return dataset.status.commit_id

    def upload_dataset(self, name: str, segments: Mapping[str, Files], jobs: int = 8) -> Any:
        """Upload a whole dataset by the SDK's own shortcut; return the number of its draft, which stays open."""
        local = self._data.Dataset(name)
        for segment, files in segments.items():
            part = local.create_segment(segment)
            for path, text, label, _ in files:
                data = self._data.Data(self._file(text), target_remote_path=path)
                data.label = self._label.Label.loads(label)
                part.append(data)
        client = self._gas.upload_dataset(local, jobs=jobs, skip_uploaded_files=True, quiet=True)
        return client.status.draft_number

    def upload_frames(
        self, name: str, segment: str, sensors: Sequence[Any], frames: Sequence[Mapping[str, str]]
    ) -> Any:
        """Upload frames, by sensor what is in its file, and commit them."""
        dataset = self._gas.get_dataset(name, True)
        dataset.create_draft("frames")
        client = dataset.create_segment(segment)
        for sensor in sensors:
            client.upload_sensor(self._sensor.Sensor.loads(sensor))
        for number, files in enumerate(frames):
            frame = self._data.Frame()
            for sensor, text in files.items():
                path = f"{sensor}/{number:03}.bin"
                frame[sensor] = self._data.Data(self._file(text), target_remote_path=path, timestamp=1.5 + number)
            client.upload_frame(frame, timestamp=float(1_600_000_000 + number))
        dataset.commit("frames")
        return dataset.status.commit_id

    def history(self, name: str, branch: str, tag: str) -> Any:
        """Make a branch with a tag, and a draft on it that is retitled and closed."""
        dataset = self._gas.get_dataset(name)
        dataset.create_branch(branch)
        dataset.create_tag(tag)
        number = dataset.create_draft("rough", branch_name=branch)
        dataset.update_draft(title="rougher", description="still")
        told = dataset.get_draft(number).title
        dataset.update_notes(is_continuous=True, bin_point_cloud_fields=["X", "Y"])
        dataset.checkout("main")
        dataset.close_draft(number)
        return [number, told]

    def overwrite(self, name: str, segment: str, path: str, text: str) -> Any:
        """Put another file in one's place, which takes its label; commit."""
        dataset = self._gas.get_dataset(name)
        dataset.create_draft("overwrite")
        dataset.get_segment(segment).upload_file(self._file(text), path)
        dataset.commit("overwrite")
        return dataset.status.commit_id

    def arrange(self, name: str, segment: str, first: str, second: str) -> Any:
        """Copy and rename a segment, copy one file, rename another, delete a third; leave the draft open."""
        dataset = self._gas.get_dataset(name)
        number = dataset.create_draft("arrange")
        dataset.copy_segment(segment, f"{segment}-copy", strategy="abort")
        dataset.move_segment(f"{segment}-copy", f"{segment}-moved")
        moved = dataset.get_segment(f"{segment}-moved")
        moved.copy_data(first, f"copied/{first}")
        moved.move_data(first, f"renamed/{first}")
        moved.delete_data(second)
        return number

    def label(self, name: str, segment: str, labels: Mapping[str, Any]) -> Any:
        """Replace labels in a draft of their own and commit it."""
        dataset = self._gas.get_dataset(name)
        dataset.create_draft("labels")
        client = dataset.get_segment(segment)
        every = list(client.list_data())
        chosen = [each for each in every if each.path in labels]
        for each in chosen:
            each.label = self._label.Label.loads(labels[each.path])
        client.upload_label(chosen)
        dataset.commit("labels")
        return dataset.status.commit_id

    def delete(self, name: str) -> Any:
        """Delete a dataset."""
        self._gas.delete_dataset(name)
        return name not in list(self._gas.list_dataset_names())

    # --- reading ------------------------------------------------------------------------------------------------------

    def read(self, name: str, revision: str | None = None, draft: int | None = None) -> Any:
        """Return a version as it is: files with SHA-1 of their bytes and labels, catalog, notes, statistics, size."""
        dataset = self._gas.get_dataset(name)
        if revision or draft:
            dataset.checkout(revision, draft)
        segments: dict[str, dict[str, Any]] = {}
        for segment in dataset.list_segment_names():
            rows = segments.setdefault(segment, {})
            for data in dataset.get_segment(segment).list_data():
                masks = _taken_masks(data.label)
                rows[data.path] = [_sha(data), data.label.dumps() if data.label else {}, masks]
        notes = dataset.get_notes()
        fields = notes.bin_point_cloud_fields
        size = dataset.get_total_size() if draft is None else None
        return {
            **{"segments": segments, "catalog": dataset.get_catalog().dumps(), "size": size},
            **{"notes": [notes.is_continuous, None if fields is None else list(fields)]},
            **{"statistics": dataset.get_label_statistics().dumps()},
        }

    def read_frames(self, name: str, segment: str) -> Any:
        """Return sensors, and of each frame by sensor the SHA-1 of its file."""
        client = self._gas.get_dataset(name, True).get_segment(segment)
        frames = [{sensor: _sha(data) for sensor, data in frame.items()} for frame in client.list_frames()]
        return {"sensors": {each.name: each.dumps() for each in client.get_sensors()}, "frames": frames}

    def read_history(self, name: str) -> Any:
        """Return commits, branches, tags and drafts."""
        dataset = self._gas.get_dataset(name)
        return {
            "commits": [[each.commit_id, each.title, each.description] for each in dataset.list_commits()],
            "branches": {each.name: each.commit_id for each in dataset.list_branches()},
            "tags": {each.name: each.commit_id for each in dataset.list_tags()},
            "drafts": {each.number: [each.title, each.status] for each in dataset.list_drafts("ALL")},
        }

    def names(self) -> Any:
        """Return the names of all datasets."""
        return list(self._gas.list_dataset_names())

    def paths(self, name: str, segment: str) -> Any:
        """Return what lies in a segment, by the cheapest list."""
        return list(self._gas.get_dataset(name).get_segment(segment).list_data_paths())

    def difference(self, name: str, draft: int) -> Any:
        """Return what a draft changes: by segment its action and those of its files."""
        return {
            each.name: [each.action, {data.remote_path: data.action for data in each}]
            for each in self._gas.get_dataset(name).get_diff(head=draft)
        }

    # --- jobs, storage, evaluations -----------------------------------------------------------------------------------

    def merge(self, name: str, source: str, target: str) -> Any:
        """Begin a merge; return its id."""
        jobs = self._gas.get_dataset(name).squash_and_merge
        job = jobs.create_job(
            draft_title="merged", source_branch_name=source, target_branch_name=target, strategy="override", title="m"
        )
        return [job.job_id, job.status]

    def merged(self, name: str, job_id: str) -> Any:
        """Return the state of a merge and what came of it; the rows of the list besides."""
        jobs = self._gas.get_dataset(name).squash_and_merge
        job = jobs.get_job(job_id)
        draft = job.result
        return [job.status, draft.title if draft else None, [each.job_id for each in jobs.list_jobs()]]

    def search(self, name: str, segment: str) -> Any:
        """Begin a search for the files of a segment; return its id."""
        dataset = self._gas.get_dataset(name)
        filters = [("segment", "in", [segment]), ("withLabel", "=", True)]
        job = dataset.basic_search.create_job(conjunction="and", filters=filters, title="s", unit="file")
        return [job.job_id, job.status]

    def found(self, name: str, job_id: str, new_name: str) -> Any:
        """Return what a search has found, of which a dataset is made."""
        job = self._gas.get_dataset(name).basic_search.get_job(job_id)
        result = job.result
        rows = {segment: [each.path for each in result.list_data(segment)] for segment in result.list_segment_names()}
        job.create_dataset(new_name)
        return [job.status, rows]

    def storage(self, name: str) -> Any:
        """Register a bucket, list the configs, delete it again."""
        self._gas.create_oss_storage_config(
            name,
            "data/",
            endpoint="https://oss.example",
            accesskey_id="LTAI5x",
            accesskey_secret="s3cr3t",
            bucket_name="harbor",
        )
        listed = [each.name for each in self._gas.list_auth_storage_configs()]
        self._gas.delete_storage_config(name)
        return [listed, [each.name for each in self._gas.list_auth_storage_configs()]]

    def cloud(self, config: str, prefix: str) -> Any:
        """Return paths in a bucket."""
        return [each.path for each in self._gas.get_cloud_client(config).list_auth_data(prefix)]

    def evaluate(self, benchmark: str, dataset_id: str, commit: str) -> Any:
        """Evaluate a version; return the ids that are listed afterwards and the result."""
        sextant: Any = importlib.import_module("tensorbay.apps.sextant").Sextant(self._key, self._url)
        chosen = sextant.get_benchmark(benchmark)
        chosen.create_evaluation(dataset_id, commit)
        every = list(chosen.list_evaluations())
        return [len(every), every[0].get_result()]

    def _file(self, text: str) -> str:
        self._written += 1
        path = self._folder / f"{self._written:05}"
        path.write_text(text, encoding="utf-8")
        return str(path)

    def _mask(self, kind: str, text: str) -> Any:
        names = {"SEMANTIC_MASK": "SemanticMask", "INSTANCE_MASK": "InstanceMask", "PANOPTIC_MASK": "PanopticMask"}
        mask = getattr(self._label, names[kind])(self._file(text))
        if kind == "PANOPTIC_MASK":
            mask.all_category_ids = {1: 2}
        mask.all_attributes = {1: {"occluded": True}}
        return mask


def _taken_masks(label: Any) -> dict[str, Any]:
    """Take masks from a label, which the SDK can not write down; return SHA-1s and attributes."""
    found = {}
    for kind in ("SEMANTIC_MASK", "INSTANCE_MASK", "PANOPTIC_MASK"):
        if mask := getattr(label, kind.lower(), None):
            found[kind] = [_sha(mask), mask.all_attributes]
            delattr(label, kind.lower())
    return found


def _sha(data: Any) -> str:
    with data.open() as file:
        return hashlib.sha1(file.read(), usedforsecurity=False).hexdigest()


def _carried_out(steps: Steps, name: str, arguments: Any) -> Any:
    try:
        return getattr(steps, name)(*arguments)
    except Exception as error:
        response = getattr(error, "response", None)
        said = {"raised": type(error).__name__, "message": str(error)}
        if response is None:
            return said
        try:
            code = response.json().get("code")
        except ValueError:
            code = None
        return {**said, "status": response.status_code, "code": code}


if __name__ == "__main__":
    given = json.load(sys.stdin)
    steps = Steps(given)
    json.dump([_carried_out(steps, name, arguments) for name, arguments in given["steps"]], sys.stdout)
