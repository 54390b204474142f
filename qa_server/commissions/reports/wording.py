"""The fixed words of reports, by service type and language."""

from datetime import date
from typing import Final

from babel.dates import format_date

from qa_server.commissions.reports.content import ReportContent, ServiceCode, SignatureRole
from qa_server.i18n import Language, translate

_LOCALES: Final = {"zh": "zh_CN", "en": "en_GB"}
_DIGITS: Final = "零一二三四五六七八九"


def language_tag(language: Language) -> str:
    """Return the tag that documents carry: zh-CN or en-GB."""
    return _LOCALES[language].replace("_", "-")


def day(value: date | None, language: Language) -> str:
    """Return a date as reports write it, empty for none."""
    return format_date(value, "long", locale=_LOCALES[language]) if value else ""


def report_name(service: ServiceCode, language: Language) -> str:
    """Return what the document is called: 科技查新报告."""
    match service:
        case "topic_consultation":
            return translate("Topic Consultation Report", language)
        case "citation_search":
            return translate("Certificate of Indexing and Citation", language)
        case "novelty_search":
            return translate("Report of Novelty Search", language)
        case "proxy_search":
            return translate("Report of Proxy Search", language)
        case "document_delivery":
            return translate("Document Delivery Slip", language)


def role_name(service: ServiceCode, role: SignatureRole, language: Language) -> str:
    """Return what a signatory is called in reports of this service."""
    match (service, role):
        case ("novelty_search", "reviewer"):
            return translate("Novelty reviewer", language)
        case (_, "reviewer"):
            return translate("Reviewed by", language)
        case (_, "signatory"):
            return translate("Approved by", language)
        case ("novelty_search", _):
            return translate("Novelty searcher", language)
        case ("topic_consultation", _):
            return translate("Reference librarian", language)
        case ("document_delivery", _):
            return translate("Handled by", language)
        case _:
            return translate("Searched by", language)


def declaration(service: ServiceCode, language: Language) -> str:
    """Return what searcher and reviewer declare with their signatures; empty where the service has no declaration."""
    match service:
        case "novelty_search":
            return translate(
                "The facts stated in this report are true and accurate. We searched, analysed and reviewed the "
                "literature as GB/T 32003-2015 requires and reached the conclusion above. Our pay is connected neither "
                "with the analysis, opinions and conclusion of this report nor with the use that is made of it.",
                language,
            )
        case "citation_search":
            return translate(
                "We certify that the results above are what the named databases held on the day of the search.",
                language,
            )
        case _:
            return ""


def heads(content: ReportContent) -> tuple[tuple[str, str], ...]:
    """Return the labelled lines at the head of the report, without empty ones."""
    language = content.language
    lines = [
        (translate("Report number", language), content.report_number),
        (translate("Commission number", language), content.commission_number),
        (translate("Commissioned by", language), content.applicant),
        (translate("Organisation of the client", language), content.organisation),
        (translate("Purpose of use", language), content.purpose),
        (translate("Date of commission", language), day(content.accepted_on, language)),
        (translate("Date of completion", language), day(content.finished_on, language)),
        *((fact.label, fact.value) for fact in content.facts),
    ]
    return tuple((label, value) for label, value in lines if value.strip())


def title_label(service: ServiceCode, language: Language) -> str:
    """Return what the title is called: 项目名称 for a novelty search."""
    if service == "novelty_search":
        return translate("Name of the project", language)
    return translate("Subject of the report", language)


def other_words(content: ReportContent) -> dict[str, str]:
    """Return the remaining words of a report by name; `page` holds {page} and {pages}."""
    language = content.language
    is_novelty = content.service_type == "novelty_search"
    agency = translate("Novelty agency", language) if is_novelty else translate("Issuing library", language)
    seal_place = translate("(seal)", language)
    return {
        "title": title_label(content.service_type, language),
        "agency": agency,
        "number": translate("Report number", language),
        "page": translate("Page {page} of {pages}", language, page="{page}", pages="{pages}"),
        "attachments": translate("List of attachments", language),
        "notes": translate("Remarks on the report", language),
        "none": translate("None to report", language),
        "seal_place": seal_place if language == "zh" else f" {seal_place}",
        "seal": translate("Seal of {library}", language, library=content.library),
        "signature": translate("Signature of {name}", language, name="{name}"),
        "code": translate("Verification code", language),
        "check": translate("Check this report at the address below or by scanning the code.", language),
        "qr": translate("QR code of the address at which this report can be checked", language),
        "draft": translate("DRAFT", language) if content.is_draft else "",
        "draft_note": translate("Draft for confirmation; not valid as a certificate.", language),
        "table": translate("Table {number}", language, number="{number}"),
        "colon": "：" if language == "zh" else ": ",
    }


def chapter_number(chapter: int, section: int, language: Language) -> str:
    """Return the number before a heading; `section` is 0 for a heading of the first level."""
    if language == "zh":
        return f"（{_chinese(section)}）" if section else f"{_chinese(chapter)}、"
    return f"{chapter}.{section} " if section else f"{chapter}. "


def _chinese(number: int) -> str:
    """Return 1 to 99 in Chinese."""
    tens, ones = divmod(number, 10)
    front = "" if not tens else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return front + (_DIGITS[ones] if ones or not tens else "")
