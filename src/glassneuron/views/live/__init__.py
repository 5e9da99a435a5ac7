"""What goes along in a file: the page itself, lessons that a teacher writes, sheets of paper."""
