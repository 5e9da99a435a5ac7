"""Commands that write the page, or lessons for it, to files."""
