"""Reading: octomix beside other readers, on tables of 6M rows and 40 fields and captures of 3M packets, in one run.

    python3 benches/reading.py FOLDER [--rows 6000000] [--packets 3000000] [--rounds 5] [--only csv cores zip pcap]

Makes below FOLDER, some 4 GB, what is not there: two tables, one of few distinct addresses and one of 5M distinct
destinations, a .gz and a .zst of the first, at level 1; a capture of whole packets, and as pcap and pcapng one of their first 96
bytes. Then it runs `target/release/octomix extract` and those of its peers that are there, alternating, each as a
process of its own, and prints medians of CPU time (user and system), wall time and peak memory, with the targets.
Every answer is compared with the counts that the files were made with: a wrong one stops it.

Peers: `wc -l` always; polars and duckdb if Python has them; if cargo can build them (a small project below FOLDER):
simd-csv, a count of line ends by memchr, the same behind flate2 (zlib-rs) and zstd, and pcap-parser with a walk of the
headers.
"""

import argparse
import json
import os
import shutil
import statistics
import struct
import subprocess
import sys
import time
from pathlib import Path

ROWS = 6_000_000
PACKETS = 3_000_000
DISTINCT = 5_000_000
TAILS = 1000
SOURCES = 187
DESTINATIONS = 2673
# What a capture keeps of a packet: of all of it, or of its headers.
WHOLE, HEADERS = 65535, 96
# Bytes of packets, as they are on a busy link: acknowledgements, some of every size, and full ones.
SIZES = [66] * 8 + [90, 130, 180, 260, 400, 620] + [1514] * 6
# Programs that open the table of few addresses, or count its lines, as Rust crates do it.
UNPACK = {"gzip": ("gz", "flate2", "1.2 x"), "zstd": ("zst", "zstd", "1.6 x")}

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
    print(duckdb.sql(f"select count(*) from (select {name}, count(*) from t group by {name})").fetchall()[0][0])
"""
PROJECT = """
[package]
name = "peers"
version = "0.0.0"
edition = "2021"
[dependencies]
ahash = "0.8"
flate2 = { version = "1", default-features = false, features = ["zlib-rs"] }
memchr = "2"
pcap-parser = "0.17"
simd-csv = "0"
zstd = "0.14"
[profile.release]
lto = true
"""
PROGRAM = r"""
use std::{fs::File, io::Read};

use ahash::AHashMap;
use pcap_parser::{create_reader, Block, PcapBlockOwned, PcapError};

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let file = File::open(&arguments[2]).unwrap();
    match arguments[1].as_str() {
        "lines" => lines(file),
        "flate2" => lines(flate2::read::MultiGzDecoder::new(file)),
        "zstd" => lines(zstd::Decoder::new(file).unwrap()),
        "packets" => packets(file),
        _ => table(file),
    }
}

fn lines(mut file: impl Read) {
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
    let mut counts = [AHashMap::<u32, u64>::new(), AHashMap::new()];
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

fn packets(file: File) {
    let mut reader = create_reader(1 << 20, file).unwrap();
    let mut counts = [AHashMap::<u32, u64>::new(), AHashMap::new()];
    loop {
        match reader.next() {
            Ok((used, block)) => {
                match block {
                    PcapBlockOwned::Legacy(packet) => frame(packet.data, &mut counts),
                    PcapBlockOwned::NG(Block::EnhancedPacket(packet)) => frame(packet.data, &mut counts),
                    _ => {}
                }
                reader.consume(used);
            }
            Err(PcapError::Incomplete(_)) => reader.refill().unwrap(),
            Err(PcapError::Eof) => break,
            Err(error) => panic!("{error:?}"),
        }
    }
    println!("{}\n{}", counts[0].len(), counts[1].len());
}

fn frame(frame: &[u8], counts: &mut [AHashMap<u32, u64>; 2]) {
    if let Some([8, 0, 0x45, header @ ..]) = frame.get(12..34) {
        for (counts, bytes) in counts.iter_mut().zip([&header[11..15], &header[15..19]]) {
            *counts.entry(u32::from_be_bytes(bytes.try_into().unwrap())).or_default() += 1;
        }
    }
}
"""


def number(index):
    """An address that looks like none in particular."""
    return (index * 2_654_435_761) & 0xFFFFFFFF


def dotted(address):
    return f"{address >> 24}.{address >> 16 & 255}.{address >> 8 & 255}.{address & 255}"


def make(path, write):
    """Writes a file, unless it is there."""
    if not path.exists():
        part = path.with_name(path.name + ".part")
        write(part)
        part.rename(path)
    return path


def table(rows, destinations):
    """What writes a table of so many distinct destinations."""

    def write(path):
        header = ["time", "isrc", "idst"] + [f"field{i}" for i in range(37)]
        tails = []
        for tail in range(TAILS):
            words = [str((tail * (field + 3) * 7919) % 100000)[: 1 + (tail + field) % 5] for field in range(37)]
            tails.append(",".join(words))
        sources = [dotted(number(i)) for i in range(SOURCES)]
        with open(path, "w", buffering=1 << 20) as out:
            out.write(",".join(header) + "\n")
            for row in range(rows):
                destination = dotted(number(row % destinations))
                out.write(f"133192{row:010d},{sources[row * 31 % SOURCES]},{destination},{tails[row % TAILS]}\n")

    return write


def capture(packets, snap, is_next_generation):
    """What writes a capture of TCP over Ethernet, cut to `snap` bytes a packet."""

    def block(kind, body):
        length = 12 + len(body)
        return struct.pack("<II", kind, length) + body + struct.pack("<I", length)

    def frames():
        payload = os.urandom(1514)
        for packet in range(packets):
            size = SIZES[packet * 7 % len(SIZES)]
            addresses = struct.pack(">II", number(packet * 31 % SOURCES), number(packet % DESTINATIONS))
            header = struct.pack(">12sHBBHIBBH", payload[:12], 0x0800, 0x45, 0, size - 14, 0, 64, 6, 0)
            yield packet, size, (header + addresses + payload[34:size])[:snap]

    def write(path):
        with open(path, "wb", buffering=1 << 20) as out:
            if is_next_generation:
                out.write(block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)))
                out.write(block(1, struct.pack("<HHI", 1, 0, snap)))
                for time, size, frame in frames():
                    padded = frame + bytes(-len(frame) % 4)
                    out.write(block(6, struct.pack("<IIIII", 0, 0, time, len(frame), size) + padded))
            else:
                out.write(struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, snap, 1))
                for time, size, frame in frames():
                    out.write(struct.pack("<IIII", time, 0, len(frame), size) + frame)

    return write


def run(command):
    """CPU seconds, wall seconds, peak MiB and standard output of a command."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    # None of them says more than a pipe holds.
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    output, errors = process.stdout.read(), process.stderr.read()
    process.stdout.close(), process.stderr.close()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: {errors.strip()}")
    return usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, output


def counts_of(output):
    """The numbers that a program printed, or those of octomix's summary."""
    if not output.startswith("{"):
        return [int(word) for word in output.split()[:2] if word.isdigit()]
    summary = json.loads(output)
    return [summary["src"]["addresses"], summary["dst"]["addresses"]]


def compare(title, runs, rounds, work=None):
    """Runs all in turns, each `(command, expected counts, target)`; prints medians, and CPU time by the first's."""
    measured = {name: [] for name in runs}
    for _ in range(rounds):
        for name, (command, expected, _) in runs.items():
            *figures, output = run(command)
            if counts_of(output) != expected:
                sys.exit(f"{title}, {name}: expected {expected}, found {output[:200]!r}")
            measured[name].append(figures)
    print(f"\n{title}\n{'':24}{'CPU s':>8}{'wall s':>8}{'MiB':>8}{'ratio':>8}  target")
    first = None
    for name, figures in measured.items():
        cpu, wall, memory = (statistics.median(column) for column in zip(*figures))
        first = first or cpu
        pace = f", {work / cpu / 1e6:.1f}M a CPU second" if work else ""
        print(f"{name:24}{cpu:8.2f}{wall:8.2f}{memory:8.0f}{cpu / first:8.2f}  {runs[name][2]}{pace}", flush=True)


def has(module):
    return subprocess.run([sys.executable, "-c", f"import {module}"], capture_output=True).returncode == 0


def build_peers(folder):
    """The program of Rust peers; None if it cannot be built."""
    project = folder / "peers"
    (project / "src").mkdir(parents=True, exist_ok=True)
    (project / "Cargo.toml").write_text(PROJECT)
    (project / "src/main.rs").write_text(PROGRAM)
    built = subprocess.run(["cargo", "build", "--release", "--quiet"], cwd=project)
    return str(project / "target/release/peers") if built.returncode == 0 else None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--packets", type=int, default=PACKETS)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=["csv", "cores", "zip", "pcap"])
    parser.add_argument("--octomix", default="target/release/octomix")
    arguments = parser.parse_args()
    folder, rows, packets, rounds = arguments.folder, arguments.rows, arguments.packets, arguments.rounds
    folder.mkdir(parents=True, exist_ok=True)
    rust = build_peers(folder)

    def wanted(part):
        return not arguments.only or part in arguments.only

    def octomix(file):
        # A bitmap is the least that a run can write.
        output = ["-o", str(folder / "out"), "--as", "bitmap"]
        return [arguments.octomix, "extract", str(file), *output, "--format", "json", "--quiet"]

    few_counts, few = [SOURCES, min(DESTINATIONS, rows)], folder / "few.csv"
    if wanted("csv") or wanted("cores") or wanted("zip"):
        make(few, table(rows, few_counts[1]))
    if wanted("csv"):
        many = make(folder / "many.csv", table(rows, min(DISTINCT, rows)))
        for file, counts, targets in [
            (few, few_counts, ["3.5 x", "8 x", "2 x"]),
            (many, [SOURCES, min(DISTINCT, rows)], ["2 x", "3.5 x", "1.3 x"]),
        ]:
            runs = {"octomix": (octomix(file), counts, ""), "wc -l": (["wc", "-l", str(file)], [rows + 1], "")}
            if rust:
                runs["memchr"] = ([rust, "lines", str(file)], [rows + 1], "0.25 x")
                runs["simd-csv"] = ([rust, "table", str(file)], counts, targets[2])
            for name, code, target in [("polars", POLARS, targets[0]), ("duckdb", DUCKDB, targets[1])]:
                if has(name):
                    runs[name] = ([sys.executable, "-c", code, str(file)], counts, target)
            compare(f"{file.name}, {counts[1]} distinct destinations", runs, rounds)
    if wanted("cores"):
        runs = {
            f"octomix, {name}": (["taskset", "-c", cores, *octomix(few)], few_counts, target)
            for name, cores, target in [("two cores", "0,1", ""), ("one core", "0", "1.7 x of wall time")]
        }
        compare("cores", runs, rounds)
    if wanted("zip"):
        for program, (extension, crate, target) in UNPACK.items():
            if not shutil.which(program):
                continue
            compress = [program, "-1", "-c", str(few)]
            packed = make(
                folder / f"few.csv.{extension}",
                lambda path, compress=compress: subprocess.run(compress, stdout=path.open("wb"), check=True),
            )
            runs = {f"{crate}, lines": ([rust, crate, str(packed)], [rows + 1], "")} if rust else {}
            runs["octomix"] = (octomix(packed), few_counts, f"at most {target}")
            compare(packed.name, runs, rounds)
    if wanted("pcap"):
        counts = [min(SOURCES, packets), min(DESTINATIONS, packets)]
        for name, snap, is_next in [
            ("whole.pcap", WHOLE, False),
            ("headers.pcap", HEADERS, False),
            ("headers.pcapng", HEADERS, True),
        ]:
            file = make(folder / name, capture(packets, snap, is_next))
            runs = {"octomix": (octomix(file), counts, "20M")}
            if rust:
                runs["pcap-parser"] = ([rust, "packets", str(file)], counts, "")
            compare(f"{name}, {file.stat().st_size / packets:.0f} bytes a packet", runs, rounds, packets)


if __name__ == "__main__":
    main()
