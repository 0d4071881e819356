//! Crashes, torn writes, flipped bits: the folder is changed behind the journal's back and opened again.
