"""Writes results.md and results.svg from what main.py measured; `report.py results.json FOLDER` writes them again."""
import json
import math
import platform
import sys
from pathlib import Path

import ours
import plot

KINDS = {"predict": "predict, batch 1", "step 1": "training step, batch 1", "step 32": "training step, batch 32"}


def processor():
    """What the system says it is, without anything that names this one machine."""
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.machine()
    known = dict(line.split(":", 1) for line in text.split("\n\n")[0].splitlines() if ":" in line)
    known = {key.strip(): value.strip() for key, value in known.items()}
    name = known.get("model name", platform.machine())
    if "cpu family" in known:
        name += f" (family {known['cpu family']}, model {known['model']})"
    return name


def versions(peers):
    system = platform.freedesktop_os_release()["PRETTY_NAME"] if hasattr(platform, "freedesktop_os_release") else ""
    compilers = [ours.version(name) for name in ("gcc", "clang")]
    return [v for v in [system, ours.version(ours.CNNGEN), *compilers] if v] + \
        [f"Python {platform.python_version()}"] + [f"{name} {peer.version}" for name, peer in peers]


def us(seconds):
    """Three digits that count."""
    value = seconds * 1e6
    digits = max(0, 2 - math.floor(math.log10(value))) if value > 0 else 0
    return f"{value:,.{digits}f}"


def pick(rows, model, kind, own=None):
    return [r for r in rows if r["model"] == model and r["kind"] == kind and own in (None, not r["family"])]


def fastest(rows):
    return min((r for r in rows if not r["failed"]), key=lambda r: r["median"], default=None)


def table(head, rows):
    align = "|" + "|".join(["---"] + ["---:"] * (len(head) - 1)) + "|"
    return "\n".join(["| " + " | ".join(head) + " |", align] + ["| " + " | ".join(map(str, row)) + " |" for row in rows]) + "\n"


def ratios(data):
    """Ours against the fastest peer: how many times as long the peer needs."""
    rows = []
    for model in [name for name, costs in data["models"].items() if costs["macs"]]:
        for kind, title in KINDS.items():
            own, peer = (fastest(pick(data["rows"], model, kind, side)) for side in (True, False))
            first = next(iter(pick(data["rows"], model, kind, True)), None)
            if not own or not peer:
                continue
            rows.append([f"{model}, {title}", f"{us(own['median'])} ({own['name'].removeprefix('cnngen ')})",
                         us(first["median"]), f"{us(peer['median'])} ({peer['name']})",
                         f"**{peer['median'] / own['median']:.2f}**", f"{peer['minimum'] / own['minimum']:.2f}",
                         f"{peer['median'] / first['median']:.2f}"])
    head = ["", "cnngen's fastest build, us", "gcc native, us", "fastest peer, us", "ratio", "of minima", "ratio, gcc native"]
    return table(head, rows) if rows else "No peer ran.\n"


def cells(data, row, model):
    """Time, minimum, and what the kind is measured in."""
    if row is None:
        return ["", ""]
    mark = " FAILED" if row["failed"] else ""
    if row["kind"] == "predict":
        share = data["models"][model]["macs"] / row["median"] / data["peak"]
        return [f"{us(row['median'])} / {us(row['minimum'])}{mark}", f"{100 * share:.1f} %" if share >= 0.0005 else ""]
    return [f"{us(row['median'])} / {us(row['minimum'])}{mark}", f"{row['batch'] / row['median']:,.0f}"]


def measured(data, model):
    found = {kind: {r["name"]: r for r in pick(data["rows"], model, kind)} for kind in KINDS}
    found = {kind: rows for kind, rows in found.items() if rows}
    units = {"predict": "of peak", "step 1": "images/s", "step 32": "images/s"}
    head = ["", *(text for kind in found for text in (f"{KINDS[kind]}, us", units[kind])), "error"]
    rows = []
    for name in dict.fromkeys(name for rows_of in found.values() for name in rows_of):
        rows_of = [kind_rows.get(name) for kind_rows in found.values()]
        error = max(r["error"] for r in rows_of if r)
        rows.append([name, *(cell for row in rows_of for cell in cells(data, row, model)), f"{error:.0e}" if error else "0"])
    return table(head, rows)


def builds(data):
    rows = [[f"{b['model']}, {b['name']}", f"`{' '.join(b['command'])}`", f"{b['generate_ms']:.0f}", f"{b['lines']:,}",
             f"{b['compile_ms']:.0f}", f"{b['text']:,}"] for b in data["builds"]]
    return table(["", "built with", "generate, ms", "lines of C", "compile, ms", "text, bytes"], rows)


def markdown(data):
    parts = [f"""# Speed, measured by `make bench`

One core, one thread each, everything in one process and in turn: {data["rounds"]} rounds, each with about 3 ms of calls of every row.
Times are microseconds a call, **median / minimum** of the rounds, by the processor clock of this one process and its threads:
on a core of its own that is the time on the wall, and the turns of other programs do not count. All start from the same
weights; `error` is the largest difference from cnngen's first build, of outputs and of the losses of the first three steps,
and above 1e-4 the row has failed. cnngen's functions are called from C, peers through Python; `nothing`, a network of one
ReLU on 16 numbers, shows what a call costs, so that it can be taken off. A training step is forward, loss, backward and SGD.
Batch norms take the batch's statistics in a training step; to predict, peers get them folded into the layers before them, while
cnngen, whose parameters may change between calls, folds them in every call. MLPerf Tiny's networks have fewer builds and variants.

![Times of cnngen and its peers](results.svg)

## cnngen against the fastest peer

Ratio: the peer's time by ours, so above 1 cnngen is faster.

""", ratios(data), f"""
## Conditions

- {data["processor"]}; {data["lanes"]} floats in a vector; multiply-add peak of one core {data["peak"] / 1e9:.1f} GMAC/s
  ({2 * data["peak"] / 1e9:.0f} GFLOP/s), reads from L2 {data["l2"] / 1e9:.0f} GB/s, medians from the same rounds.
- While timing, this program had its core {100 * data["share"]:.0f} % of the time; the rest is other work on the machine.
- """ + "\n- ".join(data["versions"]) + "\n"]
    for model, costs in data["models"].items():
        parts.append(f"\n## {model}\n\n{costs['params']:,} parameters, {costs['macs']:,} multiply-adds.\n\n" + measured(data, model))
    parts.append("\n## Builds\n\nSpec to C, and C to an object file: inference, training and the runtime.\n\n" + builds(data))
    failed = sum(row["failed"] for row in data["rows"])
    parts.append(f"\n## Skipped\n\n{len(data['rows'])} rows, {failed} failed, {len(data['skips'])} skipped.\n")
    parts += [f"\n- {what}: {reason}" for what, reason in data["skips"]] + ["\n"] * bool(data["skips"])
    return "".join(parts)


def write(data, folder):
    (folder / "results.md").write_text(markdown(data))
    (folder / "results.svg").write_text(plot.svg(data))
    failed = sum(row["failed"] for row in data["rows"])
    print(ratios(data))
    print(f"{len(data['rows'])} rows, {failed} failed, {len(data['skips'])} skipped: {folder}/results.md, {folder}/results.svg")


if __name__ == "__main__":
    write(json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2]))
