"""Finds numbers that name a person: identity cards, bank cards, telephones, card numbers; and accounts, e-mail. Pure.

A number by its form alone counts only where its check digits or its form leave little doubt; the others need a word
before them that says what they are. Numbers of things (barcodes, orders, patents) are told by their own words.
"""

import re
from collections.abc import Iterator

from knowledge.masking.text import Kind, Reading, Span

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
# The first two digits of a GB/T 2260 code: provinces, Taiwan, Hong Kong and Macao.
_PROVINCES = frozenset(
    str(code)
    for codes in (
        range(11, 16),
        range(21, 24),
        range(31, 38),
        range(41, 47),
        range(50, 55),
        range(61, 66),
        (71, 81, 82),
    )
    for code in codes
)
_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_ID_18 = re.compile(rf"(?<![\dA-Za-z])[1-9]\d{{5}} ?(?:18|19|20)\d{{2}}{_DAY} ?\d{{3}}[\dXx](?![\dA-Za-z])")
_ID_15 = re.compile(rf"(?<![\dA-Za-z])[1-9]\d{{5}}\d{{2}}{_DAY}\d{{3}}(?![\dA-Za-z])")
_ID_WORDS = re.compile(r"身份证|证件|\bID\b|identity|passport", re.IGNORECASE)
_BANK = re.compile(r"(?<![\dA-Za-z.-])\d{4}(?:[ -]?\d{4}){2,3}(?:[ -]?\d{1,4})?(?![\dA-Za-z])")
_BANK_WORDS = re.compile(r"银行|卡号|账号|帐号|退款|押金|收款|转账|bank|credit|debit|refund", re.IGNORECASE)
_THING_WORDS = re.compile(
    r"条码|条形码|登录号|馆藏号|财产号|订单|编号|流水号|发票|专利|报告|索书号|文件名|barcode|order|invoice|request"
    r"|item|volume|accession",
    re.IGNORECASE,
)
_CHINESE_DIGITS = str.maketrans("零〇一幺壹二两贰三叁四肆五伍六陆七柒八捌九玖", "0011122233445566778899")
_MOBILE = re.compile(r"(?<![\d.])(?:(?:\+|00)?86[ -]?)?1[3-9]\d(?:[ .-]?\d{4}){2}(?![\d])")
_CHINESE_MOBILE = re.compile(
    r"[一幺][三四五六七八九][零〇一幺二两三四五六七八九](?:[ -]?[零〇一幺二两三四五六七八九]){8}"
)
_LANDLINE = re.compile(
    r"(?<![\d.-])(?:\(0\d{2,3}\)|0(?:10|2\d|[3-9]\d{2}))[ -]?\d{3,4}[ -]?\d{4}(?:[-转x ]\d{1,5})?(?!\d)"
)
_ABROAD = re.compile(r"(?<![\d+])(?:\+\d{1,3}|00\d{1,3}[ -])(?:[ .-]?\(?\d{1,5}\)?){2,5}(?!\d)")
_LOCAL_PHONE = re.compile(
    r"(?:电话|座机|手机号?码?|手机号|tel(?:ephone)?|phone|call me(?: on"
    r"| at)?)(?:号码)?(?: number)?[是为:： ]{0,3}(\d[\d -]{5,13}\d)",
    re.IGNORECASE,
)
# Telephones of an office, said by whoever answers: nobody's own.
_OFFICE = re.compile(
    r"服务台|咨询台|总台|前台|图书馆|本馆|我馆|办公室|值班|咨询电话|服务电话|馆际互借|传递|组|部|处|中心|院"
    r"|desk|office|library|reference",
    re.IGNORECASE,
)
_OWN = re.compile(r"我|本人|家|宿舍|联系我|\bmy\b|\bme\b", re.IGNORECASE)
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}")
_ROLE_MAILBOX = re.compile(
    r"(?:lib|library|tsg|ill|ref|reference|refdesk|ask|info|service|services|help|support|desk|circ|circulation|office"
    r"|admin|webmaster|contact|zixun|liuyan|fuwu|docdel|delivery|subject|consult|noreply"
    r"|no-reply)[a-z]{0,3}[-_.]?\d{0,2}",
    re.IGNORECASE,
)
_CARD = re.compile(
    r"(?:学号|工号|学工号|教工号|读者证(?:件)?号?|借书证号?|借阅证号?|图书证号?|校园卡号?|一卡通号?"
    r"|证件?号码?|卡号|准考证号?|学籍号"
    r"|student (?:id|number|no\.?)|(?:library |campus )?card (?:id|number|no\.?)|reader (?:id|number|no\.?)"
    r"|staff (?:id|number|no\.?)|barcode of my card|\bid(?: number| no\.?)?)"
    r"(?:码|号)?(?: number| no\.?)?(?: ?is| ?was)?[是为:#： ]{0,3}([A-Za-z]{0,3}\d[\d ]{2,16}\d)(?![\dA-Za-z])",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(
    r"(?:微信|[vV]信|威信|薇信|[vV][xX]|weixin|wechat|QQ|扣扣|企鹅|支付宝|微博|抖音|小红书|telegram"
    r"|whatsapp|skype|line id)"
    r"(?:号码?|账号|帐号|名)?(?: id| number)?(?: ?is)?[是为:：@ ]{0,3}([A-Za-z][A-Za-z0-9_-]{4,24}"
    r"|\d{5,12})(?![\dA-Za-z@])",
    re.IGNORECASE,
)
_NO_ACCOUNT = frozenset({"number", "account", "group", "please", "official", "browser", "would", "works"})


def find_numbers(reading: Reading) -> Iterator[Span]:
    """Give the spans, the surest kinds first."""
    for finder in (_emails, _identity_cards, _accounts, _bank_cards, _phones, _card_numbers):
        yield from (span for span in finder(reading) if reading.is_free(span.start, span.end))


def has_id_check(number: str) -> bool:
    """Say whether the last character of an 18-digit identity number is right (GB 11643, ISO 7064 MOD 11-2)."""
    plain = number.replace(" ", "").upper()
    total = sum(int(digit) * weight for digit, weight in zip(plain[:17], _ID_WEIGHTS, strict=True))
    return plain[:2] in _PROVINCES and plain[17] == _ID_CHECKS[total % 11]


def has_luhn_check(number: str) -> bool:
    """Say whether the last digit of a bank card number is right (ISO/IEC 7812)."""
    total = 0
    for place, digit in enumerate(reversed(re.sub(r"\D", "", number))):
        doubled = int(digit) * 2 if place % 2 else int(digit)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def _emails(reading: Reading) -> Iterator[Span]:
    for match in _EMAIL.finditer(reading.text):
        if not _ROLE_MAILBOX.fullmatch(match[0].partition("@")[0]):
            yield Span(*match.span(), Kind.EMAIL)


def _identity_cards(reading: Reading) -> Iterator[Span]:
    for match in _ID_18.finditer(reading.text):
        if has_id_check(match[0]) or _ID_WORDS.search(reading.before(match.start(), 12)):
            yield Span(*match.span(), Kind.ID_CARD)
    for match in _ID_15.finditer(reading.text):
        if match[0][:2] in _PROVINCES and not _THING_WORDS.search(reading.before(match.start(), 12)):
            yield Span(*match.span(), Kind.ID_CARD)


def _accounts(reading: Reading) -> Iterator[Span]:
    for match in _ACCOUNT.finditer(reading.text):
        if match[1].lower() not in _NO_ACCOUNT:
            yield Span(*match.span(1), Kind.ACCOUNT)


def _bank_cards(reading: Reading) -> Iterator[Span]:
    for match in _BANK.finditer(reading.text):
        digits = re.sub(r"\D", "", match[0])
        before = reading.before(match.start(), 14)
        if len(digits) < 15 or _THING_WORDS.search(before):
            continue
        if _BANK_WORDS.search(before) or (digits.startswith(("62", "4", "5")) and has_luhn_check(digits)):
            yield Span(*match.span(), Kind.BANK_CARD)


def _phones(reading: Reading) -> Iterator[Span]:
    for pattern in (_ABROAD, _MOBILE):
        yield from _own_numbers(reading, pattern)
    for match in _CHINESE_MOBILE.finditer(reading.text):
        if len(set(match[0].translate(_CHINESE_DIGITS))) > 2:
            yield Span(*match.span(), Kind.PHONE)
    for match in _LANDLINE.finditer(reading.text):
        if not _is_office(reading, match.start()):
            yield Span(*match.span(), Kind.PHONE)
    for match in _LOCAL_PHONE.finditer(reading.text):
        if not _is_office(reading, match.start(1)) and not _THING_WORDS.search(match[0]):
            yield Span(*match.span(1), Kind.PHONE)


def _own_numbers(reading: Reading, pattern: re.Pattern[str]) -> Iterator[Span]:
    for match in pattern.finditer(reading.text):
        digits = sum(each.isdecimal() for each in match[0])
        if 8 <= digits <= 15 and not _THING_WORDS.search(reading.before(match.start(), 14)):
            yield Span(*match.span(), Kind.PHONE)


def _is_office(reading: Reading, place: int) -> bool:
    before = reading.before(place, 18)
    return bool(_OFFICE.search(before)) and not _OWN.search(before)


def _card_numbers(reading: Reading) -> Iterator[Span]:
    for match in _CARD.finditer(reading.text):
        if sum(each.isdecimal() for each in match[1]) >= 5:
            yield Span(*match.span(1), Kind.CARD_NUMBER)
