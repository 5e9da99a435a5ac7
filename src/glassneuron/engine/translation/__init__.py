"""From Python to JavaScript: names and where they are declared, expressions, statements."""
