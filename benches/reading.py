"""Reading: octomix beside other readers, on tables of 6M rows and 40 fields, in one run.

    python3 benches/reading.py FOLDER [--rows 6000000] [--rounds 5] [--octomix 'PROGRAM extract {file} -o {out}']

Makes two tables below FOLDER, some 1 GB each, if they are not there: one of few distinct addresses and one of
5M distinct destinations; and of the first a .gz and a .zst. Then it runs octomix and those of its peers that are
there, alternating, each as a process of its own, and prints medians of CPU time (user and system) and wall time,
with the targets. Every answer is compared with the counts that the tables were made with: a wrong one stops it.

Peers: `wc -l` and `gzip -dc`, `zstd -dc` always; polars and duckdb if Python has them; simd-csv and a count of
line ends by memchr if cargo can build them (a small project below FOLDER).
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROWS = 6_000_000
DISTINCT = 5_000_000
TAILS = 1000
SOURCES = 187
DESTINATIONS = 2673

POLARS = """
import polars, sys
table = polars.read_csv(sys.argv[1], columns=["isrc", "idst"])
for name in ("isrc", "idst"):
    print(len(table.group_by(name).len()))
"""
# One read for both columns, as the others have.
DUCKDB = """
import duckdb, sys
duckdb.sql(f"create table t as select isrc, idst from read_csv('{sys.argv[1]}')")
for name in ("isrc", "idst"):
    print(duckdb.sql(f"select count(*) from (select {name}, count(*) from t group by {name})").fetchone()[0])
"""
PROJECT = """
[package]
name = "peers"
version = "0.0.0"
edition = "2021"
[dependencies]
memchr = "2"
ahash = "0.8"
simd-csv = "0"
[profile.release]
lto = true
"""
PROGRAM = r"""
use std::{fs::File, io::Read};

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let file = File::open(&arguments[2]).unwrap();
    match arguments[1].as_str() {
        "lines" => lines(file),
        _ => table(file),
    }
}

fn lines(mut file: File) {
    let (mut bytes, mut lines) = (vec![0; 512 << 10], 0);
    loop {
        let read = file.read(&mut bytes).unwrap();
        if read == 0 {
            break;
        }
        lines += memchr::memchr_iter(b'\n', &bytes[..read]).count();
    }
    println!("{lines}");
}

fn table(file: File) {
    let mut reader = simd_csv::ZeroCopyReader::from_reader(file);
    let headers = reader.byte_headers().unwrap().clone();
    let at = |name: &[u8]| headers.iter().position(|header| header == name).unwrap();
    let columns = [at(b"isrc"), at(b"idst")];
    let mut counts = [ahash::AHashMap::<u32, u64>::new(), ahash::AHashMap::new()];
    while let Some(row) = reader.read_byte_record().unwrap() {
        for (counts, column) in counts.iter_mut().zip(columns) {
            let cell = std::str::from_utf8(&row[column]).unwrap();
            if let Ok(address) = cell.parse::<std::net::Ipv4Addr>() {
                *counts.entry(u32::from(address)).or_default() += 1;
            }
        }
    }
    println!("{}\n{}", counts[0].len(), counts[1].len());
}
"""


def address(number):
    """The dotted text of an address that looks like none in particular."""
    number = (number * 2_654_435_761) & 0xFFFFFFFF
    return f"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def make(path, rows, destinations):
    """Writes a table of so many distinct destinations, unless it is there."""
    if path.exists():
        return
    header = ["time", "isrc", "idst"] + [f"field{i}" for i in range(37)]
    tails = []
    for tail in range(TAILS):
        words = [str((tail * (field + 3) * 7919) % 100000)[: 1 + (tail + field) % 5] for field in range(37)]
        tails.append(",".join(words))
    sources = [address(i) for i in range(SOURCES)]
    with open(path.with_suffix(".part"), "w", buffering=1 << 20) as out:
        out.write(",".join(header) + "\n")
        for first in range(0, rows, 10_000):
            out.write(
                "".join(
                    f"133192{row:010d},{sources[row * 31 % SOURCES]},{address(row % destinations)},{tails[row % TAILS]}\n"
                    for row in range(first, min(first + 10_000, rows))
                )
            )
    path.with_suffix(".part").rename(path)


def run(command):
    """CPU seconds, wall seconds and standard output of a command."""
    before, started = os.times(), time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True)
    wall, after = time.perf_counter() - started, os.times()
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: {done.stderr.strip()}")
    cpu = after.children_user - before.children_user + after.children_system - before.children_system
    return cpu, wall, done.stdout


def compare(title, runs, rounds, targets):
    """Runs all alternating; prints the medians, and how many times the first's CPU time each takes."""
    times = {name: [] for name in runs}
    for _ in range(rounds):
        for name, (command, expected) in runs.items():
            cpu, wall, output = run(command)
            if expected is not None and output.split()[: len(expected)] != [str(n) for n in expected]:
                sys.exit(f"{title}, {name}: expected {expected}, found {output.split()[:4]}")
            times[name].append((cpu, wall))
    print(f"\n{title}\n{'':24}{'CPU s':>8}{'wall s':>8}{'ratio':>8}  target")
    first = None
    for name, measured in times.items():
        cpu = statistics.median(cpu for cpu, _ in measured)
        wall = statistics.median(wall for _, wall in measured)
        first = first or cpu
        print(f"{name:24}{cpu:8.2f}{wall:8.2f}{cpu / first:8.2f}  {targets.get(name, '')}", flush=True)


def has(module):
    return subprocess.run([sys.executable, "-c", f"import {module}"], capture_output=True).returncode == 0


def peers(folder):
    """The program of Rust peers; None if it cannot be built."""
    project = folder / "peers"
    (project / "src").mkdir(parents=True, exist_ok=True)
    (project / "Cargo.toml").write_text(PROJECT)
    (project / "src/main.rs").write_text(PROGRAM)
    built = subprocess.run(["cargo", "build", "--release", "--quiet"], cwd=project)
    return project / "target/release/peers" if built.returncode == 0 else None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--octomix", default="target/release/octomix extract {file} -o {out} --format json --quiet")
    parser.add_argument("--plain", action="store_true", help="octomix prints counts, not JSON")
    arguments = parser.parse_args()
    folder = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    distinct = min(DISTINCT, arguments.rows)
    few, many = folder / "few.csv", folder / "many.csv"
    make(few, arguments.rows, DESTINATIONS)
    make(many, arguments.rows, distinct)
    gzip, zstd = folder / "few.csv.gz", folder / "few.csv.zst"
    if not gzip.exists():
        subprocess.run(f"gzip -1 -c {few} > {gzip}", shell=True, check=True)
    if not zstd.exists() and shutil.which("zstd"):
        subprocess.run(["zstd", "-q", str(few), "-o", str(zstd)], check=True)

    def octomix(file, threads=None):
        command = arguments.octomix.format(file=file, out=folder / "out").split()
        return command if threads is None else ["taskset", "-c", threads, *command]

    rust = peers(folder)
    for file, destinations, [polars, duckdb, simd] in [
        (few, min(DESTINATIONS, arguments.rows), ["3.5 x", "8 x", "2 x"]),
        (many, distinct, ["2 x", "3.5 x", "1.3 x"]),
    ]:
        counts = [SOURCES, destinations]
        runs = {"octomix": (octomix(file), counts if arguments.plain else None)}
        runs["wc -l"] = (["wc", "-l", str(file)], [arguments.rows + 1])
        if rust:
            runs["memchr"] = ([str(rust), "lines", str(file)], [arguments.rows + 1])
            runs["simd-csv"] = ([str(rust), "table", str(file)], counts)
        for name, code in [("polars", POLARS), ("duckdb", DUCKDB)]:
            if has(name):
                runs[name] = ([sys.executable, "-c", code, str(file)], counts)
        targets = {"polars": polars, "duckdb": duckdb, "simd-csv": simd, "memchr": "0.25 x"}
        compare(f"{file.name}, {destinations} distinct destinations", runs, arguments.rounds, targets)

    runs = {"octomix, one core": (octomix(few, "0"), None), "octomix, two cores": (octomix(few, "0,1"), None)}
    compare("wall time, target 1.7 x", runs, arguments.rounds, {})
    for file, program, target in [(gzip, "gzip", "0.83 x"), (zstd, "zstd", "0.63 x")]:
        if file.exists():
            alone = ["sh", "-c", f"{program} -dc {file} > /dev/null"]
            runs = {"octomix": (octomix(file), None), f"{program} -dc": (alone, None)}
            compare(file.name, runs, arguments.rounds, {f"{program} -dc": target})


if __name__ == "__main__":
    main()
