"""What a node settles about its articles: when they are looked at again, and what becomes of them past their date."""

from qa_server.network.setting_definitions import Definition, choice, define, integer

HIDDEN, NOTED = "hidden", "noted"

PAST_ANSWERS = define(
    Definition(
        "past_answers",
        "choice",
        HIDDEN,
        choice(HIDDEN, NOTED),
        "过期解答：hidden 不再显示，noted 注明日期后继续显示",
        "Answers past their date: hidden, or shown with a note (noted)",
        (HIDDEN, NOTED),
    )
)
REVIEW_LEAD_DAYS = define(
    Definition(
        "review_lead_days",
        "integer",
        30,
        integer(1, 365),
        "有效期届满前多少天进入复审",
        "Days before the end of its validity that an article comes up for review",
    )
)
