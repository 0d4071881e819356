//! What people come for, from the first word to the last, in three languages: with the mouse, by keyboard alone, and
//! with scripts switched off.

mod administrator;
mod importing;
mod invitation;
mod newcomer;
mod publishing;
mod searching;
mod verifying;

use erikti_node::text::Language;
use erikti_tests::browser::Hand;

/// Every way to work in every language.
fn people() -> impl Iterator<Item = (Language, Hand)> {
    Language::OFFERED
        .into_iter()
        .flat_map(|language| Hand::ALL.map(|hand| (language, hand)))
}
