"""scikit-learn's base classes, with the types that it does not give: a misspelt argument is an error for a checker."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

if TYPE_CHECKING:

    class BaseEstimator:
        """What a type checker is to know of scikit-learn's."""

        def get_params(self, deep: bool = True) -> dict[str, Any]:
            """Return the settings by name."""

        def __sklearn_tags__(self) -> Any: ...

        def __getstate__(self) -> dict[str, Any]: ...

    class ClassifierMixin:
        """What a type checker is to know of scikit-learn's."""

        def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
            """Return how well it answers."""

    class RegressorMixin(ClassifierMixin):
        """What a type checker is to know of scikit-learn's."""

    class TransformerMixin:
        """What a type checker is to know of scikit-learn's."""

    class CallbackSupportMixin:
        """What a type checker is to know of scikit-learn's."""

    def with_callbacks(method: F) -> F:
        """Return the method as it is."""

else:
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, TransformerMixin

    try:
        from sklearn.callback import CallbackSupportMixin, with_callbacks
    except ImportError:  # scikit-learn before 1.9

        class CallbackSupportMixin:
            """Stands in for scikit-learn's, which this version lacks."""

        def with_callbacks(method: F) -> F:
            """Return the method as it is."""
            return method


__all__ = [
    "BaseEstimator", "CallbackSupportMixin", "ClassifierMixin", "RegressorMixin", "TransformerMixin", "with_callbacks",
]  # fmt: skip
