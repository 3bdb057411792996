//! report.html in a real browser: what it loads, draws, tells and refuses.

mod browser;
mod webgpu;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use browser::Browser;
use serde_json::{Value, json};
use tempfile::TempDir;

const TUTORIAL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/tutorial_packets.csv");

/// A fast model, for tests of pages that do not look at what is in the clusters.
const FAST: [&str; 8] = ["--model", "kmeans", "-k", "3", "--n-init", "1", "--max-iter", "3"];

fn octomix(folder: &Path, arguments: &[&str]) {
    let run = Command::new(env!("CARGO_BIN_EXE_octomix"))
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap();
    assert!(run.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
}

/// The page of `octomix detect` with these arguments.
fn page(arguments: &[&str]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    octomix(folder.path(), &[&["detect", "--quiet", "--engine", "cpu"], arguments].concat());
    let path = folder.path().join("octomix-out/report.html");
    (folder, path)
}

/// The page of so many synthetic addresses.
fn page_of(addresses: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let generate = ["generate", "--shape", "mixed", "--addresses", addresses, "-o", "list.txt"];
    octomix(folder.path(), &generate);
    octomix(
        folder.path(),
        &[&["detect", "--quiet", "--engine", "cpu", "list.txt"], &FAST[..]].concat(),
    );
    let path = folder.path().join("octomix-out/report.html");
    (folder, path)
}

/// A function that reads the pixels of a canvas from a copy: Chromium warns of a canvas that is read
/// often, and the console must stay empty.
const COPY: &str = "const pixels = (from) => { const { width, height } = from; \
    const copy = Object.assign(document.createElement('canvas'), { width, height }); \
    const context = copy.getContext('2d', { willReadFrequently: true }); \
    context.drawImage(from, 0, 0); return context.getImageData(0, 0, width, height).data; };";

/// How many pixels of a canvas differ from its paper; `canvas` is a selector.
fn drawn(browser: &Browser, canvas: &str) -> u64 {
    let script = format!(
        "{COPY} const data = new Uint32Array(pixels(document.querySelector('{canvas}')).buffer); \
         return data.reduce((n, pixel) => n + (pixel >>> 24 > 40), 0)"
    );
    browser.run_after_frames(&script).as_u64().unwrap()
}

/// Where the address is in the window, scrolled into sight.
fn place(browser: &Browser, role: &str, address: &str) -> (f64, f64) {
    let stage = format!("document.querySelector('#{role}').octomix.plane.stage");
    browser.run(&format!("{stage}.scrollIntoView({{ block: 'center', behavior: 'instant' }})"));
    // Scrolling hides tooltips, and is only told with the next frame.
    let script = format!(
        "const {{ plane, role }} = document.querySelector('#{role}').octomix; \
         const number = '{address}'.split('.').reduce((n, octet) => 256 * n + Number(octet), 0); \
         const i = role.address.indexOf(number), box = plane.stage.getBoundingClientRect(); \
         const [x, y] = plane.place(role.x[i], role.y[i]); \
         return [box.left + x, box.top + y]"
    );
    let at = browser.run_after_frames(&script);
    (at[0].as_f64().unwrap(), at[1].as_f64().unwrap())
}

fn text(browser: &Browser, selector: &str) -> String {
    let script = format!("return document.querySelector('{selector}')?.innerText ?? ''");
    browser.run(&script).as_str().unwrap().to_owned()
}

fn click(browser: &Browser, selector: &str) {
    browser.run(&format!("document.querySelector('{selector}').click()"));
}

/// The cells of a column of the table of flags, from 1.
fn column(browser: &Browser, role: &str, at: u32) -> Vec<String> {
    let script = format!(
        "return [...document.querySelectorAll('#{role} .flags tbody td:nth-child({at})')] \
         .map((cell) => cell.innerText.trim())"
    );
    serde_json::from_value(browser.run(&script)).unwrap()
}

#[test]
fn the_page_loads_from_disk_asks_nothing_of_the_network_and_draws() {
    let Some(browser) = Browser::open() else { return };
    let (_folder, path) = page(&[TUTORIAL]);
    browser.load(&path);
    for role in ["src", "dst"] {
        for canvas in [".plane .base", ".plane .over", ".space .base"] {
            let pixels = drawn(&browser, &format!("#{role} {canvas}"));
            assert!(pixels > 100, "{role} {canvas}: {pixels} pixels");
        }
        let charts = browser.run(&format!(
            "return [...document.querySelectorAll('#{role} .chart')].map((chart) => chart.querySelectorAll('rect, circle').length)"
        ));
        let shapes: Vec<u64> = serde_json::from_value(charts).unwrap();
        assert!(shapes.len() == 3 && shapes.iter().all(|&n| n >= 5), "{role}: {shapes:?}");
    }
    assert_eq!(browser.log("browser"), Vec::<String>::new());
    let requests: Vec<String> = browser
        .log("performance")
        .iter()
        .map(|entry| serde_json::from_str::<Value>(entry).unwrap()["message"].take())
        .filter(|message| message["method"] == "Network.requestWillBeSent")
        .map(|message| message["params"]["request"]["url"].as_str().unwrap().to_owned())
        .filter(|url| url.starts_with("file:") || url.starts_with("http"))
        .collect();
    assert_eq!(requests, [format!("file://{}", path.display())]);
}

#[test]
fn the_policy_lets_nothing_in_that_is_not_in_the_page() {
    let Some(browser) = Browser::open() else { return };
    let (folder, path) = page(&[TUTORIAL, "--role", "src", "-k", "3"]);
    // One more script, and a picture, such as an attacker would want.
    let html = std::fs::read_to_string(&path).unwrap();
    let attacked = html.replace(
        "</footer>",
        "</footer><script>window.pwned = 1</script><img id=\"spy\" src=\"http://127.0.0.1:9/spy.png\" onerror=\"window.pwned = 2\">",
    );
    assert_ne!(html, attacked);
    let other = folder.path().join("attacked.html");
    std::fs::write(&other, attacked).unwrap();
    browser.load(&other);
    assert_eq!(browser.run("return window.pwned ?? null"), Value::Null);
    let refused = browser.log("browser");
    let violations = refused.iter().filter(|line| line.contains("Content Security Policy")).count();
    assert!(violations >= 2, "{refused:?}");
}

#[test]
fn hover_tells_the_address_its_cluster_and_density() {
    let Some(browser) = Browser::open() else { return };
    let (folder, path) = page(&[TUTORIAL]);
    browser.load(&path);
    let table =
        std::fs::read_to_string(folder.path().join("octomix-out/src/addresses.csv")).unwrap();
    let row = |wanted: &str| {
        let row = table.lines().find(|line| line.starts_with(&format!("{wanted},"))).unwrap();
        row.split(',').map(str::to_owned).collect::<Vec<_>>()
    };
    for address in ["172.19.2.66", "0.0.0.0", "192.168.229.254"] {
        let (x, y) = place(&browser, "src", address);
        browser.point(x, y);
        let told = text(&browser, "#tip");
        let row = row(address);
        let density = format!("\u{2212}{:.3}", row[3].parse::<f64>().unwrap().abs());
        let expected = format!("cluster {}, log-density {density}, {} records", row[2], row[1]);
        assert!(told.contains(&expected) && told.contains("flagged: low-density"), "{told}");
        assert!(told.starts_with(address), "{told}");
    }
    // One that is not flagged; should another lie upon it, that one is told.
    let plain = table
        .lines()
        .find(|line| line.contains(",1,") && line.split(',').nth(4) == Some("false"))
        .unwrap();
    let (x, y) = place(&browser, "src", plain.split_once(',').unwrap().0);
    browser.point(x, y);
    let told = text(&browser, "#tip");
    let first = told.lines().next().unwrap();
    let density = row(first)[3].parse::<f64>().unwrap();
    assert!(told.contains(&format!("log-density \u{2212}{:.2}", density.abs())), "{told}");
    browser.point(2.0, 2.0);
    assert_eq!(browser.run("return document.querySelector('#tip').hidden"), true);
}

#[test]
fn hiding_a_cluster_hides_it_and_nothing_else() {
    let Some(browser) = Browser::open() else { return };
    let (_folder, path) = page(&[TUTORIAL, "--role", "src", "-k", "3"]);
    browser.load(&path);
    // Pixels of the marks' colours: blue of cluster 0, orange of cluster 1.
    let colours = || {
        let script = "const data = pixels(document.querySelector('#src .plane .base')), found = [0, 0]; \
            for (let at = 0; at < data.length; at += 4) { \
              const [r, g, b, a] = data.subarray(at, at + 4); \
              if (a > 150 && b > r + 90 && b > g + 30) found[0]++; \
              if (a > 150 && r > b + 90) found[1]++; } \
            return found";
        serde_json::from_value::<[u64; 2]>(browser.run_after_frames(&format!("{COPY} {script}")))
            .unwrap()
    };
    let [blue, orange] = colours();
    assert!(blue > 300 && orange > 300, "{blue} {orange}");
    click(&browser, "#src .legend button[aria-label^=\"Cluster 0,\"]");
    let [hidden, other] = colours();
    assert!(hidden == 0 && other > orange / 2, "{hidden} of {blue}; {other} of {orange}");
    click(&browser, "#src .legend button[aria-label^=\"Cluster 0,\"]");
    assert_eq!(colours(), [blue, orange]);
}

/// Chromium would print the upper of two canvases as if it hid the lower.
#[test]
fn what_is_printed_is_on_one_canvas() {
    let Some(browser) = Browser::open() else { return };
    let (_folder, path) = page(&[TUTORIAL, "--role", "src", "-k", "3"]);
    browser.load(&path);
    let red = || {
        let script = "const data = pixels(document.querySelector('#src .plane .base')); \
            let found = 0; \
            for (let at = 0; at < data.length; at += 4) { \
              if (data[at + 3] > 150 && data[at] > 170 && data[at + 1] < 90) found++; } \
            return found";
        browser.run_after_frames(&format!("{COPY} {script}")).as_u64().unwrap()
    };
    assert_eq!(red(), 0);
    browser.run("dispatchEvent(new Event('beforeprint'))");
    assert!(red() > 50, "{}", red());
    browser.run("dispatchEvent(new Event('afterprint'))");
    assert_eq!(red(), 0);
}

#[test]
fn the_plane_zooms_and_pans() {
    let Some(browser) = Browser::open() else { return };
    let (_folder, path) = page(&[TUTORIAL, "--role", "src", "-k", "3"]);
    browser.load(&path);
    let view = || {
        browser.run("const { x, y, sx } = document.querySelector('#src').octomix.plane.view; return [x, y, sx]")
    };
    let scale = || view()[2].as_f64().unwrap();
    let before = scale();
    browser.run("document.querySelector('#src .plane .stage').focus({ preventScroll: true })");
    let (x, y) = place(&browser, "src", "172.19.2.66");
    browser.wheel([x as i64, y as i64], -400);
    assert!(scale() > 2.0 * before, "{} of {before}", scale());
    // What is under the pointer stays there.
    let (zoomed_x, zoomed_y) = place(&browser, "src", "172.19.2.66");
    assert!(
        (zoomed_x - x).abs() < 3.0 && (zoomed_y - y).abs() < 3.0,
        "{zoomed_x} {zoomed_y}, not {x} {y}"
    );
    browser.drag([x as i64, y as i64], [x as i64 - 60, y as i64 - 40]);
    let (moved_x, moved_y) = place(&browser, "src", "172.19.2.66");
    assert!((moved_x - zoomed_x + 60.0).abs() < 1.5 && (moved_y - zoomed_y + 40.0).abs() < 1.5);
    click(&browser, "#src [data-do=all]");
    browser.run_after_frames("return 0");
    assert_eq!(scale(), before);
    // Without focus the wheel scrolls the page. Last, as that takes its time.
    browser.run("document.activeElement.blur()");
    let (x, y) = place(&browser, "src", "172.19.2.66");
    browser.wheel([x as i64, y as i64], -10);
    assert_eq!(scale(), before);
}

#[test]
fn arrow_keys_step_through_the_flags() {
    let Some(browser) = Browser::open() else { return };
    let (folder, path) = page(&[TUTORIAL, "--role", "src", "-k", "3"]);
    browser.load(&path);
    let anomalies =
        std::fs::read_to_string(folder.path().join("octomix-out/src/anomalies.csv")).unwrap();
    let addresses: Vec<&str> =
        anomalies.lines().skip(1).map(|line| line.split_once(',').unwrap().0).collect();
    browser.run("document.querySelector('#src .plane .stage').focus({ preventScroll: true })");
    let right = "\u{e014}";
    for address in &addresses {
        browser.press(right);
        let (said, tip) = (text(&browser, "#src .said"), text(&browser, "#tip"));
        assert!(said.starts_with(&format!("{address}: cluster ")), "{said}");
        assert!(tip.starts_with(address), "{tip}");
    }
    // The last stays; one back is the last but one.
    browser.press(right);
    browser.press("\u{e012}");
    assert!(text(&browser, "#src .said").starts_with(addresses[addresses.len() - 2]));
    browser.press("\u{e00c}");
    assert_eq!(text(&browser, "#src .said"), "");
}

#[test]
fn the_table_sorts_searches_pages_and_is_copied() {
    let Some(browser) = Browser::open() else { return };
    let (folder, path) = page(&[TUTORIAL]);
    browser.load(&path);
    let number =
        |text: &String| text.replace('\u{2212}', "-").replace(',', "").parse::<f64>().unwrap();
    let densities = || column(&browser, "dst", 3).iter().map(number).collect::<Vec<_>>();
    let click_head = |name: &str| {
        browser.run(&format!(
            "[...document.querySelectorAll('#dst .flags thead button')].find((button) => button.textContent === '{name}').click()"
        ));
    };
    assert_eq!(densities().len(), 15);
    assert!(densities().is_sorted());
    click_head("Log-density");
    click_head("Log-density");
    assert!(densities().iter().rev().is_sorted() && densities()[0] > -26.0, "{:?}", densities());
    click_head("Records");
    click_head("Records");
    let packets: Vec<f64> = column(&browser, "dst", 5).iter().map(number).collect();
    assert!(packets.iter().rev().is_sorted() && packets[0] > packets[14], "{packets:?}");
    click_head("Address");
    let first = column(&browser, "dst", 1);
    assert_eq!(text(&browser, "#dst .pages span"), "1 to 15 of 107");
    click(&browser, "#dst [data-do=next]");
    assert_eq!(text(&browser, "#dst .pages span"), "16 to 30 of 107");
    assert!(first.iter().all(|address| !column(&browser, "dst", 1).contains(address)));

    browser.run(
        "const input = document.querySelector('#dst input'); input.value = '224.0.0'; \
         input.dispatchEvent(new Event('input'))",
    );
    let found = column(&browser, "dst", 1);
    assert!(!found.is_empty() && found.iter().all(|address| address.starts_with("224.0.0.")));
    let csv = browser.run("return document.querySelector('#dst').octomix.table.csv()");
    let csv = csv.as_str().unwrap();
    let anomalies =
        std::fs::read_to_string(folder.path().join("octomix-out/dst/anomalies.csv")).unwrap();
    assert_eq!(csv.lines().count(), found.len() + 1);
    for line in csv.lines().skip(1) {
        let told: Vec<&str> = line.split(',').take(4).collect();
        assert!(anomalies.contains(&format!("\n{},", told.join(","))), "{line}");
    }
    click(&browser, "#dst [data-do=copy]");
    let told = browser.run_after_frames("return document.querySelector('#dst .done').innerText");
    assert_eq!(told, format!("{} rows copied", found.len()));
}

#[test]
fn a_word_opens_to_its_sentence_by_mouse_and_keyboard() {
    let Some(browser) = Browser::open() else { return };
    let (_folder, path) = page(&[TUTORIAL, "--role", "src"]);
    browser.load(&path);
    let bits = "#src .findings .words summary";
    let sentence = "A bit is as unexpected as a tossed coin";
    let title = browser.run(&format!("return document.querySelector('{bits}').title"));
    assert!(title.as_str().is_some_and(|title| title.starts_with(sentence)), "{title}");
    assert!(!text(&browser, "#src .findings").contains(sentence));
    browser.run(&format!("document.querySelector('{bits}').focus()"));
    assert_eq!(browser.run(&format!("return document.activeElement.matches('{bits}')")), true);
    click(&browser, bits);
    assert!(text(&browser, "#src .findings .words").contains(sentence));
    // A word is explained where it stands.
    let terms = |card: &str| text(&browser, &format!("#src .{card} .words"));
    assert!(terms("remote").contains("log-density") && !terms("findings").contains("log-density"));
    assert!(text(&browser, ".lead .verdict").starts_with("2 worth a look: 172.19.2.66"));
}

#[test]
fn markup_in_names_and_cells_is_text() {
    let Some(browser) = Browser::open() else { return };
    let folder = tempfile::tempdir().unwrap();
    let name = "<script>window.pwned=1<script>&\u{2028}.csv";
    let columns =
        ["</script><script>window.pwned=2</script>", "<img src=x onerror=window.pwned=3>"];
    let rows: String = (0..40).map(|i| format!("10.0.{i}.7,10.1.{}.9\n", i * 5)).collect();
    let csv =
        format!("{},{}\n{rows}<svg onload=window.pwned=4>,10.0.0.1\n", columns[0], columns[1]);
    std::fs::write(folder.path().join(name), csv).unwrap();
    let arguments =
        ["detect", "--quiet", name, "--src-column", columns[0], "--dst-column", columns[1]];
    octomix(folder.path(), &[&arguments[..], &FAST[..]].concat());
    let path = folder.path().join("octomix-out/report.html");
    browser.load(&path);
    assert_eq!(browser.run("return window.pwned ?? null"), Value::Null);
    assert_eq!(browser.log("browser"), Vec::<String>::new());
    // The script, and for each role its data; its bytes have been read and taken away.
    let elements = browser.run("return ['script', 'img', 'main svg[onload]'].map((tag) => document.querySelectorAll(tag).length)");
    assert_eq!(elements, json!([3, 0, 0]));
    let shown = browser.run("return document.body.innerText");
    let shown = shown.as_str().unwrap();
    for told in
        [columns[0], columns[1], "<svg onload=window.pwned=4>", "<script>window.pwned=1<script>&"]
    {
        assert!(shown.contains(told), "{told}");
    }
}

#[test]
fn the_page_of_a_batch_leads_to_that_of_each_capture() {
    let Some(browser) = Browser::open() else { return };
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (0..40).map(|i| format!("10.0.{i}.7\n")).collect();
    let markup = "<img src=x onerror=window.pwned=1>.txt";
    std::fs::write(folder.path().join(markup), rows).unwrap();
    std::fs::write(folder.path().join("none.txt"), "").unwrap();
    let each = ["detect", "--each", "--quiet", "--engine", "cpu", markup, "none.txt"];
    let run = Command::new(env!("CARGO_BIN_EXE_octomix")).current_dir(&folder).args(each).output();
    assert_eq!(run.unwrap().status.code(), Some(3));
    browser.load(&folder.path().join("octomix-out/index.html"));
    assert_eq!(browser.run("return window.pwned ?? null"), Value::Null);
    assert_eq!(browser.log("browser"), Vec::<String>::new());
    assert_eq!(text(&browser, "h1"), "2 captures");
    let table = text(&browser, "table");
    assert!(table.contains(markup) && table.contains("failed: nothing to read"), "{table}");
    assert_eq!(browser.run("return document.querySelectorAll('tbody a').length"), 1);
    click(&browser, "tbody a");
    let title = "return document.querySelector('#src-title')?.textContent ?? null";
    let started = Instant::now();
    while browser.run(title) != "Sources" {
        assert!(started.elapsed() < Duration::from_secs(10), "the link leads nowhere");
    }
}

#[test]
fn the_page_of_a_comparison_draws_both_models() {
    let Some(browser) = Browser::open() else { return };
    let folder = tempfile::tempdir().unwrap();
    let compare = ["compare", "--quiet", "--engine", "cpu", "-k", "3", "--role", "src", TUTORIAL];
    octomix(folder.path(), &compare);
    browser.load(&folder.path().join("octomix-out/report.html"));
    // One plane at one scale, whatever stands above and below it.
    let scales = browser.run(
        "return [...document.querySelectorAll('#src .stage')].map((stage) => \
         [stage.clientWidth, stage.clientHeight, stage.getBoundingClientRect().top])",
    );
    assert_eq!(scales[0], scales[1]);
    assert!(text(&browser, "#src .words").contains("adjusted Rand index"));
    for model in ["mixture", "kmeans"] {
        for canvas in [".base", ".over"] {
            let pixels = drawn(&browser, &format!("#src-{model} .plane {canvas}"));
            assert!(pixels > 100, "{model} {canvas}: {pixels} pixels");
        }
        // Its clusters can be hidden.
        let before = drawn(&browser, &format!("#src-{model} .plane .base"));
        click(&browser, &format!("#src-{model} .legend button"));
        assert!(drawn(&browser, &format!("#src-{model} .plane .base")) < before, "{model}");
    }
    let sizes = text(&browser, "#src .contingency tbody");
    assert!(sizes.lines().count() >= 2, "{sizes}");
    assert_eq!(browser.log("browser"), Vec::<String>::new());
}

#[test]
fn the_page_of_a_sweep_marks_the_knee_and_shows_markup_as_text() {
    let Some(browser) = Browser::open() else { return };
    let folder = tempfile::tempdir().unwrap();
    let column = "</script><script>window.pwned=1</script>";
    // Three subnets, and so a knee at 3.
    let rows: String = (0..60).map(|i| format!("10.{}.0.{i}\n", 80 * (i % 3))).collect();
    std::fs::write(folder.path().join("day.csv"), format!("{column}\n{rows}")).unwrap();
    let sweep = ["sweep", "--quiet", "--engine", "cpu", "--model", "kmeans", "--k", "1..6"];
    let input = ["--n-init", "5", "--src-column", column, "day.csv"];
    octomix(folder.path(), &[&sweep[..], &input].concat());
    browser.resize(500, 900);
    browser.load(&folder.path().join("octomix-out/report.html"));
    assert_eq!(browser.run("return window.pwned ?? null"), Value::Null);
    assert!(text(&browser, "body").contains(column));
    let wider =
        "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
    assert_eq!(browser.run(wider), 0);
    // Tightness, inertia, criteria; K-Means has no lower bound.
    let dots = browser.run(
        "return [...document.querySelectorAll('#src .chart')].map((chart) => chart.querySelectorAll('circle').length)",
    );
    assert_eq!(dots, json!([6, 6, 12]));
    assert_eq!(text(&browser, "#src tr.knee th"), "3");
    let knee = "document.querySelector('#src .chart .chosen')";
    browser.run(&format!("{knee}.scrollIntoView({{ block: 'center', behavior: 'instant' }})"));
    let at = browser.run_after_frames(&format!(
        "const {{ x, y, width, height }} = {knee}.getBoundingClientRect(); \
         return [x + width / 2, y + height / 2]"
    ));
    browser.point(at[0].as_f64().unwrap(), at[1].as_f64().unwrap());
    let told = text(&browser, "#tip");
    assert!(told.starts_with("tightness ") && told.ends_with("k = 3"), "{told}");
    assert_eq!(browser.log("browser"), Vec::<String>::new());
}

#[test]
fn no_page_scrolls_sideways_on_a_phone() {
    let Some(browser) = Browser::open() else { return };
    browser.as_phone(390);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    // Rules, changes and charts of behaviour; long names; many clusters.
    let name = "a-capture-of-monday-with-a-name-that-is-longer-than-any-screen-of-a-phone.csv";
    std::fs::copy(TUTORIAL, path.join(name)).unwrap();
    octomix(path, &["fit", "--quiet", "--engine", "cpu", "-o", "monday", name]);
    for arguments in [
        &["detect", name][..],
        &["score", "--model", "monday", "--pairs", name],
        &["sweep", "--k", "1..9", name],
        &["detect", "--model", "kmeans", "-k", "20", name],
        &["detect", "--each", name],
    ] {
        octomix(path, &[arguments, &["--quiet", "--engine", "cpu"]].concat());
        let page = if arguments.contains(&"--each") { "index.html" } else { "report.html" };
        browser.load(&path.join("octomix-out").join(page));
        let widths = browser.run("return [document.documentElement.scrollWidth, innerWidth]");
        assert_eq!(widths, json!([390, 390]), "{arguments:?}");
    }
}

#[test]
fn both_themes_show_the_page_whole() {
    let Some(browser) = Browser::open() else { return };
    let (_folder, path) = page(&[TUTORIAL]);
    browser.load(&path);
    let paper = || {
        browser
            .run("return getComputedStyle(document.body).backgroundColor")
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (before, pixels) = (paper(), drawn(&browser, "#dst .plane .base"));
    click(&browser, "#theme");
    assert_ne!(paper(), before);
    assert!(drawn(&browser, "#dst .plane .base") > pixels / 2);
    assert_eq!(browser.log("browser"), Vec::<String>::new());
}

/// The milliseconds until the page has drawn, undisturbed by whatever else the machine does.
fn best_of_three(browser: &Browser, path: &Path) -> f64 {
    (0..3).map(|_| browser.load(path)).fold(f64::INFINITY, f64::min)
}

#[test]
fn two_hundred_thousand_points_are_ready_in_two_seconds() {
    let Some(browser) = Browser::open() else { return };
    let (_folder, path) = page_of("200k");
    let milliseconds = best_of_three(&browser, &path);
    println!("200,000 points: {milliseconds} ms");
    assert!(drawn(&browser, "#src .plane .base") > 5000);
    assert!(milliseconds < 2000.0, "{milliseconds}");
}

#[test]
fn a_million_points_are_twenty_megabytes_and_three_seconds_at_the_most() {
    let Some(browser) = Browser::open() else { return };
    let (_folder, path) = page_of("1M");
    let bytes = std::fs::metadata(&path).unwrap().len();
    let milliseconds = best_of_three(&browser, &path);
    println!("1,000,000 points: {bytes} bytes, {milliseconds} ms");
    assert!(bytes < 20_000_000, "{bytes}");
    assert!(milliseconds < 3000.0, "{milliseconds}");
    assert!(drawn(&browser, "#src .plane .base") > 5000);
    assert!(drawn(&browser, "#src .plane .over") > 200);
}

#[test]
fn more_are_an_image_of_a_fixed_size_with_all_flags() {
    let Some(browser) = Browser::open() else { return };
    let (folder, path) = page_of("1200k");
    browser.load(&path);
    assert!(std::fs::metadata(&path).unwrap().len() < 20_000_000);
    let model = std::fs::read_to_string(folder.path().join("octomix-out/summary.json")).unwrap();
    let summary: Value = serde_json::from_str(&model).unwrap();
    let counted = browser.run(
        "const { counts, flagged, blocks } = document.querySelector('#src').octomix.role; \
         return [counts, flagged, blocks].map((all) => all.reduce((a, b) => a + b, 0))",
    );
    let near = |found: &Value, expected: &Value| {
        let (found, expected) = (found.as_f64().unwrap(), expected.as_f64().unwrap());
        assert!((found / expected - 1.0).abs() < 1e-3, "{found} for {expected}");
    };
    near(&counted[0], &summary["src"]["addresses"]);
    near(&counted[1], &summary["src"]["anomaly_count"]);
    near(&counted[2], &summary["src"]["addresses"]);
    assert!(drawn(&browser, "#src .plane .base") > 5000);
    assert!(drawn(&browser, "#src .plane .over") > 200);
    assert_eq!(browser.log("browser"), Vec::<String>::new());
}
