//! The text of strangers, wherever it comes from: no terminal obeys it, no page runs it, and it is cut.

use std::fs;

use assert_cmd::Command;

use crate::{Folder, without_gpu};

/// A title for the terminal, a colour, a line of its own, a change of direction, a tag.
const EVIL: &str =
    "\u{1b}]0;pwned\u{7}\u{1b}[31m\r\u{9b}2J\u{202e}\u{200b}<script>alert(1)</script>";

/// Whether `c` may stand in what is printed.
fn is_harmless(c: char) -> bool {
    c == '\n' || !(c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'))
}

/// Runs `command`, and checks all that it prints.
fn check(command: &mut Command, what: &str) {
    let done = command.output().unwrap();
    for stream in [&done.stdout, &done.stderr] {
        let text = String::from_utf8_lossy(stream);
        assert!(text.chars().all(is_harmless), "{what}: {text:?}");
        assert!(!text.contains(&"x".repeat(101)), "{what}: it is not cut");
        let longest = text.lines().map(|line| line.chars().count()).max();
        assert!(longest.unwrap_or(0) < 1_500, "{what}: {text}");
    }
    assert!(!done.stdout.is_empty() || !done.stderr.is_empty(), "{what}: it says nothing");
}

#[test]
fn names_and_contents_of_files_do_no_harm() {
    let folder = Folder::new();
    folder.write("list.txt", "10.0.0.1\n10.0.0.2\n10.9.0.3\n");
    folder.octomix(&["fit", "list.txt", "-o", "m", "-k", "1"]).assert().success();
    let model = folder.read("m/src/model.json");
    let long = format!("{EVIL}{}", "x".repeat(10_000));
    for text in [EVIL, &long] {
        let json = serde_json::to_string(text).unwrap();
        // Every field of a model that is a text.
        for field in
            ["format", "kind", "role", "covariance_type", "octomix", "engine", "weighted_by"]
        {
            let begin = format!("\"{field}\": \"");
            let Some(at) = model.find(&begin) else { continue };
            let value = at + begin.len() - 1;
            let end = value + 1 + model[value + 1..].find('"').unwrap() + 1;
            folder.write("evil.json", format!("{}{json}{}", &model[..value], &model[end..]));
            check(
                &mut folder.octomix(&["score", "--model", "evil.json", "list.txt", "-o", "s"]),
                field,
            );
            check(&mut folder.octomix(&["sample", "--model", "evil.json", "--count", "1"]), field);
            check(
                &mut folder.octomix(&["fit", "--warm-start", "evil.json", "list.txt", "-o", "s"]),
                field,
            );
        }
        for (name, content) in [
            ("cells", format!("address,cluster\n{text},1\n")),
            ("labels", format!("address,cluster\n10.0.0.1,{text}\n")),
            ("columns", format!("{text},cluster\n10.0.0.1,1\n")),
            ("kind", format!("{{\"covariance_type\": {json}, \"weights\": [1]}}")),
            ("unknown", format!("{{{json}: 1}}")),
        ] {
            folder.write("evil.start", content);
            let start = ["fit", "--init-file", "evil.start", "list.txt", "-o", "s"];
            check(&mut folder.octomix(&start), name);
        }
        folder.write("evil.blk", text);
        for option in ["--only", "--exclude", "--allow"] {
            check(
                &mut folder.octomix(&["detect", option, "evil.blk", "list.txt", "-o", "s"]),
                option,
            );
        }
        for (name, content) in [
            ("e.csv", format!("{text},b\n1,2\n")),
            ("e.csv", format!("src_ip,dst_ip\n{text},10.0.0.1\n")),
            ("e.csv", format!("src_ip,packets\n10.0.0.1,{text}\n")),
            ("e.csv", format!("# {text}\nsrc_ip,time\n10.0.0.1,{text}\n")),
            ("e.csv", format!("{text} 1\n{text}\nsrc_ip,dst_ip\n10.0.0.1,10.0.0.2\n")),
            ("e.json", format!("{{{json}: {json}}}\n")),
            ("e.json", format!("{{\"src_ip\": {json}, \"dst_ip\": \"10.0.0.1\"}}\n")),
            ("e.json", format!("{{\"{json}: 1\n")),
            ("e.txt", format!("{text}\n10.0.0.1\n")),
            ("e.log", format!("{text} src=10.0.0.1 dst={text}\n")),
            ("e.zeek", format!("#separator \\x09\n#fields\t{text}\tid.orig_h\n1\t10.0.0.1\n")),
            ("e.zeek", format!("#separator {text}\n")),
        ] {
            folder.write(name, content);
            for strict in [&[][..], &["--strict"]] {
                let run = ["detect", name, "-o", "e", "-k", "1", "--times"];
                check(&mut folder.octomix(&[&run, strict].concat()), name);
            }
        }
        for arguments in [
            &["detect", "list.txt", "--src-column", text, "-o", "s"][..],
            &["detect", "list.txt", "--where", text, "-o", "s"],
            &["detect", text, "-o", "s"],
            &["detect", "list.txt", "--only", text, "-o", "s"],
            &["detect", "list.txt", "-k", text, "-o", "s"],
            &["detect", "list.txt", "--model", text, "-o", "s"],
            &["score", "list.txt", "--model", text, "-o", "s"],
            &[text],
        ] {
            check(&mut folder.octomix(arguments), &arguments.join(" "));
        }
        if !without_gpu() {
            check(&mut folder.octomix(&["detect", "list.txt", "--adapter", text]), "adapter");
        }
    }
}

#[cfg(unix)]
#[test]
fn names_of_files_do_no_harm() {
    let folder = Folder::new();
    // A name may not hold a slash.
    let evil = EVIL.replace('/', "|");
    let names = [evil.clone(), format!("={evil}"), "x".repeat(240)];
    fs::create_dir(folder.path("day")).unwrap();
    for (at, name) in names.iter().enumerate() {
        folder.write(&format!("day/{name}.txt"), format!("10.0.0.1\n10.0.0.2\n10.9.0.{at}\nodd\n"));
        folder.write(&format!("day/{name}.csv"), "a,b\n1,2\n");
        folder.write(&format!("day/{name}.nfcapd"), b"\x0c\xa5\x02\0\0\0");
    }
    check(&mut folder.detect(&["-r", "day", "-k", "1"]), "recursive");
    check(&mut folder.detect(&["day/*.txt", "-k", "1", "-o", &evil]), "output");
    check(&mut folder.detect(&["--each", "day/*", "-k", "1", "-o", "each"]), "each");
    for page in ["octomix-out/report.html", "each/index.html"] {
        let page = folder.read(page);
        assert!(page.chars().all(|c| is_harmless(c) || c == '\t'), "{page}");
        assert!(!page.contains("<script>alert"), "{page}");
    }
    let table = folder.read("each/index.csv");
    let formula = |row: csv::Result<csv::StringRecord>| {
        row.unwrap().iter().any(|cell| cell.starts_with(['=', '+', '-', '@', '\t', '\r']))
    };
    assert!(!csv::Reader::from_reader(table.as_bytes()).records().any(formula), "{table}");
}
