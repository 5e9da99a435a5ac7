"""Modules of PyTorch and their files, seen through."""

import numpy as np
import pytest

import glassneuron as gn

torch = pytest.importorskip("torch")
nn = torch.nn
RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=(10_000, 4)) * [1, 10, 0.1, 3]


def modules():
    torch.manual_seed(0)
    made = {
        "neuron": nn.Sequential(nn.Linear(4, 1), nn.Sigmoid()),
        "linear": nn.Linear(4, 3),
        "no bias": nn.Sequential(nn.Linear(4, 3, bias=False), nn.Tanh(), nn.Linear(3, 1)),
        "deep": nn.Sequential(
            nn.Flatten(),
            nn.Linear(4, 6),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.Sequential(nn.Linear(6, 5), nn.Tanh()),
            nn.Identity(),
            nn.Linear(5, 3),
            nn.Softmax(dim=1),
        ),
        "norm": nn.Sequential(nn.Linear(4, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Linear(5, 2), nn.LogSoftmax(dim=-1)),
        "norm last": nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.BatchNorm1d(5)),
        "norm first": nn.Sequential(
            nn.BatchNorm1d(4), nn.Linear(4, 5), nn.Sigmoid(), nn.BatchNorm1d(5, affine=False), nn.Linear(5, 1)
        ),
        "linear twice": nn.Sequential(nn.Linear(4, 5), nn.Linear(5, 2)),
        "activation twice": nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Sigmoid()),
    }
    for module in made.values():
        module.train()
        for _ in range(3):
            module(torch.tensor(ROWS[:500], dtype=torch.float32))
        for part in module.modules():
            if isinstance(part, nn.BatchNorm1d) and part.affine:
                nn.init.normal_(part.weight)
                nn.init.normal_(part.bias)
        module.eval()
    return made


MODULES = modules()


def theirs_on(module, rows, dtype=np.float32):
    with torch.no_grad():
        answers = module(torch.tensor(rows.astype(dtype))).numpy()
    last = list(module.modules())[-1]
    return np.exp(answers) if isinstance(last, nn.LogSoftmax) else answers


def same(ours, wanted, tolerance):
    return np.allclose(np.asarray(ours).reshape(wanted.shape), wanted, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", MODULES)
def test_modules_answer_the_same(name, tmp_path):
    module = MODULES[name]
    wanted = theirs_on(module, ROWS)
    ours = gn.see_through(module)
    answers = ours.feedforward(ROWS.astype(np.float32))
    assert isinstance(ours, gn.Network)
    assert answers.dtype == np.float32
    assert same(answers, wanted, 1e-5)
    exact = gn.see_through(module.double())
    assert exact.parameters.dtype == np.float64
    assert same(exact.feedforward(ROWS), theirs_on(module, ROWS, np.float64), 1e-12)
    module.float()
    gn.save(ours, tmp_path / "n.safetensors")
    assert gn.load(tmp_path / "n.safetensors") == ours


@pytest.mark.parametrize("name", ["deep", "norm", "linear", "linear twice"])
def test_with_names_of_classes_it_is_a_model(name):
    module, labels = MODULES[name], ["a", "b", "c"]
    logits = theirs_on(module, ROWS)
    ours = gn.see_through(module, list("wxyz"), labels[: logits.shape[1]])
    assert ours.names == tuple("wxyz")
    best = np.sort(logits, axis=1)
    clear = best[:, -1] - best[:, -2] > 1e-5  # else rounding decides
    assert clear.mean() > 0.99
    assert np.array_equal(ours.predict(ROWS)[clear], np.array(labels)[logits.argmax(axis=1)][clear])
    shares = logits if name in ("deep", "norm") else torch.softmax(torch.tensor(logits), 1).numpy()
    assert ours.probabilities(ROWS.astype(np.float32)).dtype == np.float32
    assert np.allclose(ours.probabilities(ROWS), shares, atol=1e-5)
    if name.startswith("linear"):
        sums = gn.see_through(module, class_names=labels[: logits.shape[1]], logits=False)
        assert not sums.gives_probabilities
        assert np.array_equal(sums.predict(ROWS), ours.predict(ROWS))
    assert "so the answer is" in str(ours.explain(ROWS[0]))


def test_one_logit_is_two_classes():
    module = nn.Linear(4, 1)
    ours = gn.see_through(module, class_names=["no", "yes"])
    wanted = torch.sigmoid(torch.tensor(theirs_on(module, ROWS))).numpy()[:, 0]
    assert np.allclose(ours.probabilities(ROWS)[:, 1], wanted, atol=1e-6)
    with pytest.raises(gn.GlassneuronError, match="`class_names` must be 2 different labels, for the 1 outputs"):
        gn.see_through(module, class_names=["a", "b", "c"])


def test_a_row_far_from_zero_keeps_its_digits():
    norm = nn.Sequential(nn.BatchNorm1d(1), nn.Linear(1, 1)).eval()
    norm[0].running_mean[:] = 1e6
    rows = np.float32([[1e6 + 1], [1e6 + 2]])
    ours, model = gn.see_through(norm), gn.see_through(norm, class_names=[0, 1])
    exact = theirs_on(norm.double(), rows, np.float64)  # in float32 PyTorch itself loses digits here
    assert same(ours.feedforward(rows), exact, 1e-6)
    assert same(model.decision_function(rows), exact[:, 0], 1e-6)


def test_state_dicts_are_told_their_activations(tmp_path):
    module = nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 3), nn.Softmax(1))
    wanted, told = theirs_on(module, ROWS), ["relu", "softmax"]
    state = module.state_dict()
    torch.save(state, tmp_path / "m.pt")
    from safetensors.numpy import save_file

    arrays = {key: value.numpy() for key, value in state.items()}
    save_file(arrays, tmp_path / "m.safetensors")
    save_file(arrays, tmp_path / "told.safetensors", metadata={"activations": "relu, softmax"})
    by_name = {"2": "softmax", "0": "relu"}
    for source in (state, arrays, tmp_path / "m.pt", tmp_path / "m.safetensors"):
        for activations in (told, dict(reversed(by_name.items()))):
            ours = gn.see_through(source, activations=activations)
            assert same(ours.feedforward(ROWS.astype(np.float32)), wanted, 1e-5)
    assert gn.see_through(tmp_path / "told.safetensors") == ours
    for wrong, rule in (
        (None, "2, one for each of the layers 0, 2"),
        (["relu"], "2, one"),
        (["relu", "swish"], "made of"),
    ):
        with pytest.raises(gn.GlassneuronError, match=f"`activations` must be {rule}"):
            gn.see_through(tmp_path / "m.pt", activations=wrong)
    save_file({f"{n}.weight": np.eye(2) for n in ("input", "hidden", "output")}, tmp_path / "named.safetensors")
    with pytest.raises(gn.GlassneuronError, match=r"must be a mapping of .* in the order of the layers"):
        gn.see_through(tmp_path / "named.safetensors", activations=["relu"] * 3)
    ours = gn.see_through(
        tmp_path / "named.safetensors", activations={"input": "relu", "hidden": "tanh", "output": "linear"}
    )
    assert ours.activations == ("relu", "tanh", "linear")


@pytest.mark.parametrize("name", ["deep", "norm", "norm first", "no bias"])
def test_exported_programs(name, tmp_path):
    module = MODULES[name].eval()
    program = torch.export.export(module, (torch.tensor(ROWS[:2], dtype=torch.float32),))
    torch.export.save(program, tmp_path / "m.pt2")
    ours = gn.see_through(tmp_path / "m.pt2")
    assert same(ours.feedforward(ROWS.astype(np.float32)), theirs_on(module, ROWS), 1e-5)


class Own(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 2)

    def forward(self, x):
        return self.layer(x).sum(1)


class Derived(nn.Linear):
    def forward(self, x):
        return -super().forward(x)


def hooked():
    module = nn.Linear(4, 2)
    module.register_forward_hook(lambda module, rows, answers: -answers)
    return module


def test_what_cannot_be_seen_through_is_refused_by_its_name(tmp_path):
    cases = [
        (Own(), "Own cannot .* forward is code"),
        (nn.Sequential(nn.Linear(4, 4), Derived(4, 4)), "module 1, Derived, .* code of its own"),
        (nn.Sequential(nn.Sequential(nn.Linear(4, 4), nn.GELU())), r"module 0\.1, GELU, "),
        (nn.Sequential(nn.Conv1d(1, 1, 1)), "Conv1d"),
        (nn.Sequential(nn.Sigmoid(), nn.Linear(4, 4)), "module 0, Sigmoid, .* before any weights"),
        (nn.Sequential(nn.Linear(4, 3), nn.Linear(4, 3)), "module 1, Linear, .* reads 4 numbers and is given 3"),
        (nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3, track_running_stats=False)), "BatchNorm1d.* no running mean"),
        (nn.Sequential(nn.Linear(4, 3), nn.Softmax(0)), "Softmax.* dim is 0"),
        (nn.Sequential(nn.Linear(4, 3), nn.LogSoftmax(1), nn.Linear(3, 1)), "module 2, Linear, .* reads logarithms"),
        (hooked(), "Linear .* hook"),
        (nn.utils.parametrizations.weight_norm(nn.Linear(4, 2)), "code of its own"),
        ({"0.weight": torch.eye(2), "0.running_mean": torch.zeros(2)}, "0.running_mean cannot"),
    ]  # fmt: skip
    for model, sentence in cases:
        with pytest.raises(gn.GlassneuronError, match=sentence) as caught:
            gn.see_through(model, activations=["linear"])
        assert caught.value.code == "unseen"
    with pytest.raises(gn.GlassneuronError, match=r"softmax.* must be of the last|of the last layer alone"):
        gn.see_through(nn.Sequential(nn.Linear(4, 3), nn.Softmax(1), nn.Linear(3, 1)))


def test_no_file_runs_code(tmp_path):
    torch.save(nn.Linear(2, 1), tmp_path / "whole.pt")  # the module itself, pickled

    class Evil:
        def __reduce__(self):
            return (tmp_path.joinpath("ran").touch, ())

    torch.save({"0.weight": Evil()}, tmp_path / "evil.pt")
    for name in ("whole", "evil"):
        with pytest.raises(gn.GlassneuronError, match="it is more than a state dict"):
            gn.see_through(tmp_path / f"{name}.pt", activations=["linear"])
    assert not (tmp_path / "ran").exists()
    torch.export.save(torch.export.export(nn.Linear(2, 1), (torch.ones(1, 2),)), tmp_path / "m.pt2")
    whole = (tmp_path / "m.pt2").read_bytes()
    for n, content in enumerate((b"", b"PK", whole[:500], whole[:-100], whole.replace(b"linear", b"lineal"))):
        (tmp_path / f"{n}.pt2").write_bytes(content)
        with pytest.raises(gn.GlassneuronError, match="cannot be seen through") as caught:
            gn.see_through(tmp_path / f"{n}.pt2")
        assert "\n" not in str(caught.value)
