"""What can be wrong with the settings of the live parts."""

from storage.errors import AppError


class RedisUnusable(AppError):
    """The setting names no Redis server, or the client for it is not installed."""

    code = "redis_unusable"
    status = 503
    message = "Redis cannot be used: {reason} {remedy}"
