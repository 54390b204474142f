"""From the cells of a file to the content of an article: which column is which field, and what a cell may say. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from hashlib import sha256
from zoneinfo import ZoneInfo

from knowledge.content import ArticleContent, check_content
from knowledge.errors import ArticleContentInvalid
from knowledge.imports.html_text import markdown_of, parse
from knowledge.models import QuestionType, ServiceTopic, Visibility
from knowledge.wordings import said_in

FIELDS = (
    "question",
    "answer",
    "alternates",
    "key",
    "language",
    "service_topic",
    "question_type",
    "clc_class",
    "sources",
    "valid_from",
    "valid_until",
    "visibility",
)
REQUIRED = ("question", "answer")
_HEADINGS: Mapping[str, str] = {
    "question": "question 问题 问 提问 标题 题目 title q faq 问句 问题描述 name",
    "answer": "answer 答案 回答 解答 答复 答 内容 content a 正文 回复 text",
    "alternates": "alternates 相似问 相似问题 其他问法 同义问 扩展问 similar",
    "key": "key 编号 标识 主题键 id",
    "language": "language 语言 语种 lang",
    "service_topic": "service_topic topic 服务主题 主题 分类 类别 栏目 category section",
    "question_type": "question_type 问题类型 类型 type",
    "clc_class": "clc_class clc 中图分类 中图法 学科 学科分类",
    "sources": "sources source 来源 参考来源 出处 依据",
    "valid_from": "valid_from 生效日期 开始日期 有效期起",
    "valid_until": "valid_until 失效日期 有效期 有效期至 截止日期",
    "visibility": "visibility 可见范围 公开范围",
}
_TOPICS: Mapping[str, str] = {
    ServiceTopic.SPACES: "开放与空间|开放时间|空间|座位|hours, rooms and places|spaces",
    ServiceTopic.BORROWING: "借阅|借还|借书证|流通|cards and borrowing|borrowing|circulation",
    ServiceTopic.E_RESOURCES: "电子资源与校外访问|电子资源|数据库|校外访问|e-resources and access|e-resources",
    ServiceTopic.SEARCHING: "检索与数据库|检索|searching|search",
    ServiceTopic.DOCUMENT_DELIVERY: "文献传递|馆际互借|document delivery|interlibrary loan|ill",
    ServiceTopic.CITATION_NOVELTY: "查收查引/查新|查收查引|科技查新|查新|citation and novelty search|novelty search",
    ServiceTopic.THESES: "学位论文提交|学位论文|论文提交|theses|thesis",
    ServiceTopic.TRAINING: "培训|讲座|training|workshops",
    ServiceTopic.FEEDBACK: "投诉建议|投诉|建议|complaints and suggestions|feedback",
    ServiceTopic.OTHER: "其他|其它|other|general",
}
_TYPES: Mapping[str, str] = {
    QuestionType.POLICY: "方位/规章|规章|制度|rule|policy",
    QuestionType.FACT: "事实|fact",
    QuestionType.GUIDANCE: "检索指导|指导|guidance|how-to",
    QuestionType.TOPIC: "课题|主题|subject|topic",
    QuestionType.TECHNICAL: "技术故障|技术|technical",
}
_LANGUAGES: Mapping[str, str] = {"zh": "中文|汉语|zh|zh-cn|zh_cn|chinese", "en": "英文|英语|en|en-us|english"}
_VISIBILITIES: Mapping[str, str] = {
    Visibility.PUBLIC: "公开|public",
    Visibility.SIGNED_IN: "登录读者|校内|signed_in",
    Visibility.STAFF: "馆员|内部|staff",
}
_LIST_MARKS = re.compile(r"\s*(?:\n|\||；)\s*")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_HTML = re.compile(r"<(?:p|br|ul|ol|li|div|table|h[1-6]|strong|b|a|span|img)\b[^>]*>", re.IGNORECASE)
# Elements of which not even the words belong into an answer; in Markdown too, where they would only be escaped.
_ACTIVE = re.compile(r"<(script|style|iframe|object|embed|template|svg)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_END_OF_DAY = time(23, 59, 59)


@dataclass(frozen=True)
class Defaults:
    """What holds where the file says nothing; a `language` of "" is told by the script of the question."""

    language: str = ""
    service_topic: str = ServiceTopic.OTHER.value
    question_type: str = QuestionType.FACT.value
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))


class RowInvalid(ValueError):
    """A row that is no article; the message names the field and says why, in English as a key."""


def suggest(columns: Sequence[str]) -> dict[str, str]:
    """Return which column is probably which field, by its heading."""
    found: dict[str, str] = {}
    for field_name in FIELDS:
        words = set(_HEADINGS[field_name].split())
        for column in columns:
            if _plain(column) in words and column not in found.values():
                found[field_name] = column
                break
    return found


def content_of(cells: Mapping[str, str], mapping: Mapping[str, str], defaults: Defaults) -> ArticleContent:
    """Return the content that a row describes, checked. Raises RowInvalid."""
    said = {name: cells.get(column, "").strip() for name, column in mapping.items()}
    question = " ".join(_without_active(said.get("question", "")).split())
    try:
        return check_content(
            ArticleContent(
                key=said.get("key", "").lower() or key_of(question),
                language=_one_of(said.get("language", ""), _LANGUAGES, "language") or _language(question, defaults),
                question=question,
                answer=_answer(said.get("answer", "")),
                service_topic=_one_of(said.get("service_topic", ""), _TOPICS, "service_topic")
                or defaults.service_topic,
                question_type=_one_of(said.get("question_type", ""), _TYPES, "question_type") or defaults.question_type,
                alternates=_list(said.get("alternates", "")),
                sources=_list(said.get("sources", "")),
                clc_class=said.get("clc_class", "")[:1].upper() or None,
                valid_from=_date(said.get("valid_from", ""), "valid_from", time(), defaults.zone),
                valid_until=_date(said.get("valid_until", ""), "valid_until", _END_OF_DAY, defaults.zone),
                visibility=_one_of(said.get("visibility", ""), _VISIBILITIES, "visibility") or Visibility.PUBLIC,
            )
        )
    except ArticleContentInvalid as error:
        raise RowInvalid(f"{error.details['field']} {error.details['reason']}") from None


def key_of(question: str) -> str:
    """Return the key of an imported question: the same for the same question, whatever its marks and blanks."""
    return "imported." + sha256(said_in(question).encode()).hexdigest()[:16]


def _answer(text: str) -> str:
    plain = _without_active(text)
    return markdown_of(parse(plain)) if _HTML.search(plain) else plain


def _without_active(text: str) -> str:
    return _ACTIVE.sub("", text)


def _language(question: str, defaults: Defaults) -> str:
    return defaults.language or ("zh" if _HAN.search(question) else "en")


def _list(text: str) -> tuple[str, ...]:
    return tuple(part for part in (_without_active(each).strip() for each in _LIST_MARKS.split(text)) if part)


def _one_of(text: str, words: Mapping[str, str], name: str) -> str:
    if not text:
        return ""
    plain = _plain(text)
    for value, known in words.items():
        if plain == value or plain in known.split("|"):
            return str(value)
    raise RowInvalid(f"{name} is not known")


def _date(text: str, name: str, at: time, zone: ZoneInfo) -> datetime | None:
    if not text:
        return None
    found = _DATE.match(text)
    try:
        if found is None:
            raise ValueError
        day = date(int(found[1]), int(found[2]), int(found[3]))
        return datetime.combine(day, at, zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise RowInvalid(f"{name} is not a date") from None


def _plain(text: str) -> str:
    return " ".join(text.strip().lower().split())
