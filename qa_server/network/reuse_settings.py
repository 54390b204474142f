"""What a node settles about exchanges that become articles: whether, for how long, and how long originals are kept."""

from qa_server.network.setting_definitions import Definition, choice, define, integer

MASKED, AGREED, NEVER = "masked", "agreed", "never"

REUSE = define(
    Definition(
        "conversations_to_articles",
        "choice",
        MASKED,
        choice(MASKED, AGREED, NEVER),
        "咨询记录可否整理为知识条目：masked 隐去个人信息后可以，agreed 须读者同意，never 不可以",
        "Conversations may become articles: once masked, only where the reader agreed, or never",
        (MASKED, AGREED, NEVER),
    )
)
REUSE_DAYS = define(
    Definition(
        "conversation_reuse_days",
        "integer",
        730,
        integer(1, 3650),
        "咨询结束后多少天内可整理为知识条目",
        "Days after its end in which a conversation may become an article",
    )
)
ORIGINAL_DAYS = define(
    Definition(
        "masked_original_days",
        "integer",
        14,
        integer(1, 90),
        "隐去的原文保留天数（提交审核时即删除）",
        "Days for which masked words are kept for putting back; they go at the submission",
    )
)
