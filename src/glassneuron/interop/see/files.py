"""Files of other programs, read without running code from them and without reading any other file."""

from __future__ import annotations

import json
import math
import os
import zipfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from glassneuron.errors import GlassneuronError, problem
from glassneuron.interop.see.chain import Chain, unseen

SUFFIXES = (".onnx", ".keras", ".pt2", ".pt", ".pth", ".safetensors")
LARGEST = 2**31 - 1  # bytes of a file of ONNX, which has no larger ones, and of what a zip file may unfold to
DTYPES = {7: np.float32, 8: np.float64}  # float and double among the numbers of types in a .pt2 file
ATEN = "torch.ops.aten."


def read(path: str | Path) -> Any:
    """Return what a file holds: a model of ONNX or Keras, a Chain, or a state dict.

    Raises
    ------
    ModelFileError
        If it is not there, cut, too large, or of another kind.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    readers: dict[str, Callable[[Path], Any]] = {
        ".onnx": _onnx, ".keras": _keras, ".pt2": _pt2, ".pt": _pickled, ".pth": _pickled, ".safetensors": _safetensors,
    }  # fmt: skip
    if path.is_dir():
        raise problem("model-folder", path=path)
    if suffix not in readers:
        raise problem("see-suffix", path=path, known=", ".join(SUFFIXES))
    try:
        if path.stat().st_size > LARGEST:
            raise problem("see-file", path=path, why="it is larger than 2 GiB")
        return readers[suffix](path)
    except FileNotFoundError as error:
        raise problem("no-model", path=path) from error
    except (GlassneuronError, MemoryError, KeyboardInterrupt):
        raise
    except Exception as error:  # other libraries' readers may raise anything
        raise problem("see-file", path=path, why=_reason(error)) from error


def _reason(error: Exception) -> str:
    text = str(error).strip().split("\n")[0].rstrip(".")
    return f"it is cut short or damaged ({text[:200] or type(error).__name__})"


def _onnx(path: Path) -> Any:
    onnx = _library("onnx", "onnx", ".onnx files")
    model = onnx.load_model(str(path), load_external_data=False)
    if not model.graph.node:
        raise problem("see-file", path=path, why="it holds no graph of ONNX")
    return model


def _keras(path: Path) -> Any:
    if "KERAS_BACKEND" not in os.environ and find_spec("tensorflow") is None:
        backend = next((name for name in ("jax", "torch") if find_spec(name)), None)
        if backend is not None:
            os.environ["KERAS_BACKEND"] = backend  # Keras asks for TensorFlow, unless it is told
    keras = _library("keras", "keras", ".keras files")
    _checked_zip(path)
    return keras.saving.load_model(str(path), compile=False, safe_mode=True)


def _pickled(path: Path) -> Any:
    torch = _library("torch", "torch", ".pt files")
    if zipfile.is_zipfile(path):
        _checked_zip(path)
    try:
        state = torch.load(str(path), map_location="cpu", weights_only=True)
    except Exception as error:
        why = "it is more than a state dict; save `model.state_dict()`, or a .pt2 file of torch.export"
        raise problem("see-file", path=path, why=why) from error
    if not isinstance(state, dict):
        raise problem("see-file", path=path, why=f"it holds a {type(state).__name__}, not a state dict")
    return state


def _library(name: str, extra: str, purpose: str) -> Any:
    try:
        return __import__(name)
    except ImportError as error:
        raise problem("extra", purpose=f"reading {purpose}", library=name, extra=extra) from error


def _checked_zip(path: Path) -> None:
    """Refuse a zip file that unfolds to more than any model has."""
    with zipfile.ZipFile(path) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > LARGEST:
            raise problem("see-file", path=path, why="it unfolds to more than 2 GiB")


def _safetensors(path: Path) -> tuple[dict[str, Any], Any]:
    """Return the arrays of a safetensors file, and the activations that it tells of itself, if any."""
    from glassneuron.data.saving import read_arrays

    arrays, metadata = read_arrays(path)
    told: Any = metadata.get("activations")
    if told is not None:
        told = json.loads(told) if told.lstrip()[:1] in "[{" else [name.strip() for name in told.split(",")]
    return arrays, told


def _pt2(path: Path) -> Chain:
    """Follow the graph that torch.export wrote; its numbers stand beside it as plain bytes."""
    _checked_zip(path)
    with zipfile.ZipFile(path) as archive:
        names = {name.partition("/")[2]: name for name in archive.namelist()}
        if "models/model.json" not in names:
            raise problem("see-file", path=path, why="it holds no program of torch.export")
        program = json.loads(archive.read(names["models/model.json"]))
        weights = json.loads(archive.read(names["data/weights/model_weights_config.json"]))["config"]

        def tensor(target: str) -> Any:
            entry, meta = weights[target], weights[target]["tensor_meta"]
            shape = [size["as_int"] for size in meta["sizes"]]
            strides = [stride["as_int"] for stride in meta["strides"]]
            usual = [math.prod(shape[k + 1 :]) for k in range(len(shape))]
            if entry["use_pickle"] or meta["dtype"] not in DTYPES or (strides != usual and math.prod(shape)):
                raise unseen(target, "its numbers are neither float nor double, or pickled")
            name = entry["path_name"]
            raw = archive.read(names[f"data/weights/{name}"])
            start = meta["storage_offset"]["as_int"]
            return np.frombuffer(raw, DTYPES[meta["dtype"]])[start : start + math.prod(shape)].reshape(shape)

        return _followed(program["graph_module"], tensor)


def _followed(module: dict[str, Any], tensor: Callable[[str], Any]) -> Chain:
    targets: dict[str, str] = {}
    row = None
    for spec in module["signature"]["input_specs"]:
        ((kind, says),) = spec.items()
        what = says["arg"]["as_tensor"]["name"] if "as_tensor" in says["arg"] else says["arg"]["name"]
        if kind == "user_input":
            if row is not None:
                raise unseen("the program", "it reads more than one tensor")
            row = what
        else:
            targets[what] = says.get("parameter_name") or says.get("buffer_name") or ""
    chain, now = Chain(), row
    for node in module["graph"]["nodes"]:
        given = {entry["name"]: entry["arg"] for entry in node["inputs"]}
        name = node["target"].removeprefix(ATEN)
        part = f"node {node['outputs'][0]['as_tensor']['name']!r}, {name},"
        first = given.get("input", given.get("self", {})).get("as_tensor", {}).get("name")
        if not node["target"].startswith(ATEN) or first != now or chain.logarithm:
            raise unseen(part, "no chain of operators that can leads to it")
        numbers = {
            key: tensor(targets[arg["as_tensor"]["name"]])
            for key, arg in given.items()
            if "as_tensor" in arg and arg["as_tensor"]["name"] in targets
        }
        _add(chain, part, name.partition(".")[0], given, numbers)
        now = node["outputs"][0]["as_tensor"]["name"]
    outputs = module["graph"]["outputs"]
    if len(outputs) != 1 or outputs[0].get("as_tensor", {}).get("name") != now:
        raise unseen("the program", "it answers with something before its end")
    return chain


def _add(chain: Chain, part: str, kind: str, given: dict[str, Any], numbers: dict[str, Any]) -> None:
    plain = {"relu": "relu", "sigmoid": "sigmoid", "tanh": "tanh", "softmax": "softmax", "log_softmax": "softmax"}
    if kind == "linear" and "weight" in numbers:
        chain.weigh(part, numbers["weight"], numbers.get("bias"))
    elif kind in plain:
        if given.get("dim", {}).get("as_int", -1) not in (-1, 1):
            raise unseen(part, "it goes along another dimension")
        chain.activate(part, plain[kind])
        chain.logarithm = kind == "log_softmax"
    elif kind == "batch_norm" and not given["training"]["as_bool"] and "running_mean" in numbers:
        variance = numbers["running_var"]
        chain.normalise(
            part, numbers["running_mean"], np.sqrt(variance + variance.dtype.type(given["eps"]["as_float"]))
        )
        if "weight" in numbers:
            chain.scale(part, numbers["weight"], numbers["bias"])
    elif kind == "flatten" and given.get("start_dim", {}).get("as_int", 0) == 1:
        pass
    elif not (kind in ("dropout", "alpha_dropout") and not given["train"]["as_bool"]) and kind not in (
        "alias",
        "detach_",
    ):
        raise unseen(part, "it is none of the operators that can")
