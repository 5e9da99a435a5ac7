"""Models as values of other libraries, and as ONNX files."""
