"""Reads codes with zxing-cpp and draws what was read."""

import uuid

import zxingcpp
from PIL import Image

from batchdock.thiscomputer.engine.drawing import Outline, drawn
from batchdock.thiscomputer.engine.picture import Found, Picture

_QR = frozenset({"QR Code", "QR Code Model 1", "QR Code Model 2", "Micro QR Code", "rMQR Code"})

# Any fixed value: the same code at the same place always gets the same id.
_NAMESPACE = uuid.UUID("6f2e6c0e-3f3b-5b53-9d0e-0b7e9a2f1c11")

_ENLARGE_BELOW = 500_000
"""Pictures of fewer pixels are looked at once more at double size when nothing was found."""


def formats_of(text: str) -> zxingcpp.BarcodeFormats | None:
    """Return what `formats` means: None for all. Raises `ValueError` for a kind that does not exist."""
    if text.strip().lower() in {"", "all"}:
        return None
    return zxingcpp.barcode_formats_from_str(text)


def look(picture: Picture, *, formats: str, draw: bool) -> Found:
    """Return all codes of a picture, from top to bottom."""
    codes = sorted(_read(picture.image, formats), key=_place)
    outputs: dict[str, object] = {
        "count": len(codes),
        "text": "\n".join(str(code["text"]) for code in codes),
        "codes": codes,
        "predictions": {
            "image": {"width": picture.width, "height": picture.height},
            "predictions": [_detection(code) for code in codes],
        },
    }
    if not draw:
        return Found(outputs)
    outlines = [Outline(_corners(code), str(code["text"]), str(code["format"])) for code in codes]
    return Found(outputs, {"output_image": drawn(picture.image, outlines)})


def _read(image: Image.Image, formats: str) -> list[dict[str, object]]:
    grey = image.convert("L")
    wanted = formats_of(formats)
    codes = [_code(each, 1) for each in _barcodes(grey, wanted)]
    if not codes and grey.width * grey.height <= _ENLARGE_BELOW:
        # Small tilted codes of 1.5 pixels a module are only found this way.
        doubled = grey.resize((grey.width * 2, grey.height * 2), Image.Resampling.BICUBIC)
        codes = [_code(each, 2) for each in _barcodes(doubled, wanted)]
    return codes


def _barcodes(grey: Image.Image, wanted: zxingcpp.BarcodeFormats | None) -> list[zxingcpp.Barcode]:
    if wanted is None:
        return list(zxingcpp.read_barcodes(grey))  # tries rotated, inverted and smaller versions by itself
    return list(zxingcpp.read_barcodes(grey, formats=wanted))


def _code(barcode: zxingcpp.Barcode, scale: int) -> dict[str, object]:
    position = barcode.position
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    return {
        "format": str(barcode.format),
        "text": barcode.text,
        "position": [[round(corner.x / scale), round(corner.y / scale)] for corner in corners],
    }


def _corners(code: dict[str, object]) -> list[tuple[int, int]]:
    position = code["position"]
    assert isinstance(position, list)
    return [(x, y) for x, y in position]


def _place(code: dict[str, object]) -> tuple[int, int, str]:
    corners = _corners(code)
    return min(y for _, y in corners), min(x for x, _ in corners), str(code["text"])


def _detection(code: dict[str, object]) -> dict[str, object]:
    """Return a code as the cloud's own code blocks do: a box around it, certain, with what it says in `data`."""
    xs, ys = zip(*_corners(code), strict=True)
    is_qr = code["format"] in _QR
    return {
        "x": (min(xs) + max(xs)) / 2,
        "y": (min(ys) + max(ys)) / 2,
        "width": max(xs) - min(xs),
        "height": max(ys) - min(ys),
        "confidence": 1.0,
        "class": "qr_code" if is_qr else "barcode",
        "class_id": 0 if is_qr else 1,
        "detection_id": str(uuid.uuid5(_NAMESPACE, f"{code['format']}\n{code['text']}\n{code['position']}")),
        "parent_id": "image",
        "data": code["text"],
    }
