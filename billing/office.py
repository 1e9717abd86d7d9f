"""Where the office is. Nothing but this, for the live streams ask it before any page does."""

import ipaddress

from django.conf import settings


def is_office(address: str) -> bool:
    """Is it an address of an office network? What is no address at all is none of theirs."""
    try:
        place = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(place in ipaddress.ip_network(network) for network in settings.OFFICE_NETWORKS)
