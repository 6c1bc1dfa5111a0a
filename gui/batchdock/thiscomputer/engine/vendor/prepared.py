"""Prepares the vendor's engine in this process, once. Nothing else imports it before.

Its configuration is frozen by its first import, so it is given before: no network, no Python out of workflows, neither
environment nor files for blocks. The import takes seconds and 200 MB; only workers do it, when a job needs it.
"""

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from batchdock.core.resources import resource
from batchdock.thiscomputer.engine.picture import NotProcessable
from batchdock.thiscomputer.engine.vendor.shelf import MISSING

_VARIABLES = ("WORKFLOWS_PLUGINS", "DEFAULT_WORKFLOWS_STEP_ERROR_HANDLER")
"""Variables that would change what the engine loads or does."""


class EngineMissing(NotProcessable):
    """The vendor's engine is not installed, or not all of it."""


@cache
def prepare() -> None:
    """Import and configure the engine; afterwards any of its modules may be imported. Raises `EngineMissing`."""
    for name in _VARIABLES:
        os.environ.pop(name, None)
    try:
        _configure()
    except ModuleNotFoundError as error:
        raise EngineMissing(MISSING) from error
    from batchdock.thiscomputer.engine.vendor.repairs import repair

    repair()


@contextmanager
def unwarned() -> Iterator[None]:
    """Pass over what the engine warns of in its own code: nobody here can change it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _configure() -> None:
    import cv2

    from batchdock.thiscomputer.engine.vendor.absent import absent_packages

    cv2.setNumThreads(1)
    # The name that its loggers have from where they were. What goes wrong is raised as well, and told in the row.
    logging.getLogger("inference").setLevel(logging.CRITICAL)
    with absent_packages(), unwarned():
        from roboflow_workflows.configuration import (
            EngineConfiguration,
            FontsConfiguration,
            PlatformConfiguration,
            WorkflowsConfiguration,
            configure_process,
        )

        configure_process(
            WorkflowsConfiguration(
                platform=PlatformConfiguration(offline_mode=True, api_base_url="http://127.0.0.1:9"),
                fonts=FontsConfiguration(allow_download=False, model_cache_dir=str(resource("models"))),
                engine=EngineConfiguration(
                    allow_custom_python_execution=False,
                    allow_blocks_accessing_local_storage=False,
                    allow_blocks_accessing_environmental_variables=False,
                ),
            )
        )
        import roboflow_workflows.execution_engine.core
        import roboflow_workflows.execution_engine.introspection.blocks_loader  # noqa: F401
        from roboflow_workflows.core_steps.loader import KINDS_SERIALIZERS
        from roboflow_workflows.execution_engine.entities.types import IMAGE_KIND

        # Drawn pictures are wanted as pictures; as text of JPEGs they would be encoded twice.
        KINDS_SERIALIZERS[IMAGE_KIND.name] = _as_it_is


def _as_it_is(image: object) -> object:
    return image
