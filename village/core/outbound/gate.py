"""Where a connection is made: to an address that was checked, and until the time is over."""

from __future__ import annotations

import contextlib
import functools
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import httpcore
import httpx

from village.core.outbound.addresses import is_public
from village.core.outbound.errors import OutboundFailed, OutboundRefused, OutboundTimeout

_MAX_ADDRESSES_TRIED = 3


def resolve_by_system(host: str, port: int) -> Sequence[str]:
    """Look a name up, once, for every address it has."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


def dial_by_system(address: str, port: int, seconds: float) -> socket.socket:
    """Connect to a numeric address."""
    return socket.create_connection((address, port), timeout=seconds)


@functools.cache
def trust_by_system() -> ssl.SSLContext:
    """Trust the usual certificate authorities, whatever the environment says."""
    return httpx.create_ssl_context(trust_env=False)


@dataclass(frozen=True, slots=True)
class Network:
    """What the gate asks of the machine; a test may hand in its own."""

    resolve: Callable[[str, int], Sequence[str]] = resolve_by_system
    dial: Callable[[str, int, float], socket.socket] = dial_by_system
    trust: Callable[[], ssl.SSLContext] = trust_by_system


INTERNET = Network()


class Deadline:
    """The moment by which everything must be over, on the monotonic clock."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """
        Return the seconds that are left, more than none.

        :raises OutboundTimeout: none are.
        """
        seconds = self._end - time.monotonic()
        if seconds <= 0:
            raise OutboundTimeout("the time for this exchange is over")
        return seconds


class Gate(httpcore.NetworkBackend):
    """Resolve once, check every address, and connect to one that was checked."""

    def __init__(self, network: Network, deadline: Deadline, *, trusted: bool) -> None:
        self._network = network
        self._deadline = deadline
        self._trusted = trusted

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """
        Connect within the deadline; httpcore's own timeouts are not needed.

        :raises OutboundError: as :meth:`connect`.
        """
        return _Stream(self.connect(host, port), self._deadline)

    def connect(self, host: str, port: int) -> socket.socket:
        """
        Connect to one of a host's addresses, once all of them have been checked.

        :raises OutboundRefused: one of the addresses is not public, so none is trusted.
        :raises OutboundFailed: there is no address, or none answers.
        """
        addresses = self._resolved(host, port)
        if not self._trusted:
            for address in addresses:
                if not is_public(address):
                    raise OutboundRefused(f"{host} leads to {address}")
        failure = OutboundFailed(f"{host} has no address")
        for address in addresses[:_MAX_ADDRESSES_TRIED]:
            try:
                return self._network.dial(address, port, self._deadline.left())
            except OSError as error:
                self._deadline.left()
                failure = OutboundFailed(f"no connection to {host}: {error}")
        raise failure

    def _resolved(self, host: str, port: int) -> Sequence[str]:
        # The system's resolver knows no deadline, so it gets a thread that may be left behind.
        answer: queue.SimpleQueue[Sequence[str] | OSError] = queue.SimpleQueue()

        def look_up() -> None:
            try:
                answer.put(self._network.resolve(host, port))
            except OSError as error:
                answer.put(error)

        threading.Thread(target=look_up, name="outbound-resolve", daemon=True).start()
        try:
            found = answer.get(timeout=self._deadline.left())
        except queue.Empty:
            raise OutboundTimeout(f"looking up {host} took too long") from None
        if isinstance(found, OSError):
            raise OutboundFailed(f"{host} could not be looked up: {found}") from found
        return found


class _Stream(httpcore.NetworkStream):
    """A socket on which every wait ends with the exchange, however slowly the bytes drip."""

    def __init__(self, connected: socket.socket, deadline: Deadline) -> None:
        self._socket = connected
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self._socket.settimeout(self._deadline.left())
        try:
            return self._socket.recv(max_bytes)
        except TimeoutError as error:
            raise OutboundTimeout("the answer took too long") from error
        except OSError as error:
            raise httpcore.ReadError(str(error)) from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        # The timeout of sendall() counts over all of the buffer.
        self._socket.settimeout(self._deadline.left())
        try:
            self._socket.sendall(buffer)
        except TimeoutError as error:
            raise OutboundTimeout("sending took too long") from error
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        with contextlib.ExitStack() as on_failure:
            on_failure.callback(self.close)
            try:
                self._socket.settimeout(self._deadline.left())
                secured = ssl_context.wrap_socket(self._socket, server_hostname=server_hostname)
            except TimeoutError as error:
                raise OutboundTimeout("the TLS handshake took too long") from error
            except OSError as error:
                raise httpcore.ConnectError(str(error)) from error
            on_failure.pop_all()
        return _Stream(secured, self._deadline)

    def close(self) -> None:
        self._socket.close()
