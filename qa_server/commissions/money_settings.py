"""What a node settles about the money, letters and time of commissions."""

from typing import Any

from qa_server.network.setting_definitions import Definition, boolean, define, integer

# Characters of the words that tell a reader how to pay.
MAX_ACCOUNT_CHARACTERS = 2_000


def _account(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not set(value) <= {"zh", "en"}:
        raise ValueError("Give an object with the texts zh and en.")
    for text in value.values():
        if not isinstance(text, str) or len(text) > MAX_ACCOUNT_CHARACTERS:
            raise ValueError("Each text may have at most 2,000 characters.")
    return {language: str(value.get(language, "")).replace("\r\n", "\n").strip() for language in ("zh", "en")}


PAYMENT_ACCOUNT = define(
    Definition(
        "commissions.payment_account",
        "object",
        {"zh": "", "en": ""},
        _account,
        "委托付款说明（账户、联系方式），中英文",
        "How commissions are paid: account and contact, in both languages",
    )
)
SENDS_LETTERS = define(
    Definition(
        "commissions.sends_letters",
        "boolean",
        True,
        boolean,
        "委托进展发送邮件",
        "Letters about the progress of commissions",
    )
)
NEWS_MINUTES = define(
    Definition(
        "commissions.news_minutes",
        "integer",
        5,
        integer(0, 240),
        "新留言邮件合并等待时间（分钟）",
        "Minutes for which new messages are gathered into one letter",
    )
)
DRAFT_DAYS = define(
    Definition(
        "commissions.draft_days",
        "integer",
        90,
        integer(7, 730),
        "未提交的委托草稿保留天数",
        "Days for which forms that were never submitted are kept",
    )
)
ARCHIVE_DAYS = define(
    Definition(
        "commissions.archive_days",
        "integer",
        30,
        integer(1, 365),
        "办结后自动归档天数",
        "Days after its end in which a commission is archived",
    )
)
