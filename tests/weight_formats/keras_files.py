"""The network in Keras: cnngen's weights there, its own here, the same outputs."""
import os
import subprocess

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import h5py
import keras
from keras import layers

from common import build, cnngen, difference, images, np, outputs, report, spec


def make():
    return keras.Sequential([
        keras.Input((6, 5, 3)), layers.Conv2D(4, (3, 2), name="stem"), layers.BatchNormalization(epsilon=1e-3),
        layers.Conv2D(6, 1, groups=2, activation="relu"), layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same"),
        layers.PReLU(shared_axes=[1, 2]), layers.LayerNormalization(epsilon=1e-3), layers.Conv2DTranspose(5, (2, 3)), layers.Dropout(0.5),
        layers.Flatten(), layers.Dense(7, activation="tanh"), layers.Dense(3)])


expected = outputs(build + "/truth.npy")
network = make()
network.load_weights(build + "/keras.weights.h5")
largest = difference(network.predict(images, verbose=0), expected)
report(largest <= 1e-5, "Keras goes on with weights of cnngen", largest)
print(f"# Keras: largest difference {largest:.3g}")

random = np.random.default_rng(1)
for count in range(2):  # the second network has other automatic names
    network = make()
    network.compile("adam", "mse")
    network.set_weights([random.uniform(0.2, 0.7, value.shape).astype(np.float32) for value in network.get_weights()])
    expected = network.predict(images, verbose=0)
    network.fit(images, expected, verbose=0)  # the optimizer has a state, the dropout one of its own
    expected = network.predict(images, verbose=0)
    for name in ("of_keras.weights.h5", "of_keras.h5", "of_keras.keras"):
        path = f"{build}/{name}"
        network.save_weights(path) if name.endswith("weights.h5") else network.save(path)
        for options in ([], ["--map", "order"]):
            largest = difference(outputs(path, *options), expected)
            report(largest <= 1e-5, f"cnngen goes on with {name} of network {count} {' '.join(options)}", largest)
with h5py.File(build + "/ours.h5", "w", libver=("earliest", "v110")) as file:
    arrays = np.load(build + "/ours.npz")
    for n, name in enumerate(arrays.files):
        file.create_dataset(name.replace(".", "/"), data=arrays[name], compression="gzip" if arrays[name].ndim > 1 else None, dtype="<f2" if n % 2 else "<f8")
report(difference(outputs(build + "/ours.h5"), outputs(build + "/truth.npy")) == 0, "h5py's newer format, packed, in half precision and double")

# What a file must not do: show the bytes of another one as weights, or promise more than it holds.
secret = build + "/secret"
np.arange(100, dtype=np.float32).tofile(secret)
with h5py.File(build + "/other.h5", "w") as file:
    file.create_dataset("dense1/kernel", shape=(100,), dtype="<f4")
refused = {
    "data in another file": lambda file: file.create_dataset("x/kernel", shape=(100,), dtype="<f4", external=[(secret, 0, 400)]),
    "a virtual dataset": lambda file: file.create_virtual_dataset("x/kernel", virtual()),
    "a size without values": lambda file: file.create_dataset("x/kernel", shape=(1 << 40, 1 << 12), dtype="<f4", chunks=(64, 64)),
    "a table of texts": lambda file: file.create_dataset("stem/bias", data=["a", "b", "c", "d"], dtype=h5py.string_dtype()),
    "a link to another file": lambda file: file.__setitem__("stem", h5py.ExternalLink(build + "/other.h5", "/dense1")),
}


def virtual():
    layout = h5py.VirtualLayout(shape=(100,), dtype="<f4")
    layout[:] = h5py.VirtualSource(build + "/other.h5", "dense1/kernel", shape=(100,))
    return layout


for name, make_it in refused.items():
    with h5py.File(build + "/refused.h5", "w") as file:
        make_it(file)
    done = subprocess.run([cnngen, "weights", spec, "--weights", build + "/refused.h5"], capture_output=True, text=True)
    words = {"data in another file": "in another file", "a virtual dataset": "in another file", "a size without values": "does not hold its values"}
    report(done.returncode == 1 and words.get(name, "missing tensor stem.kernel" if "link" in name else "holds no numbers") in done.stderr, f"HDF5: {name}", done.stderr)
print("# done")
