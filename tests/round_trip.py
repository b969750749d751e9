"""round_trip.py - goes on with a model that cnngen trained, in a framework, from weights under the framework's own names.

usage: round_trip.py torch|keras BUILD_DIR NAME
Reads BUILD_DIR/NAME.torch.safetensors or NAME.weights.h5 into the network that `cnngen export` wrote, and the batches beside them; writes
outputs before and after the steps, and the weights, under the framework's names and under cnngen's.
"""
import importlib.util
import os
import sys

import numpy as np

framework, build, name = sys.argv[1:]
at = os.path.join(build, name)


def load(path):
    spec = importlib.util.spec_from_file_location(name + "_" + framework, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


module = load(f"{at}_{framework}.py")
batches, targets, probe = (np.load(f"{at}.{part}.npy") for part in ("bx", "bt", "px"))


def save(part, array):
    np.save(f"{at}.{framework}.{part}.npy", np.ascontiguousarray(array, dtype=np.float32))


model = module.build()
if framework == "torch":
    import torch

    stored = module.read_safetensors(at + ".torch.safetensors")
    missing, surplus = model.load_state_dict({key: torch.tensor(value) for key, value in stored.items()}, strict=False)
    missing = [key for key in missing if not key.endswith("num_batches_tracked")]
    if missing or surplus:
        sys.exit(f"missing {missing}, surplus {surplus}")
else:
    model.load_weights(at + ".weights.h5")
save("before", module.predict(model, probe))
if framework == "torch":
    state = module.optimizer(model)
    for inputs, wanted in zip(batches, targets):
        module.train_step(model, state, torch.from_numpy(inputs), torch.from_numpy(wanted))
else:
    module.compile_model(model)
    for inputs, wanted in zip(batches, targets):
        model.train_on_batch(inputs, wanted)
save("after", module.predict(model, probe))
if framework == "torch":
    values = {key: value.detach().numpy() for key, value in model.state_dict().items() if not key.endswith("num_batches_tracked")}
    module.write_safetensors(f"{at}.torch.back.safetensors", values)
else:
    model.save_weights(f"{at}.keras.back.weights.h5")
module.save_weights(model, f"{at}.{framework}.own.safetensors")
