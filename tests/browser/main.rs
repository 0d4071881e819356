//! People at real browsers, before the pages of real nodes.

mod flows;
mod frame;
mod hostile;
mod pages;
mod refusals;
mod tour;
mod world;
