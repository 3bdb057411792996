//! A real browser by WebDriver: Chromium, headless, with no way to the network.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// One browser at a time: several would be timed against each other.
static TURN: Mutex<()> = Mutex::new(());

/// How long to wait for what must come.
const PATIENCE: Duration = Duration::from_secs(60);

const INSTALL: &str = "no chromedriver; as root: apt-get install chromium chromium-driver \
                       (or set OCTOMIX_NO_BROWSER=1 to leave the tests in a browser out)";

/// A browser with one window.
pub struct Browser {
    driver: Child,
    session: String,
    _profile: TempDir,
    _turn: MutexGuard<'static, ()>,
}

impl Browser {
    /// Opens one; `None` if OCTOMIX_NO_BROWSER=1 leaves it out, which is then said.
    ///
    /// Panics where there is none: a page that was not looked at must not seem to have passed.
    pub fn open() -> Option<Self> {
        Self::open_with(&["--disable-gpu"])
    }

    /// As [`open`](Self::open), with these arguments for Chromium.
    pub fn open_with(more: &[&str]) -> Option<Self> {
        if std::env::var_os("OCTOMIX_NO_BROWSER").is_some_and(|value| value == "1") {
            // Past the test harness, which swallows what a passing test prints by `eprintln!`.
            let _ = writeln!(std::io::stderr(), "OCTOMIX_NO_BROWSER=1: the browser is left out");
            return None;
        }
        // A test that failed has poisoned nothing that matters.
        let turn = TURN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{INSTALL}: {error}"));
        let lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = lines
            .map_while(Result::ok)
            .find_map(|line| {
                Some(line.split_once("successfully on port ")?.1.trim_end_matches('.').to_owned())
            })
            .expect("chromedriver tells its port");
        let profile = tempfile::tempdir().unwrap();
        let mut browser = Self {
            driver,
            session: format!("http://127.0.0.1:{port}/session"),
            _profile: profile,
            _turn: turn,
        };
        let user_data = format!("--user-data-dir={}", browser._profile.path().display());
        let mut arguments = vec![
            "--headless=new",
            // Chromium refuses to run as root, as in containers, with its sandbox.
            "--no-sandbox",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--force-color-profile=srgb",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            &user_data,
        ];
        arguments.extend(more);
        let created = browser.post(
            "",
            json!({"capabilities": {"alwaysMatch": {
                "browserName": "chrome",
                "goog:chromeOptions": {"args": arguments},
                "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            }}}),
        );
        let id = created["sessionId"].as_str().unwrap_or_else(|| panic!("{created}"));
        browser.session = format!("{}/{id}", browser.session);
        browser.resize(1360, 900);
        Some(browser)
    }

    fn request(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
        let url = format!("{}{path}", self.session);
        let response = match body {
            Some(body) => agent.post(&url).send(body.to_string()),
            None if method == "DELETE" => agent.delete(&url).call(),
            None => agent.get(&url).call(),
        };
        let text = response
            .unwrap_or_else(|error| panic!("{method} {path}: {error}"))
            .body_mut()
            .read_to_string()
            .unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        let mut answer: Value = serde_json::from_str(&text).unwrap_or_default();
        answer["value"].take()
    }

    fn post(&self, path: &str, body: Value) -> Value {
        let value = self.request("POST", path, Some(body));
        assert!(value["error"].is_null(), "POST {path}: {value}");
        value
    }

    /// Opens the file at `path` and waits until its page has drawn; the milliseconds that took.
    pub fn load(&self, path: &Path) -> f64 {
        self.open_file(path);
        let ready = "return document.documentElement.dataset.ready ?? null";
        let started = Instant::now();
        loop {
            if let Some(ready) = self.run(ready).as_str() {
                return ready.parse().unwrap();
            }
            assert!(started.elapsed() < PATIENCE, "not drawn: {:?}", self.log("browser"));
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// What `script`, the body of a function, returns.
    pub fn run(&self, script: &str) -> Value {
        self.post("/execute/sync", json!({"script": script, "args": []}))
    }

    /// What `script` returns once all that it asked to be drawn has been.
    pub fn run_after_frames(&self, script: &str) -> Value {
        let script = format!(
            "const done = arguments[0]; \
             requestAnimationFrame(() => requestAnimationFrame(() => done((() => {{ {script} }})())))"
        );
        self.post("/execute/async", json!({"script": script, "args": []}))
    }

    /// Opens the file at `path`.
    pub fn open_file(&self, path: &Path) {
        self.post("/url", json!({"url": format!("file://{}", path.display())}));
    }

    /// What the promise that `script`, the body of a function, returns comes to.
    pub fn run_to_end(&self, script: &str) -> Value {
        let script = format!(
            "const done = arguments[0]; (async () => {{ {script} }})().then(done, \
             error => done(`failed: ${{error}}`))"
        );
        self.post("/execute/async", json!({"script": script, "args": []}))
    }

    /// Moves the mouse to a place of the window.
    pub fn point(&self, x: f64, y: f64) {
        let to = json!({"type": "pointerMove", "duration": 0, "x": x as i64, "y": y as i64});
        self.act(json!([{"type": "pointer", "id": "mouse", "actions": [to]}]));
    }

    /// Presses the left button at a place of the window, and moves to another before it is let go.
    pub fn drag(&self, from: [i64; 2], to: [i64; 2]) {
        let to_move =
            |[x, y]: [i64; 2]| json!({"type": "pointerMove", "duration": 0, "x": x, "y": y});
        let actions = json!([
            to_move(from),
            {"type": "pointerDown", "button": 0},
            to_move(to),
            {"type": "pointerUp", "button": 0},
        ]);
        self.act(json!([{"type": "pointer", "id": "mouse", "actions": actions}]));
    }

    /// Turns the wheel at a place of the window.
    pub fn wheel(&self, [x, y]: [i64; 2], by: i64) {
        let scroll = json!({"type": "scroll", "x": x, "y": y, "deltaX": 0, "deltaY": by});
        self.act(json!([{"type": "wheel", "id": "wheel", "actions": [scroll]}]));
    }

    /// Presses and lets go of each of `keys`, as WebDriver codes them.
    pub fn press(&self, keys: &str) {
        let strokes: Vec<Value> = keys
            .chars()
            .flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({"type": kind, "value": key})))
            .collect();
        self.act(json!([{"type": "key", "id": "keys", "actions": strokes}]));
    }

    fn act(&self, actions: Value) {
        self.post("/actions", json!({ "actions": actions }));
    }

    /// Makes the window so large.
    pub fn resize(&self, width: u32, height: u32) {
        self.post("/window/rect", json!({"width": width, "height": height}));
    }

    /// Shows pages as a phone does whose screen is `width` wide: windows are never as narrow.
    pub fn as_phone(&self, width: u32) {
        let params = json!({"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": true});
        let command = json!({"cmd": "Emulation.setDeviceMetricsOverride", "params": params});
        self.post("/goog/cdp/execute", command);
    }

    /// The entries of a log since it was last asked for.
    pub fn log(&self, kind: &str) -> Vec<String> {
        let entries = self.post("/se/log", json!({ "type": kind }));
        let message = |entry: &Value| entry["message"].as_str().unwrap_or_default().to_owned();
        entries.as_array().into_iter().flatten().map(message).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Its end must not hide why a test failed.
        let _ = ureq::delete(&self.session).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
