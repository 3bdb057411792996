//! Sets too large to keep anything of an address but itself: what they take, and what comes out.

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use octomix::address::{Counter, LARGEST_UNSORTED, dotted};
use octomix::behaviour::Side;
use octomix::describe::census::Census;
use octomix::engine::{CpuEngine, Engine};
use octomix::input::{Options, read};
use octomix::model::pca::Pca;
use octomix::model::scorer::{Score, Scorer};
use octomix::report::csv::AddressTable;
use octomix::rule::judge::{Judge, Verdict};
use octomix::rule::prefix::Ascending;
use octomix::rule::reason::Reasons;
use octomix::rule::surprise::Surprise;
use octomix::rule::threshold::{Threshold, percentile};
use octomix::rule::{Context, Rule, Rules, Structure};
use octomix::{GaussianMixture, Init, unobserved};
use serde_json::Value;

/// Counts the bytes in use, and the most of them so far.
struct Counting;

static IN_USE: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

fn grow(bytes: usize) {
    MOST.fetch_max(IN_USE.fetch_add(bytes, Ordering::Relaxed) + bytes, Ordering::Relaxed);
}

// SAFETY: every call goes to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grow(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        grow(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        IN_USE.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        IN_USE.fetch_sub(layout.size(), Ordering::Relaxed);
        grow(size);
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// One test at a time: what one of them allocates is not the other's.
static TURN: Mutex<()> = Mutex::new(());

/// The `i`th of 2^32 distinct addresses in an order that looks like none.
fn scattered(i: u32) -> u32 {
    i.wrapping_mul(2_654_435_761)
}

/// From packets to tables, all in the memory that the README states. Fifty bytes an address, as a
/// hash map and kept labels took, would be three times as much.
///
#[test]
fn five_bytes_an_address_from_packets_to_tables() {
    const ADDRESSES: u32 = 8_000_000;
    let _turn = TURN.lock();
    let before = IN_USE.load(Ordering::Relaxed);
    MOST.store(before, Ordering::Relaxed);

    let mut counter = Counter::default();
    (0..ADDRESSES).for_each(|i| counter.count(scattered(i)));
    let set = counter.finish();
    assert_eq!(set.len(), ADDRESSES as usize);
    let held = IN_USE.load(Ordering::Relaxed) - before;
    assert!(held < 5 * set.len(), "a finished set takes {held} bytes");

    let addresses = set.addresses();
    let mut engine = CpuEngine::new(addresses);
    let params = GaussianMixture::params(2).init(Init::RandomFromData).n_init(1).max_iter(1);
    let fit = params.check().unwrap().fit(&mut engine, &mut unobserved).unwrap();
    let scorer = Scorer::mixture(&fit.estimate, Score::Sklearn);
    let of_ranks = |ranks: &[u64]| scorer.order_statistics(&mut engine, ranks);
    let threshold = percentile(4.0, set.len(), of_ranks).unwrap();

    let pca = Pca::new(&fit.moments);
    let ranking = Some(Rule::LowDensity);
    let table =
        AddressTable { set: &set, pca: &pca, responsibilities: None, ranking, earlier: None };
    let rules: Rules = [Rule::Reserved, Rule::Isolated, Rule::Gap].into_iter().collect();
    let ascending = Ascending::new(addresses);
    let context = Context { side: Side::Source, ..Context::default() };
    let structure = Structure::new(&set, &ascending, rules, &context);
    let judge = Judge { threshold, flags: &structure.flags };
    let mut census = Census::new(&set, 2);
    let mut done = 0;
    let engine: &mut dyn Engine = &mut engine;
    let labelled = scorer.label(engine, &mut |_, labels| {
        let rows: Vec<Verdict> = judge.verdicts(done, labels).collect();
        done += rows.len();
        census.add(&rows);
        table.write(&rows, &mut io::sink())
    });
    labelled.unwrap();
    let (tallies, anomalies) = census.finish();
    assert_eq!(tallies.iter().map(|tally| tally.size).sum::<u64>(), u64::from(ADDRESSES));
    let low = anomalies.iter().filter(|row| row.rules().has(Rule::LowDensity)).count();
    assert_eq!(low, set.len() / 25);
    // 224.0.0.0/3 alone is an eighth of the address space.
    assert!(anomalies.len() > set.len() / 8);
    let sizes: Vec<u64> = tallies.iter().map(|tally| tally.size).collect();
    let surprise = Surprise::new(&ascending);
    let reasons = Reasons::new(&ascending, surprise, &structure, &fit.estimate, &sizes);
    table.write_flagged(&anomalies, &reasons, &mut io::sink()).unwrap();

    let most = MOST.load(Ordering::Relaxed) - before;
    // A row and a flag of each flagged address: 32 bytes.
    assert!(
        most < 5 * set.len() + 32 * anomalies.len() + (100 << 20),
        "the most in use were {most} bytes"
    );
}

/// Memory does not grow with the files: a table of 100 MiB, some of its fields in quotes, and the same compressed.
#[test]
fn blocks_are_all_that_is_held_of_a_file() {
    const ROWS: u32 = 1_600_000;
    let _turn = TURN.lock();
    let folder = tempfile::tempdir().unwrap();
    let plain = folder.path().join("x.csv");
    let mut table = BufWriter::new(File::create(&plain).unwrap());
    writeln!(table, "src,note,dst").unwrap();
    for i in 0..ROWS {
        let note = if i % 1000 == 0 { "\"a\nb\"" } else { "some twenty more bytes of a field" };
        writeln!(table, "{},{note},{}", dotted(i % 1000), dotted(i % 7)).unwrap();
    }
    table.flush().unwrap();
    drop(table);
    let zstd = folder.path().join("x.zst");
    let mut encoder = zstd::Encoder::new(File::create(&zstd).unwrap(), 1).unwrap();
    io::copy(&mut File::open(&plain).unwrap(), &mut encoder).unwrap();
    encoder.finish().unwrap();

    for path in [plain, zstd] {
        let before = IN_USE.load(Ordering::Relaxed);
        MOST.store(before, Ordering::Relaxed);
        let mut go_on = |_| ControlFlow::Continue(());
        let found = read(&[path], &Options::default(), &mut go_on).unwrap();
        assert_eq!((found.sets.source.len(), found.sets.destination.len()), (1000, 7));
        assert_eq!(found.account.records(), u64::from(ROWS));
        let most = MOST.load(Ordering::Relaxed) - before;
        assert!(most < 64 << 20, "the most in use were {most} bytes");
    }
}

/// Distinct addresses of the list, more than keep their order.
const LISTED: u32 = LARGEST_UNSORTED as u32 + 400_000;

/// The packets of the `i`th address.
fn packets(i: u32) -> u32 {
    if i.is_multiple_of(1000) { 3 } else { 1 }
}

fn write_list(path: &Path) {
    let mut list = BufWriter::new(File::create(path).unwrap());
    for round in 0..3 {
        for i in (0..LISTED).filter(|&i| packets(i) > round) {
            writeln!(list, "{}", dotted(scattered(i))).unwrap();
        }
    }
    list.flush().unwrap();
}

#[test]
fn a_list_beyond_the_order_of_appearance_is_detected_whole() {
    let _turn = TURN.lock();
    let folder = tempfile::tempdir().unwrap();
    write_list(&folder.path().join("list.txt"));
    let options = ["--model", "kmeans", "-k", "2", "--n-init", "1", "--max-iter", "2"];
    let run = Command::new(env!("CARGO_BIN_EXE_octomix"))
        .current_dir(&folder)
        .args(["detect", "list.txt", "--engine", "cpu", "--quiet", "--rules", "low-density"])
        .args(options)
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));

    let read =
        |name: &str| std::fs::read_to_string(folder.path().join("octomix-out").join(name)).unwrap();
    let json = |name| serde_json::from_str::<Value>(&read(name)).unwrap();
    let mut expected: Vec<(u32, u32)> = (0..LISTED).map(|i| (scattered(i), packets(i))).collect();
    expected.sort_unstable();
    let table = read("src/addresses.csv");
    let rows: Vec<Vec<&str>> =
        table.lines().skip(1).map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), LISTED as usize);
    for (row, (address, packets)) in rows.iter().zip(expected) {
        assert_eq!((common::address(row[0]), row[1].parse()), (address, Ok(packets)));
    }

    let density = |row: &[&str]| row[3].parse::<f64>().unwrap();
    let densities: Vec<f64> = rows.iter().map(|row| density(row)).collect();
    let limit = common::threshold(Threshold::Percentile(4.0), &densities);
    assert_eq!(json("src/model.json")["threshold"]["log_density"].as_f64(), Some(limit));

    let lines: Vec<&str> = table.lines().skip(1).collect();
    let mut flagged: Vec<usize> = (0..rows.len()).filter(|&at| densities[at] < limit).collect();
    flagged.sort_by(|&a, &b| densities[a].total_cmp(&densities[b]));
    let anomalies = read("src/anomalies.csv");
    assert_eq!(anomalies.lines().count(), 1 + flagged.len());
    for (line, &at) in anomalies.lines().skip(1).zip(&flagged) {
        // Of the columns, seven are of the model in both tables.
        let of_model = lines[at].match_indices(',').nth(6).unwrap().0;
        let rest = line.strip_prefix(&lines[at][..of_model]).unwrap();
        assert!(rest.starts_with(",low-density,"), "{line}");
    }

    let found = &json("summary.json")["src"];
    assert_eq!(found["addresses"], LISTED);
    assert_eq!(found["packets"], (0..LISTED).map(|i| u64::from(packets(i))).sum::<u64>());
    assert_eq!(found["anomaly_count"], flagged.len());
    let told = found["anomalies"].as_array().unwrap();
    assert_eq!(told.len(), 1000);
    assert!(told.iter().zip(anomalies.lines().skip(1)).all(|(told, line)| {
        line.split(',').next().is_some_and(|address| told["address"] == address)
    }));
    for (k, cluster) in found["clusters"].as_array().unwrap().iter().enumerate() {
        let of_cluster = || rows.iter().filter(|row| row[2] == k.to_string());
        assert_eq!(cluster["size"], of_cluster().count());
        let first = cluster["common_octets"][0]["prefix"].as_str().unwrap().trim_end_matches('*');
        let starting = of_cluster().filter(|row| row[0].starts_with(first)).count();
        assert_eq!(cluster["common_octets"][0]["size"], starting);
    }
}
