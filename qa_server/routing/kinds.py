"""Guess from a question's words whether it needs the knowledge of its own library. Pure; a librarian may correct it."""

import re

from qa_server.routing.cascade import QuestionKind

# What only the library itself knows: its hours, rooms, seats, cards, fines, holdings on its shelves, its accounts.
_LOCAL = re.compile(
    r"几点|开门|关门|闭馆|开馆|开放时间|座位|占座|预约|研讨室|自习|楼层|几楼|存包|打印|复印|停车|门禁|校园卡|借书证|图书证|读者证|"
    r"续借|逾期|超期|罚款|还书|借几本|借多少|索书号|架位|馆藏地|分馆|校区|离校|失物|账号|密码|校外访问|投诉|值班|"
    r"\b(?:hours?|open|clos(?:e|ed|es)|seats?|rooms?|floors?|lockers?|print(?:ers?|ing)?|cop(?:y|ies|ier)|parking|"
    r"cards?|renew(?:al)?|overdue|fines?|return|shelf|shelves|call number|branch|campus|account|password|lost)\b",
    re.IGNORECASE,
)


def estimate(question: str) -> QuestionKind:
    """Return what a question most likely is; general when nothing local is named."""
    return QuestionKind.LOCAL if _LOCAL.search(question) else QuestionKind.GENERAL
