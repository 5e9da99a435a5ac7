"""Trainings that can be killed and go on."""
