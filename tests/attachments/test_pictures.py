"""Pictures lose what says who took them where, and nothing that is seen."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from qa_server.attachments import sniffing
from qa_server.attachments.errors import AttachmentDamaged, ImageTooLarge
from qa_server.attachments.images import write_bare
from qa_server.attachments.sniffing import FileType
from tests.attachments import samples

MAX_PIXELS = 1_000_000


def bare(folder: Path, content: bytes, kind: FileType) -> bytes:
    """Return the picture as it is stored."""
    source, target = folder / "source", folder / "target"
    source.write_bytes(content)
    write_bare(source, target, kind, max_pixels=MAX_PIXELS)
    return target.read_bytes()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (samples.jpeg(), sniffing.JPEG),
        (samples.png(), sniffing.PNG),
        (samples.webp(), sniffing.WEBP),
        (samples.gif(), sniffing.GIF),
    ],
)
def test_camera_owner_place_and_notes_are_gone(tmp_path: Path, content: bytes, kind: FileType) -> None:
    before = Image.open(io.BytesIO(content))
    stored = bare(tmp_path, content, kind)
    after = Image.open(io.BytesIO(stored))
    assert any(secret in content for secret in samples.SECRETS)
    assert not any(secret in stored for secret in samples.SECRETS)
    assert not after.getexif()
    assert not {"exif", "xmp", "comment", "Author", "Comment", "Software"} & set(after.info)
    assert after.size == before.size
    assert sniffing.identify(_written(tmp_path, stored), "") == kind


def test_what_is_behind_the_end_of_a_picture_is_left_out(tmp_path: Path) -> None:
    stored = bare(tmp_path, samples.png() + b"PK\x03\x04 hidden note", sniffing.PNG)
    assert b"hidden note" not in stored


def test_a_photograph_taken_upside_down_is_stored_upright(tmp_path: Path) -> None:
    stored = Image.open(io.BytesIO(bare(tmp_path, samples.jpeg(orientation=6), sniffing.JPEG)))
    assert stored.size == (40, 60)
    assert _is_red(stored, (35, 5))
    assert not _is_red(stored, (5, 5))


def test_an_upright_photograph_keeps_its_quality(tmp_path: Path) -> None:
    content = samples.jpeg()
    stored = bare(tmp_path, content, sniffing.JPEG)
    tables = [Image.open(io.BytesIO(each)).quantization for each in (content, stored)]  # type: ignore[attr-defined]
    assert tables[0] == tables[1]


def test_a_moving_picture_still_moves_at_its_pace(tmp_path: Path) -> None:
    stored = Image.open(io.BytesIO(bare(tmp_path, samples.gif(frames=3), sniffing.GIF)))
    assert (stored.n_frames, stored.info["duration"], stored.info["loop"]) == (3, 70, 0)  # type: ignore[attr-defined]


def test_transparency_stays(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (4, 4), (10, 20, 30, 0)).save(out, "PNG")
    stored = Image.open(io.BytesIO(bare(tmp_path, out.getvalue(), sniffing.PNG)))
    assert stored.getpixel((1, 1)) == (10, 20, 30, 0)


@pytest.mark.parametrize("side", [1_001, 20_000, 60_000])
def test_a_picture_that_would_fill_the_memory_is_refused_unpacked(tmp_path: Path, side: int) -> None:
    with pytest.raises(ImageTooLarge) as refusal:
        bare(tmp_path, _flat_png(side), sniffing.PNG)
    assert refusal.value.details == {"megapixels": 1}


def test_many_small_frames_count_together(tmp_path: Path) -> None:
    frames = [Image.new("P", (600, 600), colour) for colour in range(3)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    with pytest.raises(ImageTooLarge):
        bare(tmp_path, out.getvalue(), sniffing.GIF)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (samples.jpeg()[:200], sniffing.JPEG),
        (samples.png()[:120], sniffing.PNG),
        (samples.webp()[:60], sniffing.WEBP),
        (b"GIF89a", sniffing.GIF),
        (b"\xff\xd8\xff\xe0" + b"\x00" * 100, sniffing.JPEG),
        (b"\x89PNG\r\n\x1a\n" + b"junk" * 20, sniffing.PNG),
    ],
)
def test_half_a_picture_is_refused_as_damaged(tmp_path: Path, content: bytes, kind: FileType) -> None:
    with pytest.raises(AttachmentDamaged):
        bare(tmp_path, content, kind)


def _written(folder: Path, content: bytes) -> Path:
    path = folder / "written"
    path.write_bytes(content)
    return path


def _is_red(image: Image.Image, at: tuple[int, int]) -> bool:
    pixel = image.getpixel(at)
    assert isinstance(pixel, tuple)
    return pixel[0] > 180 and pixel[1] < 80


def _flat_png(side: int) -> bytes:
    """Return a PNG of side x side black pixels that is small as a file."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")
