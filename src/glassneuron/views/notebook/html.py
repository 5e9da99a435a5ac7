"""Pieces of HTML: tables, paragraphs, what opens on a click; everything in them escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

LEFT, RIGHT = ' style="text-align:left"', ' style="text-align:right"'


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, caption: str = "", left: int = 1) -> str:
    """Write a table: the first cells of a row, `left` of them, to the left, the others to the right.

    Examples
    --------
    >>> table((), [["a & b", "3"]])
    '<table><tbody><tr><th>a &amp; b</th><td style="text-align:right">3</td></tr></tbody></table>'
    """
    heads = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join(f"<tr>{''.join(_cell(cell, k, left) for k, cell in enumerate(row))}</tr>" for row in rows)
    above = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"<table>{above}{f'<thead><tr>{heads}</tr></thead>' if head else ''}<tbody>{body}</tbody></table>"


def _cell(cell: str, k: int, left: int) -> str:
    if k == 0:
        return f"<th>{escape(cell)}</th>"
    return f"<td{RIGHT if k >= left else LEFT}>{escape(cell)}</td>"


def paragraph(words: str, *, strong: bool = False) -> str:
    """Write a paragraph."""
    return f"<p>{f'<b>{escape(words)}</b>' if strong else escape(words)}</p>"


def folded(summary: str, content: str) -> str:
    """Write what opens on a click."""
    return f"<details><summary>{escape(summary)}</summary>{content}</details>"
