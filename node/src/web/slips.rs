//! What is shown once: links with a secret in them, kept in memory until others push them out.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use crate::clock;
use crate::node::Node;

/// Answers that are shown once more when their form is submitted twice or their page is reloaded: of one busy day.
const SLIPS_MAX: usize = 64;

/// What is shown of a secret link, once made or accepted. It is kept nowhere but here.
struct Slip {
    token: String,
    /// Whose it is: several nodes may run in one process.
    data: PathBuf,
    answer: Value,
}

static SLIPS: Mutex<VecDeque<Slip>> = Mutex::new(VecDeque::new());

/// Keeps an answer under the word that its form carried.
pub(super) fn keep(node: &Node, token: &str, answer: Value) {
    let mut slips = SLIPS.lock().unwrap_or_else(PoisonError::into_inner);
    if slips.len() == SLIPS_MAX {
        slips.pop_front();
    }
    slips.push_back(Slip {
        token: token.to_owned(),
        data: node.data().to_owned(),
        answer,
    });
}

/// The answer of a form, if it was submitted already.
pub(super) fn kept(node: &Node, token: &str) -> Option<Value> {
    let slips = SLIPS.lock().unwrap_or_else(PoisonError::into_inner);
    slips
        .iter()
        .find(|slip| slip.token == token && slip.data == node.data())
        .map(|slip| slip.answer.clone())
}

/// A word that one form carries, so that submitting it twice does its work once.
pub(super) fn token() -> String {
    format!("{:032x}", u128::from_be_bytes(clock::random()))
}
