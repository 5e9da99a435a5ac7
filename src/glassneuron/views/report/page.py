"""The page around the chapters of a report: its style, its policy, nothing from elsewhere."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from html import escape

from glassneuron.views.figures.canvas import short

STYLE = """
:root { color-scheme: light; --ink: #20242a; --soft: #575d66; --line: #d9dce1; --back: #f5f6f8; --blue: #0072b2; }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: var(--back);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 68rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
header p { color: var(--soft); margin: .25rem 0 0; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 0 0 .75rem; }
h3 { font-size: 1rem; margin: 1rem 0 .4rem; }
section, .tiles li { background: #fff; border: 1px solid var(--line); border-radius: 8px; }
section { padding: 1.1rem 1.25rem; margin: 1rem 0; }
.tiles { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1rem 0 0; padding: 0; list-style: none; }
.tiles li { padding: .6rem 1rem; flex: 1 1 9rem; }
.tiles b { display: block; font-size: 1.45rem; line-height: 1.2; overflow-wrap: anywhere; }
.tiles span { color: var(--soft); font-size: .9rem; }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1rem; }
.two { margin: 1rem 0; } .two section { margin: 0; min-width: 0; }
.scroll + .scroll, .note + .scroll { margin-top: 1rem; }
figure { margin: 0; overflow-x: auto; }
figure svg { max-width: 100%; height: auto; display: block; margin: 0 auto; }
figcaption, .note { color: var(--soft); font-size: .9rem; margin: .5rem 0 0; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1rem; margin: 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .95rem; }
caption { text-align: left; color: var(--soft); font-size: .9rem; padding-bottom: .3rem; }
th, td { padding: .25rem .7rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child { text-align: left; font-weight: 600; }
thead th { color: var(--soft); font-weight: 600; vertical-align: bottom; }
td.none { color: #8a8f97; }
.s1 { background: #e6f1f8; } .s2 { background: #bfdcee; } .s3 { background: #8cc1e0; } .s4 { background: #4f9fce; }
.w1 { background: #fbe9de; } .w2 { background: #f5c9ac; } .w3 { background: #eea77a; } .w4 { background: #e58345; }
pre { background: var(--back); border: 1px solid var(--line); border-radius: 6px; padding: .7rem .9rem; margin: .5rem 0;
  overflow-x: auto; font: .88rem/1.5 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
pre.words { white-space: pre-wrap; overflow-wrap: anywhere; }
ul { margin: 0; padding-left: 1.2rem; } li { margin: .3rem 0; overflow-wrap: anywhere; }
footer { color: var(--soft); font-size: .9rem; margin-top: 1.5rem; }
@media (max-width: 48rem) { figure.wide svg { max-width: none; } }
@media (max-width: 30rem) {
  section { padding: .9rem; } th, td { padding: .25rem .45rem; }
  dl { grid-template-columns: 1fr; } dt { margin-top: .4rem; }
}
@page { margin: 14mm; }
@media print {
  body { background: #fff; font-size: 10.5pt; } main { max-width: none; padding: 0; }
  section, .tiles li { border-color: #bbb; } section { break-inside: avoid; padding: .7rem .9rem; }
  section.long { break-inside: auto; } h2, h3, caption { break-after: avoid; }
  .two { display: block; } .two section { margin: 1rem 0; } figure, .scroll, pre { overflow: visible; }
  figure svg, figure.wide svg { max-width: 100%; max-height: 120mm; } pre { white-space: pre-wrap; }
  table { font-size: 8.5pt; } th, td { padding: .1rem .35rem; }
  table.many { table-layout: fixed; width: 100%; font-size: 6.5pt; }
  table.many th, table.many td { white-space: normal; overflow-wrap: anywhere; padding: .1rem; }
  table.many th:first-child { width: 14%; }
  .s1, .s2, .s3, .s4, .w1, .w2, .w3, .w4 { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
"""


MOST_COLUMNS = 10
"""Columns up to which a table is printed in its own size."""
MOST_LETTERS = 44
"""Of a name in front of a line; of one above a column half as many. The whole of it shows when one points at it."""


def page(title: str, below: str, body: str, foot: str) -> str:
    """Return a whole page. Its policy lets it load nothing, run nothing, and have no style but its own."""
    style = b64encode(sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src data:; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<header><h1>{escape(title)}</h1><p>{escape(below)}</p></header>\n{body}\n"
        f"<footer>{escape(foot)}</footer>\n</main>\n</body>\n</html>\n"
    )


def section(title: str, *parts: str, long: bool = False) -> str:
    """Write a chapter; a long one may be broken over pages."""
    kind = ' class="long"' if long else ""
    return f"<section{kind}><h2>{escape(title)}</h2>{''.join(parts)}</section>"


def note(words: str) -> str:
    """Write a remark."""
    return f'<p class="note">{escape(words)}</p>' if words else ""


def listed(pairs: Sequence[tuple[str, str]]) -> str:
    """Write names and what they stand for."""
    return f"<dl>{''.join(f'<dt>{escape(name)}</dt><dd>{escape(words)}</dd>' for name, words in pairs)}</dl>"


def numbers(
    head: Sequence[str], rows: Sequence[Sequence[str]], caption: str = "", shades: Sequence[Sequence[str]] | None = None
) -> str:
    """Write a table of numbers: the first cell of a row names it; `shades` are classes of the others."""
    heads = "".join(f'<th scope="col" title="{escape(c)}">{escape(short(c, MOST_LETTERS // 2))}</th>' for c in head)
    lines = []
    for i, (first, *others) in enumerate(rows):
        kinds = [""] * len(others) if shades is None else shades[i]
        cells = "".join(
            f"<td{f' class={chr(34)}{kind}{chr(34)}' if kind else ''}>{escape(cell)}</td>"
            for cell, kind in zip(others, kinds, strict=True)
        )
        lines.append(
            f'<tr><th scope="row" title="{escape(first)}">{escape(short(first, MOST_LETTERS))}</th>{cells}</tr>'
        )
    above = f"<caption>{escape(caption)}</caption>" if caption else ""
    kind = ' class="many"' if len(head) > MOST_COLUMNS else ""
    table = f"<table{kind}>{above}<thead><tr>{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table>"
    return f'<div class="scroll" tabindex="0">{table}</div>'
