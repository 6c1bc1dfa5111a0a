"""What the files of the fake cloud hold, some without holding it, and what of them has arrived."""

import hashlib
from dataclasses import dataclass, field
from typing import IO


@dataclass(frozen=True)
class Large:
    """A file that was too large to keep: what is known of it."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Repeated:
    """A large file to be fetched: `unit` over and over, `size` bytes in all."""

    unit: bytes
    size: int

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, wanted: slice) -> bytes:
        start, end, _ = wanted.indices(self.size)
        length, first = max(0, end - start), start % len(self.unit)
        return (self.unit * (length // len(self.unit) + 2))[first : first + length]

    @property
    def sha256(self) -> str:
        """The hash of all of it."""
        digest, piece = hashlib.sha256(), 1024 * 1024
        for begin in range(0, self.size, piece):
            digest.update(self[begin : begin + piece])
        return digest.hexdigest()


Contents = bytes | Large | Repeated


@dataclass(frozen=True)
class Upload:
    """A whole body that has arrived; `file` holds it."""

    file: IO[bytes]
    size: int
    sha256: str

    def contents(self, keep: int) -> Contents:
        """Return it, or what is known of it when it has more than `keep` bytes."""
        if self.size > keep:
            return Large(self.size, self.sha256)
        self.file.seek(0)
        return self.file.read()


@dataclass
class Arrived:
    """What has arrived under one name: how often, and each time's size and hash."""

    sizes: list[int] = field(default_factory=list)
    hashes: list[str] = field(default_factory=list)

    @property
    def times(self) -> int:
        """How often it arrived."""
        return len(self.hashes)

    @property
    def sha256(self) -> str:
        """The hash of what arrived last."""
        return self.hashes[-1]
