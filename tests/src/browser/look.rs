//! How a page looks: its size, its colours, what sticks out, what axe-core finds, pictures.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::Browser;

/// Light or dark, as the reader's system has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Dark words on light paper.
    Light,
    /// Light words on dark paper.
    Dark,
}

/// What is wrong with the layout, in words.
const LAYOUT: &str = r#"
const faults = [];
const tell = element => `<${element.tagName.toLowerCase()} class="${element.className.baseVal ?? element.className}"> “${(element.textContent || '').trim().slice(0, 40)}”`;
const wide = document.scrollingElement.scrollWidth;
if (wide > innerWidth) faults.push(`the page is ${wide} px wide in a window of ${innerWidth} px`);
const scrolls = element => {
  for (let at = element.parentElement; at; at = at.parentElement) {
    if (/auto|scroll|hidden|clip/.test(getComputedStyle(at).overflowX) && at !== document.body && at !== document.documentElement) return true;
  }
  return false;
};
for (const element of document.body.querySelectorAll('*')) {
  const box = element.getBoundingClientRect();
  if (!box.width || !box.height || element.closest('svg') && element.tagName !== 'svg' || element.closest('.skip, .unseen')) continue;
  const style = getComputedStyle(element);
  if (style.position === 'absolute' && box.width <= 1) continue;
  if ((box.right > innerWidth + 1 || box.left < -1) && !scrolls(element)) faults.push(`${tell(element)} sticks out: ${box.left} to ${box.right} of ${innerWidth}`);
  if (/hidden|clip/.test(style.overflowX) && element.scrollWidth > element.clientWidth + 1 && style.textOverflow !== 'ellipsis' && box.width > 1 && element.textContent.trim()) faults.push(`${tell(element)} is cut off`);
}
return faults.slice(0, 10);
"#;

impl Browser {
    /// Gives the window another size, in CSS pixels.
    pub fn resize(&self, width: u32, height: u32) {
        self.width.set(width);
        self.order(
            "Emulation.setDeviceMetricsOverride",
            &json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false}),
        );
    }

    /// Light or dark.
    pub fn dress(&self, scheme: Scheme) {
        let value = match scheme {
            Scheme::Light => "light",
            Scheme::Dark => "dark",
        };
        self.order(
            "Emulation.setEmulatedMedia",
            &json!({"features": [{"name": "prefers-color-scheme", "value": value},
                {"name": "prefers-reduced-motion", "value": "reduce"}]}),
        );
    }

    /// What sticks out of the window or is cut off, in words.
    #[track_caller]
    pub fn layout_faults(&self) -> Vec<String> {
        let faults = self.evaluate(LAYOUT, &[]);
        let faults = faults.as_array().into_iter().flatten();
        faults
            .filter_map(|fault| fault.as_str().map(str::to_owned))
            .collect()
    }

    /// How many elements of each name the page has.
    #[track_caller]
    pub fn census(&self) -> Value {
        let script = "const count = {};
            for (const element of document.querySelectorAll('*')) count[element.localName] = (count[element.localName] || 0) + 1;
            return count;";
        self.evaluate(script, &[])
    }

    /// A picture of the whole page as PNG.
    #[track_caller]
    pub fn picture(&self) -> Vec<u8> {
        self.capture(&json!({"format": "png", "captureBeyondViewport": true}))
    }

    /// A picture of what the window shows, smaller, as WebP of this quality (0 to 100).
    #[track_caller]
    pub fn small_picture(&self, height: u32, scale: f64, quality: u32) -> Vec<u8> {
        self.capture(&json!({"format": "webp", "quality": quality,
            "clip": {"x": 0, "y": 0, "width": self.width.get(), "height": height, "scale": scale}}))
    }

    fn capture(&self, parameters: &Value) -> Vec<u8> {
        let answer = self.order("Page.captureScreenshot", parameters);
        let text = answer["data"].as_str().expect("a picture");
        BASE64_STANDARD.decode(text).expect("a picture in base64")
    }
}

/// axe-core, which knows what keeps people out of a page.
#[derive(Debug)]
pub struct Axe(String);

impl Axe {
    /// Reads it where `npm ci` put it, or `None` (after one line that says so) where it is missing.
    ///
    /// Panics   when it is missing and `ERIKTI_REQUIRE_JS` is `1`
    pub fn load() -> Option<&'static Self> {
        static AXE: OnceLock<Option<Axe>> = OnceLock::new();
        let read = || {
            let path: PathBuf =
                Path::new(env!("CARGO_MANIFEST_DIR")).join("js/node_modules/axe-core/axe.min.js");
            let text = std::fs::read_to_string(path).ok();
            if text.is_none() {
                let required = std::env::var("ERIKTI_REQUIRE_JS").is_ok_and(|value| value == "1");
                assert!(
                    !required,
                    "axe-core is missing, and ERIKTI_REQUIRE_JS=1 requires it"
                );
                eprintln!("skipped: axe-core is not installed (npm ci --prefix tests/js)");
            }
            text.map(Axe)
        };
        AXE.get_or_init(read).as_ref()
    }

    /// What it finds on the page before the browser: rule, what it says, where.
    ///
    /// Panics   when it does not run
    #[track_caller]
    pub fn findings(&self, browser: &Browser) -> Vec<String> {
        if browser.evaluate("return typeof axe", &[]) != "object" {
            browser.evaluate(&format!("{}; window.axe = axe;", self.0), &[]);
        }
        let script = "const done = arguments[arguments.length - 1];
            axe.run(document, {resultTypes: ['violations'], rules: {'target-size': {enabled: true}}})
              .then(found => done(found.violations.flatMap(rule => rule.nodes.slice(0, 4).map(node => `${rule.id}: ${rule.help}: ${node.html.slice(0, 200)}: ${node.failureSummary}`))),
                fault => done('' + fault));";
        let answer = browser
            .runtime
            .block_on(browser.client.execute_async(script, Vec::new()));
        match answer {
            Ok(Value::Array(findings)) => findings
                .iter()
                .filter_map(|finding| finding.as_str().map(str::to_owned))
                .collect(),
            other => panic!("axe-core does not run: {other:?}"),
        }
    }
}
