//! What a person does at a page, whichever way they work.

use std::path::Path;

use serde_json::{Value, json};

use super::find::{Found, Thing, plain};
use super::{Browser, Hand};

impl Browser {
    /// Writes into a field, in place of what stands there.
    #[track_caller]
    pub fn fill(&self, label: &str, value: &str) {
        self.fill_in(label, None, value);
    }

    /// Writes into the field of the row or part that also says `near`.
    #[track_caller]
    pub fn fill_near(&self, label: &str, near: &str, value: &str) {
        self.fill_in(label, Some(near), value);
    }

    #[track_caller]
    fn fill_in(&self, label: &str, near: Option<&str>, value: &str) {
        self.act(Thing::Field, label, near, |field| {
            if self.hand() == Hand::Keyboard {
                self.reach(field);
                return self.type_over(field, value);
            }
            self.command(&format!("element/{}/clear", field.name()), json!({}))?;
            self.type_into(field, value)
        });
    }

    /// Sends keys to an element; dates are typed as the browser's own language has them.
    pub(super) fn type_into(&self, field: &Found, value: &str) -> Result<(), String> {
        let kind = self.try_evaluate(
            "return arguments[0].type",
            std::slice::from_ref(&field.value),
        )?;
        let typed = typed_as(kind.as_str().unwrap_or_default(), value);
        self.command(
            &format!("element/{}/value", field.name()),
            json!({"text": typed}),
        )?;
        Ok(())
    }

    /// Chooses from a list, by what the choice says.
    #[track_caller]
    pub fn choose(&self, label: &str, choice: &str) {
        let choice = plain(choice);
        self.act(Thing::Field, label, None, |list| {
            let script = "const plain = text => text.replace(/[\\u200e\\u200f\\u2066-\\u2069]/g, '').replace(/\\s+/g, ' ').trim();
                const all = [...arguments[0].options];
                const to = all.findIndex(option => plain(option.text) === arguments[1]);
                return {to, from: arguments[0].selectedIndex, option: all[to] || null, all: all.map(option => option.text)};";
            let found = self.try_evaluate(script, &[list.value.clone(), json!(choice)])?;
            let (Some(to), Some(from)) = (found["to"].as_i64(), found["from"].as_i64()) else {
                return Err(format!("`{label}` is no list"));
            };
            if to < 0 {
                return Err(format!("no choice `{choice}` among {}", found["all"]));
            }
            if self.hand() == Hand::Keyboard {
                self.reach(list);
                let key = if to < from { "\u{e013}" } else { "\u{e015}" };
                for _ in 0..(to - from).abs() {
                    self.key(key);
                }
                return Ok(());
            }
            let option = Found {
                value: found["option"].clone(),
            };
            self.click(&option)
        });
    }

    /// Ticks a box or picks one of several, unless it is so already.
    #[track_caller]
    pub fn tick(&self, label: &str) {
        self.tick_in(label, None);
    }

    /// Ticks the box of the row or part that also says `near`.
    #[track_caller]
    pub fn tick_near(&self, label: &str, near: &str) {
        self.tick_in(label, Some(near));
    }

    #[track_caller]
    fn tick_in(&self, label: &str, near: Option<&str>) {
        self.act(Thing::Field, label, near, |tick| {
            let ticked = |found: &Found| {
                self.try_evaluate(
                    "return arguments[0].checked",
                    std::slice::from_ref(&found.value),
                )
            };
            if ticked(tick)? == Value::Bool(true) {
                return Ok(());
            }
            if self.hand() == Hand::Keyboard {
                self.reach(tick);
                if ticked(tick)? != Value::Bool(true) {
                    self.key(" ");
                }
            } else {
                self.click(tick)?;
            }
            Ok(())
        });
    }

    /// Gives a file.
    #[track_caller]
    pub fn attach(&self, label: &str, file: &Path) {
        // The browser takes no path with `..` in it.
        let file = file.canonicalize().expect("a file that is there");
        let path = file.to_str().expect("a path in UTF-8");
        self.act(Thing::Field, label, None, |field| {
            if self.hand() == Hand::Keyboard {
                // The system's own window for choosing a file is not the page's.
                self.reach(field);
            }
            let path_of = format!("element/{}/value", field.name());
            self.command(&path_of, json!({"text": path})).map(drop)
        });
    }

    /// Presses a button.
    #[track_caller]
    pub fn press(&self, words: &str) {
        self.use_it(Thing::Button, words, None);
    }

    /// Presses the button of the row or part that also says `near`.
    #[track_caller]
    pub fn press_near(&self, words: &str, near: &str) {
        self.use_it(Thing::Button, words, Some(near));
    }

    /// Follows a link.
    #[track_caller]
    pub fn follow(&self, words: &str) {
        self.use_it(Thing::Link, words, None);
    }

    /// Follows the link of the row or part that also says `near`.
    #[track_caller]
    pub fn follow_near(&self, words: &str, near: &str) {
        self.use_it(Thing::Link, words, Some(near));
    }

    /// Opens what is folded beneath a line.
    #[track_caller]
    pub fn unfold(&self, words: &str) {
        let words = plain(words);
        let found = self.find(Thing::Fold, &words, None);
        let script = "return arguments[0].closest('details').open";
        if self.evaluate(script, &[found.value]) != Value::Bool(true) {
            self.use_it(Thing::Fold, &words, None);
        }
    }

    /// Whether there is such a link, button or field now.
    pub fn offers(&self, words: &str) -> bool {
        [Thing::Link, Thing::Button, Thing::Field]
            .iter()
            .any(|thing| self.finds(*thing, words))
    }

    #[track_caller]
    fn use_it(&self, thing: Thing, words: &str, near: Option<&str>) {
        self.act(thing, words, near, |found| {
            if self.hand() == Hand::Keyboard {
                self.reach(found);
                self.key("\u{e007}");
                return Ok(());
            }
            self.click(found)
        });
        self.listen();
    }

    pub(super) fn click(&self, found: &Found) -> Result<(), String> {
        let path = format!("element/{}/click", found.name());
        self.command(&path, json!({})).map(drop)
    }

    /// Finds something and does something with it, again when the page changed in between.
    #[track_caller]
    fn act(
        &self,
        thing: Thing,
        words: &str,
        near: Option<&str>,
        mut work: impl FnMut(&Found) -> Result<(), String>,
    ) {
        let mut fault = String::new();
        let done = self.wait_for(|| {
            let found = self.find(thing, words, near);
            match work(&found) {
                Ok(()) => Some(()),
                Err(e) => {
                    fault = e;
                    None
                }
            }
        });
        if done.is_none() {
            panic!("cannot use “{words}”: {fault}\n{}", self.scene());
        }
    }

    /// Waits until the page shows these words.
    #[track_caller]
    pub fn sees(&self, words: &str) {
        let words = plain(words);
        self.until(&format!("the page says “{words}”"), || {
            self.reads().contains(&words).then_some(())
        });
        self.listen();
    }

    /// Waits until the page shows these words no more.
    #[track_caller]
    pub fn misses(&self, words: &str) {
        let words = plain(words);
        self.until(&format!("the page no longer says “{words}”"), || {
            (!self.reads().contains(&words)).then_some(())
        });
    }

    /// Waits until the browser is at an address that begins like this.
    #[track_caller]
    pub fn arrives(&self, path: &str) {
        self.until(&format!("the browser is at {path}"), || {
            self.here().starts_with(path).then_some(())
        });
        self.listen();
    }

    /// All words that the page shows.
    pub fn reads(&self) -> String {
        let shown = self.try_evaluate("return document.body ? document.body.innerText : ''", &[]);
        plain(shown.unwrap_or_default().as_str().unwrap_or_default())
    }

    /// What the elements that a selector names say, in order; for what has no label of its own.
    #[track_caller]
    pub fn texts(&self, selector: &str) -> Vec<String> {
        let script = "return [...document.querySelectorAll(arguments[0])].map(e => e.value || e.textContent)";
        let texts = self.evaluate(script, &[json!(selector)]);
        let texts = texts.as_array().into_iter().flatten();
        texts
            .map(|text| plain(text.as_str().unwrap_or_default()))
            .collect()
    }

    /// What stands in a field.
    #[track_caller]
    pub fn written(&self, label: &str) -> String {
        let field = self.find(Thing::Field, label, None);
        let value = self.evaluate("return arguments[0].value", &[field.value]);
        value.as_str().unwrap_or_default().to_owned()
    }

    /// Where a link leads.
    #[track_caller]
    pub fn leads_to(&self, words: &str) -> String {
        let link = self.find(Thing::Link, words, None);
        let address = self.evaluate("return arguments[0].href", &[link.value]);
        address.as_str().unwrap_or_default().to_owned()
    }
}

/// The keys for a value: the browser itself runs in English, and its fields for days want them in that order.
fn typed_as(kind: &str, value: &str) -> String {
    let parts: Vec<&str> = value.split(['-', 'T']).collect();
    match (kind, parts.as_slice()) {
        ("date", [year, month, day]) => format!("{month}{day}{year}"),
        ("datetime-local", [year, month, day, time]) => {
            format!("{month}{day}{year}\u{e004}{}", time.replace(':', ""))
        }
        _ => value.to_owned(),
    }
}
