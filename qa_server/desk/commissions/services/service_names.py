"""How services are called in lists that hold many: by code, without reading every library's definitions."""

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.commissions.definition import ServiceDefinition, Words
from qa_server.commissions.service_models import ServiceType, ServiceVersion, VersionState
from qa_server.commissions.shipped import shipped
from qa_server.desk.workplace import Workplace
from qa_server.i18n import Language


def service_names(session: Session, codes: Collection[str]) -> Mapping[str, Words]:
    """Return the names of services by code; of a code that several libraries defined, one of them."""
    known = {code: definition.name for code, definition in shipped().items() if code in codes}
    for code in sorted(set(codes) - set(known)):
        newest = (
            select(ServiceVersion.definition)
            .join(ServiceType, ServiceType.id == ServiceVersion.service_type_id)
            .where(ServiceType.code == code, ServiceVersion.state != VersionState.DRAFT)
            .order_by(ServiceVersion.id.desc())
            .limit(1)
        )
        stored = session.scalar(newest)
        if stored is not None:
            known[code] = ServiceDefinition.model_validate(stored).name
    return known


def names_in(place: Workplace, codes: Collection[str], language: Language) -> dict[str, str]:
    """Return the names of services in a language, by code."""
    with place.database.read() as session:
        return {code: name.in_(language) for code, name in service_names(session, codes).items()}
