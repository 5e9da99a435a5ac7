"""From and to the tools that people use next: scikit-learn, PyTorch, Keras, ONNX, and code in other languages."""
