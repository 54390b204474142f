"""Files of articles as people bring them: tables in any encoding, pages in any structure, and what is refused."""

import csv
import json
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from knowledge.imports.files import FileRow, ImportFileUnfit, format_of, open_table
from knowledge.imports.html_faq import best_structure, find_pairs
from knowledge.imports.html_text import markdown_of, parse, text_of
from knowledge.imports.mapping import Defaults, RowInvalid, content_of, key_of, suggest
from knowledge.likeness import Questions
from knowledge.rendering import render_html

FAQ = """<html><head><title>FAQ</title><script>alert(1)</script>
<script type="application/ld+json">{"@context":"https://schema.org","@type":"FAQPage","mainEntity":[
{"@type":"Question","name":"Can alumni borrow?",
"acceptedAnswer":{"@type":"Answer","text":"<p>Yes, <b>5 books</b>.</p>"}}
]}</script></head><body>
<nav><h2>Menu</h2><p>Home</p></nav>
<h1>常见问题</h1><h2>借阅</h2>
<h3>怎么续借？</h3><p>登录<a href="https://lib.example.edu.cn/my">我的图书馆</a>，点<strong>续借</strong>。</p>
<ul><li>每本两次<li>每次30天</ul>
<h3>超期怎么办？</h3><p onclick="steal()">每天0.1元<script>steal()</script></p><img src=x onerror=alert(1)>
<dl><dt>几点开门<dd>八点<dd>周末九点</dl>
<details><summary>怎么打印</summary>到<a href="javascript:alert(1)">一层</a>自助机</details>
<table><tr><th>问</th><th>答</th></tr><tr><td>有储物柜吗</td><td>有，免费</td></tr></table>
</body></html>"""


def rows_of(path: Path) -> list[FileRow]:
    return list(open_table(path, format_of(path.name)).rows)


def written(folder: Path, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_table_is_read_in_every_encoding_and_with_every_mark(tmp_path: Path, encoding: str, mark: str) -> None:
    path = written(tmp_path, "问答.csv", f'问题{mark}答案\n怎么续借？{mark}"点续借，\n再确认"\n\n', encoding)
    table = open_table(path, "csv")
    assert table.columns == ("问题", "答案")
    assert [row.cells for row in table.rows] == [{"问题": "怎么续借？", "答案": "点续借，\n再确认"}]
    assert suggest(table.columns) == {"question": "问题", "answer": "答案"}


def test_a_workbook_is_read_and_its_formulas_are_not_computed(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (["question", "answer"], ["几点开门", "八点"], ["算", "=1+1"]):
        sheet.append(line)
    book.save(tmp_path / "a.xlsx")
    plain, computed = rows_of(tmp_path / "a.xlsx")
    assert (plain.cells["answer"], plain.problem) == ("八点", "")
    assert computed.problem.startswith("A cell computes")


def test_json_lines_are_read_one_by_one_and_bad_ones_named(tmp_path: Path) -> None:
    lines = [json.dumps({"question": "Q?", "answer": "A", "alternates": ["a", "b"]}), "{no", "[1]"]
    good, broken, odd = rows_of(written(tmp_path, "a.jsonl", "\n".join(lines)))
    assert good.cells == {"question": "Q?", "answer": "A", "alternates": "a\nb"}
    assert (broken.problem, odd.problem) == ("The line is not JSON.", "The line is not a JSON object.")
    assert [good.number, broken.number, odd.number] == [1, 2, 3]


def test_half_a_pair_and_nul_in_json_are_replaced(tmp_path: Path) -> None:
    (row,) = rows_of(written(tmp_path, "a.jsonl", r'{"question": "a\ud800b\u0000c", "answer": "A"}'))
    assert row.cells["question"] == "a?b\N{REPLACEMENT CHARACTER}c"


def test_a_page_is_understood_in_each_of_its_structures(tmp_path: Path) -> None:
    pairs = find_pairs(FAQ)
    by_structure = {name: [pair for pair in pairs if pair.structure == name] for name in {p.structure for p in pairs}}
    assert by_structure["schema.org"][0].answer == "Yes, **5 books**."
    assert by_structure["dl"][0].question == "几点开门"
    assert by_structure["dl"][0].answer == "八点\n\n周末九点"
    assert by_structure["details"][0].answer == "到一层自助机"
    assert by_structure["table"][0].answer == "有，免费"
    renewal, overdue = by_structure["headings"][:2]
    assert (renewal.section, renewal.question) == ("借阅", "怎么续借？")
    assert "[我的图书馆](https://lib.example.edu.cn/my)" in renewal.answer
    assert "- 每本两次\n- 每次30天" in renewal.answer
    assert "steal" not in overdue.answer
    assert "alert" not in "".join(pair.answer for pair in pairs)
    assert best_structure(pairs) == "schema.org"
    table = open_table(written(tmp_path, "faq.html", FAQ), "html")
    assert table.structure == "schema.org"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b""),
        ("a.csv", b"\xff\xfe\x00\x01\x00\x00PK"),
        ("a.csv", b"a,a\n1,2\n"),
        ("a.xlsx", b"no zip"),
        ("a.jsonl", b"nothing\n"),
        ("a.html", b"<p>Welcome</p>"),
        ("a.doc", b"x"),
    ],
)
def test_what_is_no_table_of_articles_is_refused_with_a_reason(tmp_path: Path, name: str, content: bytes) -> None:
    path = written(tmp_path, name, content)
    with pytest.raises(ImportFileUnfit) as refused:
        rows_of(path)
    assert len(str(refused.value.details["reason"])) > 5


def test_a_zip_that_unpacks_to_far_more_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with ZipFile(path, "w", ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)
    with pytest.raises(ImportFileUnfit) as refused:
        open_table(path, "xlsx")
    assert "unpacks" in str(refused.value.details["reason"])


def test_a_page_of_nested_tags_ends() -> None:
    deep = parse("<div>" * 5_000 + "words")
    assert text_of(deep) == "words"


@given(st.text(alphabet="<>/=\"' abdtlhscripoewnk!-[]&;#x0\n", max_size=300))
def test_no_text_of_a_stranger_becomes_something_that_runs(text: str) -> None:
    shown = render_html(markdown_of(parse(text))).lower()
    assert "<script" not in shown
    assert "javascript:" not in shown


def test_a_row_becomes_an_article_by_its_mapping() -> None:
    cells = {
        "题": " 怎么续借？ ",
        "文": "<p>点<b>续借</b></p><script>steal()</script>",
        "类": "借阅",
        "别": "如何续借|续借流程",
        "期": "2027年3月1日",
    }
    mapping = {"question": "题", "answer": "文", "service_topic": "类", "alternates": "别", "valid_until": "期"}
    content = content_of(cells, mapping, Defaults())
    assert (content.question, content.answer) == ("怎么续借？", "点**续借**")
    assert (content.service_topic, content.language) == ("borrowing", "zh")
    assert content.alternates == ("如何续借", "续借流程")
    assert content.valid_until is not None
    assert content.valid_until.isoformat() == "2027-03-01T15:59:59+00:00"
    assert content.key == key_of("怎么续借?")


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"q": "", "a": "x"}, "question is empty"),
        ({"q": "Q?", "a": " "}, "answer is empty"),
        ({"q": "Q?" * 200, "a": "x"}, "question is longer than 300 characters"),
        ({"q": "Q?", "a": "x", "t": "no such topic"}, "service_topic is not known"),
        ({"q": "Q?", "a": "x", "d": "someday"}, "valid_until is not a date"),
    ],
)
def test_a_row_that_is_no_article_says_why(cells: dict[str, str], reason: str) -> None:
    mapping = {"question": "q", "answer": "a", "service_topic": "t", "valid_until": "d"}
    with pytest.raises(RowInvalid, match=reason):
        content_of(cells, mapping, Defaults())


def test_the_same_question_is_found_whatever_its_marks_and_a_near_one_by_its_words() -> None:
    questions = Questions()
    questions.put("图书馆周末几点开门？")
    questions.put("怎么续借图书馆的书")
    same, near = questions.find("图书馆，周末几点开门"), questions.find("请问怎么续借图书馆的书")
    assert same is not None
    assert (same.place, same.likeness) == (0, 1.0)
    assert near is not None
    assert near.place == 1
    assert 0.75 <= near.likeness < 1
    assert questions.find("打印机在哪里") is None


@given(st.lists(st.text(alphabet="图书馆续借怎么几点开门研讨间预约", min_size=6, max_size=20), min_size=1, max_size=30))
def test_a_question_that_was_put_in_is_always_found_again(texts: list[str]) -> None:
    questions = Questions()
    for text in texts:
        questions.put(text)
    assert all((like := questions.find(text)) is not None and like.likeness == 1.0 for text in texts)


def test_a_guarded_cell_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["question", "answer"], ["'=1+1?", "'-5 °C"]])
    (row,) = rows_of(path)
    assert row.cells == {"question": "=1+1?", "answer": "-5 °C"}
