"""Codes by which a report is checked: read from paper, typed by hand, never guessed."""

import re
from hashlib import sha256

import pytest

from qa_server.commissions.reports.verification import digest, new_code, normalise


def test_codes_are_all_different_and_in_four_groups() -> None:
    codes = {new_code() for _ in range(2_000)}
    assert len(codes) == 2_000
    assert all(re.fullmatch(r"[2-9A-Z]{4}(-[2-9A-Z]{4}){3}", code) for code in codes)
    assert not set("".join(codes)) & set("01BGILOQSUVYZ")


def test_a_code_is_known_however_it_is_typed() -> None:
    code = "7K3M-X9RA-2HNC-" + _end("7K3MX9RA2HNC")
    assert normalise(code) == code
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in code)
    for typed in (
        code.lower(),
        f"  {code}\n",
        code.replace("-", ""),
        code.replace("-", " "),
        wide,
        code.replace("2", "Z"),
    ):
        assert normalise(typed) == code


def test_every_single_mistake_and_every_swap_is_noticed() -> None:
    code = new_code()
    symbols = code.replace("-", "")
    for place, symbol in enumerate(symbols):
        for other in set("23456789ACDEFHJKMNPRTWX") - {symbol}:
            assert normalise(symbols[:place] + other + symbols[place + 1 :]) is None
    for place in range(len(symbols) - 1):
        swapped = symbols[:place] + symbols[place + 1] + symbols[place] + symbols[place + 2 :]
        assert swapped == symbols or normalise(swapped) is None


@pytest.mark.parametrize(
    "typed", ["", "7K3M", "0" * 16, "I" * 16, "中" * 16, "7K3M-X9RA-2HNC-WTD4-7K3M", "7" * 100_000, "\x00"]
)
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert normalise(typed) is None


def test_the_digest_of_a_file_is_its_sha256() -> None:
    assert digest(b"report") == sha256(b"report").hexdigest()


def _end(symbols: str) -> str:
    """Three symbols and the check symbol that make a code of the beginning."""
    found = next(f"222{last}" for last in "23456789ACDEFHJKMNPRTWX" if normalise(f"{symbols}222{last}"))
    return found
