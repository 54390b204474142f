"""Seals and signatures made ready to print: looked at, bounded, without metadata, ink on nothing.

What people scan is ink on white paper; the paper is made transparent, so that a seal can lie over a signature block.
"""

from collections.abc import Mapping
from hashlib import sha256
from io import BytesIO
from threading import Lock
from typing import Final

import numpy as np
import segno
from PIL import Image, ImageOps

from qa_server.commissions.reports.content import ReportContent
from qa_server.commissions.reports.errors import ReportImageRefused, ReportTooLarge

MAX_IMAGE_BYTES: Final = 3_000_000
MAX_IMAGE_PIXELS: Final = 16_000_000
# Printed at most 42 mm wide: 600 dots to the inch.
_MAX_SIDE = 1_000
_FORMATS = ("PNG", "JPEG", "WEBP")
# Unpacked pictures are large: one at a time in a process.
_one_at_a_time = Lock()


def pictures_of(content: ReportContent, images: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return a PNG by key for each picture the report shows; none for a draft.

    Raises ReportImageRefused when one is missing, differs from its key or cannot be read, ReportTooLarge.
    """
    if content.is_draft:
        return {}
    keys = [content.seal, *(signature.image for signature in content.signatures)]
    return {key: _ready(key, images.get(key)) for key in dict.fromkeys(keys) if key}


def qr_code(address: str) -> bytes:
    """Return the address as a QR code in SVG, 1 unit a module, black on nothing."""
    drawn = BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", border=0, xmldecl=False, nl=False)
    return drawn.getvalue()


def qr_code_png(address: str) -> bytes:
    """Return the address as a QR code in PNG, for formats that know no SVG."""
    drawn = BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="png", border=0, scale=8)
    return drawn.getvalue()


def _ready(key: str, data: bytes | None) -> bytes:
    if data is None:
        raise ReportImageRefused(reason="it is no longer there.")
    if len(data) > MAX_IMAGE_BYTES:
        raise ReportTooLarge(
            reason="a picture of a seal or signature has too many bytes.", number=len(data), limit=MAX_IMAGE_BYTES
        )
    if sha256(data).hexdigest() != key:
        raise ReportImageRefused(reason="it is not the picture that was approved.")
    with _one_at_a_time:
        try:
            return _as_ink(data)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise ReportImageRefused(reason="it has too many pixels.") from error
        except (OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError) as error:
            # What Pillow raises for broken files is of many classes.
            raise ReportImageRefused(reason="it cannot be read as PNG, JPEG or WebP.") from error


def _as_ink(data: bytes) -> bytes:
    with Image.open(BytesIO(data), formats=_FORMATS) as image:
        if image.width * image.height > MAX_IMAGE_PIXELS:
            raise ReportImageRefused(reason="it has too many pixels.")
        upright = ImageOps.exif_transpose(image).convert("RGBA")
    upright.thumbnail((_MAX_SIDE, _MAX_SIDE))
    drawn = BytesIO()
    _without_paper(upright).save(drawn, format="PNG")
    return drawn.getvalue()


def _without_paper(image: Image.Image) -> Image.Image:
    """Take white out of a picture that has no transparency: the darker a dot, the more of it is ink."""
    dots = np.asarray(image, dtype=np.float32) / 255
    if dots[..., 3].min() < 1:
        return image
    ink = 1 - dots[..., :3].min(axis=2, keepdims=True)
    # The colour which, thinned on white paper, looks as the dot did.
    colour = np.where(ink > 0, (dots[..., :3] - 1 + ink) / np.maximum(ink, 1e-3), 0)
    return Image.fromarray((np.concatenate([colour, ink], axis=2).clip(0, 1) * 255).astype(np.uint8), "RGBA")
