//! `octomix extract` and `octomix merge`: what is extracted in parts and united is what is extracted at
//! once, in every form.

use std::collections::BTreeMap;
use std::fs;

use octomix::synthetic::{Shape, Synthetic};
use predicates::str::contains;
use roaring::RoaringBitmap;

use crate::{Folder, TUTORIAL};

/// Runs octomix, which must go well, and returns what it prints.
/// The columns of what addresses did.
const ACTIVITY: &str = ",bytes,peers,services,unanswered,first_seen,last_seen";

fn done(folder: &Folder, arguments: &[&str]) -> String {
    let done = folder.octomix(arguments).assert().success();
    String::from_utf8(done.get_output().stdout.clone()).unwrap()
}

/// Splits the tutorial's rows over captures in folders of their own, unevenly; returns their paths.
fn parts(folder: &Folder) -> Vec<String> {
    let text = fs::read_to_string(TUTORIAL).unwrap();
    let (header, rows) = text.split_once('\n').unwrap();
    let rows: Vec<&str> = rows.lines().collect();
    let mut paths = Vec::new();
    for (task, rows) in rows.chunks(450).enumerate() {
        let path = format!("captures/{task}.csv");
        fs::create_dir_all(folder.path("captures")).unwrap();
        folder.write(&path, format!("{header}\n{}\n", rows.join("\n")));
        paths.push(path);
    }
    assert_eq!(paths.len(), 10);
    paths
}

#[test]
fn shards_of_an_array_of_tasks_unite_to_what_one_extraction_gives() {
    let folder = Folder::new();
    done(&folder, &["extract", TUTORIAL, "-o", "whole"]);
    for (task, path) in parts(&folder).iter().enumerate() {
        done(&folder, &["extract", path, "-o", &format!("shards/job/{task}/out")]);
    }
    let told = done(&folder, &["merge", "shards", "-o", "all"]);
    assert!(told.starts_with("Read 30 files: "), "{told}");
    for file in ["src.csv", "dst.csv", "behaviour.bin"] {
        // The tasks' numbers sort as the captures did, so even the order is the same.
        let read = |of: &str| fs::read(folder.path(&format!("{of}/{file}"))).unwrap();
        assert!(read("all") == read("whole"), "{file}");
    }
    let packets: u64 = folder
        .read("all/src.csv")
        .lines()
        .skip(1)
        .map(|row| row.split(',').nth(1).unwrap().parse::<u64>().unwrap())
        .sum();
    let summary = folder.json("all/summary.json");
    assert_eq!((packets, &summary["src"]["packets"]), (4087, &4087.into()));
    assert_eq!(summary["src"]["addresses"], 187);
    assert_eq!(
        summary["files"],
        serde_json::json!(["src.csv", "dst.csv", "behaviour.bin", "summary.json", "manifest.json"])
    );
}

#[test]
fn shards_beyond_the_order_of_appearance_unite_too() {
    let folder = Folder::new();
    // More than 2^20 addresses in all, fewer in each part, every third in two of them.
    let addresses: Vec<u32> = Synthetic::new(Shape::Mixed, 1_200_000, 3).unwrap().iter().collect();
    let mut expected: BTreeMap<u32, u64> = BTreeMap::new();
    for part in 0..3 {
        let mut lines = String::new();
        for (i, &address) in addresses.iter().enumerate() {
            if i % 3 == part || i % 9 == part {
                *expected.entry(address).or_default() += 1;
                lines += &format!("{}\n", octomix::address::dotted(address));
            }
        }
        folder.write(&format!("{part}.txt"), lines);
        done(&folder, &["extract", &format!("{part}.txt"), "-o", &format!("shards/{part}")]);
    }
    done(&folder, &["merge", "shards", "-o", "all"]);
    let text: String =
        expected.iter().fold(format!("address,records{ACTIVITY}\n"), |text, (a, packets)| {
            text + &format!("{},{packets},,,,,,\n", octomix::address::dotted(*a))
        });
    assert!(folder.read("all/src.csv") == text);
}

#[test]
fn a_pool_of_one_thread_extracts_more_than_a_batch() {
    let folder = Folder::new();
    let set = Synthetic::new(Shape::Sparse, 2_300_000, 7).unwrap();
    let lines = set.iter().fold(String::new(), |lines, address| {
        lines + &octomix::address::dotted(address).to_string() + "\n"
    });
    folder.write("list", lines);
    folder.octomix(&["extract", "list"]).env("RAYON_NUM_THREADS", "1").assert().success();
    let summary = folder.json("octomix-out/summary.json");
    assert_eq!(
        summary["src"],
        serde_json::json!({"addresses": 2_300_000, "packets": 2_300_000, "unit": "records"})
    );
}

#[test]
fn bitmaps_are_shards_without_counts() {
    let folder = Folder::new();
    done(&folder, &["extract", TUTORIAL, "-o", "table"]);
    let bitmap = ["extract", TUTORIAL, "-o", "bitmap", "--as", "bitmap"];
    folder.octomix(&bitmap).assert().success().stderr(
        "octomix: warning: bitmaps hold no counts: every address will count as one; \
         use --as csv to keep them\n",
    );
    let bytes = fs::read(folder.path("bitmap/dst.roaring")).unwrap();
    let bitmap = RoaringBitmap::deserialize_from(&bytes[..]).unwrap();
    assert_eq!(bitmap.len(), 2673);
    let parse = |row: &str| {
        u32::from(row.split(',').next().unwrap().parse::<std::net::Ipv4Addr>().unwrap())
    };
    let table: RoaringBitmap = folder.read("table/dst.csv").lines().skip(1).map(parse).collect();
    assert_eq!(bitmap, table);

    // A table and a bitmap of the same addresses: one record more each.
    let merge = ["merge", "table/src.csv", "bitmap/src.roaring", "-o", "both"];
    folder.octomix(&merge).assert().success().stderr(
        "octomix: warning: 1 file is a bitmap, which holds no counts: each of its addresses counts \
         as one\n",
    );
    let more = |text: String| {
        let rows = text.lines().skip(1).map(|row| {
            let mut fields = row.split(',');
            let (address, records) = (fields.next().unwrap(), fields.next().unwrap());
            format!("{address},{},,,,,,\n", records.parse::<u64>().unwrap() + 1)
        });
        rows.fold(format!("address,records{ACTIVITY}\n"), |text, row| text + &row)
    };
    // Without behaviour.bin nothing is known of what they did.
    assert_eq!(folder.read("both/src.csv"), more(folder.read("table/src.csv")));
}

#[test]
fn detect_finds_in_shards_what_it_finds_in_the_capture() {
    let folder = Folder::new();
    done(&folder, &["extract", TUTORIAL, "-o", "shard"]);
    done(&folder, &["detect", TUTORIAL, "-o", "a", "--weight", "packets"]);
    let told = done(&folder, &["detect", "-r", "shard", "-o", "b", "--weight", "packets"]);
    assert!(told.contains("187 counted addresses, "), "{told}");
    for file in ["src/addresses.csv", "dst/addresses.csv", "src/anomalies.csv", "src/model.json"] {
        assert!(folder.read(&format!("a/{file}")) == folder.read(&format!("b/{file}")), "{file}");
    }
    // By its name a file is of its role, whatever is read beside it.
    let told = done(&folder, &["detect", "shard/dst.csv", "-o", "c", "-k", "3"]);
    assert!(
        told.contains("\nDestinations: 2,673 addresses") && !told.contains("Sources"),
        "{told}"
    );
}

#[test]
fn another_form_replaces_the_files_of_the_first() {
    let folder = Folder::new();
    folder.write("x.txt", "10.0.0.1\n10.0.0.2\n");
    done(&folder, &["extract", "x.txt", "-o", "out"]);
    folder.write("out/dst.csv", "not written by octomix");
    done(&folder, &["extract", "x.txt", "-o", "out", "--as", "bitmap"]);
    let names = ["src.csv", "src.roaring", "dst.csv", "summary.json"];
    let exist = names.map(|name| folder.path("out").join(name).exists());
    assert_eq!(exist, [false, true, true, true]);
}

#[test]
fn a_merge_tells_what_its_extractions_lost() {
    let folder = Folder::new();
    folder.write("whole.csv", "src,dst\n10.0.0.1,10.0.0.2\n");
    folder.write("cut.csv", "src,dst\n10.0.0.1,10.0.0.3\n10.0.0.3");
    done(&folder, &["extract", "whole.csv", "-o", "shards/a"]);
    folder.octomix(&["extract", "cut.csv", "-o", "shards/b"]).assert().code(3);
    let told = "octomix: warning: what these shards were made of was not read whole: 1 file is damaged\n\
                octomix: error: 1 file is damaged; the results are whole but for what is there\n";
    folder.octomix(&["merge", "shards", "-o", "all"]).assert().code(3).stderr(told);
    assert_eq!(folder.json("all/summary.json")["input"]["lost"]["damaged"], 1);
    // Once more, and by name.
    folder.octomix(&["merge", "all/src.csv", "-o", "again"]).assert().code(3).stderr(told);
    done(&folder, &["merge", "shards/a", "-o", "of-whole"]);
}

#[test]
fn shards_in_directories_must_be_as_they_were_written() {
    let folder = Folder::new();
    folder.write("x.txt", "10.0.0.1\n10.0.0.2\n");
    done(&folder, &["extract", "x.txt", "-o", "shards/a"]);
    let refused = |told: &str| {
        let merge = ["merge", "shards", "-o", "all"];
        folder.octomix(&merge).assert().code(1).stdout("").stderr(contains(told));
        assert!(!folder.path("all").exists());
    };
    let shard = folder.read("shards/a/src.csv");
    folder.write("shards/a/src.csv", shard.replace("10.0.0.2", "10.0.0.3"));
    refused("'shards/a/src.csv' is not the file that octomix wrote: expected ");
    // Who names it means it.
    done(&folder, &["merge", "shards/a/src.csv", "-o", "named"]);
    folder.write("shards/a/src.csv", &shard);
    // Without its summary nobody knows what was lost.
    fs::remove_file(folder.path("shards/a/summary.json")).unwrap();
    refused("'shards/a/summary.json' is not the file that octomix wrote: expected ");
    fs::rename(folder.path("shards/a/manifest.json"), folder.path("kept")).unwrap();
    folder.write("shards/a/.octomix-abc", "");
    refused("the run that writes into 'shards/a' has not come to its end; run it again, or name ");
    // Those of other programs have no manifest.
    fs::remove_file(folder.path("shards/a/.octomix-abc")).unwrap();
    done(&folder, &["merge", "shards", "-o", "all"]);
}

#[test]
fn no_shard_counts_twice_unnoticed() {
    let folder = Folder::new();
    folder.write("x.txt", "10.0.0.1\n10.0.0.2\n");
    folder.write("y.txt", "10.0.0.2\n");
    done(&folder, &["extract", "x.txt", "-o", "shards/x"]);
    done(&folder, &["extract", "y.txt", "-o", "shards/y"]);
    done(&folder, &["merge", "shards", "-o", "shards/all"]);
    let told = "octomix: error: the shards in 'shards/all' were made of 'shards/x/src.csv', which would count \
                twice; name only one of them\n";
    folder.octomix(&["merge", "shards", "-o", "out"]).assert().code(1).stderr(told);
    done(&folder, &["merge", "shards/all", "-o", "out"]);

    done(&folder, &["extract", "x.txt", "-o", "shards/all/z"]);
    let told = "octomix: warning: a folder has the same shards as another, and both count: 'shards/x' those of \
                'shards/all/z'; leave one out if it is a copy\n";
    let merge = ["merge", "shards/all/z", "shards/x", "shards/y", "-o", "copies"];
    folder.octomix(&merge).assert().success().stderr(told);
    assert_eq!(folder.json("copies/summary.json")["src"]["packets"], 5);
}

#[test]
fn shards_of_both_sides_as_one_set_unite_as_they_are() {
    let folder = Folder::new();
    let extract = |part: usize, row: &str| {
        folder.write("x.csv", format!("src,dst\n{row}\n"));
        done(&folder, &["extract", "x.csv", "--role", "any", "-o", &format!("shards/{part}")]);
    };
    extract(0, "10.0.0.1,10.0.0.2");
    extract(1, "10.0.0.2,10.0.0.3");
    let told = done(&folder, &["merge", "shards", "-v", "-o", "all"]);
    assert!(told.contains("\nAddresses: 3 addresses, 4 records\n"), "{told}");
    assert!(!told.contains("skipped"), "{told}");
    // Where others are beside them it must be said what is meant.
    done(&folder, &["extract", "x.csv", "-o", "shards/2"]);
    let merge = ["merge", "shards", "-o", "all"];
    let told = "any.csv' holds sources and destinations as one set; give --role any to read it";
    folder.octomix(&merge).assert().code(1).stderr(contains(told));
    done(&folder, &[&merge[..], &["--role", "any"]].concat());
}

#[test]
fn each_file_is_told_on_request() {
    let folder = Folder::new();
    folder.write("x.txt", "10.0.0.1\n10.0.0.2\n");
    let extract = folder.octomix(&["extract", "x.txt", "-v", "-o", "out"]).assert().success();
    extract.stderr("octomix: detail: x.txt: 2 lines of a list, read as list\n");
    let merge = folder.octomix(&["merge", "out", "-v", "-o", "all"]).assert().success();
    merge.stderr(contains("octomix: detail: out/src.csv: 2 counted addresses, read as shard\n"));
    let help = folder.octomix(&["merge", "--help"]).assert().success();
    help.stdout(contains("Tell on standard error of each file how it was read"));
}

#[test]
fn what_is_no_shard_is_refused() {
    let folder = Folder::new();
    folder.write("x.csv", "src,dst\n10.0.0.1,10.0.0.2\n");
    folder.write("src.csv", "src,dst\n10.0.0.1,10.0.0.2\n");
    folder.write("part.csv", format!("address,packets,records{ACTIVITY}\n10.0.0.1,3,,,,,,,\n"));
    let refused = |arguments: &[&str], status: i32, told: &str| {
        let arguments = [&["merge"], arguments].concat();
        let done = folder.octomix(&arguments).assert().code(status).stdout("");
        done.stderr(format!("octomix: error: {told}\n"));
    };
    let nameless = "the name of 'part.csv' does not tell its role: call it src.csv, dst.csv, \
                    src.roaring or dst.roaring, or give --role; see octomix help";
    refused(&["part.csv"], 2, nameless);
    let no_shard =
        "is no shard; merge takes what octomix extract wrote, and extract reads captures";
    refused(&["src.csv"], 1, &format!("'src.csv' {no_shard}"));
    fs::create_dir(folder.path("empty")).unwrap();
    let none = "no shard in 'empty': expected src.csv, dst.csv, src.roaring or dst.roaring, as octomix \
                extract writes them";
    refused(&["empty"], 1, none);
    done(&folder, &["merge", "part.csv", "--role", "dst", "-o", "out"]);
    let header = format!("address,packets,records{ACTIVITY}");
    assert_eq!(folder.read("out/dst.csv"), format!("{header}\n10.0.0.1,3,,,,,,,\n"));
}

#[test]
fn a_damaged_bitmap_gives_what_stands_before_the_damage() {
    let folder = Folder::new();
    folder.write("x.txt", "10.0.0.1\n10.0.0.2\n172.16.0.1\n");
    done(&folder, &["extract", "x.txt", "-o", "out", "--as", "bitmap"]);
    let bytes = fs::read(folder.path("out/src.roaring")).unwrap();
    folder.write("src.roaring", &bytes[..bytes.len() - 1]);
    let merge = ["merge", "src.roaring", "-o", "part"];
    let told = "src.roaring: the bitmap is cut off after 1 of 2 containers";
    folder.octomix(&merge).assert().code(3).stderr(contains(told));
    assert_eq!(
        folder.read("part/src.csv"),
        format!("address,records{ACTIVITY}\n10.0.0.1,1,,,,,,\n10.0.0.2,1,,,,,,\n")
    );
}

#[test]
fn folders_of_captures_are_read_as_a_whole() {
    let folder = Folder::new();
    parts(&folder);
    fs::create_dir_all(folder.path("captures/.hidden")).unwrap();
    folder.write("captures/.hidden/x.csv", "src,dst\n1.1.1.1,1.1.1.1\n");
    folder.write("captures/picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01");
    folder.write("captures/notes.txt", "what was captured when\n");
    folder.write("captures/table.csv", "day,size\n1,2\n");
    done(&folder, &["extract", TUTORIAL, "-o", "whole"]);
    let done =
        folder.octomix(&["extract", "-r", "captures", "-o", "captures/out"]).assert().success();
    done.stderr("").stdout(contains("\n  3 files of other kinds were passed over\n"));
    assert_eq!(folder.read("captures/out/src.csv"), folder.read("whole/src.csv"));
    let summary = folder.json("captures/out/summary.json");
    let passed_over = summary["input"]["passed_over"].as_array().unwrap();
    assert_eq!(passed_over.len(), 3);
    assert!(passed_over.iter().all(|passed| passed["why"] == "other_kind"));
    // Its own results are not read the next time.
    folder.octomix(&["extract", "-r", "captures", "-o", "again"]).assert().success();
    assert_eq!(folder.read("again/src.csv"), folder.read("whole/src.csv"));
    // As a pattern, hidden files and other kinds are left out by the pattern.
    folder.octomix(&["extract", "captures/[0-9].csv", "-o", "glob"]).assert().success();
    assert_eq!(folder.read("glob/dst.csv"), folder.read("whole/dst.csv"));
}
