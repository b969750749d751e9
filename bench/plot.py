"""The picture in results.md: one panel for each network and task, horizontal bars on a logarithmic scale, text only."""
import math
from html import escape

TASKS = {"predict": "predict, batch 1", "step 1": "training step, batch 1", "step 32": "training step, batch 32"}
WIDTH, MARGIN, LABEL, BAR, GAP, HEAD = 960, 24, 190, 16, 6, 62
STYLE = """
  svg { font: 13px system-ui, "Segoe UI", Helvetica, Arial, sans-serif }
  .page { fill: #ffffff } .title { fill: #1f2328; font-size: 20px; font-weight: 600 }
  .panel { fill: #1f2328; font-size: 14px; font-weight: 600 } .note { fill: #59636e } .name { fill: #1f2328 }
  .own { fill: #0a6cbd; font-weight: 600 } .value { fill: #59636e; font-variant-numeric: tabular-nums }
  .grid { stroke: #d1d9e0; stroke-width: 1 } .bar { fill: #b4bdc7 } .bar.ours { fill: #0a6cbd }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } .title, .panel, .name { fill: #e6edf3 } .note, .value { fill: #9198a1 }
    .own { fill: #58a6ff } .grid { stroke: #2b323b } .bar { fill: #4a525c } .bar.ours { fill: #388bfd }
  }
"""


def bars(data, model, task):
    """Our builds that are shown, and the fastest variant of every peer, fastest first."""
    rows = [r for r in data["rows"] if r["model"] == model and r["kind"] == task and not r["failed"]]
    chosen = [r for r in rows if not r["family"] and r["shown"]]
    fastest = {}
    for row in sorted((r for r in rows if r["family"]), key=lambda r: r["median"]):
        fastest.setdefault(row["family"], row)
    return sorted(chosen + list(fastest.values()), key=lambda r: r["median"])


def short(name):
    return name.removesuffix(" channels_last").removesuffix(", weights constant")


def time_text(seconds, digits=3):
    for unit, size in (("s", 1), ("ms", 1e-3), ("us", 1e-6), ("ns", 1e-9)):
        if seconds >= 0.9995 * size:
            break
    value = seconds / size
    return f"{value:.{max(0, digits - 1 - math.floor(math.log10(value)))}f} {unit}".replace("us", "µs")


def text(x, y, kind, words, anchor="start"):
    return f'  <text x="{x:.0f}" y="{y:.0f}" class="{kind}" text-anchor="{anchor}">{escape(words)}</text>\n'


def panel(rows, title, x, y, width):
    """Returns the text and the height."""
    least = 10 ** math.floor(math.log10(min(r["median"] for r in rows) / 1.5))
    most = max(r["median"] for r in rows)
    left, room = x + LABEL, width - LABEL - 70
    scale = room / math.log(most / least)
    height = len(rows) * (BAR + GAP)
    out = text(x, y, "panel", title)
    decade = least
    while decade <= most * 1.0001:
        at = left + math.log(decade / least) * scale
        out += f'  <path class="grid" d="M{at:.1f} {y + 24}v{height + 2}"/>\n'
        out += text(at, y + 19, "note", time_text(decade, 1), "middle")
        decade *= 10
    for i, row in enumerate(rows):
        top = y + 28 + i * (BAR + GAP)
        long = math.log(row["median"] / least) * scale
        own = " ours" if not row["family"] else ""
        out += text(left - 8, top + 12.5, "own" if own else "name", short(row["name"]), "end")
        out += f'  <rect class="bar{own}" x="{left}" y="{top}" width="{long:.1f}" height="{BAR}" rx="2"/>\n'
        out += text(left + long + 6, top + 12.5, "value", time_text(row["median"]))
    return out, height + 28


def rows_of_panels(data):
    """What stands on the left and on the right in each row; `nothing` has no panel."""
    found = {model: [task for task in TASKS if bars(data, model, task)] for model, costs in data["models"].items() if costs["macs"]}
    rows = [([(model, tasks[0])], [(model, task) for task in tasks[1:]]) for model, tasks in found.items() if len(tasks) > 1]
    single = [[(model, tasks[0])] for model, tasks in found.items() if len(tasks) == 1]
    return rows + [single[i:i + 2] for i in range(0, len(single), 2)]


def svg(data):
    """A row of panels for each network: predict on the left, the two training steps on the right; then those that
    only predict, two in a row."""
    out, y, column = "", HEAD + 40, (WIDTH - 3 * MARGIN) / 2
    for row in rows_of_panels(data):
        heights = [0, 0]
        for side, tasks in enumerate(row):
            for model, task in tasks:
                drawn, used = panel(bars(data, model, task), f"{model}, {TASKS[task]}",
                                    MARGIN + side * (MARGIN + column), y + heights[side], column)
                out, heights[side] = out + drawn, heights[side] + used + 34
        y += max(heights) + 16
    head = text(MARGIN, 40, "title", "cnngen and its peers, one thread")
    head += text(MARGIN, 62, "note", f"median time of a call, logarithmic scale, shorter is better · {data['processor']}")
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" height="{y}" role="img">\n'
            f"<title>Times of cnngen and its peers</title>\n<style>{STYLE}</style>\n"
            f'  <rect class="page" width="{WIDTH}" height="{y}"/>\n{head}{out}</svg>\n')
