"""Which writer writes which form."""

from collections.abc import Callable

from batchdock.flows.results.handing.wishes import Form
from batchdock.flows.results.handing.writer import Order, Writer


def writer_of(form: Form, order: Order, stopping: Callable[[], bool]) -> Writer:
    """Return a new writer. What it needs is imported here, in the thread that writes: some of it takes its time."""
    match form:
        case Form.XLSX:
            from batchdock.flows.results.handing.excel import ExcelWriter

            return ExcelWriter(order)
        case Form.CSV:
            from batchdock.flows.results.handing.separated import CsvWriter

            return CsvWriter(order)
        case Form.JSONL:
            from batchdock.flows.results.handing.json_lines import JsonLinesWriter

            return JsonLinesWriter(order)
        case Form.PARQUET:
            from batchdock.flows.results.handing.parquet import ParquetWriter

            return ParquetWriter(order)
        case Form.COCO:
            from batchdock.flows.results.handing.coco import CocoWriter

            return CocoWriter(order)
        case Form.YOLO | Form.YOLO_OUTLINES:
            from batchdock.flows.results.handing.yolo import YoloWriter

            return YoloWriter(order, outlines=form is Form.YOLO_OUTLINES)
        case Form.VOC:
            from batchdock.flows.results.handing.voc import VocWriter

            return VocWriter(order)
        case Form.LABEL_STUDIO:
            from batchdock.flows.results.handing.label_studio import LabelStudioWriter

            return LabelStudioWriter(order)
        case Form.BY_CLASS:
            from batchdock.flows.results.handing.by_class import ByClassWriter

            return ByClassWriter(order)
        case Form.DRAWN:
            from batchdock.flows.results.handing.drawn import DrawnWriter

            return DrawnWriter(order, stopping)
