//! Pictures beside the page: in the terminal, and as files.

use crate::{Folder, TUTORIAL};

/// Whether a character is a braille sign.
fn is_braille(character: char) -> bool {
    ('\u{2801}'..='\u{28ff}').contains(&character)
}

#[test]
fn plot_draws_both_roles_without_colours_in_a_pipe() {
    let folder = Folder::new();
    assert!(!folder.stdout(&[TUTORIAL]).contains(is_braille));
    let printed = folder.stdout(&[TUTORIAL, "--plot"]);
    let (sources, destinations) = printed.rsplit_once("\nDestinations: ").unwrap();
    for role in [sources, destinations] {
        let signs = role.chars().filter(|&character| is_braille(character)).count();
        assert!(signs > 40, "{signs} in {role}");
    }
    assert!(!printed.contains('\u{1b}'));
    let mut lines = printed.lines().filter(|line| !line.starts_with("Read "));
    assert!(lines.all(|line| line.chars().count() <= 100), "{printed}");
}

#[test]
fn colours_can_be_forced_and_end_with_each_line() {
    let folder = Folder::new();
    let mut command = folder.detect(&[TUTORIAL, "--plot", "--role", "src"]);
    let done = command.env("CLICOLOR_FORCE", "1").assert().success();
    let printed = String::from_utf8(done.get_output().stdout.clone()).unwrap();
    let coloured: Vec<&str> = printed.lines().filter(|line| line.contains('\u{1b}')).collect();
    assert!(coloured.len() > 4 && coloured.iter().any(|line| line.contains("\u{1b}[1;31m")));
    assert!(coloured.iter().all(|line| line.ends_with("\u{1b}[0m")), "{coloured:?}");
}

#[test]
fn plots_are_written_as_svg_and_png() {
    let folder = Folder::new();
    folder.stdout(&[TUTORIAL, "--plots"]);
    for role in ["src", "dst"] {
        let svg = folder.read(&format!("octomix-out/{role}/plane.svg"));
        assert!(
            svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\"")
                && svg.ends_with("</svg>\n")
        );
        let png = std::fs::read(folder.path(&format!("octomix-out/{role}/plane.png"))).unwrap();
        assert!(png.starts_with(b"\x89PNG\r\n\x1a\n") && png.len() > 10_000, "{}", png.len());
    }
    let summary = folder.json("octomix-out/summary.json");
    let files = summary["files"].as_array().unwrap();
    assert!(files.contains(&"src/plane.svg".into()) && files.contains(&"dst/plane.png".into()));
}

#[test]
fn a_page_of_a_loaded_model_is_written_too() {
    let folder = Folder::new();
    folder.stdout(&[TUTORIAL, "-o", "monday"]);
    let mut command = folder.octomix(&["score", "--model", "monday", TUTORIAL, "-o", "tuesday"]);
    command.assert().success();
    let page = folder.read("tuesday/report.html");
    assert!(page.contains("<h2 id=\"dst-title\">Destinations</h2>"));
    assert!(page.contains("octomix score --model monday"));
    assert!(page.contains("<li>None of 2,673 addresses is new.</li>"));
    assert!(page.contains("<h3>Since monday</h3>"));
    assert!(page.contains("The day of the model monday/dst/model.json, fitted to "));
    assert!(page.contains(">Weight then</th><th scope=\"col\" class=\"n\">Now</th>"));
    assert!(!page.contains("How the fit went"), "the fit is told where it was made");
}
