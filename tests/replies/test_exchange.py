"""Files of canned replies: what goes out comes in again, nothing computes, wrong lines are told."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_server.replies.errors import ReplyFileRefused
from qa_server.replies.fields import ReplyFields
from qa_server.replies.files import COLUMNS, Format, decoded, read, write

WORD = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=30)
TAG = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8)
# A table tells a list by its separators, and text from numbers by its column.
REPLIES = st.builds(
    ReplyFields,
    shortcut=st.from_regex(r"[a-z0-9][a-z0-9.-]{0,9}", fullmatch=True),
    title_zh=WORD,
    title_en=WORD,
    text_zh=WORD,
    text_en=WORD,
    category=st.sampled_from(["greeting", "other"]),
    subject=st.sampled_from([None, "H", "TP3"]),
    tags=st.lists(TAG, max_size=3).map(tuple),
    resolution=st.sampled_from([None, "answered"]),
    read_level=st.sampled_from([None, 1, 6]),
    hours=st.sampled_from([None, 24]),
    codes=st.lists(st.sampled_from(["loans", "off-campus"]), max_size=2, unique=True).map(tuple),
)


@pytest.mark.parametrize("format_", ["csv", "jsonl"])
@given(replies=st.lists(REPLIES, max_size=4))
def test_what_goes_out_comes_in_again(format_: Format, replies: list[ReplyFields]) -> None:
    assert [line.fields for line in read(write(replies, format_), format_)] == replies


@given(replies=st.lists(REPLIES, min_size=1, max_size=3))
def test_no_cell_of_a_table_computes_anything(replies: list[ReplyFields]) -> None:
    table = write(replies, "csv").removeprefix("\N{BYTE ORDER MARK}")
    cells = [cell for row in csv.reader(io.StringIO(table, newline="")) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize("text", ["=1+1", "+86 10 5550100", "-5", "@sum", "'quoted", "\tx"])
def test_a_text_that_a_spreadsheet_would_compute_is_marked_and_comes_back_as_it_was(text: str) -> None:
    table = write([ReplyFields(shortcut="x", text_en=text)], "csv")
    assert f"'{text}" in table
    fields = read(table, "csv")[0].fields
    assert fields is not None
    assert fields.text_en == text


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ("x,=HYPERLINK(1),", "computes"),
        ("x,t,high", "kind its column needs"),
    ],
)
def test_a_wrong_line_of_a_table_is_told_and_the_others_are_read(cells: str, reason: str) -> None:
    first, second = read(f"shortcut,text_en,read_level\n{cells}\n\nb,text,\n", "csv")
    assert (first.fields, first.number) == (None, 2)
    assert reason in first.reason
    assert second.fields is not None
    assert (second.number, second.shortcut) == (4, "b")


@pytest.mark.parametrize(
    "line", ["not json", "[]", '{"title_en": "no shortcut"}', '{"shortcut": "x", "colour": "red"}', '{"shortcut": 5}']
)
def test_a_line_that_is_no_reply_is_told(line: str) -> None:
    found = read(f'{line}\n{{"shortcut": "good", "tags": ["a"], "read_level": 2}}\n', "jsonl")
    assert [each.fields is None for each in found] == [True, False]
    assert found[0].reason


@pytest.mark.parametrize(
    "values", [{"tags": [1]}, {"text_en": 7}, {"hours": "soon"}, {"read_level": True}, {"tags": {"a": 1}}]
)
def test_a_value_of_the_wrong_kind_is_told(values: dict[str, object]) -> None:
    (line,) = read(json.dumps({"shortcut": "x", **values}), "jsonl")
    assert line.fields is None


@pytest.mark.parametrize("heading", ["", "title_en,text_en", "shortcut,shortcut", "shortcut,colour"])
def test_a_table_without_its_columns_is_refused(heading: str) -> None:
    with pytest.raises(ReplyFileRefused):
        read(f"{heading}\na,b\n", "csv")


def test_a_torn_table_and_too_many_lines_are_refused() -> None:
    with pytest.raises(ReplyFileRefused):
        read('shortcut,text_en\nx,"torn', "csv")
    with pytest.raises(ReplyFileRefused):
        read('{"shortcut": "x"}\n' * 1001, "jsonl")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_files_of_chinese_spreadsheet_programs_are_read(encoding: str) -> None:
    raw = f"{','.join(COLUMNS)}\nhi,问候,,您好".encode(encoding)
    fields = read(decoded(raw), "csv")[0].fields
    assert fields is not None
    assert (fields.title_zh, fields.text_zh) == ("问候", "您好")


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(ReplyFileRefused):
        decoded(b"\xff\xff\xff")
