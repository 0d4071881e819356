//! One target of `erikti_tests::targets` under libFuzzer: see that crate's page for how to run it.
#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use erikti_tests::targets::{self, Target};
use libfuzzer_sys::fuzz_target;

static TARGET: LazyLock<&Target> = LazyLock::new(|| {
    let name = std::env::var("ERIKTI_TARGET").unwrap_or_default();
    targets::by_name(&name).unwrap_or_else(|| {
        panic!(
            "ERIKTI_TARGET is `{name}`, expected one of {:?}",
            targets::ALL
        )
    })
});

/// Fills a corpus folder that is empty with the target's seeds.
fn plant(folder: &Path) {
    let empty = std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    for (number, seed) in (TARGET.seeds)().iter().enumerate().filter(|_| empty) {
        std::fs::write(folder.join(format!("seed-{number}")), seed)
            .expect("the corpus folder can be written");
    }
}

fuzz_target!(
    init: {
        let first_folder = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
        if let Some(folder) = first_folder {
            plant(Path::new(&folder));
        }
    },
    |bytes: &[u8]| (TARGET.run)(bytes)
);
