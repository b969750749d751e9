"""NumPy reads the .npz of cnngen, and cnngen NumPy's: packed, in Fortran order, in half precision and double."""
from common import build, np, report, run, spec, truth

ours = np.load(build + "/ours.npz")
report(np.array_equal(np.concatenate([ours[name].ravel() for name in ours.files]), truth), "NumPy reads our .npz")
report(ours["stem.kernel"].shape == (3, 2, 3, 4) and ours["stem.kernel"].dtype == np.float32, "its arrays have names and shapes")
kinds = {
    "packed": lambda a: a,
    "Fortran order": np.asfortranarray,
    "double": lambda a: a.astype(np.float64),
    "half precision": lambda a: a.astype(np.float16),
}
for kind, change in kinds.items():
    save = np.savez_compressed if kind == "packed" else np.savez
    save(build + "/numpy.npz", **{name.replace(".", "/"): change(ours[name]) for name in ours.files})
    good = run("weights", spec, "--weights", build + "/numpy.npz", "-o", build + "/numpy.npy")
    report(good and np.array_equal(np.load(build + "/numpy.npy"), truth), f"cnngen reads NumPy's .npz: {kind}")
np.savez(build + "/numpy.npz", *[ours[name] for name in ours.files])
good = run("weights", spec, "--weights", build + "/numpy.npz", "--map", "order", "-o", build + "/numpy.npy")
report(good and np.array_equal(np.load(build + "/numpy.npy"), truth), "arrays without names, by order")
print("# done")
