"""How a picture is turned upright: what cameras write down beside it (EXIF)."""

from PIL import Image

ORIENTATION = 0x0112
"""The tag."""

UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What turns a picture of each orientation; 1 is upright."""

SIDEWAYS = frozenset({5, 6, 7, 8})
"""Those for which width and height change places."""
