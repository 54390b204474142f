"""Reports and pictures for the tests of this folder."""

import re
from dataclasses import replace
from hashlib import sha256
from io import BytesIO

from PIL import Image, ImageDraw

from qa_server.commissions.reports.content import Block, ReportContent, Section
from qa_server.commissions.reports.samples import sample


def bare(text: str) -> str:
    return re.sub(r"[\s\u200b\u3000]", "", text)


def picture(colour: str = "red", *, size: int = 300, kind: str = "PNG") -> bytes:
    """A ring of ink on white paper."""
    image = Image.new("RGB", (size, size), "white")
    ImageDraw.Draw(image).ellipse((10, 10, size - 10, size - 10), outline=colour, width=8)
    drawn = BytesIO()
    image.save(drawn, kind)
    return drawn.getvalue()


def key(data: bytes) -> str:
    return sha256(data).hexdigest()


def sealed(content: ReportContent) -> tuple[ReportContent, dict[str, bytes]]:
    """The report with a seal and a signature for each who signs, and the pictures by key."""
    seal, hand = picture("red"), picture("navy", kind="JPEG")
    signatures = tuple(replace(signature, image=key(hand)) for signature in content.signatures)
    return replace(content, seal=key(seal), signatures=signatures), {key(seal): seal, key(hand): hand}


def with_blocks(*blocks: Block) -> ReportContent:
    """A short report with these blocks in its only section."""
    return replace(sample("proxy_search", "zh"), sections=(Section("查找结果", blocks, "results"),))
