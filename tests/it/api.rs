//! The API over real sockets: its document, its examples, what it refuses, what strangers learn, edits, tiles, keys.

mod crawl;
mod document;
mod edits;
mod secrets;
mod tiles;
mod verify;
mod wire;
mod worlds;
