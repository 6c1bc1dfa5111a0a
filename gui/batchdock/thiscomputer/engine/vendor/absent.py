"""Stands in for packages that the vendor's engine imports at its top but needs only for what is refused here.

Reason: declared, they are 6.8 GB (torch with CUDA, clients of clouds); blocks for tensors, clouds and devices alone use
them. Made for roboflow-workflows `VERSION`. To be gone by `UNTIL`, or looked at anew: whether upstream imports them
lazily by then. A package that is installed is never stood in for.
"""

import importlib.util
import sys
from collections.abc import Iterator, MutableSequence, Sequence
from contextlib import contextmanager
from datetime import date
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

VERSION = "0.2.14"
UNTIL = date(2027, 5, 31)

PACKAGES = (
    "anthropic",
    "boto3",
    "botocore",
    "inference_models",
    "onvif",
    "openai",
    "simple_pid",
    "slack_sdk",
    "torch",
    "torchvision",
    "twilio",
    "zeep",
)


@contextmanager
def absent_packages() -> Iterator[None]:
    """Let the missing ones of `PACKAGES` be imported inside the block, and be used as modules do at their top.

    After it they are gone again: whoever imports or calls one later is told the truth by a `ModuleNotFoundError`.
    """
    global _standing_in
    missing = frozenset(each for each in PACKAGES if importlib.util.find_spec(each) is None)
    finder = _Finder(missing)
    sys.meta_path.append(finder)
    _standing_in = True
    try:
        yield
    finally:
        _standing_in = False
        sys.meta_path.remove(finder)
        for name in [each for each in sys.modules if each.partition(".")[0] in missing]:
            del sys.modules[name]


_standing_in = False


class _Anything(type):
    """The class of what stands in: any attribute of it is a stand-in too, and so is, for a while, what it makes."""

    def __getattr__(cls, name: str) -> "_Anything":
        if name.startswith("__"):
            raise AttributeError(name)
        return _stand_in(f"{cls.__module__}.{cls.__qualname__}", name)

    def __call__(cls, *_: Any, **__: Any) -> "_Anything":
        if _standing_in:
            return cls
        package = cls.__module__.partition(".")[0]
        raise ModuleNotFoundError(f"“{package}” is needed for this and is not installed.", name=package)


def _stand_in(module: str, name: str) -> _Anything:
    body = {
        "__module__": module,
        "__class_getitem__": classmethod(lambda cls, _: cls),
        "__get_pydantic_core_schema__": classmethod(_schema),
    }
    return _Anything(name, (), body)


def _schema(cls: type, _: Any, __: Any) -> Any:
    """Tell pydantic that no value is ever one of these."""
    from pydantic_core import core_schema

    return core_schema.is_instance_schema(cls)


class _Module(ModuleType):
    __path__: MutableSequence[str] = []  # noqa: RUF012 (never written to)

    def __getattr__(self, name: str) -> _Anything:
        if name.startswith("__"):
            raise AttributeError(name)
        made = _stand_in(self.__name__, name)
        setattr(self, name, made)  # one class a name: exceptions and bases are compared
        return made


class _Maker(Loader):
    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


class _Finder(MetaPathFinder):
    def __init__(self, missing: frozenset[str]) -> None:
        self._missing = missing

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] not in self._missing:
            return None
        return ModuleSpec(fullname, _Maker(), is_package=True)
