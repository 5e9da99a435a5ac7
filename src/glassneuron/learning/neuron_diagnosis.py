"""What kept neurons side by side from learning, in plain sentences."""

from __future__ import annotations

from glassneuron.learning.course import Lesson
from glassneuron.learning.diagnosis import Finding
from glassneuron.learning.history import History


def diagnose(lesson: Lesson, history: History, outlook: str = "") -> list[Finding]:
    """Look for what keeps neurons from learning."""
    return []
