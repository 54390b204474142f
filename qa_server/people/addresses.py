"""Shorten network addresses to the campus or home they come from; whole addresses are not kept."""

from ipaddress import IPv4Address, ip_address, ip_network

_IPV4_PREFIX = 24
_IPV6_PREFIX = 56


def network_of(address: str) -> str:
    """Return the IPv4 /24 or IPv6 /56 an address lies in, or "unknown" for anything that is no address."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    prefix = _IPV4_PREFIX if isinstance(parsed, IPv4Address) else _IPV6_PREFIX
    return str(ip_network((parsed, prefix), strict=False))
