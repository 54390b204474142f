"""A talk as question and answer: what each message is taken for, and the text that comes of it. Pure.

Greetings, thanks and "one moment please" are left out; what is chosen by default is a proposal that a person corrects.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

_GREETING = (
    r"(?:(?:老师|馆员|亲爱的|各位)*(?:您好|你好|早上好|上午好|下午好|晚上好|中午好|哈喽|嗨|在吗|在不在"
    r"|有人吗|打扰了|打扰一下|请问一下|请问|想请问|想咨询一下|咨询一下"
    r"|想咨询一个问题|我想问一下|我想问|想问一下|想问|问一下)+(?:老师|馆员)*|老师好|馆员老师|hello|hi there"
    r"|hi|hey|good (?:morning|afternoon|evening)|quick question|dear librarian)"
)
_CLOSING = (
    r"(?:(?:好的|好滴|嗯嗯|嗯|哦哦|明白了|明白|知道了|收到|了解了|了解|可以了|没有了|没了|ok|okay|great"
    r"|perfect|that helps|got it|cheers|bye|再见|拜拜)"
    r"|(?:太)?(?:谢谢|感谢|多谢|辛苦)(?:您|你|了|啦|老师|馆员|们)*|thank(?:s| you)(?: so much| a lot| very much)?"
    r"|不客气|不用谢|别客气|欢迎再来|欢迎咨询|祝您(?:生活|学习|科研)?(?:愉快|顺利)|you(?:'re| are) welcome"
    r"|no problem|my pleasure|have a nice day"
    r"|请稍等|稍等|稍候|请稍候|正在(?:为您)?查(?:询|找)?|one moment(?: please)?|please wait|let me check"
    r"|(?:请问)?(?:还)?有(?:什么|其他|别的)?(?:可以|能)?帮(?:到|助)?您(?:的)?(?:吗)?|还有(?:其他"
    r"|别的)?问题吗|how can i help(?: you)?|anything else)"
)
_MARKS = r"[\s，,。.！!？?～~、；;:：…]*"
_ONLY_COURTESY = re.compile(
    rf"{_MARKS}(?:(?:{_GREETING}|{_CLOSING}|(?:老师|馆员|同学|吗|呢|啊|吧|哈|please|so much|a lot|then)){_MARKS})+",
    re.IGNORECASE,
)
_LEADING = re.compile(rf"^{_MARKS}(?:{_GREETING}(?:{_MARKS}|(?=\W)))+", re.IGNORECASE)
_TRAILING = re.compile(
    r"[，,。.！!？? ]*(?:谢谢|多谢|感谢|thanks|thank you|麻烦了|拜托了)(?:您|你|老师|了|啦)*[。.！!～~ ]*$",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"[?？]|吗|呢|怎么|如何|哪|什么|多少|几|能不能|可不可以|是否|\b(?:how|what|where|when|which|can|could"
    r"|do|does|is|are|may)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[^，,。！？!?；;\n]+[，,。！？!?；;\n]*")
_PLACEHOLDER = re.compile(r"〔[^〕]{1,12}〕|\[(?:[a-zA-Z-]+ ?){1,2}\d*\]")
# A librarian's question back is short; a longer text with a question mark at its end answers something too.
_MAX_QUESTION_BACK = 40
MAX_QUESTION_CHARACTERS = 300
MAX_ANSWER_CHARACTERS = 20_000


class Part(StrEnum):
    """What a message is taken for."""

    QUESTION = "question"
    ANSWER = "answer"
    OUT = "out"


@dataclass(frozen=True)
class Said:
    """One message with its number."""

    seq: int
    is_reader: bool
    text: str


def suggested(said: Sequence[Said]) -> dict[int, Part]:
    """Return what each message is probably for, by number: the first questions and their answers, turn by turn."""
    parts = {each.seq: _first_guess(each) for each in said}
    last_answer = max((seq for seq, part in parts.items() if part is Part.ANSWER), default=0)
    first_answer = min((seq for seq, part in parts.items() if part is Part.ANSWER), default=0)
    for each in said:
        # What a reader says after the answer is a question only if it asks, and if somebody answered it.
        is_answered = each.seq < last_answer
        is_asking = each.seq < first_answer or bool(_ASKS.search(each.text))
        if each.is_reader and parts[each.seq] is Part.QUESTION and not (is_answered and is_asking):
            parts[each.seq] = Part.OUT
    return parts


def composed(said: Sequence[Said], parts: Mapping[int, Part]) -> tuple[str, str]:
    """Return question and answer. Further turns stand in the answer, each question in bold above what answers it."""
    question, blocks = "", []
    asked: list[str] = []
    for each in said:
        part, words = parts.get(each.seq, Part.OUT), without_courtesies(each.text)
        if part is Part.QUESTION and words:
            asked.append(" ".join(without_introduction(words).split()))
        elif part is Part.ANSWER and words:
            if asked and question:
                blocks.append(f"**{' '.join(asked)}**")
            question, asked = question or " ".join(asked), []
            blocks.append(words)
    question = question or " ".join(asked)
    return question[:MAX_QUESTION_CHARACTERS].strip(), "\n\n".join(blocks)[:MAX_ANSWER_CHARACTERS].strip()


def without_courtesies(text: str) -> str:
    """Return the text without a greeting before it and thanks after it; whole if nothing else would be left."""
    stripped = text.strip()
    shorter = _TRAILING.sub("", _LEADING.sub("", stripped)).strip() or stripped
    # Where only the thanks went, the mark that ends the sentence stays.
    return stripped if shorter == stripped.rstrip("。.！!？? ") else shorter


def without_introduction(text: str) -> str:
    """Return a question without the clauses that only say who asks, if it still asks something without them."""
    clauses = _CLAUSE.findall(text)
    left = "".join(clause for clause in clauses if not _PLACEHOLDER.search(clause)).strip(" ，,；;\n")
    return left if left and _ASKS.search(left) else text


def is_courtesy(text: str) -> bool:
    """Say whether a text greets, thanks or asks for patience, and says nothing else."""
    return bool(_ONLY_COURTESY.fullmatch(text.strip()))


def _first_guess(each: Said) -> Part:
    text = each.text.strip()
    if not text or is_courtesy(text):
        return Part.OUT
    if each.is_reader:
        return Part.QUESTION
    is_question_back = len(text) <= _MAX_QUESTION_BACK and text.endswith(("?", "？"))
    return Part.OUT if is_question_back else Part.ANSWER
