"""Formulas as MathML, which browsers draw themselves: no script, no font, no network."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx
from sphinx.util import logging

logger = logging.getLogger(__name__)


def written(node: Any, **how: Any) -> str:
    """Return a formula as MathML; one that cannot be written is a warning."""
    try:
        return tex2mathml(node.astext(), **how)
    except MathError as error:
        logger.warning("%s", error, location=node)
        return ""


def inline(visitor: Any, node: nodes.math) -> None:
    """Write a formula in a line."""
    visitor.body.append(written(node))
    raise nodes.SkipNode


def block(visitor: Any, node: nodes.math_block) -> None:
    """Write a formula on lines of its own."""
    visitor.body.append(f'<div class="formula" tabindex="0">{written(node, as_block=True)}</div>')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the renderer."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
