//! A coordinator publishes; two organisations further, whoever has the page open sees it come.

use std::time::{Duration, Instant};

use erikti_tests::browser::{self, Browser, Hand};
use erikti_tests::process::{Member, converge, partner};

use crate::flows::people;
use crate::world;

/// How long it may take from the button here to the page there.
const LIVE_MAX: Duration = Duration::from_secs(2);

#[test]
fn what_is_published_appears_on_a_page_that_is_open_elsewhere() {
    if !browser::available() {
        return;
    }
    let mut first = Member::init("Root", &[]);
    let root = first.organisation.clone();
    let mut second = Member::init("Second", &[&root]);
    let mut third = Member::init("Third", &[&root]);
    for member in [&mut first, &mut second, &mut third] {
        member.start();
    }
    partner(&first, &second);
    partner(&second, &third);
    for member in [&second, &third] {
        first.ask(&["org", "accredit", &member.organisation]);
    }
    converge(&[&first, &second, &third], 3);

    let mut link = Some(first.first_administrator.clone());
    for (number, (language, hand)) in people().enumerate() {
        let title = format!("Көшет отырғызу {number}");
        let open = Browser::start(&third.pages, language, Hand::Mouse);
        open.open("/");
        let coordinator = Browser::start(&first.pages, language, hand);
        match link.take() {
            Some(link) => {
                coordinator.open(&link);
                world::fill_in_first(&coordinator);
            }
            None => world::sign_in(&coordinator),
        }
        coordinator.open("/today");
        coordinator.follow(&coordinator.say("records-new-opportunity"));
        world::fill_title(&coordinator, &title);
        let begun = Instant::now();
        coordinator.press(&coordinator.say("form-publish"));
        let pressed = Instant::now();
        open.sees(&title);
        // A walk to the button by keyboard is not the node's time.
        let from = match hand {
            Hand::Keyboard => pressed,
            _ => begun,
        };
        let took = from.elapsed();
        coordinator.sees(&title);
        assert!(took <= LIVE_MAX, "it took {took:?}");

        // Whoever has no scripts sees it by looking again.
        let plain = Browser::start(&third.pages, language, Hand::Scriptless);
        plain.open("/");
        plain.sees(&title);
    }
}
