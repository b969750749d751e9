"""Our own side: writes, compiles and loads every build of a network. Needs nothing but Python."""
import ctypes
import json
import os
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

BUILD = Path(os.environ.get("BUILD", "build")) / "bench"
CNNGEN = os.environ.get("CNNGEN", str(BUILD.parent / "cnngen"))
HERE = Path(__file__).parent
LR = 0.01
LIBRARY = ["-shared", "-fPIC", "-fvisibility=hidden"]


@dataclass
class Build:
    label: str
    compiler: str
    options: list
    only: tuple = ()    # models; all when empty
    batches: tuple = ()
    shown: bool = True  # in the plot


# What gcc and clang make of the default output with 16, 8 and 4 lanes, plain C99, and plain loops. On a processor without
# AVX-512 "native" is what it has. clang keeps to 8 lanes unless told.
WIDE = ["-O2", "-march=native", "-mprefer-vector-width=512"]
AVX2 = ["-O2", "-march=haswell"]
BUILDS = [
    Build("gcc native", "gcc", ["-O2", "-march=native"]),
    Build("clang native", "clang", WIDE),
    Build("gcc AVX2", "gcc", AVX2),
    Build("clang AVX2", "clang", AVX2, shown=False),
    Build("gcc SSE", "gcc", ["-O2"]),
    Build("clang SSE", "clang", ["-O2"], shown=False),
    Build("gcc portable", "gcc", ["-O2", "-march=native", "--target", "portable"]),
    Build("clang portable", "clang", WIDE + ["--target", "portable"], shown=False),
    Build("gcc loops", "gcc", ["-O2", "-march=native", "--unroll", "none"], shown=False),
    Build("gcc loops -O3", "gcc", ["-O3", "-march=native", "--unroll", "none"]),
    Build("gcc loops -O3 -ffast-math", "gcc", ["-O3", "-march=native", "-ffast-math", "--unroll", "none"], shown=False),
    Build("clang loops -O3", "clang", ["-O3"] + WIDE[1:] + ["--unroll", "none"], shown=False),
    Build("gcc unrolled -O1", "gcc", ["-O1", "-march=native", "--unroll", "full"], only=("shapes",), batches=(32,), shown=False),
]


def run(*command):
    """Milliseconds it took."""
    start = time.perf_counter()
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}\n{done.stderr}")
    return (time.perf_counter() - start) * 1e3


def graph(spec):
    return subprocess.run([CNNGEN, "check", spec, "--dump=graph"], capture_output=True, text=True, check=True).stdout


def costs(spec):
    summary = subprocess.run([CNNGEN, "summary", spec, "--json"], capture_output=True, text=True, check=True).stdout
    return {key: value for key, value in json.loads(summary).items() if key in ("params", "macs")}


def version(compiler):
    """The first line of --version, or None without that compiler."""
    try:
        return subprocess.run([compiler, "--version"], capture_output=True, text=True).stdout.splitlines()[0]
    except FileNotFoundError:
        return None


def spec_with(spec, batch, folder):
    """The spec with plain SGD: a copy, because the language does not let a command line say it."""
    text = re.sub(r"optimizer\s*=\s*\w+\s*\{[^}]*\}", f"optimizer = sgd {{ lr = {LR} }}", Path(spec).read_text())
    text = re.sub(r"batch\s*=\s*\d+", f"batch = {batch}", text)
    copy = folder / Path(spec).name
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_text(text)
    return copy


def text_bytes(path):
    return int(subprocess.run(["size", path], capture_output=True, text=True).stdout.splitlines()[1].split()[0])


class Library:
    """One build of one network for one batch size, or without its training, loaded."""

    def __init__(self, spec, build, batch, trains):
        name = Path(spec).stem
        folder = BUILD / name / f"{build.label.replace(' ', '_')}-{batch}"
        copy = spec_with(spec, batch, folder)
        code, objects, library = folder / f"{name}.c", folder / f"{name}.o", folder / "lib.so"
        ours = [o for pair in zip(build.options, build.options[1:]) for o in pair if pair[0] in ("--target", "--unroll")]
        flags = [o for o in build.options if o not in ours]
        part = ["--batch", batch] if trains else ["--inference"]
        command = [CNNGEN, copy, *part, "--standalone", *ours, "-o", code]
        self.generate_ms = min(run(*command) for _ in range(3))
        self.lines = code.read_text().count("\n")
        self.compile_ms = run(build.compiler, *flags, *LIBRARY[1:], "-c", "-o", objects, code)
        self.text = text_bytes(objects)
        self.trains = "_train_step(" in code.read_text()
        # Not with the build's flags: a library linked with -ffast-math changes how the whole process rounds to zero.
        run(build.compiler, "-O2", *LIBRARY, "-D_POSIX_C_SOURCE=200809L", f"-I{folder}", f"-DNETWORK={name}",
            f"-DUPPER={name.upper()}", f'-DHEADER="{name}.h"', *(["-DTRAINS"] if self.trains else []),
            "-o", library, objects, HERE / "ours.c")
        self.lib = load(library)

    def predict(self, flat, x, outputs):
        """Its output, and what times a number of calls."""
        self.lib.bench_load(flat, floats(x))
        output = self.lib.bench_output()[:outputs]
        return output, lambda calls: self.lib.bench_predict(ctypes.c_int64(calls))

    def step(self, flat, x, t):
        """The losses of its first steps, and what times a number of steps."""
        self.lib.bench_load_batch(flat, floats(x), floats(t))
        losses = [self.lib.bench_loss(ctypes.c_float(LR)) for _ in range(3)]
        return losses, lambda calls: self.lib.bench_step(ctypes.c_int64(calls), ctypes.c_float(LR))


def floats(values):
    return (ctypes.c_float * len(values))(*values)


def load(path):
    lib = ctypes.CDLL(str(path.resolve()))
    for name, result in {"bench_peak": ctypes.c_double, "bench_l2": ctypes.c_double, "bench_predict": ctypes.c_double,
                         "bench_step": ctypes.c_double, "bench_loss": ctypes.c_float, "bench_lanes": ctypes.c_int64,
                         "bench_output": ctypes.POINTER(ctypes.c_float)}.items():
        if hasattr(lib, name):
            getattr(lib, name).restype = result
    return lib


def machine():
    """The library that measures the processor itself."""
    BUILD.mkdir(parents=True, exist_ok=True)
    library = BUILD / "machine.so"
    run("gcc", "-O2", "-march=native", "-D_POSIX_C_SOURCE=200809L", *LIBRARY, "-o", library, HERE / "ours.c")
    return load(library)
