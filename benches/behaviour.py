"""What counting what addresses do costs: `octomix extract` with `--behaviour` on beside off, in CPU time.

    python3 benches/behaviour.py FOLDER [--rows 6000000] [--packets 1000000] [--rounds 5] [--only few many pcap]
                                 [--octomix BINARY ...]

Makes below FOLDER, some 1.4 GB, what is not there: a table of time, addresses, protocol, ports and bytes with few
distinct addresses, one with 5M distinct destinations, and the capture of whole packets of `reading.py`. Then it runs
every BINARY with and without behaviour, alternating, each as a process of its own that writes its shards as tables, and
prints medians of CPU time (user and system), wall time and peak memory, and the ratio to the first BINARY without
behaviour. The shards of one binary are compared with those of the others, byte by byte: other bytes stop it.
"""

import argparse
import statistics
import sys
from pathlib import Path

from reading import DESTINATIONS, DISTINCT, SOURCES, capture, counts_of, dotted, make, number, run

ROWS = 6_000_000
PACKETS = 1_000_000
WHOLE = 65535
# The most CPU time, as a multiple of that without behaviour.
TARGETS = {"few": 1.6, "many": 2.2, "pcap": 1.6}
# Services that are asked for: protocol and port.
SERVICES = [(6, 443)] * 6 + [(6, 80), (17, 53), (17, 53), (6, 22), (17, 123), (6, 8443)]
SHARDS = ["src.csv", "dst.csv", "behaviour.bin"]


def table(rows, destinations):
    """What writes a table of so many distinct destinations."""

    def write(path):
        sources = [dotted(number(i)) for i in range(SOURCES)]
        with open(path, "w", buffering=1 << 20) as out:
            out.write("time,src,dst,proto,sport,dport,bytes\n")
            for row in range(rows):
                # Pairs are those of `reading.py`: a few dozen thousand of few addresses. A destination has one service.
                destination = row % destinations
                protocol, port = SERVICES[destination % len(SERVICES)]
                mixed = number(row * 7919 + 13)
                time = f"{1_700_000_000 + row // 70}.{row % 70 * 14_285:06d}"
                size = 40 + mixed % 1461 * (1 + mixed // 7 % 20)
                source, client = sources[row * 31 % SOURCES], 32_768 + mixed % 28_000
                out.write(f"{time},{source},{dotted(number(destination))},{protocol},{client},{port},{size}\n")

    return write


def compare(title, file, counts, binaries, rounds, folder):
    """Runs all in turns, and prints medians."""
    runs, outputs = {}, [folder / f"out{at}" for at in range(len(binaries))]
    for binary, output in zip(binaries, outputs):
        for behaviour in ["off", "auto"]:
            options = ["-o", str(output), "--behaviour", behaviour, "--format", "json", "--quiet"]
            runs[f"{binary} {behaviour}"] = [binary, "extract", str(file), *options]
    measured = {name: [] for name in runs}
    for _ in range(rounds):
        for name, command in runs.items():
            *figures, output = run(command)
            if counts_of(output) != counts:
                sys.exit(f"{title}, {name}: expected {counts}, found {output[:200]!r}")
            measured[name].append(figures)
    for shard in SHARDS:
        first = (outputs[0] / shard).read_bytes()
        for output in outputs[1:]:
            if (output / shard).read_bytes() != first:
                sys.exit(f"{title}: {output / shard} is not {outputs[0] / shard}")
    print(f"\n{title}: at most {TARGETS[title]} x\n{'':44}{'CPU s':>8}{'wall s':>8}{'MiB':>8}{'ratio':>8}")
    least = None
    for name, figures in measured.items():
        cpu, wall, memory = (statistics.median(column) for column in zip(*figures))
        least = least or cpu
        print(f"{name:44}{cpu:8.2f}{wall:8.2f}{memory:8.0f}{cpu / least:8.2f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--packets", type=int, default=PACKETS)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=list(TARGETS), default=list(TARGETS))
    parser.add_argument("--octomix", nargs="+", default=["target/release/octomix"])
    arguments = parser.parse_args()
    folder = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "few": ("few.csv", arguments.rows, DESTINATIONS, table),
        "many": ("many.csv", arguments.rows, DISTINCT, table),
        "pcap": ("whole.pcap", arguments.packets, DESTINATIONS, lambda packets, _: capture(packets, WHOLE, False)),
    }
    for title in arguments.only:
        name, records, destinations, write = files[title]
        destinations = min(destinations, records)
        file = make(folder / name, write(records, destinations))
        counts = [min(SOURCES, records), destinations]
        compare(title, file, counts, arguments.octomix, arguments.rounds, folder)


if __name__ == "__main__":
    main()
