"""The services that come with the program: topic consultation, citation and novelty search, proxy search, delivery."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from qa_server.commissions.definition import ServiceDefinition
from qa_server.commissions.definition_reading import digest_of

# The order in which they are offered.
CODES = ("topic_consultation", "citation_search", "novelty_search", "proxy_search", "document_delivery")
_FOLDER = Path(__file__).parent / "types"


@lru_cache(maxsize=1)
def shipped() -> Mapping[str, ServiceDefinition]:
    """Return the shipped definitions by code, in the order in which they are offered."""
    return MappingProxyType(
        {code: ServiceDefinition.model_validate_json((_FOLDER / f"{code}.json").read_bytes()) for code in CODES}
    )


@lru_cache(maxsize=1)
def shipped_digests() -> Mapping[str, str]:
    """Return the digest of each shipped definition, by code: it tells whether a newer program brings a newer one."""
    return MappingProxyType({code: digest_of(definition) for code, definition in shipped().items()})
