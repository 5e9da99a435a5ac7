"""Models as programs, queries, documents and circuits."""
