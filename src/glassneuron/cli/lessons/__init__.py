"""Commands to look and to learn with: the playground, lessons as files, a training step by step, the code."""
