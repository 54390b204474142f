"""Who a reader is to a commission, and to whom the invoice goes: given by the reader, checked, forgotten at the end."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

_Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
# A unified social credit code has 18 characters (GB 32100-2015); older tax numbers 15 to 20.
_TaxNumber = Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^([0-9A-Z]{15,20})?$")]
_Phone = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^(\+?[0-9][0-9 ()-]{4,24})?$")]
_Email = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^([^@\s]+@[^@\s]+\.[^@\s]+)?$")
]


class Contact(BaseModel):
    """How the reader is reached. A name and an address or phone are needed before a form can be submitted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: _Line = ""
    email: _Email = ""
    phone: _Phone = ""
    organisation: _Line = ""
    address: _Line = ""

    @property
    def is_reachable(self) -> bool:
        """Say whether there is a name, and a way to reach the person."""
        return bool(self.name and (self.email or self.phone))


class Invoice(BaseModel):
    """What an invoice says: `title` 抬头, the tax number of an organisation, and where it goes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["none", "person", "organisation"] = "none"
    title: _Line = ""
    tax_number: _TaxNumber = ""
    email: _Email = ""
    note: _Line = Field("", description="Bank, address and phone where a special invoice needs them.")

    @property
    def is_complete(self) -> bool:
        """Say whether it can be written."""
        if self.kind == "organisation":
            return bool(self.title and self.tax_number)
        return self.kind == "none" or bool(self.title)
