"""What a node decides about the work among colleagues: reviews of trainees, how long talk and practice are kept."""

from qa_server.network.setting_definitions import Definition, boolean, define, integer

REVIEWS_TRAINEES = define(
    Definition(
        "reviews_trainees",
        "boolean",
        False,
        boolean,
        "见习馆员的答复须经带教审核",
        "Answers of trainees are reviewed before they are sent",
    )
)
STAFF_TALK_DAYS = define(
    Definition(
        "staff_talk_days",
        "integer",
        365,
        integer(7, 3650),
        "馆员内部讨论保留天数",
        "Days for which the talk among colleagues is kept",
    )
)
PRACTICE_DAYS = define(
    Definition(
        "practice_days",
        "integer",
        30,
        integer(1, 365),
        "练习记录保留天数",
        "Days for which practice is kept",
    )
)
