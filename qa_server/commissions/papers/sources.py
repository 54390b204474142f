"""Read where a paper stands out of a sentence: journal, year, volume, issue, pages, publisher. Pure.

Every pattern is anchored at its start or looks for short things, so that no line takes more than its length.
"""

import re

# A year that stands between marks; a journal named after a year does not begin its tail.
_YEAR = re.compile(
    r"(?:(?:^|[,，.。;；(（:：])\s*((?:1[89]|20)\d{2})(?=$|[^\d])(?!\s*[-–]\s*(?:1[89]|20)\d{2})"
    # Sensors 2021, 21, 1234: nothing but a blank before, a number behind.
    r"|(?<=[^\W\d])\s+((?:19|20)\d{2})(?=,\s*\d))"
)
_DAY = re.compile(r"^(?:[-/.年]\s*\d{1,2}(?:[-/.月]\s*\d{1,2}日?)?|\s+[A-Z][a-z]{2,8}\.?(?:\s+\d{1,2})?)")
# [2024-03-01]: the day on which a web page was looked at.
_LOOKED_AT = re.compile(r"[\[［]\s*\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?\s*[\]］]")
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_PAGES = r"[A-Za-z]{0,3}\.?\d[\w.]{0,12}(?:\s*[-－‐‑‒–—−~～+,，]\s*[A-Za-z]{0,3}\d[\w.]{0,12}){0,5}"
_VOLUME_ISSUE = re.compile(
    rf"^\W{{0,4}}(\w[\w/.-]{{0,15}})?\s*[(（\[]([^()（）\[\]]{{1,40}})[)）\]]\s*(?:[:：,，]\s*(?:pp?\.?\s*)?({_PAGES}))?"
)
_VOLUME = re.compile(rf"^\W{{0,4}}(\w[\w/]{{0,15}}(?:\.\d{{1,4}})?)\s*[:：,，]\s*(?:pp?\.?\s*)?({_PAGES})")
_BARE_PAGES = re.compile(rf"^\s*({_PAGES})[\s.]*$")
_BARE_VOLUME = re.compile(r"^\s*(\d{1,4})(?:\.(\d{1,3}))?[\s.,，(（]*$")
_ONLY_PAGES = re.compile(rf"^[\s,，.;；)）]{{0,4}}(?:[:：]|pp?\.?|页码?[:：]?)\s*({_PAGES})", re.IGNORECASE)
_LABELLED = {
    "volume": re.compile(r"(?:\bvol(?:ume|\.)?\s*|第)([\w]{1,12}?)(?=卷|[\s,，.;；(（]|$)", re.IGNORECASE),
    "issue": re.compile(r"(?:\b(?:no|issue|iss)\b\.?\s*|第)([\w/-]{1,12}?)(?=期|[\s,，.;；)）]|$)", re.IGNORECASE),
    "pages": re.compile(rf"(?:\bpp?\.?\s*|第|页码?[:：]?\s*)({_PAGES})", re.IGNORECASE),
}
_IS_LABELLED = re.compile(r"\b(?:vol|no|pp)\b\.?\s*\w|[卷期]", re.IGNORECASE)
_TAIL = re.compile(r"[,，]\s*(?=\d|\bvol\b|[eE]\d)|\s+(?=\d{1,4}\s*[(（.:,]|vol\b)", re.IGNORECASE)
# What follows a title is far shorter; more would only be looked through.
_LONGEST = 600
_EDGE = " ,，.。;；:：\"'”"


def read_source(text: str) -> dict[str, str]:
    """Return journal, year, date, volume, issue and pages of what follows a title, as far as they are there."""
    text = _LOOKED_AT.sub("", _ADDRESS.sub("", text[:_LONGEST])).strip()
    year = _YEAR.search(text)
    if year is None:
        return _without_year(text)
    before, after = text[: year.start()], text[year.end() :]
    found = {"year": year[1] or year[2]}
    day = _DAY.match(after)
    if day and not re.match(r"[-/.]\d{1,3}\s*[(（]", after):
        found["date"] = found["year"] + day[0]
        after = after[day.end() :]
    name, numbers = _split_numbers(before)
    found |= {"journal": name, **read_numbers(after)}
    if numbers:
        found = {**read_numbers(numbers), **{key: text for key, text in found.items() if text}}
    return {key: value for key, value in found.items() if value}


def read_numbers(text: str) -> dict[str, str]:
    """Return volume, issue and pages of `45(2): 12-18`, `vol. 45, no. 2, pp. 12-18` or `第45卷第2期`."""
    if _IS_LABELLED.search(text):
        found = {name: match[1] for name, pattern in _LABELLED.items() if (match := pattern.search(text))}
        return _sorted_chinese(text, found)
    if match := _VOLUME_ISSUE.match(text):
        return _kept(volume=match[1], issue=match[2], pages=match[3])
    if match := _ONLY_PAGES.match(text):
        return _kept(pages=match[1])
    if match := _BARE_VOLUME.match(text):
        return _kept(volume=match[1], issue=match[2])
    if match := _VOLUME.match(text):
        return _kept(volume=match[1], pages=match[2])
    if match := _BARE_PAGES.match(text):
        return _kept(pages=match[1])
    return {}


def read_imprint(text: str) -> dict[str, str]:
    """Return publisher, year and pages of `北京: 高等教育出版社, 2019: 15-20`."""
    text = _LOOKED_AT.sub("", _ADDRESS.sub("", text[:_LONGEST])).strip()
    year = _YEAR.search(text)
    before = text[: year.start()] if year else text
    place, mark, publisher = before.replace("：", ":").partition(":")
    found = {"publisher": (publisher if mark else place).strip(_EDGE)}
    if year:
        found |= {"year": year[1] or year[2], **read_numbers(text[year.end() :])}
    return {key: value for key, value in found.items() if value}


def _without_year(text: str) -> dict[str, str]:
    name, numbers = _split_numbers(text)
    return _kept(journal=name, **read_numbers(numbers)) if name or numbers else {}


def _split_numbers(text: str) -> tuple[str, str]:
    """Return the name of a journal and the numbers behind it."""
    found = _TAIL.search(text)
    if found is None or not found.start():
        return text.strip(_EDGE), ""
    return text[: found.start()].strip(_EDGE), text[found.end() :]


def _sorted_chinese(text: str, found: dict[str, str]) -> dict[str, str]:
    # 第 stands before each of the three; the word behind the number tells which it is.
    for name, word in (("volume", "卷"), ("issue", "期"), ("pages", "页")):
        match = re.search(rf"(\w[\w/-]{{0,15}}?)\s*[)）]?\s*{word}", text)
        if match:
            found[name] = match[1].removeprefix("第").rpartition("第")[2]
        elif found.get(name) and "第" in text and not re.search(r"\b(?:vol|no|pp)\b", text, re.IGNORECASE):
            del found[name]
    if "pages" not in found and (match := re.search(rf"[:：]\s*({_PAGES})", text)):
        found["pages"] = match[1]
    return {name: value for name, value in found.items() if value}


def _kept(**texts: str | None) -> dict[str, str]:
    return {name: text for name, text in texts.items() if text}
