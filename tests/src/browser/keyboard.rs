//! The keyboard alone: whatever is used is reached with Tab, and is seen when it is reached.

use std::time::Duration;

use serde_json::{Value, json};

use super::Browser;
use super::find::Found;

const TAB: &str = "\u{e004}";
const DOWN: &str = "\u{e015}";
const CONTROL: &str = "\u{e009}";
/// How long a page may take to bring into the window what has the focus.
const SETTLING_MAX: Duration = Duration::from_secs(2);
/// More stops than any page has.
const STOPS_MAX: usize = 600;
/// Stops inside one control: a field for a day and an hour has one for each of its parts.
const PARTS_MAX: usize = 8;

/// Where the focus is: on the wanted element, in its group, how it looks, and what it is.
const FOCUS: &str = r#"
const wanted = arguments[0];
const at = document.activeElement;
window.eriktiReached?.add(at);
if (!at || at === document.body || at === document.documentElement) return {outside: true};
const box = at.getBoundingClientRect();
const style = getComputedStyle(at);
const shown = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== 'none';
const inside = box.width > 0 && box.height > 0 && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1);
const y = Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1);
const over = document.elementFromPoint(x, y);
const hidden = over && !(at.contains(over) || over.contains(at) || [...(at.labels || [])].some(label => label.contains(over)));
return {
  here: at === wanted,
  group: at.type === 'radio' && wanted && wanted.type === 'radio' && at.name === wanted.name,
  fault: !inside ? 'is outside of the window' : !shown ? 'does not show that it has the focus' : hidden ? `is hidden behind <${over.tagName} class="${over.className}">` : null,
  what: at.outerHTML.slice(0, 200), mark: [...document.querySelectorAll('*')].indexOf(at),
};
"#;

/// What can be used and was not reached, in words. Of several choices Tab reaches one.
const MISSED: &str = r#"
const reached = window.eriktiReached;
delete window.eriktiReached;
const usable = 'a[href], area[href], button, input:not([type=hidden]), select, textarea, summary, [contenteditable], [tabindex]';
return [...document.querySelectorAll(usable)]
  .filter(element => !element.disabled && element.tabIndex >= 0 && !element.closest('[inert]'))
  .filter(element => element.checkVisibility({visibilityProperty: true}) && element.getClientRects().length > 0)
  .filter(element => !reached.has(element))
  .filter(element => element.type !== 'radio' || ![...reached].some(other => other.type === 'radio' && other.name === element.name && other.form === element.form))
  .map(element => `Tab does not reach ${element.outerHTML.slice(0, 200)}`);
"#;

/// A walk through a page with Tab.
#[derive(Debug)]
pub struct Walk {
    /// How often it stopped.
    pub stops: usize,
    /// What can be used and was not reached, in words.
    pub missed: Vec<String>,
}

impl Browser {
    /// Presses one key.
    #[track_caller]
    pub fn key(&self, key: &str) {
        self.chord(&[key]);
        self.listen();
    }

    fn chord(&self, keys: &[&str]) {
        let down = keys
            .iter()
            .map(|key| json!({"type": "keyDown", "value": key}));
        let up = keys
            .iter()
            .rev()
            .map(|key| json!({"type": "keyUp", "value": key}));
        let strokes: Vec<Value> = down.chain(up).collect();
        let body = json!({"actions": [{"type": "key", "id": "keyboard", "actions": strokes}]});
        if let Err(fault) = self.command("actions", body) {
            panic!("a key cannot be pressed: {fault}");
        }
    }

    /// Moves the focus to an element with Tab alone.
    ///
    /// Panics   when the focus cannot be seen, is kept somewhere, or never comes there
    #[track_caller]
    pub(super) fn reach(&self, wanted: &Found) {
        let mut held = (Value::Null, 0);
        let mut outside = 0;
        for _ in 0..STOPS_MAX {
            let focus = self.focus(wanted);
            if focus["here"] == true {
                return;
            }
            if focus["group"] == true {
                self.chord(&[DOWN]);
                continue;
            }
            if focus["outside"] == true {
                outside += 1;
                // The first time the page is fresh, the second time all of it has been walked.
                assert!(
                    outside < 3,
                    "Tab does not reach {}\n{}",
                    self.source_of(wanted),
                    self.scene()
                );
            } else if focus["mark"] == held.0 {
                held.1 += 1;
                assert!(held.1 < PARTS_MAX, "Tab does not leave {}", focus["what"]);
            } else {
                held = (focus["mark"].clone(), 0);
            }
            self.chord(&[TAB]);
        }
        panic!(
            "Tab does not reach {} in {STOPS_MAX} stops",
            self.source_of(wanted)
        );
    }

    /// Where the focus is. A page may need a moment to bring it into the window.
    #[track_caller]
    fn focus(&self, wanted: &Found) -> Value {
        let mut focus = Value::Null;
        let settled = self.wait_at_most(SETTLING_MAX, || {
            focus = self.evaluate(FOCUS, std::slice::from_ref(&wanted.value));
            focus["fault"].is_null().then_some(())
        });
        if settled.is_none() {
            panic!("{} {}\n{}", focus["what"], focus["fault"], self.scene());
        }
        focus
    }

    fn source_of(&self, found: &Found) -> String {
        let source = self.evaluate(
            "return arguments[0].outerHTML.slice(0, 300)",
            std::slice::from_ref(&found.value),
        );
        source.to_string()
    }

    /// Writes over what stands in the field that has the focus.
    pub(super) fn type_over(&self, field: &Found, value: &str) -> Result<(), String> {
        self.chord(&[CONTROL, "a"]);
        self.chord(&["\u{e003}"]);
        self.type_into(field, value)
    }

    /// Walks the whole page with Tab.
    ///
    /// Panics   when the focus cannot be seen at any stop, or does not come out again
    #[track_caller]
    pub fn walk(&self) -> Walk {
        let nothing = Found { value: Value::Null };
        self.evaluate(
            "document.activeElement?.blur(); window.scrollTo(0, 0); window.eriktiReached = new Set();",
            &[],
        );
        let mut held = (Value::Null, 0);
        for stops in 0..STOPS_MAX {
            self.chord(&[TAB]);
            let focus = self.focus(&nothing);
            if focus["outside"] == true {
                let missed = self.evaluate(MISSED, &[]);
                let missed = missed.as_array().into_iter().flatten();
                return Walk {
                    stops,
                    missed: missed.map(Value::to_string).collect(),
                };
            }
            held = if focus["mark"] == held.0 {
                (held.0, held.1 + 1)
            } else {
                (focus["mark"].clone(), 0)
            };
            assert!(held.1 < PARTS_MAX, "Tab does not leave {}", focus["what"]);
        }
        panic!(
            "{STOPS_MAX} stops, and Tab has not left the page\n{}",
            self.scene()
        );
    }
}
