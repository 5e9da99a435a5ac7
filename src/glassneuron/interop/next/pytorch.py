"""With PyTorch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def perceptron(X: Any, y: Any, start: Any, rate: float, steps: int) -> Iterator[Any]:
    """Write Rosenblatt's rule in tensors."""
    import torch

    w, b = (torch.tensor(part) for part in start)
    X, y = torch.tensor(X), torch.tensor(y)
    for t in range(steps):
        x, target = X[t % len(X)], y[t % len(X)]
        error = target - (w @ x + b >= 0).double()
        w, b = w + rate * error * x, b + rate * error
        yield w, b


def sigmoid_neuron(X: Any, y: Any, start: Any, rate: float, steps: int) -> Iterator[Any]:
    """Train a linear layer; the sigmoid is in the loss."""
    import torch
    from torch import nn

    model = nn.Linear(2, 1, dtype=torch.float64)
    with torch.no_grad():
        model.weight[:], model.bias[:] = torch.tensor(start[0]), torch.tensor(start[1])
    optimizer, loss = torch.optim.SGD(model.parameters(), lr=rate), nn.BCEWithLogitsLoss()
    X, y = torch.tensor(X), torch.tensor(y)
    for t in range(steps):
        optimizer.zero_grad()
        loss(model(X[t % len(X)]), y[t % len(X)].reshape(1)).backward()
        optimizer.step()
        yield [part.detach().clone() for part in model.parameters()]


def network(X: Any, y: Any, start: Any, rate: float, steps: int) -> Iterator[Any]:
    """Train a Sequential of two linear layers on all rows at once."""
    import torch
    from torch import nn

    model = nn.Sequential(nn.Linear(2, 2), nn.Sigmoid(), nn.Linear(2, 1)).double()
    with torch.no_grad():
        for part, values in zip(model.parameters(), start, strict=True):
            part[:] = torch.tensor(values)
    optimizer, loss = torch.optim.SGD(model.parameters(), lr=rate), nn.BCEWithLogitsLoss()
    X, y = torch.tensor(X), torch.tensor(y)
    for _ in range(steps):
        optimizer.zero_grad()
        loss(model(X)[:, 0], y).backward()
        optimizer.step()
        yield [part.detach().clone() for part in model.parameters()]
