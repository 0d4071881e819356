//! Finding things as a person finds them: by what is written on or beside them.

use serde_json::{Value, json};

use super::Browser;

/// What a person looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Thing {
    /// Something to write in or choose from, by its label.
    Field,
    /// Something to press.
    Button,
    /// Something that leads elsewhere.
    Link,
    /// A line that opens what is folded beneath it.
    Fold,
}

impl Thing {
    const fn name(self) -> &'static str {
        match self {
            Self::Field => "field",
            Self::Button => "button",
            Self::Link => "link",
            Self::Fold => "fold",
        }
    }
}

/// Finds what is visible and bears these words: exactly, else at its beginning, else anywhere; in `near`, when given,
/// the smallest row, part or form that also says that.
const FIND: &str = r#"
const [thing, words, near] = arguments;
const plain = text => (text || '').replace(/[\u200e\u200f\u2066-\u2069\u00ad]/g, '').replace(/\s+/g, ' ').trim();
const what = {
  field: 'input:not([type=hidden]):not([type=submit]):not([type=button]), textarea, select',
  button: 'button, input[type=submit], input[type=button], [role=button]',
  link: 'a[href], area[href]',
  fold: 'summary',
}[thing];
const said = element => {
  const by = element.getAttribute('aria-labelledby');
  if (by) return by.split(/\s+/).map(id => document.getElementById(id)?.textContent || '').join(' ');
  if (element.getAttribute('aria-label')) return element.getAttribute('aria-label');
  if (thing === 'field') {
    return [...(element.labels || [])].map(label => {
      const copy = label.cloneNode(true);
      copy.querySelectorAll('input, textarea, select, small, .help').forEach(inner => inner.remove());
      return copy.textContent;
    }).join(' ') || element.title || '';
  }
  return element.value && element.tagName === 'INPUT' ? element.value : element.textContent;
};
const visible = element => element.checkVisibility({visibilityProperty: true}) && element.getClientRects().length > 0;
const all = [...document.querySelectorAll(what)].filter(visible).filter(element => !element.closest('[aria-hidden=true], [inert]'));
const around = element => {
  if (!near) return 0;
  for (let at = element; at; at = at.parentElement) {
    if (at.matches('tr, li, article, section, fieldset, form, dl, details, main') && plain(at.textContent).includes(near)) return at.textContent.length;
  }
  return -1;
};
const sized = all.map(element => [element, plain(said(element)), around(element)]).filter(([, , size]) => size >= 0);
const tell = sized.map(([, text]) => text).filter(text => text).slice(0, 60);
const fits = [text => text === words, text => text.startsWith(words), text => text.includes(words)];
for (const size of [...new Set(sized.map(([, , size]) => size))].sort((a, b) => a - b)) {
  const part = sized.filter(([, , other]) => other === size);
  for (const fit of fits) {
    const fitting = part.filter(([, text]) => fit(text)).map(([element]) => element);
    // The page's own part comes before its frame.
    const found = fitting.find(element => element.closest('main')) ?? fitting[0];
    if (found) return {found, tell};
  }
}
return {found: null, tell};
"#;

/// A text without marks of direction, its spaces as a page shows them.
pub(super) fn plain(text: &str) -> String {
    let marks = ['\u{200e}', '\u{200f}', '\u{ad}'];
    let bare: String = text
        .chars()
        .filter(|c| !marks.contains(c) && !('\u{2066}'..='\u{2069}').contains(c))
        .collect();
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Browser {
    /// Finds something once it is there.
    #[track_caller]
    pub(super) fn find(&self, thing: Thing, words: &str, near: Option<&str>) -> Found {
        let words = plain(words);
        let arguments = [json!(thing.name()), json!(words), json!(near.map(plain))];
        let mut tell = Value::Null;
        let value = self.wait_for(|| {
            let mut answer = self.try_evaluate(FIND, &arguments).ok()?;
            tell = answer["tell"].take();
            Some(answer["found"].take()).filter(|found| !found.is_null())
        });
        let Some(value) = value else {
            panic!(
                "no {} says “{words}”{}; there are {tell}\n{}",
                thing.name(),
                near.map(|near| format!(" near “{near}”"))
                    .unwrap_or_default(),
                self.scene()
            )
        };
        Found { value }
    }

    /// Whether there is such a thing now.
    pub(super) fn finds(&self, thing: Thing, words: &str) -> bool {
        let arguments = [json!(thing.name()), json!(plain(words)), Value::Null];
        self.try_evaluate(FIND, &arguments)
            .is_ok_and(|answer| !answer["found"].is_null())
    }
}

/// An element of the page, as scripts are given it.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) value: Value,
}

impl Found {
    /// Its name between browser and driver.
    pub(super) fn name(&self) -> &str {
        let names = self
            .value
            .as_object()
            .and_then(|value| value.values().next());
        names.and_then(Value::as_str).unwrap_or_default()
    }
}
