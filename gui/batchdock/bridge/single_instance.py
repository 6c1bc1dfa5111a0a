"""One window per home folder: the second start hands its paths to the first and ends."""

import errno
import hashlib
import json
import logging
import os
import time
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_log = logging.getLogger(__name__)

ANSWER_MS = 1000
LONGEST_MESSAGE = 16 * 1024 * 1024


class SingleInstance(QObject):
    """Holds the lock of a home folder, and hears from later starts while it does.

    The lock says who is first (it is freed when a process dies, in whatever way); the local socket is only how the
    others talk to it. `called` brings the paths that a later start was given, perhaps none.
    """

    called = Signal(list)

    def __init__(self, home: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._name = f"batchdock-{hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:20]}"
        self._lock = QLockFile(str(home / "window.lock"))
        self._lock.setStaleLockTime(0)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection)
        self._callers: dict[QLocalSocket, bytearray] = {}
        """The later starts that are speaking, and what they have said so far."""

    def take(self) -> bool:
        """Become the first, and listen. Return False when another process is.

        Raises `OSError` where nothing can be written into the folder: nobody knows then who is first.
        """
        if not self._lock.tryLock(0):
            if self._lock.error() is not QLockFile.LockError.LockFailedError:
                raise OSError(errno.EIO, self.tr("Nothing can be written there. Is the disk full?"))
            return False
        QLocalServer.removeServer(self._name)
        if not self._server.listen(self._name):
            _log.warning("Later starts can not be heard: %s", self._server.errorString())
        return True

    def call(self, paths: Sequence[Path], patience: float = 10.0) -> bool:
        """Hand `paths` to the first one and have it come forward. Blocks for up to `patience` seconds.

        Return False when it does not answer.
        """
        message = json.dumps([os.fsencode(path.absolute()).hex() for path in paths]).encode() + b"\n"
        until = time.monotonic() + patience
        while time.monotonic() < until:
            socket = QLocalSocket()
            socket.connectToServer(self._name)
            if socket.waitForConnected(ANSWER_MS):
                socket.write(message)
                if socket.waitForReadyRead(ANSWER_MS * 3) and bytes(socket.readAll().data()) == b"ok\n":
                    return True
            time.sleep(0.1)
        return False

    def close(self) -> None:
        """Stop listening and free the folder. Harmless when repeated."""
        self._server.close()
        for socket in list(self._callers):
            socket.abort()
        self._lock.unlock()

    def _on_connection(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            # Ours from here on, and not the server's: whoever is deleted first must not take the other along.
            socket.setParent(self)
            self._callers[socket] = bytearray()
            socket.readyRead.connect(self._on_words)
            socket.disconnected.connect(self._on_gone)
            if socket.bytesAvailable():
                self._hear(socket)

    def _on_words(self) -> None:
        socket = self.sender()
        if isinstance(socket, QLocalSocket) and socket in self._callers:
            self._hear(socket)

    def _on_gone(self) -> None:
        socket = self.sender()
        if isinstance(socket, QLocalSocket) and self._callers.pop(socket, None) is not None:
            socket.deleteLater()

    def _hear(self, socket: QLocalSocket) -> None:
        heard = self._callers[socket]
        heard += bytes(socket.readAll().data())
        if len(heard) > LONGEST_MESSAGE:
            socket.abort()
        elif heard.endswith(b"\n"):
            try:
                paths = [Path(os.fsdecode(bytes.fromhex(each))) for each in json.loads(heard)]
            except (ValueError, TypeError):
                _log.warning("A later start said something that can not be read")
                socket.abort()
                return
            socket.write(b"ok\n")
            socket.flush()
            self.called.emit(paths)
