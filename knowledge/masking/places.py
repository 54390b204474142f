"""Finds where somebody lives, drives and connects from: addresses and dormitories, plates, IP addresses. Pure."""

import re
from collections.abc import Iterator

from knowledge.masking.text import Kind, Reading, Span

_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·•. -]?"
    r"(?=[A-HJ-NP-Z]{0,2}\d)[A-HJ-NP-Z\d]{4,5}[A-HJ-NP-Z\d挂学警港澳](?![A-Za-z\d])"
)
_IP_PART = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_IP = re.compile(rf"(?<![\d.]){_IP_PART}(?:\.{_IP_PART}){{3}}(?![\d.]*\d|/\d)")
_IP_6 = re.compile(r"(?<![\w:])(?:[0-9a-f]{1,4}:){2,7}(?::[0-9a-f]{1,4}){0,6}:?[0-9a-f]{1,4}(?![\w:])", re.IGNORECASE)
# A range or a version has the form of an address and is nobody's.
_NO_IP = re.compile(r"网段|地址段|范围为|版本|版|version|\bv|release|range", re.IGNORECASE)
_REGION = r"(?:[一-龥]{2,8}?(?:省|自治区))?(?:[一-龥]{2,7}?市)?(?:[一-龥]{1,6}?[区县镇乡])?"
_STREET = re.compile(
    rf"{_REGION}[一-龥]{{1,8}}?(?:路|街|巷|弄|大道|胡同|里)\d{{1,4}}[号弄](?:院|(?:[之-]\d))?"
    r"(?:[一-龥]{1,10}?(?=\d))?(?:\d{1,3}(?:号楼|号|栋|幢|座|单元|楼|弄)){0,3}(?:\d{2,4}[A-Da-d]?室?)?"
)
_DORM = re.compile(
    r"[一-龥]{0,2}(?:园|苑|公寓|宿舍|舍|斋|生活区|学生区)(?:区|楼)?[一二三四五六七八九十\d]{1,3}(?:号楼|栋|幢|号|舍|斋)"
    r"(?:\d单元)?[- ]?\d{2,4}[A-Da-d]?(?:室|房|床)?"
)
_ADDRESS_WORDS = re.compile(r"住|寄|地址|宿舍|家|收件|我在|送")
_LEADING_WORDS = re.compile(r"^.{0,8}?(?:住址是?|地址是?|邮寄到|寄到|送到|住在|住|寄|我在|在|到)")
_ENGLISH = re.compile(
    r"\b\d{1,5} (?:[A-Z][a-z]+ ){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Court|Close|Crescent"
    r"|Boulevard)\b\.?"
    r"(?:,? (?:Flat|Apt\.?|Apartment|Room|Unit) ?[A-Za-z]?\d{1,4}[A-Za-z]?)?"
)
_PUBLIC_PLACE = re.compile(r"图书馆|总馆|分馆|本馆|我馆|行政楼|教学楼|library", re.IGNORECASE)


def find_places(reading: Reading) -> Iterator[Span]:
    """Give the spans, plates first."""
    for finder in (_plates, _ips, _addresses):
        yield from (span for span in finder(reading) if reading.is_free(span.start, span.end))


def _plates(reading: Reading) -> Iterator[Span]:
    yield from (Span(*match.span(), Kind.PLATE) for match in _PLATE.finditer(reading.text))


def _ips(reading: Reading) -> Iterator[Span]:
    for pattern in (_IP, _IP_6):
        for match in pattern.finditer(reading.text):
            if not _NO_IP.search(reading.before(match.start(), 8)):
                yield Span(*match.span(), Kind.IP)


def _addresses(reading: Reading) -> Iterator[Span]:
    for pattern in (_STREET, _DORM, _ENGLISH):
        for match in pattern.finditer(reading.text):
            lead = _LEADING_WORDS.match(match[0])
            start = match.start() + (lead.end() if lead else 0)
            around = reading.before(match.start(), 14) + match[0][: lead.end() if lead else 0]
            if not _PUBLIC_PLACE.search(around):
                yield Span(start, match.end(), Kind.ADDRESS)
