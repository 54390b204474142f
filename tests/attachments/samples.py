"""Small real files, made on the spot."""

import io
import zipfile
from typing import Any

from PIL import ExifTags, Image, ImageDraw, PngImagePlugin

PDF = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
# A town, and a person's name, as cameras write them.
SECRETS = (b"Ford Camera 9", b"LI HUA", b"N39.90", b"hidden note")


def jpeg(*, orientation: int = 1, size: tuple[int, int] = (60, 40)) -> bytes:
    """Return a photograph with camera, owner, place and a preview; its upper left corner is red."""
    image = _drawn(size)
    exif = image.getexif()
    exif[ExifTags.Base.Make] = "Ford Camera 9"
    exif[ExifTags.Base.Artist] = "LI HUA"
    exif[ExifTags.Base.Orientation] = orientation
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSAreaInformation] = b"N39.90"
    return _saved(image, "JPEG", exif=exif, comment=b"hidden note", quality=88)


def png() -> bytes:
    """Return a picture with notes of every kind PNG knows."""
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "LI HUA")
    notes.add_itxt("Comment", "hidden note")
    notes.add_text("Software", "Ford Camera 9", zip=True)
    return _saved(_drawn((60, 40)), "PNG", pnginfo=notes, exif=_exif())


def webp() -> bytes:
    """Return a WebP picture with EXIF and XMP."""
    return _saved(_drawn((60, 40)), "WEBP", exif=_exif(), xmp=b"<x:xmpmeta>hidden note</x:xmpmeta>")


def gif(frames: int = 3) -> bytes:
    """Return a moving picture with a comment; each frame is shown for 70 ms."""
    pictures = [_drawn((30 + 0 * frame, 30), fill=(80 * frame, 40, 40)) for frame in range(frames)]
    moving: dict[str, Any] = {"save_all": True, "append_images": pictures[1:], "duration": 70, "loop": 0}
    return _saved(pictures[0], "GIF", comment=b"hidden note", **moving)


def archive(entries: dict[str, str]) -> bytes:
    """Return a zip archive with these entries, in order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, text in entries.items():
            made.writestr(name, text)
    return out.getvalue()


def docx(**more: str) -> bytes:
    """Return what makes an archive a Word file, and more entries."""
    return archive({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>", **more})


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Ford Camera 9"
    return exif


def _drawn(size: tuple[int, int], fill: tuple[int, int, int] = (240, 240, 240)) -> Image.Image:
    image = Image.new("RGB", size, fill)
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 2, size[1] // 2), fill=(220, 20, 20))
    return image


def _saved(image: Image.Image, form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()
