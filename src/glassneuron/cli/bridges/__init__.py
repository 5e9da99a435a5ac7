"""Commands to and from other libraries: a model's page, a model seen through, and what comes next."""
