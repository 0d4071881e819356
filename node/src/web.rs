//! Pages for people, made here: they work without a script, on a phone, in Kazakh, Russian and English.
//!
//! A handler is short: read, call one function of the desk, fill a template. Templates stand in `templates/`, the
//! stylesheet and the few scripts in `assets/`; all of them are part of the program.

mod about;
mod account;
mod accreditations;
mod assets;
mod conflict;
mod deeds;
mod drawn;
mod erase;
mod health;
mod held;
mod hooks;
mod import_columns;
mod imports;
mod language;
mod logs;
mod map;
mod members;
mod network;
mod opportunities;
mod opportunity;
mod organisations;
mod page;
mod partners;
mod record;
mod record_form;
mod records;
mod refusal;
mod settings;
mod shown;
mod slips;
mod staff;
mod today;
mod verify;

use crate::front::Routes;
pub use refusal::refusal;

/// The routes.
pub fn routes() -> Routes {
    Routes::new()
        .get("/", opportunities::list)
        .get("/about", about::show)
        .get("/assets/{name}", assets::show)
        .get("/language/{tag}", language::choose)
        .merge(staff::routes())
        .merge(account::routes())
        .get("/opportunities/{id}", opportunity::show)
        .get("/records/{id}", held::show)
        .get("/records/{id}/proof", held::proof)
        .get("/records/{id}/files/{name}", held::file)
        .get("/organisations", organisations::list)
        .get("/organisations/{id}", organisations::show)
        .get("/network", network::show)
        .get("/logs", logs::list)
        .get("/logs/{log}", logs::show)
        .get("/verify", verify::show)
        .post("/verify", verify::check)
}
