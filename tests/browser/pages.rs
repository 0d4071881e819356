//! Every page as axe-core sees it, as it lies on the smallest of screens, and as the keyboard walks it.

use erikti_node::text::Language;
use erikti_tests::browser::{self, Axe, Browser, Scheme};

use super::tour::Tour;

/// The smallest of screens, in CSS pixels.
const SMALLEST: u32 = 320;

/// How every page is looked at by axe-core: in the reader's language, in a window so wide, in these colours. Two people
/// share the work.
const LOOKS: [[(Language, u32, Scheme); 2]; 2] = [
    [
        (Language::Kazakh, 360, Scheme::Light),
        (Language::Mirrored, 1280, Scheme::Light),
    ],
    [
        (Language::Russian, 1280, Scheme::Dark),
        (Language::English, 360, Scheme::Dark),
    ],
];

#[test]
fn every_page_keeps_nobody_out_fits_the_smallest_screen_and_is_walked_with_tab() {
    let Some(axe) = Axe::load().filter(|_| browser::available()) else {
        return;
    };
    let (tour, first) = Tour::start();
    let second = tour.beside(Language::Russian);
    let pages = tour.pages.as_slice();
    let [of_first, of_second] = LOOKS;
    let findings = std::thread::scope(|scope| {
        let other = scope.spawn(move || {
            let mut findings = look(&second, axe, pages, of_second);
            findings.extend(fit(&second, pages, Language::Lengthened));
            findings
        });
        let mut findings = look(&first, axe, pages, of_first);
        findings.extend(other.join().expect("the other looks to the end"));
        findings
    });
    assert!(findings.is_empty(), "{findings:#?}");
}

/// What axe-core finds on the pages, and what does not fit.
fn look(
    browser: &Browser,
    axe: &Axe,
    pages: &[String],
    looks: [(Language, u32, Scheme); 2],
) -> Vec<String> {
    let mut findings = Vec::new();
    for (language, width, scheme) in looks {
        browser.read_in(language);
        browser.dress(scheme);
        for page in pages {
            browser.resize(width, 800);
            browser.open(page);
            let mut found = axe.findings(browser);
            found.extend(browser.layout_faults());
            browser.resize(SMALLEST, 640);
            found.extend(browser.layout_faults());
            if language == Language::Mirrored {
                found.extend(browser.walk().missed);
            }
            findings.extend(
                found
                    .into_iter()
                    .map(|found| format!("{page} in {language:?} at {width}, {scheme:?}: {found}")),
            );
        }
    }
    findings
}

/// What does not fit the smallest of screens in one more language.
fn fit(browser: &Browser, pages: &[String], language: Language) -> Vec<String> {
    browser.read_in(language);
    browser.resize(SMALLEST, 640);
    let mut findings = Vec::new();
    for page in pages {
        browser.open(page);
        let faults = browser.layout_faults();
        findings.extend(
            faults
                .into_iter()
                .map(|fault| format!("{page} in {language:?}: {fault}")),
        );
    }
    findings
}
