//! Real nodes: the `erikti` binary, each in a process and folder of its own.
//!
//! The binary is built by cargo on first use, with the profile that the tests themselves were built with, so that
//! nobody tests yesterday's.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// The path of the built `erikti`.
///
/// Panics   when cargo cannot build it
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut build = Command::new(cargo);
        build.args([
            "build",
            "--quiet",
            // All packages choose the features, as in `cargo test --workspace`: other features are another build.
            "--workspace",
            "--bin",
            "erikti",
            "--message-format",
            "json",
        ]);
        build.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        // What cargo told this test about its own package is no setting of the build: a build script that asks for it
        // would be run again, and half of the dependencies with it, here and at the next build by hand.
        for (name, _) in std::env::vars_os() {
            let told = ["CARGO_PKG_", "CARGO_MANIFEST_"];
            if name
                .to_str()
                .is_some_and(|name| told.iter().any(|start| name.starts_with(start)))
            {
                build.env_remove(name);
            }
        }
        if !cfg!(debug_assertions) {
            build.arg("--release");
        }
        let output = build
            .stderr(Stdio::inherit())
            .output()
            .expect("cargo starts");
        assert!(output.status.success(), "`erikti` does not build");
        let text = String::from_utf8_lossy(&output.stdout);
        let messages = text
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let mut executables =
            messages.filter_map(|message| message["executable"].as_str().map(PathBuf::from));
        executables
            .next_back()
            .expect("cargo names the executable that it built")
    })
}

/// One organisation's node: a folder and, while it runs, a process.
#[derive(Debug)]
pub struct Member {
    folder: TempDir,
    /// The organisation's name.
    pub name: String,
    /// The organisation: `urn:erikti:org:z…`.
    pub organisation: String,
    /// Its log.
    pub origin: String,
    /// Where it listens, while it runs.
    pub listen: Vec<String>,
    /// Where browsers and programs find it, while it runs: `http://127.0.0.1:1234/`.
    pub pages: String,
    /// The link that makes the first administrator, when the last start printed one.
    pub first_administrator: String,
    /// What the process says on stderr: a filter as `RUST_LOG` has it.
    filter: Option<String>,
    /// Settings of the process, beside those of its file.
    settings: Vec<(String, String)>,
    child: Option<Child>,
}

impl Member {
    /// Initialises a node of the network `test` that trusts these roots.
    ///
    /// Panics   when `init` fails
    pub fn init(name: &str, roots: &[&str]) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let data = folder.path().join("node");
        let mut args = vec![
            "init",
            "--network",
            "test",
            "--name",
            name,
            "--country",
            "KZ",
            "--listen",
            "/ip4/127.0.0.1/tcp/0",
        ];
        for root in roots {
            args.extend(["--root", root]);
        }
        let answer = answer(&command(&data, &args).output().expect("`erikti` starts"));
        Self::in_folder(name, folder, &answer)
    }

    /// A node that does not run yet; `named` says its organisation and origin.
    fn in_folder(name: &str, folder: TempDir, named: &Value) -> Self {
        let text = |field: &str| {
            named[field]
                .as_str()
                .expect("organisation and origin are named")
                .to_owned()
        };
        Self {
            name: name.to_owned(),
            organisation: text("organisation"),
            origin: text("origin"),
            listen: Vec::new(),
            pages: String::new(),
            first_administrator: String::new(),
            filter: None,
            settings: Vec::new(),
            child: None,
            folder,
        }
    }

    /// The same node once more, as a restored backup or a cloned machine is: its folder copied, its keys included.
    ///
    /// Panics   while the process runs, or when the folder cannot be copied
    pub fn copy(&self) -> Self {
        assert!(self.child.is_none(), "{} runs", self.name);
        let folder = TempDir::new().expect("a temporary folder");
        copy(&self.data(), &folder.path().join("node"));
        Self {
            folder,
            name: format!("{}, a copy", self.name),
            organisation: self.organisation.clone(),
            origin: self.origin.clone(),
            listen: self.listen.clone(),
            pages: String::new(),
            first_administrator: String::new(),
            filter: self.filter.clone(),
            settings: self.settings.clone(),
            child: None,
        }
    }

    /// Keeps a copy of the data folder, for [`Member::restored`].
    ///
    /// Panics   while the process runs, or when the folder cannot be copied
    pub fn save(&self, to: &Path) {
        assert!(self.child.is_none(), "{} runs", self.name);
        copy(&self.data(), to);
    }

    /// A node from a folder that was kept; the folder itself stays as it is.
    ///
    /// Panics   when the folder cannot be copied, or holds no node
    pub fn restored(name: &str, from: &Path) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let data = folder.path().join("node");
        copy(from, &data);
        let status = answer(
            &command(&data, &["status"])
                .output()
                .expect("`erikti` starts"),
        );
        Self::in_folder(name, folder, &status)
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("node")
    }

    /// Starts the process and waits until it listens: the first time on a port that the system chooses, from then on
    /// on the same one, as a node in service does.
    ///
    /// Panics   when it does not start; its log is in the message
    pub fn start(&mut self) -> &mut Self {
        assert!(self.child.is_none(), "{} already runs", self.name);
        let log_path = self.log_path();
        let log = std::fs::File::create(&log_path).expect("the node's log can be written");
        let mut run = command(&self.data(), &["run", "--until-stdin-closes"]);
        for address in &self.listen {
            run.arg("--listen").arg(address);
        }
        if let Some(filter) = &self.filter {
            run.env("RUST_LOG", filter);
        }
        run.envs(self.settings.iter().map(|(name, value)| (name, value)));
        let mut child = run
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("`erikti` starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("stdout is piped");
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("stdout can be read");
        let ready: Value = serde_json::from_str(&line).unwrap_or_else(|_| {
            panic!(
                "{} did not start: {}",
                self.name,
                std::fs::read_to_string(&log_path).unwrap_or_default()
            )
        });
        let listen = ready["listen"].as_array().into_iter().flatten();
        self.listen = listen
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        self.pages = ready["pages"][0].as_str().unwrap_or_default().to_owned();
        self.first_administrator = ready["first_administrator"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        self.child = Some(child);
        self
    }

    /// From the next start on the process says what passes this filter, as `RUST_LOG` has it.
    pub fn say(&mut self, filter: &str) -> &mut Self {
        self.filter = Some(filter.to_owned());
        self
    }

    /// From the next start on the process has this setting, such as `http.public_url`.
    pub fn set(&mut self, key: &str, value: &str) -> &mut Self {
        let name = format!("ERIKTI_{}", key.to_uppercase().replace('.', "__"));
        self.settings.retain(|(set, _)| *set != name);
        self.settings.push((name, value.to_owned()));
        self
    }

    /// Where the process writes what it says.
    pub fn log_path(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// The process's id, while it runs.
    pub fn process(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Kills the process as a power cut would.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("a child of ours can be killed");
            child.wait().expect("a killed child ends");
        }
    }

    /// Stops the process in order.
    ///
    /// Panics   when it does not end well
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            drop(child.stdin.take());
            let status = child
                .wait()
                .expect("the node ends when its standard input closes");
            assert!(
                status.success(),
                "{} ended with {status}: {}",
                self.name,
                self.log()
            );
        }
    }

    /// What the process wrote on stderr since its last start.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    /// A command on this node, not yet started.
    pub fn command<S: AsRef<OsStr>>(&self, args: &[S]) -> Command {
        command(&self.data(), args)
    }

    /// Runs a command on this node and returns what it printed.
    pub fn run<S: AsRef<OsStr>>(&self, args: &[S]) -> Output {
        command(&self.data(), args)
            .output()
            .expect("`erikti` starts")
    }

    /// Runs a command that must succeed and returns its JSON.
    ///
    /// Panics   when it fails
    pub fn ask<S: AsRef<OsStr>>(&self, args: &[S]) -> Value {
        answer(&self.run(args))
    }

    /// Runs a command that must fail and returns its exit code and error document.
    ///
    /// Panics   when it succeeds
    pub fn refused<S: AsRef<OsStr>>(&self, args: &[S]) -> (i32, Value) {
        let output = self.run(args);
        let code = output.status.code().expect("a command ends by itself");
        assert_ne!(
            code,
            0,
            "expected a refusal, got {}",
            String::from_utf8_lossy(&output.stdout)
        );
        (
            code,
            serde_json::from_slice(&output.stderr).unwrap_or(Value::Null),
        )
    }

    /// Origin, size and root of every log held, in order.
    pub fn roots(&self) -> Vec<(String, u64, String)> {
        let answer = self.ask(&["log", "status"]);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let logs = answer["logs"].as_array().cloned().unwrap_or_default();
        let mut roots: Vec<_> = logs
            .iter()
            .map(|log| {
                (
                    text(&log["origin"]),
                    log["size"].as_u64().unwrap_or(0),
                    text(&log["root"]),
                )
            })
            .collect();
        roots.sort();
        roots
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.kill();
    }
}

fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp")
        .args(["-r", "-p"])
        .arg(from)
        .arg(to)
        .status();
    assert!(copied.is_ok_and(|status| status.success()));
}

fn command<S: AsRef<OsStr>>(data: &Path, args: &[S]) -> Command {
    let mut command = Command::new(binary());
    command.arg("--data").arg(data).arg("--json").args(args);
    // Ports that the system chooses: many nodes run beside each other.
    command.env("ERIKTI_HTTP__LISTEN", "127.0.0.1:0");
    command.env("ERIKTI_HTTP__METRICS_LISTEN", "");
    // All requests of a test come from one address; tests of the limit set their own.
    command.env("ERIKTI_LIMITS__REQUESTS_PER_MINUTE", "100000");
    command
}

fn answer(output: &Output) -> Value {
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{}: {stdout} {stderr}",
        output.status
    );
    serde_json::from_str(&stdout).unwrap_or_else(|e| panic!("not JSON ({e}): {stdout} {stderr}"))
}

/// How long nodes may take to converge on a slow, shared machine.
const CONVERGE_MAX: Duration = Duration::from_secs(60);

/// Waits until all members hold the same `logs` logs with equal roots, and returns them.
///
/// Panics   when they do not within a minute; what each holds is in the message
pub fn converge(members: &[&Member], logs: usize) -> Vec<(String, u64, String)> {
    let begun = Instant::now();
    loop {
        let held: Vec<_> = members.iter().map(|member| member.roots()).collect();
        if held[0].len() == logs && held.windows(2).all(|pair| pair[0] == pair[1]) {
            return held.into_iter().next().expect("there is a first member");
        }
        if begun.elapsed() >= CONVERGE_MAX {
            let talk: Vec<_> = members
                .iter()
                .map(|member| (&member.name, member.log()))
                .collect();
            panic!("no convergence: {held:#?}\n{talk:#?}");
        }
    }
}

/// Waits until something holds, asking again and again: commands are slow enough not to need a pause between them.
///
/// Panics   when it does not within a minute; `what` is in the message
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(
            begun.elapsed() < CONVERGE_MAX,
            "waited in vain until {what}"
        );
    }
}

/// Makes two running nodes partners by invitation; both must show the same six words.
///
/// Panics   when they do not
pub fn partner(inviting: &Member, accepting: &Member) {
    let invitation = inviting.ask(&["peer", "invite"]);
    let link = invitation["link"]
        .as_str()
        .expect("an invitation has a link");
    let accepted = accepting.ask(&["peer", "accept", link]);
    assert_eq!(invitation["words"], accepted["words"]);
    assert_eq!(invitation["words"].as_array().map(Vec::len), Some(6));
}
