"""The engine as it is prepared: offline, without keys, and out of the way of whoever does not need it.

Half a minute: what is there after an import shows in a fresh interpreter only, and the engine takes seconds to import.
"""

import os
import subprocess
import sys

import pytest

LIGHT = ("read-codes", "picture-quality", "find-copies")
HEAVY = ("find-objects", "read-text", "blur-faces")


def run(code: str, **variables: str) -> str:
    """Run code in a fresh interpreter; return what it prints."""
    answer = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ | variables,
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip()


PROCESS = (
    "import sys\n"
    "from batchdock.core.resources import resource\n"
    "from batchdock.thiscomputer.engine.batch import process_batch\n"
    "from batchdock.thiscomputer.engine.options import Options\n"
    "from batchdock.thiscomputer.engine.rows import Input\n"
    "[row] = process_batch({workflow!r}, [Input('a', resource('samples', 'cat.jpg'))], Options())\n"
    "assert row.cause is None, row.cause\n"
)


@pytest.mark.parametrize("workflow", LIGHT)
def test_light_workflows_never_import_it(workflow: str) -> None:
    heavy = "{'roboflow_workflows', 'onnxruntime', 'cv2', 'pydantic', 'supervision'}"
    assert run(PROCESS.format(workflow=workflow) + f"print({heavy} & set(sys.modules))") == "set()"


def test_asking_for_the_catalogue_and_its_words_imports_nothing() -> None:
    code = (
        "import sys, batchdock.thiscomputer.workflows.catalogue as c, batchdock.thiscomputer.rooms\n"
        "[w.check({'classes': 'dog'}) for w in c.catalogue()]; [w.definition for w in c.catalogue()]\n"
        "print({'roboflow_workflows', 'onnxruntime', 'cv2', 'numpy', 'PIL'} & set(sys.modules))"
    )
    assert run(code) == "set()"


TRAP = (
    "import sys\n"
    "def hook(event, args):\n"
    "    if event in ('socket.getaddrinfo', 'socket.gethostbyname', 'socket.connect', 'socket.sendto',\n"
    "                 'subprocess.Popen', 'os.system', 'os.exec', 'os.posix_spawn'):\n"
    "        seen.append((event, str(args)))\n"
    "seen = []\n"
    "sys.addaudithook(hook)\n"
)


@pytest.mark.parametrize("workflow", HEAVY)
def test_nothing_is_looked_up_connected_to_or_started(workflow: str) -> None:
    """Every look-up, connection and program that Python starts in the process is seen, from its first import on."""
    assert run(TRAP + PROCESS.format(workflow=workflow) + "print(seen)") == "[]"


def test_the_trap_works() -> None:
    code = "import socket\ntry: socket.create_connection(('127.0.0.1', 9), 1)\nexcept OSError: pass\nprint(len(seen))"
    assert int(run(TRAP + code)) >= 1


def test_variables_change_nothing() -> None:
    variables = {
        "WORKFLOWS_PLUGINS": "no_such_plugin",
        "DEFAULT_WORKFLOWS_STEP_ERROR_HANDLER": "no-such-handler",
        "ROBOFLOW_API_KEY": "a-key",
        "ALLOW_CUSTOM_PYTHON_EXECUTION_IN_WORKFLOWS": "True",
        "OFFLINE_MODE": "False",
    }
    code = (
        "from roboflow_workflows import environment as e\n"
        "print(e.OFFLINE_MODE, e.ALLOW_CUSTOM_PYTHON_EXECUTION_IN_WORKFLOWS,"
        " e.ALLOW_WORKFLOW_BLOCKS_ACCESSING_LOCAL_STORAGE,"
        " e.ALLOW_WORKFLOW_BLOCKS_ACCESSING_ENVIRONMENTAL_VARIABLES)"
    )
    assert run(PROCESS.format(workflow="find-objects") + code, **variables) == "True False False False"


def test_where_it_is_not_installed_it_is_said() -> None:
    code = (
        "import importlib.machinery, sys\n"
        "usual = importlib.machinery.PathFinder.find_spec\n"
        "without = lambda name, *rest: None if name == 'roboflow_workflows' else usual(name, *rest)\n"
        "importlib.machinery.PathFinder.find_spec = without\n"
        "from batchdock.thiscomputer.engine.batch import process_batch\n"
        "from batchdock.core.resources import resource\n"
        "from batchdock.thiscomputer.engine.options import Options\n"
        "from batchdock.thiscomputer.engine.rows import Input\n"
        "[row] = process_batch('find-objects', [Input('a', resource('samples', 'cat.jpg'))], Options())\n"
        "from batchdock.thiscomputer.workflows.catalogue import built_in\n"
        "assert row.cause == built_in('find-objects').check({})\n"
        "print(row.cause)"
    )
    assert run(code) == (
        "This workflow needs a part of Batchdock that is not installed here. "
        "Set Batchdock up again with Python 3.11, 3.12 or 3.13."
    )
