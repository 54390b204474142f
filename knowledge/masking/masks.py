"""Puts placeholders where personal details stand, and takes them away again. Pure.

The same words get the same placeholder wherever they stand; other words of the same kind the next number. Nothing of
the words themselves shows in a placeholder.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from knowledge.masking.text import Kind, Span

LABELS: Mapping[str, Mapping[Kind, str]] = {
    "zh": {
        Kind.NAME: "姓名",
        Kind.PHONE: "电话",
        Kind.ID_CARD: "身份证号",
        Kind.CARD_NUMBER: "证卡号",
        Kind.EMAIL: "邮箱",
        Kind.ACCOUNT: "社交账号",
        Kind.PLATE: "车牌",
        Kind.ADDRESS: "地址",
        Kind.BANK_CARD: "银行卡号",
        Kind.IP: "IP地址",
        Kind.OTHER: "隐去",
    },
    "en": {
        Kind.NAME: "name",
        Kind.PHONE: "phone",
        Kind.ID_CARD: "ID number",
        Kind.CARD_NUMBER: "card number",
        Kind.EMAIL: "e-mail",
        Kind.ACCOUNT: "account",
        Kind.PLATE: "plate",
        Kind.ADDRESS: "address",
        Kind.BANK_CARD: "bank card",
        Kind.IP: "IP address",
        Kind.OTHER: "detail",
    },
}


@dataclass(frozen=True)
class Mask:
    """A placeholder and what it stands for."""

    placeholder: str
    kind: Kind
    original: str


@dataclass(frozen=True)
class Masked:
    """Texts with placeholders, and the masks in the order in which they were needed."""

    texts: tuple[str, ...]
    masks: tuple[Mask, ...]


def mask_all(
    texts: Sequence[str], found: Sequence[Sequence[Span]], *, language: str, taken: Collection[str] = ()
) -> Masked:
    """Put a placeholder in place of every span. `taken` are placeholders in use already; spans do not overlap."""
    masks: dict[tuple[Kind, str], Mask] = {}
    used = set(taken)
    masked: list[str] = []
    for text, spans in zip(texts, found, strict=True):
        parts, end = [], 0
        for span in sorted(spans):
            words = text[span.start : span.end]
            if (span.kind, words) not in masks:
                masks[span.kind, words] = Mask(free_placeholder(span.kind, language, (*texts, *used)), span.kind, words)
                used.add(masks[span.kind, words].placeholder)
            parts += [text[end : span.start], masks[span.kind, words].placeholder]
            end = span.end
        masked.append("".join(parts) + text[end:])
    return Masked(tuple(masked), tuple(masks.values()))


def free_placeholder(kind: Kind, language: str, texts: Iterable[str]) -> str:
    """Return the first placeholder of this kind that stands in none of the texts."""
    label = LABELS["zh" if language == "zh" else "en"][kind]
    standing = "\n".join(texts)
    number = 1
    while (placeholder := _placeholder(label, language, number)) in standing:
        number += 1
    return placeholder


def put_back(text: str, masks: Iterable[Mask]) -> str:
    """Return the text with the originals of these masks."""
    for mask in masks:
        text = text.replace(mask.placeholder, mask.original)
    return text


def _placeholder(label: str, language: str, number: int) -> str:
    count = "" if number == 1 else str(number)
    return f"〔{label}{count}〕" if language == "zh" else f"[{label}{' ' if count else ''}{count}]"
