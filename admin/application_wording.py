"""Where an application to join stands, in words. English is the key of its translation."""

from collections.abc import Mapping

APPLICATION_STATES: Mapping[str, str] = {
    "applied": "New",
    "checked": "Checked",
    "approved": "Approved",
    "declined": "Declined",
}

# What the check of an application may find; also said by the tree and the settings in their own words.
FINDINGS: Mapping[str, str] = {
    "in_use": "The code is in use already.",
    "same_name": "A node of the network has the same name.",
    "no_address": "The e-mail address of the contact is not complete.",
}
