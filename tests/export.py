"""export.py - networks written by `cnngen export` beside the C of the same specs; one TAP line a case.

usage: export.py torch|keras BUILD_DIR; the cases stand in BUILD_DIR/cases.txt: ID, whether it trains, title.
Outputs are computed in float32 and compared with C in double. PyTorch trains in double, so that rounding hides nothing, Keras in float32.
"""
import importlib.util
import os
import subprocess
import sys
import traceback

import numpy as np

TOLERANCE = 1e-5
framework, build = sys.argv[1:]
worst = {"outputs": 0.0, "loss": 0.0, "weights": 0.0}
counts = {"outputs": 0, "weights": 0}
failures = 0


def report(ok, title, reason=""):
    global failures
    print(("ok - " if ok else "not ok - ") + title)
    if not ok:
        failures += 1
        print("# " + str(reason).replace("\n", "\n# "))


def load(name):
    spec = importlib.util.spec_from_file_location(name, os.path.join(build, name + ".py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def random_weights(module, rng):
    """Values of a size that keeps outputs near 1, and no tensor the same as its neutral value."""
    weights = {}
    for name, tensor in module.TENSORS.items():
        shape = tensor.shape
        kind = name.rsplit(".", 1)[1]
        value = rng.normal(size=shape) * 0.3
        if kind == "kernel":
            value = rng.normal(size=shape) / np.sqrt(max(np.prod(shape[:-1]), 1))
        elif kind == "gamma":
            value += 1
        elif kind == "moving_variance":
            value = rng.uniform(0.5, 1.5, size=shape)
        weights[name] = value.astype(np.float32)
    return weights


def distance(a, b):
    """The largest difference, for values above 1 relative to the largest of them."""
    if a.shape != b.shape:
        return np.inf
    if a.size == 0:
        return 0.0
    return float(np.abs(a - b).max() / max(1.0, np.abs(b).max()))


def note(what, value):
    worst[what] = max(worst[what], value)
    return value <= TOLERANCE


def train_torch(module, model, inputs, targets):
    import torch

    model = model.double()
    state = module.optimizer(model)
    inputs, targets = torch.from_numpy(inputs).double(), torch.from_numpy(targets).double()
    for _ in range(2):
        yield module.train_step(model, state, inputs, targets)


def train_keras(module, model, inputs, targets):
    module.compile_model(model)
    for _ in range(2):
        yield float(model.train_on_batch(inputs, targets))


train = {"torch": train_torch, "keras": train_keras}[framework]


def check_training(module, model, inputs, targets, values):
    """Two steps: the loss before and the weights after each. Keras' other optimizers have their epsilon elsewhere: the first loss only."""
    sgd = framework == "torch" or type(module.optimizer()).__name__ == "SGD"
    count = sum(int(np.prod(tensor.shape)) for tensor in module.TENSORS.values())
    for step, loss in enumerate(train(module, model, inputs, targets)):
        if not sgd and step > 0:
            break
        if not note("loss", abs(loss - values[0]) / max(1.0, abs(values[0]))):
            return f"step {step + 1}: the loss is {loss}, not {values[0]}"
        values, at = values[1:], 0
        for name, tensor in module.TENSORS.items():
            size = int(np.prod(tensor.shape))
            got, expected = module.get_tensor(model, name), values[at : at + size].reshape(tensor.shape)
            if sgd and not note("weights", distance(got, expected)):
                return f"step {step + 1}: {name} differs by {distance(got, expected):.3g}"
            at += size
        values = values[count:]
    counts["weights"] += sgd
    return None


def check(name, batch, trains):
    module = load(f"{name}_{framework}")
    rng = np.random.default_rng(sum(name.encode()))
    weights = random_weights(module, rng)
    inputs = rng.normal(size=(batch, *module.INPUT_SHAPE)).astype(np.float32)
    targets = rng.uniform(size=(batch, *module.OUTPUT_SHAPE)).astype(np.float32)
    path = os.path.join(build, name + ".safetensors")
    module.write_safetensors(path, weights)
    model = module.build()
    module.load_weights(model, path)
    module.save_weights(model, path + ".again")
    with open(path, "rb") as first, open(path + ".again", "rb") as second:
        if first.read() != second.read():
            return "weights that are loaded and saved are not the same"
    np.save(os.path.join(build, name + ".x.npy"), inputs)
    flat = [weights[key].reshape(-1) for key in module.TENSORS] + [inputs.reshape(-1), targets.reshape(-1)]
    run = subprocess.run([os.path.join(build, name)], input=np.concatenate(flat).astype(np.float64).tobytes(), capture_output=True)
    if run.returncode != 0:
        return f"{name} ended with status {run.returncode}"
    values = np.frombuffer(run.stdout, dtype=np.float64)
    outputs = module.predict(model, inputs)
    expected = values[: outputs.size].reshape(outputs.shape)
    counts["outputs"] += 1
    if not note("outputs", distance(outputs, expected)):
        return f"outputs differ by {distance(outputs, expected):.3g}"
    values = values[outputs.size :]
    return check_training(module, model, inputs, targets, values) if trains and values.size else None


def main():
    with open(os.path.join(build, "cases.txt")) as file:
        cases = [line.rstrip("\n").split("\t") for line in file]
    for name, batch, trains, title in cases:
        if not os.path.exists(os.path.join(build, f"{name}_{framework}.py")):
            continue
        try:
            result = check(name, int(batch), trains == "1")
        except Exception:  # whatever a framework throws is one failed case
            result = traceback.format_exc()
            if framework == "keras" and "grad_weight must be contiguous" in result:
                print(f"ok - keras: {title} # SKIP the gradient of one filter fails in PyTorch below Keras")
                continue
        report(result is None, f"{framework}: {title}", result)
    print(f"# {framework}: {counts['outputs']} cases, largest difference of outputs {worst['outputs']:.2g}")
    print(f"# {framework}: {counts['weights']} cases with two training steps, largest difference of weights {worst['weights']:.2g}, "
          f"of losses {worst['loss']:.2g}")
    sys.exit(failures != 0)


main()
