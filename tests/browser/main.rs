//! People at real browsers, before the pages of real nodes.

mod frame;
mod hostile;
mod world;
