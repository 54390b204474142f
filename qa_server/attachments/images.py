"""Pictures without what cameras and phones write into them: place, time, device, owner, previews.

A picture is unpacked and packed anew, so that nothing but pixels, colour profile and transparency remain.
"""

from pathlib import Path
from threading import Lock
from typing import IO, Any

from PIL import Image, ImageOps, ImageSequence

from qa_server.attachments.errors import AttachmentDamaged, ImageTooLarge
from qa_server.attachments.sniffing import GIF, JPEG, PNG, WEBP, FileType

_FORMATS = {PNG: "PNG", JPEG: "JPEG", GIF: "GIF", WEBP: "WEBP"}
# Looks the same as the original where its own tables cannot be kept.
_QUALITY = 92
# What of a picture's notes says how to draw it, not who made it where.
_KEPT_NOTES = ("transparency", "gamma")
# Milliseconds that browsers show a frame which names no time.
_FRAME_MS = 100
# Unpacked pictures are large (50 million pixels: 200 MB): one at a time in a process.
_one_at_a_time = Lock()


def write_bare(source: Path, target: Path, kind: FileType, *, max_pixels: int) -> None:
    """Write the picture to `target`, upright and without metadata. Blocks, for a large one some seconds.

    `max_pixels` counts over all frames and is checked before anything is unpacked. Raises AttachmentDamaged,
    ImageTooLarge; OSError when `target` cannot be written.
    """
    with _one_at_a_time, source.open("rb") as file:
        image, options = _unpack(file, kind, max_pixels)
        try:
            image.save(target, format=_FORMATS[kind], **options)
        except ValueError as error:
            # It could be unpacked, and its tables cannot be written again.
            raise AttachmentDamaged() from error


def _unpack(file: IO[bytes], kind: FileType, max_pixels: int) -> tuple[Image.Image, dict[str, Any]]:
    try:
        image = Image.open(file, formats=(_FORMATS[kind],))
        # A JPEG may bring further pictures behind the first: previews, depth. They are left out.
        frames = 1 if kind == JPEG else getattr(image, "n_frames", 1)
        if image.width * image.height * frames > max_pixels:
            raise _too_large(max_pixels)
        return _still(image, kind) if frames == 1 else _moving(image, kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(max_pixels) from error
    except (OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError) as error:
        # What Pillow raises for broken files is of many classes.
        raise AttachmentDamaged() from error


def _still(image: Image.Image, kind: FileType) -> tuple[Image.Image, dict[str, Any]]:
    profile = _profile(image)
    is_plain_jpeg = image.format == "JPEG"
    ImageOps.exif_transpose(image, in_place=True)
    _forget_notes(image)
    if kind == JPEG:
        # The same tables again lose next to nothing.
        return image, {**profile, "quality": "keep" if is_plain_jpeg else _QUALITY}
    return image, {**profile, "quality": _QUALITY} if kind == WEBP else profile


def _moving(image: Image.Image, kind: FileType) -> tuple[Image.Image, dict[str, Any]]:
    options = {**_profile(image), "save_all": True, "quality": _QUALITY}
    if kind != GIF or "loop" in image.info:
        # A GIF without this note plays once.
        options["loop"] = image.info.get("loop", 0)
    frames, durations = [], []
    for frame in ImageSequence.Iterator(image):
        durations.append(frame.info.get("duration") or _FRAME_MS)
        frames.append(frame.copy())
        _forget_notes(frames[-1])
    return frames[0], {**options, "append_images": frames[1:], "duration": durations}


def _profile(image: Image.Image) -> dict[str, Any]:
    profile = image.info.get("icc_profile")
    return {"icc_profile": profile} if profile else {}


def _forget_notes(image: Image.Image) -> None:
    image.info = {name: image.info[name] for name in _KEPT_NOTES if name in image.info}


def _too_large(max_pixels: int) -> ImageTooLarge:
    return ImageTooLarge(megapixels=max_pixels // 1_000_000)
