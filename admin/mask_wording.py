"""Kinds of personal details and parts of a talk, in words. English is the key of its translation."""

from collections.abc import Mapping

from knowledge.masking.text import Kind
from qa_server.desk.articles.exchange import Part

KINDS: Mapping[str, str] = {
    Kind.NAME: "Name of a person",
    Kind.PHONE: "Telephone number",
    Kind.ID_CARD: "Identity card",
    Kind.CARD_NUMBER: "Student or library card",
    Kind.EMAIL: "E-mail address",
    Kind.ACCOUNT: "WeChat, QQ or other account",
    Kind.PLATE: "Number plate",
    Kind.ADDRESS: "Address or dormitory",
    Kind.BANK_CARD: "Bank card",
    Kind.IP: "IP address",
    Kind.OTHER: "Something else",
}

PARTS: Mapping[str, str] = {Part.QUESTION: "Question", Part.ANSWER: "Answer", Part.OUT: "Left out"}

DONE: Mapping[str, str] = {
    "drafted": "The draft is there. Look through what was masked before you submit it.",
    "masked": "Masked, in every revision.",
    "put_back": "Put back.",
}
