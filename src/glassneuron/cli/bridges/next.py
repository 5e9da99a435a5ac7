"""`glassneuron next`: the same training in the libraries that people use next."""

from __future__ import annotations

import json

from glassneuron import checks
from glassneuron.cli.screen import heading
from glassneuron.views.text.next_steps import facts, next_steps


def show_next(what: str, code: bool, as_json: bool) -> None:
    """Print the numbers side by side, and the code of each library."""
    checks.choice("what", what, ("or", "xor"))
    if as_json:
        print(json.dumps(facts(what), indent=2))
        return
    for title, text in next_steps(what, code):
        heading(title)
        print(text, end="\n\n", flush=True)
