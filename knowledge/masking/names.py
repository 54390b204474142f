"""Finds names of people by the words around them, in Chinese and English. Pure.

A name alone is never enough: "周" begins "周三" as well as 周雨桐. A word before it (我叫, 导师, my name is) or after
it (同学, 老师), a number of the same person beside it, or the same name found elsewhere in the talk has to say so.
Names that stand with a book (著, 主编, 作者) are its authors and stay.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import rjieba

from knowledge.masking.text import Kind, Reading, Span

_LISTS = json.loads((Path(__file__).parent / "words.json").read_text(encoding="utf-8"))
_SURNAMES = "".join(_LISTS["surnames"])
_DOUBLE = "欧阳|司马|上官|诸葛|皇甫|东方|尉迟|公孙|慕容|令狐|夏侯|司徒|端木|长孙|独孤|南宫|闻人|宇文"
_HAN = r"[\u4e00-\u9fff]"
# Characters that end a given name: they begin the next word.
_NO_GIVEN = (
    "的是在想要请和跟与从来有能不没了吗呢吧啊呀嘛同学老我你您他她它这那哪说问借还去到就也都又很把被给让对为之号码系院级班馆室证卡"
    "着过吃住昨今候需已但因所如么"
)
_GIVEN = rf"(?:(?![{re.escape(_NO_GIVEN)}]){_HAN})"
# Surnames that begin an ordinary word far more often; they count after the surest words only.
_RARE = "和向于从同时应全成师关让"
_COMMON = "".join(each for each in _SURNAMES if each not in _RARE)
_ANY_NAME = rf"(?:(?:{_DOUBLE}){_GIVEN}{{1,2}}|[{_SURNAMES}]{_GIVEN}{{1,2}})"
_HAN_NAME = rf"(?:(?:{_DOUBLE}){_GIVEN}{{1,2}}|[{_COMMON}]{_GIVEN}{{1,2}})"
_DOTTED = rf"{_HAN}{{2,6}}·{_HAN}{{2,8}}"
# After the name: nothing, a mark, or a word that cannot belong to it.
_TITLES = "同学|老师|教授|博士|先生|女士|馆员|师兄|师姐|学长|学姐|主任"
_ENDS = rf"(?![\u4e00-\u9fff·])|(?=(?:{_TITLES}|的|和|跟|与|及|、|在|想|要|也|说|今|昨|上|来|，))"
_SURE_CUE = re.compile(
    r"(?:我叫|我名叫|名字(?:是|叫|为)|姓名(?:是|为)?[:： ]*|(?:有个|有位|一个|一位|他|她|同学|室友|朋友|老师|导师)叫)"
    rf"((?:{_DOTTED})|(?:{_ANY_NAME}))"
    r"|(?:本人(?:是|叫)?|署名[:：]?|签名[:：]|联系人[是为:： ]*|收件人[是为:： ]*|预约人[是为:： ]*"
    r"|同行人[是为:： ]*|申请人[是为:： ]*|委托人[是为:： ]*|抄送给?"
    r"|(?:导师|辅导员|班主任|室友|同桌|师兄|师姐|学长|学姐|同学|朋友|我学生|女儿|儿子|爱人|同事|组员"
    r"|队友)(?:是|为)?|老师是)"
    rf"((?:{_DOTTED})|(?:{_HAN_NAME}))"
)
_SOFT_CUE = re.compile(
    rf"(?:我是|这里是|这边是|(?:学院|系|专业|级|班|所|中心|实验室)的|^|(?<=[，,。！!]))((?:{_DOTTED})"
    rf"|(?:{_HAN_NAME}))(?:{_ENDS})",
    re.MULTILINE,
)
_TITLED = re.compile(rf"((?:{_DOUBLE}){_GIVEN}{{1,2}}|[{_COMMON}]{_GIVEN}{{0,2}}|[{_RARE}])(?=(?:{_TITLES}))")
_SOMEBODYS = re.compile(
    rf"({_HAN_NAME})(?=的(?:妈妈|爸爸|母亲|父亲|家长|家属|导师|学生|室友|同学|朋友|账号|卡|学号|电话|手机))"
)
_OWN_SURNAME = re.compile(rf"(?:我|敝|免贵)姓((?:{_DOUBLE})|[{_SURNAMES}])")
_NICKNAME = re.compile(rf"(?:我是|我叫|叫我)([小老阿大][{_SURNAMES}])(?:{_ENDS})")
_NEXT_OF_LIST = re.compile(rf"(?:同学|老师|教授)?(?:、|和|与|及|跟)({_HAN_NAME})(?:{_ENDS})")
_BARE = re.compile(rf"(?<![\u4e00-\u9fff·])({_HAN_NAME})(?![\u4e00-\u9fff·])")
_AUTHOR_BEFORE = re.compile(r"(?:作者|主编|编者|译者|著者|著名|作家|诗人|学者)[是为:： ]?$|《[^》]*》$")
_AUTHOR_AFTER = re.compile(r"^(?:主编|编著|著|译|编|等编|等著|的《|《)")
# Words that begin like a name, or are one by form.
_WORDS = frozenset(" ".join(_LISTS["plain_words"]).split())
_NAME_WORD = r"[A-ZÀ-Þ][a-zß-ÿ]+(?:['’-][A-Za-zß-ÿ]+)?"
_ENGLISH_NAME = rf"{_NAME_WORD}(?: {_NAME_WORD}| [A-Z]\.){{0,3}}"
_ENGLISH_SURE = re.compile(
    rf"(?:\b[Mm]y name(?: is|'s|’s)|\b[Nn]ame:|\b[Cc]ontact:|\b[Cc]all me|\b[Aa]sk for|\bsigned,?"
    rf"|[Rr]egards,|[Ss]incerely,|\b[Cc]heers,"
    rf"|\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Professor)\.?|\bDear|\b[Hh]i|\b[Hh]ello|\b[Hh]ey|\b(?:supervisor"
    rf"|roommate|colleague|classmate|friend|tutor|student)(?: is)?)[ ,]{{0,1}}\s?"
    rf"({_ENGLISH_NAME})"
)
_ENGLISH_SOFT = re.compile(
    rf"(?:\bI am|\bI['’]m|\b[Tt]his is|\b[Ii]t['’]s|\b[Ii]t is)(?: [Dd]r\.?| Prof\.?)? ({_ENGLISH_NAME})"
    rf"(?=[,.!;]|$|\n| (?:from|and|here|again|of|at|in|with|speaking)\b)",
    re.MULTILINE,
)
_ENGLISH_HERE = re.compile(rf"({_ENGLISH_NAME}) (?:here|speaking)\b")
_NO_ENGLISH_NAME = frozenset(" ".join(_LISTS["english_no_names"]).split())


def find_names(reading: Reading, *, numbers: Collection[Span] = ()) -> Iterator[Span]:
    """Give names; `numbers` are spans found already: a name beside a telephone number is its owner's."""
    found = [span for span in _by_words(reading) if _is_somebody(reading, span)]
    found.extend(_beside(reading, numbers))
    yield from found
    yield from _lists(reading, found)


def find_again(reading: Reading, names: Iterable[str]) -> Iterator[Span]:
    """Give every other place where one of these names stands."""
    for name in names:
        is_han = "\u4e00" <= name[0] <= "\u9fff"
        pattern = re.escape(name) if is_han else rf"\b{re.escape(name)}\b"
        for match in re.finditer(pattern, reading.text):
            if reading.is_free(*match.span()) and not _is_author(reading, *match.span()):
                yield Span(*match.span(), Kind.NAME)


def _by_words(reading: Reading) -> Iterator[Span]:
    for match in _SURE_CUE.finditer(reading.text):
        yield Span(*match.span(1 if match[1] else 2), Kind.NAME)
    for pattern in (_OWN_SURNAME, _NICKNAME, _ENGLISH_SURE, _ENGLISH_HERE, _ENGLISH_SOFT):
        yield from (Span(*match.span(1), Kind.NAME) for match in pattern.finditer(reading.text))
    words = _Words(reading.text)
    for match in _SOMEBODYS.finditer(reading.text):
        if words.begins_name(*match.span(1)):
            yield Span(*match.span(1), Kind.NAME)
    for match in _TITLED.finditer(reading.text):
        if words.begins_name(*match.span(1)) and (match[1] not in _RARE or _stands_alone(reading, *match.span(1))):
            yield Span(*match.span(1), Kind.NAME)
    for match in _SOFT_CUE.finditer(reading.text):
        is_first = match.start() == match.start(1)
        if words.begins_name(*match.span(1)) and (not is_first or _introduces(reading, match.end(1))):
            yield Span(*match.span(1), Kind.NAME)


class _Words:
    """The words of a text, as the dictionary cuts them: what begins inside another word, or is one, is no name."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at: dict[int, tuple[int, str]] | None = None

    def begins_name(self, start: int, end: int) -> bool:
        """Say whether a name may stand here."""
        if not "\u4e00" <= self._text[start] <= "\u9fff":
            return True
        word = self._words().get(start)
        if word is None:
            return False
        last, tag = word
        return last - start == 1 or tag.startswith("nr")

    def _words(self) -> dict[int, tuple[int, str]]:
        if self._at is None:
            self._at, place = {}, 0
            # Without guessing at unknown words, so that whatever is longer than a character stands in the dictionary.
            for word in rjieba.cut(self._text, False):
                tag = rjieba.tag(word)[0][1] if len(word) > 1 else ""
                self._at[place] = (place + len(word), tag)
                place += len(word)
        return self._at


def _stands_alone(reading: Reading, start: int, end: int) -> bool:
    """Say whether a surname that is also a preposition begins a sentence and is not followed by what is done."""
    before, after = reading.text[:start][-1:], reading.after(end + 2, 1)
    return before in ("", *"，。！？,.!? \n") and after in (*"在的今您好，", "")


def _introduces(reading: Reading, end: int) -> bool:
    """Say whether what follows a name at the beginning of a line tells of its owner: a year of entry, a school."""
    return bool(
        re.match(
            r"[，, ]{1,2}(?:\d{2,4}级|[一-龥]{2,10}(?:学院|系|专业|研究生|博士|硕士|本科))", reading.after(end, 16)
        )
    )


def _is_somebody(reading: Reading, span: Span) -> bool:
    words = reading.text[span.start : span.end]
    if not reading.is_free(span.start, span.end) or _is_author(reading, span.start, span.end):
        return False
    if "\u4e00" <= words[0] <= "\u9fff":
        return words not in _WORDS
    return words.split()[0] not in _NO_ENGLISH_NAME


def _is_author(reading: Reading, start: int, end: int) -> bool:
    return bool(_AUTHOR_BEFORE.search(reading.before(start, 12)) or _AUTHOR_AFTER.match(reading.after(end, 4)))


def _beside(reading: Reading, numbers: Collection[Span]) -> Iterator[Span]:
    words = _Words(reading.text)
    for match in _BARE.finditer(reading.text):
        start, end = match.span(1)
        near = any(_gap(reading.text, start, end, number) for number in numbers)
        if near and match[1] not in _WORDS and words.begins_name(start, end) and reading.is_free(start, end):
            yield Span(start, end, Kind.NAME)


def _gap(text: str, start: int, end: int, number: Span) -> bool:
    between = text[end : number.start] if end <= number.start else text[number.end : start]
    return len(between) <= 12 and bool(
        re.fullmatch(r"[\s,，、;；:：()（）|/]{1,3}(?:电话|手机|学号|工号|微信|邮箱)?[是为:： ]{0,2}", between)
    )


def _lists(reading: Reading, found: list[Span]) -> Iterator[Span]:
    for span in found:
        end = span.end
        while match := _NEXT_OF_LIST.match(reading.text, end):
            next_span = Span(*match.span(1), Kind.NAME)
            if not _is_somebody(reading, next_span):
                break
            yield next_span
            end = match.end(1)
