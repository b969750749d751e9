"""The network in Keras: cnngen's weights there, its own here, the same outputs."""
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import h5py
import keras
from keras import layers

from common import build, difference, images, np, outputs, report


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
print("# done")
