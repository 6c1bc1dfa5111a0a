"""Where a Dask scheduler is, whether it answers, and in words why it does not."""

import asyncio
import logging
import socket
import ssl
import warnings
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from distributed import Client

_USUAL_PORT = 8786
_PATIENCE = 5.0
_GOODBYE = 1.5


class Unreachable(Exception):
    """There is no way to the scheduler. The text is a sentence for people."""


@dataclass(frozen=True, slots=True)
class Scheduler:
    """The address of a scheduler, tcp:// or tls://, and for tls:// the paths of three PEM files.

    `key` may be empty where the certificate's file holds it too.
    """

    address: str
    authority: str = ""
    certificate: str = ""
    key: str = ""

    @property
    def is_encrypted(self) -> bool:
        """Whether everything goes through TLS, with certificates on both sides."""
        return self.address.startswith("tls://")

    @property
    def place(self) -> tuple[str, int]:
        """Host and port. Raises `Unreachable`."""
        try:
            parts = urlsplit(self.address)
            host, port = parts.hostname, parts.port
        except ValueError:
            host = port = None
        if not host:
            raise Unreachable(f"“{self.address}” is not an address. It looks like tcp://192.168.1.20:8786.")
        return host, port or _USUAL_PORT

    def client_context(self) -> ssl.SSLContext | None:
        """Return how to speak to the scheduler, None for plain TCP. Raises `Unreachable`."""
        if not self.is_encrypted:
            return None
        return self._prepared(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))

    def server_context(self) -> ssl.SSLContext | None:
        """Return how to listen to workers: only to those with a certificate of the same authority."""
        if not self.is_encrypted:
            return None
        return self._prepared(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))

    async def knock(self) -> str:
        """Return the address of this computer by which it reaches the scheduler. Raises `Unreachable`."""
        host, port = self.place
        context = self.client_context()
        try:
            async with asyncio.timeout(_PATIENCE):
                reader, writer = await asyncio.open_connection(host, port, ssl=context)
                try:
                    own: str = writer.get_extra_info("sockname")[0]
                    greeting = await reader.read(1)  # a Dask scheduler speaks first
                finally:
                    writer.close()
        except (OSError, TimeoutError) as error:
            raise Unreachable(self._sentence(error, host, port)) from error
        if not greeting:
            raise Unreachable(f"What answers at {self.address} is not a Dask scheduler. Check the address.")
        return own

    async def connect(self) -> "Client":
        """Return a client of the scheduler in this loop. Raises `Unreachable`."""
        try:
            from distributed import Client
            from distributed.security import Security
        except ModuleNotFoundError as error:
            raise Unreachable("This Batchdock was set up without Dask.") from error
        _quieten()
        host, port = self.place
        scheme = "tls" if self.is_encrypted else "tcp"
        files = {"tls_ca_file": self.authority, "tls_client_cert": self.certificate, "tls_client_key": self.key}
        security = Security(
            require_encryption=self.is_encrypted,
            **{name: path for name, path in files.items() if self.is_encrypted and path},
        )
        client = Client(
            f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}",
            asynchronous=True,
            security=security,
            timeout=_PATIENCE,
            set_as_default=False,
            name="batchdock",
        )
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of libraries in other versions, which do not matter here
                await client
        except (OSError, TimeoutError, ValueError, ImportError) as error:
            await part(client)
            raise Unreachable(
                f"What answers at {self.address} is not a Dask scheduler like those known here."
            ) from error
        return client

    def _prepared(self, context: ssl.SSLContext) -> ssl.SSLContext:
        if not self.authority or not self.certificate:
            raise Unreachable("A tls:// address needs three files: the authority, a certificate and its key.")
        # One authority for the whole cluster says who belongs to it; names and addresses say nothing, as in Dask.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_REQUIRED
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            context.load_verify_locations(self.authority)
        except (OSError, ValueError) as error:
            raise Unreachable(f"The authority’s certificate can not be read from {self.authority}.") from error
        try:
            context.load_cert_chain(self.certificate, self.key or None, password="")
        except (OSError, ValueError) as error:
            files = " and ".join(each for each in (self.certificate, self.key) if each)
            raise Unreachable(f"The certificate and its key can not be read from {files}.") from error
        return context

    def _sentence(self, error: OSError, host: str, port: int) -> str:
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"The scheduler at {self.address} has a certificate that your authority did not sign."
        if isinstance(error, ssl.SSLError):
            return f"The scheduler at {self.address} speaks no TLS, or does not accept this computer’s certificate."
        if isinstance(error, socket.gaierror):
            return f"There is no computer called “{host}” in this network. Check the address of the scheduler."
        if isinstance(error, ConnectionRefusedError):
            return f"“{host}” answers, but no scheduler listens there at port {port}."
        if isinstance(error, ConnectionError):
            return f"The scheduler at {self.address} ends the connection at once. Check whether it wants tls://."
        if isinstance(error, TimeoutError):
            return (
                f"Nothing answers at {self.address} as a Dask scheduler does. Check the address, and tcp:// or tls://."
            )
        return f"There is no way to {self.address}: the computer says “{error.strerror or error}”."


def _quieten() -> None:
    """Keep Dask from writing its own story of what is said to people in words; each of its loggers has a level."""
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL)


async def part(client: "Client") -> None:
    """End a connection; nobody waits long for an answer."""
    with suppress(Exception):
        async with asyncio.timeout(_GOODBYE):
            await client.close()
