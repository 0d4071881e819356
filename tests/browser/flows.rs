//! What people come for, from the first word to the last, in three languages: with the mouse, by keyboard alone, and
//! with scripts switched off.

mod administrator;
mod importing;
mod invitation;
mod publishing;
mod searching;
mod verifying;

use erikti_node::text::Language;
use erikti_tests::browser::Hand;

/// Every language and every way to work, each once; a flow begins the round where it likes, so that all flows together
/// meet every pair.
fn people(first: usize) -> impl Iterator<Item = (Language, Hand)> {
    (0..3).map(move |number| (Language::OFFERED[number], Hand::ALL[(first + number) % 3]))
}
