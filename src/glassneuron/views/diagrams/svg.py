"""The few shapes that pictures are made of, as SVG elements with presentation attributes only."""

from __future__ import annotations

from html import escape

from glassneuron.views.palette import INK

FONT = "Arial, Helvetica, DejaVu Sans, sans-serif"
ELLIPSIS = "…"


def printable(text: str) -> str:
    """Escape a text for XML; what XML cannot hold, such as control characters, becomes a space.

    Examples
    --------
    >>> printable('a < "b" & c')
    'a &lt; &quot;b&quot; &amp; c'
    """
    return escape(one_line(text))


def one_line(text: str) -> str:
    """Turn what cannot be seen, such as ends of lines and control characters, into spaces."""
    return "".join(c if c.isprintable() else " " for c in str(text))


def element(tag: str, content: str = "", /, **attributes: object) -> str:
    """Write an element; `_` in the name of an attribute becomes `-`, and numbers lose needless digits."""
    given = "".join(
        f' {name.replace("_", "-")}="{_number(value) if isinstance(value, float) else printable(str(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    return f"<{tag}{given}>{content}</{tag}>" if content else f"<{tag}{given}/>"


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if value else "0"


def text(x: float, y: float, words: str, size: float, *, most: float | None = None, **attributes: object) -> str:
    """Write a text; one that is longer than `most` pixels is cut, and its title holds the whole of it."""
    shown = words if most is None else cut(words, size, most)
    whole = element("title", printable(words)) if shown != words else ""
    attributes = {"fill": INK, **attributes}
    return element("text", whole + printable(shown), x=x, y=y, font_size=size, **attributes)


def line(x1: float, y1: float, x2: float, y2: float, **attributes: object) -> str:
    """Draw a straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, **{"stroke": INK, **attributes})


def arrow(x1: float, x2: float, y: float, colour: str = INK) -> str:
    """Draw an arrow to the right."""
    head = f"M{_number(x2 - 6)} {_number(y - 4)}L{_number(x2)} {_number(y)}L{_number(x2 - 6)} {_number(y + 4)}Z"
    return line(x1, y, x2 - 5, y, stroke=colour, stroke_width=1.5) + element("path", d=head, fill=colour)


def path(*parts: str | float) -> str:
    """Join letters and numbers into the `d` of a path.

    Examples
    --------
    >>> path("M", 0.0, 1.5, "H", 20.0)
    'M 0 1.5 H 20'
    """
    return " ".join(part if isinstance(part, str) else _number(part) for part in parts)


def width(words: str, size: float) -> float:
    """Return how wide a text is at most, in pixels: as in the widest of the fonts that may be there."""
    return size * sum(_width(c) for c in words)


def _width(character: str) -> float:
    if character in "ijl|.,:;'!()[] -·":
        return 0.38
    if character in "mwMW@%":
        return 0.98
    if ord(character) > 0x2E80:  # Chinese, Japanese and Korean letters, and pictures
        return 1.05
    return 0.74 if character.isupper() or character in "=+<>…" else 0.63


def cut(words: str, size: float, most: float) -> str:
    """Cut a text to so many pixels.

    Examples
    --------
    >>> cut("concave points of the worst cell", 10, 100)
    'concave points…'
    """
    if width(words, size) <= most:
        return words
    kept = words
    while kept and width(kept + ELLIPSIS, size) > most:
        kept = kept[:-1]
    return kept.rstrip() + ELLIPSIS
