"""What the headings of a table mean, in Chinese and English, as people and databases write them. Pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

_BRACKETS = re.compile(r"[(（\[【].*?[)）\]】]")
_MARKS = re.compile(r"[\s_.:：*#/\\、,，;；()（）\[\]【】'\"-]+")
_NAMES: Mapping[str, str] = {
    "title": "题名 篇名 标题 题目 名称 论文题目 论文题名 论文名称 论文标题 文章题目 文章标题 文章名称"
    " 文献题名 文献名称 文献标题 title articletitle papertitle documenttitle ti",
    "authors": "作者 作者姓名 全部作者 所有作者 论文作者 作者列表 责任者 著者"
    " author authors authorfullnames allauthors au",
    "journal": "刊名 期刊 期刊名 期刊名称 发表期刊 发表刊物 发表刊物名称 刊物 刊物名称 来源 文献来源 来源期刊"
    " 来源出版物 出版物 journal journalname journaltitle source sourcetitle publication publicationtitle"
    " publicationname periodical so",
    "year": "年 年份 年度 出版年 出版年份 发表年 发表年份 发表年度 year publicationyear pubyear py",
    "date": "日期 发表日期 出版日期 发表时间 出版时间 刊出日期 date publicationdate published earlyaccessdate",
    "volume": "卷 卷号 volume vol vl",
    "issue": "期 期号 issue no number is",
    "pages": "页 页码 起止页 起止页码 页码范围 页数范围 pages page pagerange pp",
    "start": "起始页 起始页码 首页 开始页 startpage pagestart firstpage bp",
    "end": "结束页 结束页码 末页 终止页 endpage pageend lastpage ep",
    "conference": "会议 会议名 会议名称 会议录 会议论文集"
    " conference conferencename conferencetitle meeting proceedings",
    "publisher": "出版社 出版者 出版单位 学位授予单位 publisher",
    "number": "论文号 文章号 文章编号 专利号 专利申请号 articlenumber artno articleno",
    "doi": "doi doi号 doilink 数字对象标识符 doi链接 di",
    "issn": "issn issn号 国际标准刊号 刊号 eissn",
    "isbn": "isbn isbn号 国际标准书号 书号",
    "accession": "入藏号 收录号 检索号 wos号 登录号 accessionnumber ut uniquewosid utuniquewosid wosnumber eid",
    "language": "语种 语言 文种 language languageoforiginaldocument",
    "kind": "类型 文献类型 论文类型 文章类型 type documenttype publicationtype",
    "volume_issue": "卷期 卷期号 卷期页 卷期页码 年卷期 年卷期页 年卷期页码 年卷期号 发表卷期",
}
_MEANINGS = {name: part for part, names in _NAMES.items() for name in names.split()}
# Headings that have to be known before a line counts as the line of headings.
_ENOUGH = 2
# Alone they say what a list holds.
_SPEAKING = ("title", "doi")


def meanings(cells: Sequence[str]) -> dict[int, str] | None:
    """Return what each column means, by its place; None where the line is no line of headings."""
    found = {place: part for place, cell in enumerate(cells) if (part := _meaning(cell))}
    filled = sum(1 for cell in cells if cell.strip())
    is_heading = len(found) >= _ENOUGH or (filled == 1 and any(part in _SPEAKING for part in found.values()))
    return found if is_heading else None


def _meaning(cell: str) -> str | None:
    if len(cell) > 60:
        return None
    folded = unicodedata.normalize("NFKC", cell).lower()
    whole = _MARKS.sub("", folded)
    return _MEANINGS.get(whole) or _MEANINGS.get(_MARKS.sub("", _BRACKETS.sub("", folded)))
