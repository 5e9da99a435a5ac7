"""How rows are read on the way to the lowest loss: on one scale, and in single precision where that is enough."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np

from glassneuron.engine import kernels
from glassneuron.engine.arrays import Array
from glassneuron.engine.on_disk import room
from glassneuron.engine.sums import large, leaf_rows
from glassneuron.engine.threads import shared
from glassneuron.learning.algorithms.whole_batch.coordinates import Coordinates
from glassneuron.learning.algorithms.whole_batch.descent import WholeBatch
from glassneuron.learning.algorithms.whole_batch.evaluation import Evaluation, evaluate_at
from glassneuron.learning.algorithms.whole_batch.hessian import CELLS, bent_at
from glassneuron.learning.algorithms.whole_batch.least_squares.products import NEAR
from glassneuron.learning.algorithms.whole_batch.optimum.costs import CALL, LONG, Costs
from glassneuron.learning.algorithms.whole_batch.optimum.marks import BENDS, ROUGH
from glassneuron.learning.dataset import Dataset

DEAR = 10.0
"""Times the tolerance that may be left to win where each step takes all the work of a look at a large table."""
FAR = 1e4
"""Distance of a column from 0, in spreads, from which on a copy of the table is moved to 0 first."""
SINGLE, SINGLE_SCALE, ROOM = 1e-6, 1e-8, 1 << 28
"""Fraction of the loss that may be left to win from which single precision leads the way; the least scale of a column
beside whose reciprocal weights do not leave it; and the numbers of a table up to which it is copied so."""


ALIKE = 1e6
"""Scale of a column, beside that of another one, up to which one number can stand for both."""
MEASURED = 1 << 9
"""Rows that tell the scale of a column: how many steps lead to the lowest loss does not depend on a few hundredths."""


class OneScale(WholeBatch):
    """Neurons that take steps in coordinates in which all columns have one scale.

    A table that has to be looked at many times is copied in single precision: the copy leads the way, as a look at it
    takes half the time, and the last look is at the rows as they are.

    Attributes
    ----------
    unknowns : ndarray of shape (neurons, features + 1)
        In those coordinates.
    centres, scales : ndarray of shape (features,)
    one_scale : Coordinates
        Those coordinates.
    spent : ndarray of shape (1,)
        The work of looks at the rows since a Hessian was computed.
    table : Dataset
        The rows, columns that are far from 0 moved there.
    coordinates : Coordinates
        How the unknowns read it.
    penalty : ndarray of shape (features + 1,)
        On each unknown.
    single : bool
        Whether its rows, in single precision, are multiplied so.
    """

    unknowns: Array
    marks: Array
    centres: Array
    scales: Array
    one_scale: Coordinates
    spent: Array
    table: Dataset
    coordinates: Coordinates
    penalty: Array
    single: bool
    read: Dataset | None = None  # a small table, as the unknowns read it
    copy: Dataset | None = None  # of the table, in single precision, that leads the way

    def use(self, coordinates: Coordinates) -> None:
        """Take steps in some coordinates; columns that are far from 0 are moved there, lest rounding decides."""
        self.one_scale, self.centres, self.scales = coordinates, coordinates.centres, coordinates.scales
        far = np.abs(self.centres) > FAR * self.scales
        self.table, self.coordinates = self.seen, coordinates
        if far.any() and not self.seen.sparse:
            shift = np.where(far, self.centres, 0.0)
            moved = room(self.seen.X.shape, np.float64, self.seen.X)
            for start, stop in self.seen.blocks():
                np.subtract(self.seen.X[start:stop], shift, dtype=np.float64, out=moved[start:stop])
            self.table = replace(self.seen, X=moved)
            self.coordinates = Coordinates(self.centres - shift, self.scales)
        self.penalty = np.zeros(len(self.scales) + 1)
        if self.l2:
            self.penalty[:-1] = self.l2 / self.scales**2
        self.read = None
        single = self.costs.dear and self.tolerance >= SINGLE and self.table.X.dtype == np.float32
        self.single = single and self.code != kernels.LINEAR and self.fits_single(self.coordinates)

    @cached_property
    def costs(self) -> Costs:
        """What a step costs."""
        shape = self.seen.neurons, self.seen.shape[1] + 1
        return Costs(self.code, len(self.seen.y), self.seen.entries, shape, self.settings.solver)

    @property
    def bends(self) -> bool:
        """Whether each look also tells the Hessian, from which the next step follows."""
        return self.code != kernels.LINEAR and (self.costs.exact or self.marks[BENDS] > 0.0)

    def evaluated(self, unknowns: Array) -> Evaluation:
        """Return loss and gradient at a point; a bias that is held has no gradient."""
        self.spent += self.costs.look
        if self.bends:
            there = bent_at(self.code, unknowns, *self.as_read(), self.penalty, together=self.costs.together)
        else:
            table, coordinates = self.leading
            single = self.single or table is not self.table
            there = evaluate_at(self.code, coordinates.theta(unknowns), table, self.l2, single=single)
            there.gradient[:] = coordinates.gradient(there.gradient)
        if self.bias_moves == 0.0:
            there.gradient[:, -1] = 0.0
        return there

    def as_read(self) -> tuple[Dataset, Coordinates | None]:
        """Return the table and how the unknowns read it; a small one is kept as they do, if looks tell a Hessian."""
        rows = len(self.seen.y)
        if self.read is None and self.bends and self.costs.kept:
            self.read = replace(self.table, X=self.coordinates.rows(self.table.dense(0, rows)))
        return (self.table, self.coordinates) if self.read is None else (self.read, None)

    @property
    def leading(self) -> tuple[Dataset, Coordinates]:
        """The table that leads the way, and the coordinates in it: a copy in single precision, moved near to 0."""
        if not self.marks[ROUGH]:
            return self.table, self.coordinates
        if self.copy is None:
            self.copy = self.seen if self.seen.X.dtype == np.float32 and not self.near.any() else self.in_single()
        return self.copy, Coordinates(self.centres - self.near, self.scales)

    def in_single(self) -> Dataset:
        """Copy the table in single precision, its columns moved near to 0."""
        rows = room(self.seen.X.shape, np.float32, self.seen.X)

        def fill(block: tuple[int, int]) -> None:
            part = slice(*block)
            np.subtract(self.seen.X[part], self.near, out=rows[part], casting="same_kind")

        blocks = list(self.seen.blocks(leaf_rows(CELLS / rows.shape[1])))
        if large(rows.size):
            shared(fill, blocks)
        else:
            for block in blocks:
                fill(block)
        return replace(self.seen, X=rows)

    @cached_property
    def near(self) -> Array:
        """Numbers near to the means of the columns."""
        return Coordinates.near(self.seen, centred=self.bias_moves > 0.0).centres

    @property
    def tolerance(self) -> float:
        """Fraction of the loss that may be left to win; more where nobody asked for a solver and steps are dear."""
        tol = 1e-6 if self.settings.tol is None else self.settings.tol
        return DEAR * tol if self.costs.dear else tol

    def measure(self) -> None:
        """Take steps in coordinates in which all columns have one scale, on a copy in single precision if that pays."""
        centred = self.bias_moves > 0.0
        pays = self.costs.dear and self.costs.look >= LONG * CALL and self.seen.entries <= ROOM
        if pays and not self.seen.sparse and self.tolerance >= SINGLE:
            self.marks[ROUGH] = 1.0
            copy, moved = self.leading
            there = Coordinates.around(copy, np.zeros_like(self.centres), centred=centred, kind=np.float32)
            if self.fits_single(there):
                found = Coordinates(self.centres - moved.centres + there.centres, there.scales)
                self.use(self.on_one_scale(found))
                return
            self.marks[ROUGH], self.copy = 0.0, None
        self.use(self.on_one_scale(Coordinates.of(self.those_that_tell, centred=centred)))

    @property
    def those_that_tell(self) -> Dataset:
        """Some of the rows that tell the scale of each column, or all of them."""
        if self.seen.sparse or len(self.seen.sample_weight) or len(self.seen.y) <= 4 * MEASURED:
            return self.seen
        some = self.seen.sample(MEASURED)
        return self.seen if some.constant_columns().any() else some

    @property
    def penalty_bends(self) -> bool:
        """Whether, as rows are fewer than columns, the penalty alone bends a log loss in most directions.

        Sparse rows bend it along columns with many numbers, and hardly along others.
        """
        wide = self.seen.shape[0] <= self.seen.shape[1] and not self.seen.sparse
        return wide and self.code != kernels.LINEAR and self.l2 > 0.0 and self.settings.l2 is None

    def on_one_scale(self, coordinates: Coordinates) -> Coordinates:
        """Read all columns by one number, as the penalty does, where it bends the loss most; else leave them so.

        Of columns very far apart in scale the penalty bends nothing along some, and all that there is along others.
        """
        if not self.penalty_bends or coordinates.scales.max() > ALIKE * coordinates.scales.min():
            return coordinates
        alike = float(np.sqrt(np.mean(coordinates.scales**2)))
        return Coordinates(coordinates.centres, np.full(len(coordinates.scales), alike))

    @staticmethod
    def fits_single(coordinates: Coordinates) -> bool:
        """Return whether single precision has room for columns of such means and spreads."""
        near = np.abs(coordinates.centres) <= NEAR * coordinates.scales
        usual = (coordinates.scales > SINGLE_SCALE) & (coordinates.scales < 1.0 / SINGLE_SCALE)
        return bool((near & usual).all())
