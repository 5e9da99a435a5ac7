"""Tables out: answers as CSV or Parquet, whole or some rows at a time."""
