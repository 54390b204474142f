"""The descriptive codes of a conversation: which there are, as a setting of each node, and keeping those of one."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from qa_server.conversations.closing_models import ClosingCode, ClosingSheet
from qa_server.network.node_settings import effective
from qa_server.network.setting_definitions import Definition, define, list_of

# Of one conversation, as reference cooperatives have it: with more, nothing is said any more.
MAX_CODES = 4
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,23}")
_MAX_NAME = 40
_USUAL = (
    "hours | 开放时间 | Opening hours",
    "places | 馆舍与座位 | Rooms and seats",
    "account | 读者证与账户 | Card and account",
    "loans | 借还与续借 | Loans and renewals",
    "fines | 逾期与赔偿 | Fines and losses",
    "known-item | 查找已知文献 | Known item",
    "holdings | 馆藏与架位 | Holdings and shelves",
    "off-campus | 校外访问 | Off-campus access",
    "database | 数据库使用 | Using a database",
    "full-text | 全文获取 | Full text",
    "delivery | 文献传递与馆际互借 | Document delivery",
    "searching | 检索方法 | Search strategy",
    "topic | 课题资料 | Material on a topic",
    "citing | 引文与参考文献管理 | Citing and reference tools",
    "indexing | 收录引用与期刊评价 | Indexing and journal metrics",
    "novelty | 查收查引与科技查新 | Citation and novelty search",
    "thesis | 学位论文提交 | Theses",
    "special | 特藏与古籍 | Special collections",
    "training | 培训与讲座 | Training",
    "printing | 打印复印扫描 | Printing and scanning",
    "technical | 技术故障 | Technical trouble",
    "purchase | 荐购 | Purchase suggestion",
    "complaint | 投诉与建议 | Complaint or suggestion",
    "facts | 事实与数据 | Facts and figures",
    "not-library | 非图书馆事务 | Not a library matter",
)


@dataclass(frozen=True)
class DescriptiveCode:
    """One code with its names."""

    code: str
    name_zh: str
    name_en: str


def is_code(text: str) -> bool:
    """Say whether a text has the form of a descriptive code."""
    return _CODE.fullmatch(text) is not None


def _entry(value: Any) -> str:
    parts = [part.strip() for part in value.split("|")] if isinstance(value, str) else []
    is_named = len(parts) == 3 and all(part and len(part) <= _MAX_NAME and part.isprintable() for part in parts[1:])
    if not is_named or not is_code(parts[0].lower()):
        raise ValueError("Write each as code | Chinese name | English name, such as loans | 借还 | Loans.")
    return " | ".join((parts[0].lower(), *parts[1:]))


def _codes(value: Any) -> list[str]:
    found: list[str] = list_of(_entry)(value)
    if len({each.partition(" | ")[0] for each in found}) < len(found):
        raise ValueError("Each code may stand in the list once.")
    return found


DESCRIPTIVE_CODES = define(
    Definition("descriptive_codes", "list", list(_USUAL), _codes, "办结描述码", "Descriptive codes at closing")
)


def codes_for(session: Session, library_id: UUID) -> list[DescriptiveCode]:
    """Return the codes that conversations of a library's readers may be given, in the order of the setting."""
    lines: list[str] = effective(session, library_id, DESCRIPTIVE_CODES.key).value
    return [DescriptiveCode(*line.split(" | ", 2)) for line in lines]


def fill_in(
    session: Session,
    conversation_id: UUID,
    *,
    subject: str | None,
    codes: Collection[str],
    by: UUID,
    now: datetime,
) -> None:
    """Keep what the closing sheet says of a conversation, in the place of what an earlier closing said."""
    sheet = session.get(ClosingSheet, conversation_id)
    if sheet is None:
        sheet = ClosingSheet(conversation_id=conversation_id)
        session.add(sheet)
    sheet.subject, sheet.filled_at, sheet.filled_by = subject, now, by
    session.flush()
    session.execute(delete(ClosingCode).where(ClosingCode.conversation_id == conversation_id))
    session.add_all(ClosingCode(conversation_id=conversation_id, code=code) for code in dict.fromkeys(codes))
    session.flush()


def sheet_of(session: Session, conversation_id: UUID) -> tuple[str | None, list[str]]:
    """Return the subject and the codes that the last closing gave a conversation; None and [] before the first."""
    sheet = session.get(ClosingSheet, conversation_id)
    statement = select(ClosingCode.code).where(ClosingCode.conversation_id == conversation_id)
    return (sheet.subject if sheet else None, sorted(session.scalars(statement)))


def subjects_at_the_end(session: Session, conversation_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the subjects that these conversations were closed with."""
    wanted: Sequence[UUID] = list(conversation_ids)
    statement = select(ClosingSheet.conversation_id, ClosingSheet.subject).where(
        ClosingSheet.conversation_id.in_(wanted), ClosingSheet.subject.is_not(None)
    )
    return {row.conversation_id: row.subject for row in session.execute(statement) if row.subject}
