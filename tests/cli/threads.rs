//! Threads: as many as asked for, within reason, and a word where there are none to be had.

use predicates::str::contains;

use crate::Folder;

#[test]
fn results_do_not_depend_on_their_number() {
    let folder = Folder::new();
    folder
        .octomix(&["generate", "--addresses", "20k", "--packets", "50k", "-o", "x.csv"])
        .assert()
        .success();
    let run = |threads: &str, output: &str| {
        let run =
            ["detect", "x.csv", "--engine", "cpu", "--threads", threads, "-o", output, "--quiet"];
        folder.octomix(&run).assert().success().stderr("");
        ["src/addresses.csv", "dst/addresses.csv", "src/model.json"]
            .map(|file| folder.read(&format!("{output}/{file}")))
    };
    assert!(run("1", "one") == run("3", "three"));
}

#[test]
fn more_than_four_a_core_are_not_started_and_none_is_refused() {
    let folder = Folder::new();
    folder.write("list.txt", "10.0.0.1\n10.0.0.2\n10.9.0.3\n");
    let cores = std::thread::available_parallelism().unwrap().get();
    let told = |there_are: &str| {
        format!("octomix: warning: {} threads run, not 1000: there are {there_are}\n", 4 * cores)
    };
    let told = if cores == 1 { told("one core") } else { told(&format!("{cores} cores")) };
    folder
        .octomix(&["extract", "list.txt", "--threads", "1000"])
        .assert()
        .success()
        .stderr(told.clone());
    let mut by_variable = folder.octomix(&["extract", "list.txt"]);
    by_variable.env("RAYON_NUM_THREADS", "1000").assert().success().stderr(told);
    let told = "invalid value '0' for '--threads <N>': expected a number from 1; leave it out for one a core";
    let none = folder.octomix(&["extract", "list.txt", "--threads", "0"]).assert().code(2);
    none.stderr(contains(told));
}

#[test]
fn what_is_no_number_in_the_environment_is_told() {
    let folder = Folder::new();
    folder.write("list.txt", "10.0.0.1\n");
    let run = |threads: &str| {
        let mut run = folder.octomix(&["extract", "list.txt"]);
        run.env("RAYON_NUM_THREADS", threads).assert().success()
    };
    run("abc").stderr("octomix: warning: RAYON_NUM_THREADS=abc is ignored: expected a number\n");
    for threads in ["", "0", "1"] {
        run(threads).stderr("");
    }
}

/// Limits do not bind the superuser.
#[cfg(target_os = "linux")]
#[test]
fn where_no_thread_can_be_had_one_error_says_so() {
    let folder = Folder::new();
    folder.write("list.txt", "10.0.0.1\n");
    let program = env!("CARGO_BIN_EXE_octomix");
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o777);
    std::fs::set_permissions(folder.path(""), open).unwrap();
    let run = |more: &str| {
        let is_root = std::fs::metadata("/proc/self")
            .is_ok_and(|me| std::os::unix::fs::MetadataExt::uid(&me) == 0);
        let user = if is_root { "setpriv --reuid=65534 --clear-groups" } else { "" };
        // A limit of one process: the program itself. The program must be where another user may run it.
        let copy = folder.path("octomix-copy");
        std::fs::copy(program, &copy).unwrap();
        let line = format!("exec prlimit --nproc=1 {user} ./octomix-copy extract list.txt {more}");
        std::process::Command::new("sh")
            .args(["-c", &line])
            .current_dir(folder.path(""))
            .output()
            .unwrap()
    };
    let refused = run("--threads 2");
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    let expected = "octomix: error: cannot start 2 threads: ";
    assert!(told.starts_with(expected) && told.lines().count() == 1, "{told}");
    assert_eq!(refused.status.code(), Some(1));
    // Reading needs threads beside those that compute.
    let refused = run("--threads 1");
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1), "{told}");
    assert!(told.lines().all(|line| line.starts_with("octomix: ")), "{told}");
    let error = told.lines().last().unwrap();
    assert!(error.starts_with("octomix: error: cannot read: "), "{told}");
    assert!(
        error.ends_with("; let more threads and memory be had (see ulimit -u, ulimit -v)"),
        "{told}"
    );
}
