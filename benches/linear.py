"""Draws docs/linear.svg: the time of a pass against the addresses, and against the components.

    octomix bench --addresses 1k,10k,100k,1M,10M -k 2,4,8,16,32 --shape sparse \\
        --pass lloyd,expectation --format json > bench.json
    python benches/linear.py bench.json [docs/linear.svg]

Both axes are logarithmic: a line of slope 1 is time in proportion. Needs matplotlib.
"""

import json
import sys
from pathlib import Path

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "octomix"  # the same figures, the same file
import matplotlib.pyplot as plt

# Okabe and Ito's, told apart by all eyes, on white and on black; a grey that is read on both.
COLOURS = {"cpu": "#0072B2", "gpu": "#D55E00"}
STYLES = {"expectation": ("-", "o"), "lloyd": ("--", "s")}
GREY = "#808080"
K = 8


def panel(axes, timings, along, fixed, label):
    """One line an engine and pass, of time against `along` where all else is `fixed`."""
    for (engine, colour) in COLOURS.items():
        for name, (line, marker) in STYLES.items():
            of = [t for t in timings if (t["engine"], t["pass"]) == (engine, name)
                  and all(t[key] == value for key, value in fixed.items())]
            of.sort(key=lambda t: t[along])
            if of:
                axes.plot([t[along] for t in of], [t["seconds"] for t in of], color=colour, linestyle=line,
                          marker=marker, markersize=3.5, linewidth=1.4, label=f"{name}, {engine}")
    axes.set_xscale("log", base=2 if along == "k" else 10)
    axes.set_yscale("log")
    axes.set_xlabel(label, color=GREY)
    axes.grid(True, color=GREY, alpha=0.25, linewidth=0.5)
    axes.tick_params(colors=GREY, which="both", labelsize=8)
    for side in ["top", "right"]:
        axes.spines[side].set_visible(False)
    for side in ["left", "bottom"]:
        axes.spines[side].set_color(GREY)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    report = json.loads(Path(sys.argv[1]).read_text())
    output = Path(sys.argv[2] if len(sys.argv) > 2 else Path(__file__).parent.parent / "docs/linear.svg")
    first = report["timings"][0]["set"]
    timings = [t for t in report["timings"] if t["set"] == first]
    most = max(t["addresses"] for t in timings)
    components = sorted({t["k"] for t in timings})
    middle = K if K in components else components[len(components) // 2]
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.0), layout="constrained")
    panel(left, timings, "addresses", {"k": middle}, f"addresses ({middle} components)")
    panel(right, timings, "k", {"addresses": most}, f"components ({most:,} addresses)")
    right.set_xticks(components, [str(k) for k in components])
    right.minorticks_off()
    left.set_ylabel("seconds a pass", color=GREY)
    left.legend(frameon=False, labelcolor=GREY, fontsize=8)
    figure.savefig(output, transparent=True, metadata={"Date": None})


if __name__ == "__main__":
    main()
