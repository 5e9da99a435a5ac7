"""`glassneuron lesson`: a lesson as a small file, and its sheets of paper."""

from __future__ import annotations

from pathlib import Path

from glassneuron import checks
from glassneuron.cli.options import can_put
from glassneuron.data.atomic import write_whole
from glassneuron.errors import problem

SUFFIX = ".toml"


def write_new(name: str) -> None:
    """Write a new lesson, for a teacher to change."""
    from glassneuron.views.live.lesson_file import new_lesson

    path = Path(name) if name.endswith(SUFFIX) else Path(f"{name}{SUFFIX}")
    if path.exists():
        raise problem("parameter", name="name", rule=f"another name, for {path} is there already", value=name)
    can_put(path, "name")
    write_whole(path, new_lesson(path).encode())
    print(f"{path}: open it in an editor; `glassneuron play --lesson {path}` shows it")


def write_sheets(path: Path, students: int) -> None:
    """Write a worksheet, and its answers, beside a lesson."""
    from glassneuron.views.live.lesson_file import MOST_STUDENTS, read_lesson
    from glassneuron.views.live.sheets import answer_sheet, worksheet

    checks.integer("students", students, f"[1, {MOST_STUDENTS}]")
    lesson = read_lesson(path)
    for kind, text in (("worksheet", worksheet(lesson, students)), ("answers", answer_sheet(lesson, students))):
        sheet = path.with_name(f"{path.stem}-{kind}.html")
        can_put(sheet, "file", path)
        write_whole(sheet, text.encode())
        print(sheet)


def is_file(lesson: str | None) -> bool:
    """Return whether `--lesson` names a lesson file rather than a lesson of the page."""
    return lesson is not None and (lesson.endswith(SUFFIX) or Path(lesson).is_file())
