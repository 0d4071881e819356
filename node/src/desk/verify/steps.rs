//! One thing that was looked at, and what was found.

use serde_json::{Value, json};

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// As it should be.
    Good,
    /// Somebody should look at it.
    Doubtful,
    /// Wrong.
    Bad,
}

impl Finding {
    /// As programs read it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Doubtful => "doubtful",
            Self::Bad => "bad",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What was found.
    pub finding: Finding,
    /// The key of the text that says so.
    pub says: &'static str,
    /// The text's values: text of others among them.
    pub values: Vec<(&'static str, String)>,
    /// Why, in the words of the program.
    pub because: Option<String>,
}

impl Step {
    pub(super) fn good(says: &'static str) -> Self {
        Self::new(Finding::Good, says)
    }

    pub(super) fn doubtful(says: &'static str) -> Self {
        Self::new(Finding::Doubtful, says)
    }

    pub(super) fn bad(says: &'static str) -> Self {
        Self::new(Finding::Bad, says)
    }

    fn new(finding: Finding, says: &'static str) -> Self {
        Self {
            finding,
            says,
            values: Vec::new(),
            because: None,
        }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.values.push((name, value.to_string()));
        self
    }

    pub(super) fn because(mut self, why: impl ToString) -> Self {
        self.because = Some(why.to_string());
        self
    }

    /// As programs read it.
    pub fn to_json(&self) -> Value {
        let values: serde_json::Map<String, Value> = self
            .values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), json!(value)))
            .collect();
        json!({
            "step": self.says.trim_start_matches("verify-"), "finding": self.finding.as_str(), "values": values,
            "because": self.because,
        })
    }
}
