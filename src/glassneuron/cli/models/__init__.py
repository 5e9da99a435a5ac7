"""Commands that train models on tables, ask them, and say what they can do."""
