"""Times our builds and our peers side by side: `make bench`.

Everything of one kind (predict; a training step) of one network is timed in turn, round after round, so that whatever else
the machine does falls on all alike; medians and minima of the rounds are reported.
"""
import argparse
import json
import os
import statistics
import sys
import time
import warnings
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path

import network as net
import ours
import report


@dataclass(frozen=True)
class Model:
    spec: str
    trains: bool = True     # else only predict is timed
    thorough: bool = True   # else without builds that the plot does not show, loops, and variants that peers call slow

    @property
    def builds(self):
        return [b for b in ours.BUILDS if self.thorough or (b.shown and "--unroll" not in b.options)]


# A network more is a line more; peers build it from its description. `nothing` shows what a call costs; MLPerf Tiny's are the last.
MODELS = [
    Model("bench/nothing.lua"),
    Model("specs/shapes.lua"),
    Model("specs/mnist.lua"),
    Model("specs/vgg_small.lua"),
    Model("specs/resnet8.lua", thorough=False),
    Model("specs/dscnn_kws.lua", trains=False, thorough=False),
    Model("specs/mobilenet_v1_025_vww.lua", trains=False, thorough=False),
    Model("specs/autoencoder_ad.lua", trains=False, thorough=False),
]
BATCHES = [1, 32]
TOLERANCE = 1e-4
SAMPLE = 3e-3       # seconds of calls in one sample
SLOW = 0.05         # seconds; a call longer than that is timed in every fourth round only


@dataclass
class Row:
    model: str
    kind: str           # "predict", "step 1", "step 32": the batch
    name: str
    family: str         # of a peer; "" is our own
    times: object       # calls -> seconds
    batch: int = 1
    error: float = 0.0
    shown: bool = True
    calls: int = 1
    samples: list = field(default_factory=list)

    @property
    def failed(self):
        return not self.error <= TOLERANCE

    def summary(self):
        return {"model": self.model, "kind": self.kind, "name": self.name, "family": self.family, "batch": self.batch,
                "error": self.error, "failed": self.failed, "shown": self.shown,
                "median": statistics.median(self.samples), "minimum": min(self.samples)}


class Bench:
    def __init__(self, rounds):
        self.rounds, self.rows, self.skips, self.builds, self.models = rounds, [], [], [], {}
        self.peaks, self.l2, self.elapsed, self.worked = [], [], 0.0, 0.0
        self.machine = ours.machine()

    def skip(self, what, reason):
        reason = " ".join(str(reason).split())[:160] or "no reason given"
        self.skips.append((what, reason))
        print(f"  skip {what}: {reason}", flush=True)

    def add(self, row):
        if row.failed:
            print(f"  FAILED {row.model} {row.kind} {row.name}: differs by {row.error:.2g}", flush=True)
        self.rows.append(row)

    def model(self, model, peers):
        print(f"{model.spec}", flush=True)
        network = net.parse(ours.graph(model.spec))
        self.models[network.name] = ours.costs(model.spec)
        reference = {"flat": ours.floats(net.random_weights(network)), "x": net.batch(network, 1)[0]}
        self.ours(model, network, reference)
        for family, peer in peers:
            slow = () if model.thorough else getattr(peer, "slow", ())
            self.peer(family, peer, network, reference, slow)
        for kind in dict.fromkeys(r.kind for r in self.rows):
            self.time([r for r in self.rows if r.model == network.name and r.kind == kind])

    def ours(self, model, network, reference):
        """Adds our builds; the first one says what is right."""
        for build in model.builds:
            if build.only and network.name not in build.only:
                continue
            if not ours.version(build.compiler):
                self.skip(build.label, f"no {build.compiler}")
                continue
            batches = (build.batches or BATCHES) if model.trains else [1]
            for batch in batches:
                library = ours.Library(model.spec, build, batch, model.trains)
                if batch == batches[-1]:
                    self.our_predict(network, build, library, reference)
                if library.trains:
                    self.our_step(network, build, library, reference, batch)
            self.builds.append({"model": network.name, "name": build.label, "command": [build.compiler, *build.options],
                                "generate_ms": library.generate_ms, "lines": library.lines,
                                "compile_ms": library.compile_ms, "text": library.text})

    def our_predict(self, network, build, library, reference):
        output, times = library.predict(reference["flat"], reference["x"], len(net.batch(network, 1)[1]))
        want = reference.setdefault("output", output)
        self.add(Row(network.name, "predict", f"cnngen {build.label}", "", times, 1, worst(output, want), build.shown))

    def our_step(self, network, build, library, reference, batch):
        x, t = net.batch(network, batch)
        losses, times = library.step(reference["flat"], x, t)
        want = reference.setdefault(batch, losses)
        self.add(Row(network.name, f"step {batch}", f"cnngen {build.label}", "", times, batch, worst(losses, want),
                     build.shown))

    def peer(self, family, peer, network, reference, slow):
        """A peer's `predict` and `step` yield (variant, make); make() may find that it cannot."""
        for variant, make in peer.predict(*net.folded(network, reference["flat"]), reference["x"]):
            if variant in slow:
                continue
            name = f"{family} {variant}".strip()
            try:
                call, output = make()
                error = worst(output(), reference["output"])
            except Exception as problem:
                self.skip(f"{name}, {network.name}, predict", problem)
                continue
            times = timer(call, getattr(peer, "around", nullcontext))
            self.add(Row(network.name, "predict", name, family, times, 1, error))
        for batch in [b for b in BATCHES if b in reference and hasattr(peer, "step")]:
            x, t = net.batch(network, batch)
            for variant, make in peer.step(network, net.Weights(network, reference["flat"]), batch, x, t):
                if variant in slow:
                    continue
                name = f"{family} {variant}".strip()
                try:
                    call = make()
                    error = worst([float(call()) for _ in range(3)], reference[batch])
                except Exception as problem:
                    self.skip(f"{name}, {network.name}, step at batch {batch}", problem)
                    continue
                self.add(Row(network.name, f"step {batch}", name, family, timer(call), batch, error))

    def time(self, rows):
        for row in rows:
            row.times(1)
            once = row.times(1)
            row.calls = max(1, round(SAMPLE / max(once, 1e-8)))
            if once < SAMPLE / 10:
                row.calls = max(1, round(SAMPLE * row.calls / row.times(row.calls)))
        start, worked = time.perf_counter(), time.process_time()
        for turn in range(self.rounds):
            self.peaks.append(self.machine.bench_peak())
            self.l2.append(self.machine.bench_l2())
            for row in rows:
                if turn % 4 == 0 or not row.samples or row.samples[0] < SLOW:
                    row.samples.append(row.times(row.calls) / row.calls)
        self.elapsed += time.perf_counter() - start
        self.worked += time.process_time() - worked
        if rows:
            print(f"  {rows[0].kind}: {len(rows)} rows, {time.perf_counter() - start:.0f} s", flush=True)


    def summary(self, peers):
        return {"models": self.models, "rows": [row.summary() for row in self.rows], "builds": self.builds,
                "skips": self.skips, "rounds": self.rounds, "peak": statistics.median(self.peaks),
                "l2": statistics.median(self.l2), "lanes": self.machine.bench_lanes(),
                "versions": report.versions(peers), "processor": report.processor(),
                "share": self.worked / max(self.elapsed, 1e-9)}


def timer(call, around=nullcontext):
    def times(calls):
        with around():
            start = time.process_time()
            for _ in repeat(None, calls):
                call()
            return time.process_time() - start
    return times


def worst(got, want):
    """The largest difference; a NaN is the largest of all."""
    if len(got) != len(want):
        return float("inf")
    differences = [abs(float(a) - float(b)) for a, b in zip(got, want)]
    return float("inf") if any(d != d for d in differences) else max(differences)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=31)
    options.add_argument("--models", nargs="*", default=[model.spec for model in MODELS], help="specs")
    options.add_argument("--peers", default="all", help="all, none, or some of their names, with commas between")
    options.add_argument("--results", default=str(ours.BUILD), help="where results.md and results.svg go")
    arguments = options.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {0})
    warnings.simplefilter("ignore")     # of peers, about what they will leave out one day
    bench = Bench(arguments.rounds)
    peers = []
    if arguments.peers != "none":
        try:
            import peers as known
            peers = known.load(arguments.peers, MODELS[0].spec, bench.skip)
        except ImportError as problem:
            bench.skip("all peers", problem)
    known_models = {model.spec: model for model in MODELS}
    for spec in arguments.models:
        bench.model(known_models.get(spec, Model(spec)), peers)
    results = bench.summary(peers)
    (ours.BUILD / "results.json").write_text(json.dumps(results, indent=1))
    report.write(results, Path(arguments.results))
    return 1 if any(row.failed for row in bench.rows) else 0


if __name__ == "__main__":
    sys.exit(main())
