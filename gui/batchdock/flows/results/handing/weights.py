"""About how much room each form takes: by counts, and by the average size of the originals."""

import shutil
from pathlib import Path

from batchdock.flows.results.handing.wishes import Form, Weight
from batchdock.flows.results.opening import Selection

_BYTES: dict[Form, tuple[int, int]] = {
    # A picture, a finding; as measured, rounded up.
    Form.XLSX: (600, 550),  # rows are set aside before they are packed
    Form.CSV: (120, 110),
    Form.JSONL: (200, 180),
    Form.PARQUET: (20, 25),
    Form.COCO: (160, 160),
    Form.YOLO: (4_096, 50),
    Form.YOLO_OUTLINES: (4_096, 200),
    Form.VOC: (4_096, 300),
    Form.LABEL_STUDIO: (250, 320),
}


def weight_of(selection: Selection, average: int, to: Path) -> Weight:
    """Return what the forms weigh. `average` is the size of an original in bytes. Blocks."""
    pictures, findings = len(selection.numbers), selection.findings
    forms = {form: pictures * each + findings * more for form, (each, more) in _BYTES.items()}
    copies = pictures * average
    # A picture is in the folder of each of its classes.
    found_in = sum(count.pictures for label, count in selection.labels.items() if _counts(selection, label))
    forms[Form.BY_CLASS] = max(pictures, found_in) * average
    forms[Form.DRAWN] = copies
    return Weight(forms, copies, _free(to))


def _counts(selection: Selection, label: int) -> bool:
    return selection.filter.labels is None or label in selection.filter.labels


def _free(folder: Path) -> int | None:
    """Return the free bytes of the disk on which a folder is, or will be."""
    for place in (folder, *folder.parents):
        try:
            return shutil.disk_usage(place).free
        except OSError:
            continue
    return None
