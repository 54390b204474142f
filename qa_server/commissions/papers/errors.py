"""Refusals of a list of papers as a whole. What is wrong with one paper is a remark and refuses nothing."""

from storage.errors import AppError


class PaperListEmpty(AppError):
    """Nothing was handed in, or nothing in it is a paper."""

    code = "paper_list_empty"
    status = 422
    message = "No paper was found in the list."


class PaperListTooLarge(AppError):
    """More bytes than are read, packed or unpacked."""

    code = "paper_list_too_large"
    status = 413
    message = "The list is too large to be read. Please divide it."


class PaperListTooLong(AppError):
    """More papers than one list may hold."""

    code = "paper_list_too_long"
    status = 422
    message = "A list may hold {limit} papers at most. Please divide it."


class PaperListTypeUnknown(AppError):
    """The content is of a kind that holds no list, such as a PDF or a picture; `reason` tells what to do instead."""

    code = "paper_list_type_unknown"
    status = 422
    message = "This file cannot be read as a list of papers. {reason}"


class PaperListDamaged(AppError):
    """The content begins like a list and cannot be read further."""

    code = "paper_list_damaged"
    status = 422
    message = "The file is damaged. {reason}"


class PaperMalformed(AppError):
    """A paper sent or stored as JSON that is none."""

    code = "paper_malformed"
    status = 422
    message = "Paper {number} of the list cannot be read. {reason}"
