//! People at real browsers, before the pages of real nodes.

mod flows;
mod frame;
mod hostile;
mod pages;
mod tour;
mod world;
