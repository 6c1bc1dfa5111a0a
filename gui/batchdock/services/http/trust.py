"""Whom this computer trusts: its own list of certificates, to which companies add theirs."""

import ssl

import truststore


def trusting() -> ssl.SSLContext:
    """Return a context that trusts whom the system trusts at this moment."""
    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
