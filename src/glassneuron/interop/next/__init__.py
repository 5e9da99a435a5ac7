"""The same training here and in the libraries that people use next, one file a library, step by step."""
