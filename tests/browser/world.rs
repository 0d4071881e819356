//! Nodes for a browser to look at.

use erikti_tests::browser::Browser;
use erikti_tests::process::Member;

/// What the first administrator is called, and the password that nobody tries.
const NAME: &str = "aigerim";
const PASSWORD: &str = "Тау басында 7 көк бұлт";

/// Makes the first administrator of a node.
#[track_caller]
pub(super) fn become_administrator(browser: &Browser, member: &Member) {
    browser.open(&member.first_administrator);
    fill_in_first(browser);
}

/// Fills in the form behind the first link.
#[track_caller]
pub(super) fn fill_in_first(browser: &Browser) {
    browser.fill(&browser.say("account-field-name"), NAME);
    browser.fill(&browser.say("account-field-shown"), "Әйгерім");
    browser.fill(&browser.say("account-field-new-password"), PASSWORD);
    browser.press(&browser.say("link-do"));
    browser.sees(&browser.say("sign-out"));
}

/// Signs the first administrator in.
#[track_caller]
pub(super) fn sign_in(browser: &Browser) {
    browser.open("/signin");
    browser.fill(&browser.say("account-field-name"), NAME);
    browser.fill(&browser.say("account-field-password"), PASSWORD);
    browser.press(&browser.say("sign-in"));
    browser.sees(&browser.say("sign-out"));
}
