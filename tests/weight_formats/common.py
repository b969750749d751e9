"""What the tests in Python share: running cnngen, and TAP lines."""
import subprocess
import sys

import numpy as np

cnngen, spec, build = sys.argv[1:4]
truth = np.load(build + "/truth.npy")
images = np.load(build + "/x.npy")


def run(*arguments):
    done = subprocess.run([cnngen, *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        print("# " + done.stderr.replace("\n", "\n# "))
    return done.returncode == 0


def report(ok, name, reason=""):
    print(("ok - " if ok else "not ok - ") + name)
    if not ok:
        print("# " + str(reason))


def outputs(path, *options):
    """What the network answers with the weights at `path`."""
    if not run("run", spec, "--weights", path, "--input", build + "/x.npy", "-o", build + "/y.npy", "--quiet", *options):
        return np.full(1, np.inf)
    return np.load(build + "/y.npy")


def difference(a, b):
    return float(np.abs(np.asarray(a, dtype=np.float64) - np.asarray(b, dtype=np.float64)).max()) if np.shape(a) == np.shape(b) else np.inf
