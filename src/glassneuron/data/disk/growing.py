"""An array on disk that grows row by row while it is written."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassneuron.engine.on_disk import full

Array = NDArray[Any]


class Growing:
    """A `.npy` file of rows of one kind, whose number is written into its head at the end."""

    def __init__(self, path: Path, columns: int | None, dtype: Any) -> None:
        self.path, self.columns, self.dtype, self.rows = path, columns, np.dtype(dtype), 0
        self._file = path.open("wb", buffering=0)
        self._put(self._head())

    def append(self, block: Array) -> None:
        """Write some rows behind the others."""
        if len(block):
            self._put(np.ascontiguousarray(block, self.dtype).data.cast("B"))
            self.rows += len(block)

    def close(self) -> None:
        """Write the number of rows, and wait until all of it is on the disk."""
        try:
            self._file.seek(0)
            self._put(self._head())
            self._file.close()
        except OSError as error:
            raise full(error, self.path) from error

    def abandon(self) -> None:
        """Close the file without more ado."""
        self._file.close()

    def _put(self, content: Any) -> None:
        view = memoryview(content)
        try:
            while len(view):
                view = view[self._file.write(view) :]
        except OSError as error:
            raise full(error, self.path) from error

    def _head(self) -> bytes:
        """Return the head, which is as long for any number of rows: NumPy leaves room for it to grow."""
        text = io.BytesIO()
        shape = (self.rows,) if self.columns is None else (self.rows, self.columns)
        facts = {"descr": np.lib.format.dtype_to_descr(self.dtype), "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(text, facts)
        return text.getvalue()
