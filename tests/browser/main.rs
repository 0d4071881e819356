//! People at real browsers, before the pages of real nodes.

mod flows;
mod frame;
mod pages;
mod tour;
mod world;
