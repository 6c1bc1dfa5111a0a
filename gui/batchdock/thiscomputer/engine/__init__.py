"""Does the work: reads pictures and videos, runs a workflow over them in processes, writes the results."""

import os

# ONNX Runtime collects what it does, gives this computer a number in its cache folder, and sends both to its makers;
# it asks this variable once, when it is loaded. Set here, where no module of the engine can be imported before.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
