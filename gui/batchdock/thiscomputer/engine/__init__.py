"""Does the work: reads pictures and videos, runs a workflow over them in processes, writes the results."""
