"""Where a training on the way to the lowest loss stands, as numbers: places in its `marks`."""

from __future__ import annotations

import math

FIRST, OBJECTIVE = 0, 1
"""The largest entry of the first gradient, 0 before there is one; and what is to be made small."""
SHARE, FALL = 2, 3
"""Which fraction of the last step was taken, and by how much the objective fell."""
OVER = 4
"""Whether it is over: 0, 1, or `CERTAINLY`."""
LEFT, BEFORE = 5, 6
"""What is left to win, and what was when the last Hessian was new."""
ROUGH = 7
"""Whether a copy of the table in single precision leads the way."""
SQUARE = 8
"""Whether a square table was gone over."""
BENDS = 9
"""Whether each look tells the Hessian, too, although it is not cheap, as steps without it would be many: 0, 1, or
`NOT_SOON`."""

NOT_SOON = -1.0
"""Steps will be few, so that none is computed soon."""
CERTAINLY = 2.0
"""It is over, as hardly anything can be left to win."""
AT_FIRST = (0.0, math.inf, 1.0, math.inf, 0.0, math.inf, math.inf, 0.0, 0.0, 0.0)
