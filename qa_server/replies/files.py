"""Canned replies as files for exchange: CSV for spreadsheets, JSONL for programs. Reads and writes text; pure."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from qa_server.replies.errors import ReplyFileRefused
from qa_server.replies.fields import ReplyFields

Format = Literal["csv", "jsonl"]

COLUMNS = tuple(field.name for field in fields(ReplyFields))
_LISTS = ("tags", "codes")
_NUMBERS = ("read_level", "hours")
MAX_LINES = 1_000
MAX_CHARACTERS = 3_000_000
# What makes a spreadsheet compute a cell; an apostrophe before it makes it text.
_COMPUTING = ("=", "+", "-", "@", "\t", "\r")
_GUARD = "'"


@dataclass(frozen=True)
class FileLine:
    """One reply of a file, or why the line is none; `number` counts as people do: the heading of a table is 1."""

    number: int
    shortcut: str
    fields: ReplyFields | None
    reason: str = ""


def decoded(raw: bytes) -> str:
    """Return the text of a file. Raises ReplyFileRefused."""
    # Spreadsheet programs in China save CSV in GB 18030 unless told otherwise.
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ReplyFileRefused(reason="Its text is neither UTF-8 nor GB 18030.")


def read(text: str, format_: Format) -> list[FileLine]:
    """Return the replies of a file, line by line. Raises ReplyFileRefused for what is no such file at all."""
    if len(text) > MAX_CHARACTERS:
        raise ReplyFileRefused(reason="It is too large.")
    lines = list(_from_csv(text) if format_ == "csv" else _from_jsonl(text))
    if len(lines) > MAX_LINES:
        raise ReplyFileRefused(reason="It has more than 1,000 replies.")
    return lines


def write(replies: Iterable[ReplyFields], format_: Format) -> str:
    """Return replies as a file; reading it gives the same replies. No cell of a table computes anything."""
    if format_ == "jsonl":
        return "".join(json.dumps(asdict(reply), ensure_ascii=False) + "\n" for reply in replies)
    out = io.StringIO(newline="")
    # The mark tells spreadsheet programs that it is UTF-8.
    out.write("\N{BYTE ORDER MARK}")
    table = csv.writer(out)
    table.writerow(COLUMNS)
    table.writerows([_guarded(_cell(value)) for value in asdict(reply).values()] for reply in replies)
    return out.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "; ".join(value)
    return "" if value is None else str(value)


def _guarded(cell: str) -> str:
    return _GUARD + cell if cell.startswith((*_COMPUTING, _GUARD)) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith(_GUARD) and cell[1:].startswith((*_COMPUTING, _GUARD)) else cell


def _from_csv(text: str) -> Iterator[FileLine]:
    reader = csv.reader(io.StringIO(text.lstrip("\N{BYTE ORDER MARK}"), newline=""), strict=True)
    try:
        names = [cell.strip().lower() for cell in next(reader, [])]
        _check_heading(names)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            values = {name: _unguarded(cell) for name, cell in zip(names, cells, strict=False) if name}
            if any(cell.lstrip().startswith("=") for cell in cells):
                reason = "A cell computes something. Put in the value itself."
                yield FileLine(reader.line_num, values.get("shortcut", "")[:80], None, reason)
            else:
                yield _line(reader.line_num, values)
    except csv.Error:
        raise ReplyFileRefused(reason="It is not a table of comma-separated values.") from None


def _check_heading(names: Sequence[str]) -> None:
    if "shortcut" not in names:
        raise ReplyFileRefused(reason="Its first line has to name the columns, one of them shortcut.")
    if len(set(names)) < len(names) or any(name and name not in COLUMNS for name in names):
        raise ReplyFileRefused(reason="It has a column that is not known, or one twice.")


def _from_jsonl(text: str) -> Iterator[FileLine]:
    for number, line in enumerate(text.lstrip("\N{BYTE ORDER MARK}").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except (ValueError, RecursionError):
            values = None
        if isinstance(values, dict) and isinstance(values.get("shortcut"), str) and set(values) <= set(COLUMNS):
            yield _line(number, values)
        else:
            reason = "The line is not a reply: a JSON object with a shortcut and no unknown names."
            yield FileLine(number, "", None, reason)


def _line(number: int, values: Mapping[str, Any]) -> FileLine:
    shortcut = str(values.get("shortcut", "")).strip()
    taken: dict[str, Any] = {}
    for name in COLUMNS:
        given = values.get(name)
        try:
            taken[name] = _list(given) if name in _LISTS else _number(given) if name in _NUMBERS else _text(given)
        except ValueError:
            return FileLine(number, shortcut[:80], None, "A value is not of the kind its column needs.")
    taken["category"] = taken["category"] or "other"
    taken["subject"], taken["resolution"] = taken["subject"] or None, taken["resolution"] or None
    return FileLine(number, shortcut[:80], ReplyFields(**taken))


def _text(given: Any) -> str:
    if given is not None and not isinstance(given, str):
        raise ValueError
    return given or ""


def _list(given: Any) -> tuple[str, ...]:
    if given is None or isinstance(given, str):
        separated = (given or "").replace(";", ",").replace("；", ",").replace("，", ",").split(",")
        return tuple(part.strip() for part in separated if part.strip())
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        raise ValueError
    return tuple(given)


def _number(given: Any) -> int | None:
    if given is None or given == "":
        return None
    if isinstance(given, bool) or not isinstance(given, (int, str)):
        raise ValueError
    return int(given)
