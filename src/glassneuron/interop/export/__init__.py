"""Out: a model as a file, a program or a value of another library. `description` says what every target reads."""
