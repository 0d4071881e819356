//! The demonstration as whoever types `erikti demo` has it: three nodes of three organisations, already full of work.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::process::binary;

/// A demonstration that runs until it is dropped.
#[derive(Debug)]
pub struct Demo {
    child: Child,
    /// Where the pages of the three are.
    pub pages: [String; 3],
    /// The link that makes an administrator at the second.
    pub link: String,
    _folder: TempDir,
}

impl Demo {
    /// Starts it and waits until it has told its story.
    ///
    /// Panics   when it ends before it has printed the addresses
    pub fn start() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let mut child = Command::new(binary())
            .arg("demo")
            .env("TMPDIR", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("`erikti` starts");
        let stdout = child.stdout.take().expect("stdout is piped");
        let mut read = String::new();
        let mut addresses = Vec::new();
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            let words = line.split_whitespace();
            addresses.extend(
                words
                    .filter(|word| word.starts_with("http://"))
                    .map(str::to_owned),
            );
            if line.contains("Ctrl-C ends") {
                break;
            }
            read.push_str(&line);
            read.push('\n');
        }
        let (pages, links): (Vec<_>, Vec<_>) = addresses
            .into_iter()
            .partition(|address| address.matches('/').count() == 3 && address.ends_with('/'));
        let pages = pages.try_into();
        Self {
            child,
            pages: pages.unwrap_or_else(|_| panic!("three addresses, in {read}")),
            link: links.into_iter().next().unwrap_or_default(),
            _folder: folder,
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // Told to stop, it stops its nodes in order and removes their folders; killed, its nodes would still end.
        let told = Command::new("kill")
            .args(["-INT", &self.child.id().to_string()])
            .status();
        if !told.is_ok_and(|status| status.success()) {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}
