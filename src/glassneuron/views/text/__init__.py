"""What a person reads in a terminal: arithmetic, tables and reports as plain text."""
