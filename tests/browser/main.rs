//! People at real browsers, before the pages of real nodes.

mod frame;
