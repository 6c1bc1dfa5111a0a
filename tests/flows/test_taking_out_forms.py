"""What other programs read of a version that was taken out: COCO and YOLO, with masks, read by their own tools."""

import asyncio
import io
import json
from pathlib import Path
from typing import Any

import supervision
from PIL import Image
from pycocotools import mask as masks
from pycocotools.coco import COCO

from batchdock.core.datasets.dataset import Version
from batchdock.core.transfer import TransferState
from batchdock.flows.datasets.taking_out import DatasetWish, TakingOut
from fakes.tensorbay import TensorBay
from fakes.tensorbay.filling import CATALOG, usual_label
from making.desks import desk_at
from making.taking import assert_whole, lines_of, take, versions_in
from making.tensorbay import connect_desk


def picture(_segment: str, number: int, version: int) -> bytes:
    """Return a picture that no other is equal to."""
    file = io.BytesIO()
    Image.new("RGB", (64, 48), (number % 256, 90, version * 40)).save(file, "PNG")
    return file.getvalue()


def mask(number: int) -> bytes:
    """Return a mask with a rectangle of the first class."""
    file = io.BytesIO()
    image = Image.new("L", (64, 48), 0)
    image.paste(1, (10, 10, 20 + number, 20))
    image.save(file, "PNG")
    return file.getvalue()


def fill(bay: TensorBay) -> None:
    def labelled(segment: str, number: int, version: int) -> dict[str, Any]:
        label = usual_label(segment, number, version)
        if segment == "train" and number < 2:
            checksum, _ = bay.store.keep(mask(number))
            label["SEMANTIC_MASK"] = {"checksum": checksum, "remotePath": f"masks/{number}.png"}
        return label

    catalog = {**CATALOG, "SEMANTIC_MASK": {"categories": [{"name": "water", "categoryId": 1}]}}
    bay.add_dataset(
        "harbor",
        versions=2,
        segments={"train": 4, "a#b?c": 2},
        body=picture,
        label=labelled,
        catalog=catalog,
        suffix=".PNG",
    )


def test_coco_and_yolo_are_read_by_their_own_tools(home: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        with TensorBay() as bay:
            fill(bay)
            async with desk_at(home) as (desk, _):
                account = await connect_desk(desk, bay)
                row = await take(desk, account.account_id, TakingOut(tmp_path / "out", coco=True, yolo=True))
                assert row.state is TransferState.DONE, row
            assert assert_whole(bay, tmp_path / "out") == 12
            (folder,) = [each for each in versions_in(tmp_path / "out").values() if each.name == "v2"]

        coco = COCO(folder / "COCO" / "annotations.json")
        names = {each["id"]: each["name"] for each in coco.cats.values()}
        assert set(names.values()) >= {"ship", "buoy", "water"}
        assert sorted(each["original_name"] for each in coco.imgs.values()) == [
            "a#b_c/0000.PNG",
            "a#b_c/0001.PNG",
            *(f"train/000{number}.PNG" for number in range(4)),
        ]
        assert all((folder / "COCO" / "images" / each["file_name"]).is_file() for each in coco.imgs.values())
        found = sorted(names[each["category_id"]] for each in coco.anns.values())
        assert found == ["buoy"] * 3 + ["ship"] * 3 + ["water"] * 2
        (first,) = [
            each
            for each in coco.anns.values()
            if coco.imgs[each["image_id"]]["original_name"] == "train/0000.PNG"
            and names[each["category_id"]] == "water"
        ]
        assert masks.area(first["segmentation"]) == first["area"] == 100

        yolo = folder / "YOLO"
        read = supervision.DetectionDataset.from_yolo(
            str(yolo / "images"), str(yolo / "labels"), str(yolo / "data.yaml")
        )
        assert len(read) == 6
        assert sorted(len(each) for _, _, each in read) == [1, 1, 1, 1, 2, 2]
        # The pictures are links: they take no room.
        assert all(path.stat().st_nlink > 2 for path in (yolo / "images").iterdir())

        files = [each for line in lines_of(folder, "train") for each in line.get("masks", ())]
        assert [each["remotePath"] for each in files] == ["masks/0.png", "masks/1.png"]
        assert [(folder / each["file"]).read_bytes() for each in files] == [mask(0), mask(1)]

    asyncio.run(scenario())


def test_forms_are_added_to_what_is_there_without_another_fetch(home: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        with TensorBay() as bay:
            fill(bay)
            async with desk_at(home) as (desk, _):
                account = await connect_desk(desk, bay)
                assert (await take(desk, account.account_id, TakingOut(tmp_path / "out"))).state is TransferState.DONE
                gone = sum(bay.fetched.values())
                row = await take(desk, account.account_id, TakingOut(tmp_path / "out", coco=True))
                assert row.state is TransferState.DONE
                assert sum(bay.fetched.values()) == gone
        found = sorted(tmp_path.glob("out/harbor/*/COCO/annotations.json"))
        assert [len(json.loads(path.read_text())["images"]) for path in found] == [6, 6]
        assert not list(tmp_path.glob("out/harbor/*/YOLO"))
        assert not list(tmp_path.glob("out/.batchdock/incoming/*"))

    asyncio.run(scenario())


def test_forms_are_of_what_was_chosen_last(home: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        with TensorBay() as bay:
            fill(bay)
            dataset = next(iter(bay.state.datasets))
            async with desk_at(home) as (desk, _):
                account = await connect_desk(desk, bay)
                for name in ("0000.PNG", "0001.PNG"):
                    wish = DatasetWish(dataset, (Version(commit="v1"),), paths=frozenset({("a#b?c", name)}))
                    wishes = TakingOut(tmp_path / "out", (wish,), coco=True)
                    assert (await take(desk, account.account_id, wishes)).state is TransferState.DONE
                    (path,) = tmp_path.glob("out/harbor/*/COCO/annotations.json")
                    (image,) = json.loads(path.read_text())["images"]
                    assert Path(image["file_name"]).stem == Path(name).stem

    asyncio.run(scenario())


def test_what_is_no_picture_is_in_no_form_and_said(home: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        with TensorBay() as bay:
            bay.add_dataset("clouds", segments={"drive": 2}, suffix=".pcd")
            async with desk_at(home) as (desk, _):
                account = await connect_desk(desk, bay)
                row = await take(desk, account.account_id, TakingOut(tmp_path / "out", coco=True, yolo=True))
                assert row.state is TransferState.DONE
                receipt = desk.taking_out.receipt(row.transfer_id)
            assert receipt is not None
            (said,) = receipt.forms
            assert said.startswith("clouds, v1: ")
            assert not list(tmp_path.glob("out/clouds/*/COCO"))

    asyncio.run(scenario())
