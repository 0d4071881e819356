//! Somebody who has read nothing opens one node of the demonstration, and follows what the pages show.

use std::time::Instant;

use erikti_node::text::Language;
use erikti_tests::browser::{self, Browser, Hand};
use erikti_tests::demo::Demo;
use serde_json::Value;

use crate::world;

#[test]
fn a_newcomer_finds_work_of_others_checks_its_proof_and_sees_the_network() {
    if !browser::available() {
        return;
    }
    let demo = Demo::start();
    let newcomer = Browser::start(&demo.pages[0], Language::English, Hand::Mouse);
    newcomer.open("/");
    let own = newcomer.texts(".brand").concat();
    let (title, whose) = work_of_others(&newcomer);
    newcomer.follow_near(&title, &whose);
    newcomer.sees(&newcomer.say("take-part"));
    assert_ne!(whose, own);
    assert_eq!(newcomer.texts("#whose ~ p a"), [whose.as_str()]);
    newcomer.follow(&newcomer.say("proof-check"));
    newcomer.sees(&newcomer.say("proof-holds"));
    newcomer.sees(&whose);
    // What signs, stands in the log, was signed by the log, by a key in force, of an organisation that stands.
    assert_eq!(
        newcomer.texts(".steps > .good").len(),
        5,
        "{}",
        newcomer.scene()
    );
    assert_eq!(newcomer.texts(".steps > .bad"), Vec::<String>::new());

    newcomer.follow(&newcomer.say("nav-network"));
    newcomer.sees(&newcomer.say("network-lead"));
    let members = newcomer.texts("#members ~ ul > li a.tall");
    assert_eq!(members.len(), 3, "{members:?}");
    assert!(
        members.contains(&own) && members.contains(&whose),
        "{members:?}"
    );

    // At the second organisation somebody publishes; whoever reads at the third does nothing.
    let reader = Browser::start(&demo.pages[2], Language::Russian, Hand::Mouse);
    reader.open("/");
    reader.evaluate("window.opened = 'once'", &[]);
    let coordinator = Browser::start(&demo.pages[1], Language::Kazakh, Hand::Mouse);
    coordinator.open(&demo.link);
    world::fill_in_first(&coordinator);
    coordinator.follow(&coordinator.say("nav-today"));
    coordinator.follow(&coordinator.say("records-new-opportunity"));
    let title = "Жаңадан келгенге жол көрсету";
    world::fill_title(&coordinator, title);
    let begun = Instant::now();
    coordinator.press(&coordinator.say("form-publish"));
    reader.sees(title);
    eprintln!(
        "published at the second, seen at the third after {:?}",
        begun.elapsed()
    );
    assert_eq!(
        reader.evaluate("return window.opened", &[]),
        "once",
        "the page was loaded again"
    );
    coordinator.sees(title);
}

/// Title and organisation of the first card on the page that is not of the node's own organisation.
fn work_of_others(browser: &Browser) -> (String, String) {
    let script = "const own = document.querySelector('.brand').textContent.trim();
        const card = [...document.querySelectorAll('#results .card')].find(card => !card.textContent.includes(own));
        return card && [card.querySelector('h3 a'), [...card.querySelectorAll('.meta bdi')].pop()].map(part => part.textContent.trim())";
    let found = browser.until("the first page shows work of others", || {
        Some(browser.evaluate(script, &[])).filter(Value::is_array)
    });
    let text = |at: usize| found[at].as_str().unwrap_or_default().to_owned();
    (text(0), text(1))
}
