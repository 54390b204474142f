"""Refusals around attachments: what cannot be sent, saved or fetched, and why."""

from storage.errors import AppError


class AttachmentTooLarge(AppError):
    """The file has more bytes than one file may have."""

    code = "attachment_too_large"
    status = 413
    message = "This file is too large; at most {megabytes} MB can be sent."


class AttachmentEmpty(AppError):
    """The file has no bytes."""

    code = "attachment_empty"
    status = 422
    message = "This file is empty."


class AttachmentsFull(AppError):
    """The conversation holds as many files, or as many bytes of files, as it may."""

    code = "attachments_full"
    status = 409
    message = "This conversation cannot take more files: at most {count} of them, {megabytes} MB in all."


class AttachmentTypeRefused(AppError):
    """The content is of no kind that may be sent, whatever the name says."""

    code = "attachment_type_refused"
    status = 415
    message = "Files of this kind cannot be sent. These can: {types}."


class AttachmentDamaged(AppError):
    """The file begins like an image and cannot be read as one."""

    code = "attachment_damaged"
    status = 422
    message = "This picture cannot be read; the file seems to be damaged."


class ImageTooLarge(AppError):
    """The picture has more pixels, over all its frames, than the service unpacks."""

    code = "image_too_large"
    status = 413
    message = "This picture has too many pixels; at most {megapixels} million can be sent. Please make it smaller."


class AttachmentInfected(AppError):
    """The virus scanner knows the content."""

    code = "attachment_infected"
    status = 422
    message = "The virus scanner found something harmful in this file. It was not sent."


class ScannerUnavailable(AppError):
    """The virus scanner gives no verdict; without one nothing is taken."""

    code = "scanner_unavailable"
    status = 503
    message = "Files cannot be checked for viruses right now, so none can be sent. Please try again later."


class AttachmentNotSaved(AppError):
    """The folder of attachments cannot be written, or too little of its disk is free."""

    code = "attachment_not_saved"
    status = 503
    message = "The file cannot be saved right now. It was not sent; please try again later."


class UploadIncomplete(AppError):
    """The connection was cut before the whole file had come."""

    code = "upload_incomplete"
    status = 400
    message = "The file did not arrive completely. Please send it again."


class UploadTooSlow(AppError):
    """The file was not complete in time."""

    code = "upload_too_slow"
    status = 408
    message = "Sending the file took too long. Please try again with a better connection or a smaller file."


class LinkExpired(AppError):
    """The link was good and its time is over."""

    code = "link_expired"
    status = 403
    message = "This link has expired. Please open the file from the conversation again."


class LinkRefused(AppError):
    """The link was not made by this service, or was changed."""

    code = "link_refused"
    status = 403
    message = "This link is not valid. Please open the file from the conversation again."


class AttachmentGone(AppError):
    """The row is there and the file is not."""

    code = "attachment_gone"
    status = 410
    message = "This file is no longer there. Please ask for it to be sent again."


class RangeMalformed(AppError):
    """The Range header names no part of a file."""

    code = "range_malformed"
    status = 400
    message = "The part of the file that was asked for cannot be understood. Please save the whole file."


class RangeOutside(AppError):
    """The Range header names a part behind the end of the file."""

    code = "range_outside"
    status = 416
    message = "The part of the file that was asked for is not there. Please save the whole file."
