"""The modules that PyTorch has not; imported only together with it."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn


class Products(nn.Module):
    """Put products of features behind them: each of some features less a number, divided by another."""

    def __init__(self, products: Sequence[Sequence[tuple[int, float, float]]]) -> None:
        super().__init__()
        self.products = products

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Add them to rows of shape (rows, features)."""
        made = [x]
        for factors in self.products:
            product = torch.ones_like(x[:, :1])
            for j, subtracted, divided in factors:
                product = product * ((x[:, j : j + 1] - subtracted) / divided)
            made.append(product)
        return torch.cat(made, dim=1)


class Scale(nn.Module):
    """Subtract a mean from each feature and divide by a deviation."""

    def __init__(self, means: torch.Tensor, deviations: torch.Tensor) -> None:
        super().__init__()
        self.register_buffer("means", means)
        self.register_buffer("deviations", deviations)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Scale rows of shape (rows, features)."""
        return (x - self.means) / self.deviations


class Rescale(nn.Module):
    """Bring an answer back to the target's units: multiply by a deviation and add a mean."""

    def __init__(self, deviation: torch.Tensor, mean: torch.Tensor) -> None:
        super().__init__()
        self.register_buffer("deviation", deviation)
        self.register_buffer("mean", mean)

    def forward(self, a: torch.Tensor) -> torch.Tensor:
        """Rescale answers of shape (rows, 1)."""
        return a * self.deviation + self.mean


class Step(nn.Module):
    """Fire or stay silent: 1 if z >= 0, else 0. A tie fires, and there is no slope."""

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        """Apply it to sums of any shape."""
        return (z >= 0).to(z.dtype)


class Shares(nn.Module):
    """Give each class the share of its neuron's answer in the sum of all; equal shares where that is 0."""

    def forward(self, a: torch.Tensor) -> torch.Tensor:
        """Apply it to answers of shape (rows, classes)."""
        total = a.sum(dim=1, keepdim=True)
        return torch.where(total > 0, a / torch.where(total > 0, total, 1), 1 / a.shape[1])
