"""Settings are said once: in a field, from which constructors, checks and docstrings come."""

import inspect
import subprocess
import sys
from dataclasses import fields, replace
from functools import partial

import numpy as np
import pytest
from sklearn.base import clone

import glassneuron as gn
from glassneuron.engine import backend
from glassneuron.learning.algorithms.registry import network_algorithm
from glassneuron.learning.settings import NetworkSettings

ESTIMATORS = (gn.Perceptron, gn.Adaline, gn.SigmoidNeuron, gn.LinearNeuron, gn.MLPClassifier, gn.MLPRegressor)
NEURON_ORDER = ["learning_rate", "max_epochs", "fixed_bias", "shuffle", "random_state"]
POSITIONAL = {
    gn.Perceptron: [*NEURON_ORDER, "prove"],
    **dict.fromkeys((gn.Adaline, gn.SigmoidNeuron, gn.LinearNeuron), NEURON_ORDER),
    gn.MLPClassifier: ["hidden_layer_sizes", "activation"],
    gn.MLPRegressor: ["hidden_layer_sizes", "activation"],
}
X = np.random.default_rng(0).normal(size=(60, 3))
Y = (X[:, 0] > 0).astype(int)


@pytest.mark.parametrize("kind", ESTIMATORS)
def test_the_docstring_tells_each_parameter_with_its_default_and_what_it_does(kind):
    parameters = inspect.signature(kind).parameters
    table = inspect.getdoc(kind).partition("Parameters\n----------\n")[2].partition("\nAttributes\n")[0]
    told = {each.name: each for each in fields(kind) if each.init}
    assert list(told) != []
    assert set(told) == set(parameters) == set(kind().get_params())
    for name, parameter in parameters.items():
        line, _, rest = f"\n{table}".partition(f"\n{name} : ")[2].partition("\n")
        assert line.endswith(f"default {parameter.default!r}"), name
        assert rest.startswith("    ")
        assert len(told[name].metadata["doc"]) > 4


@pytest.mark.parametrize("kind", ESTIMATORS)
def test_the_order_of_positional_arguments(kind):
    parameters = inspect.signature(kind).parameters.values()
    assert [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD] == POSITIONAL[kind]


@pytest.mark.parametrize("kind", ESTIMATORS)
def test_every_setting_with_an_interval_or_names_is_checked(kind, refused):
    for each in fields(kind):
        rule = each.metadata.get("rule")
        if isinstance(rule, (str, tuple)):
            with refused("parameter-type" if isinstance(rule, str) else "parameter", f"`{each.name}`"):
                clone(kind()).set_params(**{each.name: "what nobody calls it"}).fit(X, Y)


def test_a_copy_with_another_setting_is_not_fitted():
    fitted = gn.Perceptron(0.5).fit(X, Y)
    other = replace(fitted, max_epochs=3)
    assert (other.learning_rate, other.max_epochs, hasattr(other, "coef_")) == (0.5, 3, False)


def test_a_misspelt_argument_is_an_error_for_a_type_checker(tmp_path):
    code = tmp_path / "user.py"
    code.write_text("import glassneuron as gn\n\ngn.Perceptron(learning_rat=1)\ngn.MLPClassifier(momentum=0.5)\n")
    told = subprocess.run([sys.executable, "-m", "mypy", "--strict", str(code)], capture_output=True, text=True)
    assert 'Unexpected keyword argument "learning_rat" for "Perceptron"' in told.stdout
    assert "Found 1 error" in told.stdout


class Counting(np.random.RandomState):
    """Counts how often a seed is drawn."""

    drawn = 0

    def randint(self, *arguments, **more):
        self.drawn += 1
        return super().randint(*arguments, **more)


@pytest.mark.parametrize("kind", ESTIMATORS)
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_a_random_state_is_drawn_from_once_a_call(kind, method):
    random = Counting(0)
    getattr(kind(max_epochs=2, random_state=random, early_stopping=method == "fit"), method)(X, Y)
    assert random.drawn == 1


ONLINE = partial(gn.Adaline, solver="online")


@pytest.mark.parametrize("kind", [gn.Perceptron, ONLINE, gn.MLPClassifier])
def test_a_stream_of_small_blocks_is_compiled_once_it_has_become_long(kind):
    estimator, works = kind(), []
    for _ in range(3):
        estimator.partial_fit(X, Y, np.array([0, 1]))
        works.append(float(estimator._state["work"][0]))
    assert works[0] > 0
    assert works == [works[0], 2 * works[0], 3 * works[0]]  # adds up, and what adds up exceeds any threshold
    estimator._state["work"][0] = backend.COMPILE_FROM
    data, state = estimator._dataset(X, Y, None, first=False), estimator._state
    if kind is gn.MLPClassifier:
        algorithm = network_algorithm(data, NetworkSettings(max_epochs=1), estimator.network_, state)
    else:
        algorithm = estimator._algorithm(data, 0, state, max_epochs=1)
    assert not backend.interpreted(algorithm.kernels)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_answers_refuse_what_is_not_finite_also_at_a_weight_of_0(order, value):
    X = np.random.default_rng(0).normal(size=(400, 3))
    X[:, 1] = 0.0  # its weight stays 0
    for estimator in (gn.Perceptron(), gn.SigmoidNeuron(), gn.LinearNeuron()):
        estimator.fit(X, X[:, 0] > 0)
        bad = np.array(X, order=order)
        bad[399, 1] = value
        with pytest.raises(gn.GlassneuronError, match=r"NaN|infinity"):
            estimator.predict(bad)
        with pytest.raises(gn.GlassneuronError, match=r"NaN|infinity"):
            estimator.fit(bad, X[:, 0] > 0)


def test_a_plain_array_is_checked_as_scikit_learn_checks_it():
    X = np.random.default_rng(0).normal(size=(60, 3))
    y = X[:, 0] > 0
    fitted = gn.SigmoidNeuron().fit(X, y)
    for same in (np.asfortranarray(X), X.tolist(), np.repeat(X, 2, axis=0)[::2]):
        np.testing.assert_array_equal(gn.SigmoidNeuron().fit(same, y).coef_, fitted.coef_)
        np.testing.assert_allclose(fitted.decision_function(same), fitted.decision_function(X), rtol=1e-14)
    whole = np.arange(12).reshape(4, 3)
    assert gn.Perceptron().fit(whole, [0, 0, 1, 1]).predict(whole).tolist() == [0, 0, 1, 1]
    with pytest.raises(gn.GlassneuronError, match="X has 2 features, but SigmoidNeuron is expecting 3"):
        fitted.predict(X[:, :2])
    with pytest.raises(gn.GlassneuronError, match="inconsistent numbers of samples"):
        fitted.fit(X, y[:50])
    pd = pytest.importorskip("pandas")
    named = gn.SigmoidNeuron().fit(pd.DataFrame(X, columns=list("abc")), y)
    with pytest.warns(UserWarning, match="valid feature names"):
        named.predict(X)
    assert not hasattr(named.fit(X, y), "feature_names_in_")
