"""Networks of the person's own: what an ONNX file is, how it is asked, and what its answers mean."""
