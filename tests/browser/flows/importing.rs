//! An old spreadsheet: looked at first, brought in, taken back.

use erikti_tests::browser::{self, Browser};
use erikti_tests::process::Member;
use erikti_tests::shared;

use crate::flows::people;
use crate::world;

/// Rows of the city's table.
const ROWS: &str = "665";

#[test]
fn a_table_is_looked_at_imported_and_taken_back() {
    let Some(table) = shared::path("data/opportunities/nyc-service-volunteer-opportunities.csv")
        .filter(|_| browser::available())
    else {
        return;
    };
    let map = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/nyc.toml");
    for (language, hand) in people() {
        let mut member = Member::init("City Volunteers", &[]);
        member.start();
        let browser = Browser::start(&member.pages, language, hand);
        world::become_administrator(&browser, &member);
        browser.follow(&browser.say("nav-import"));
        browser.attach(&browser.say("import-file"), &table);
        browser.unfold(&browser.say("import-more"));
        browser.attach(&browser.say("import-map"), &map);
        browser.press(&browser.say("import-bring"));

        browser.sees(&browser.say("preview-title"));
        let preview = |id: &str| browser.texts(id).concat();
        let (new, refused) = (preview("#new"), preview("#refused-rows"));
        assert_eq!(preview("#read"), ROWS);
        assert_eq!(
            new.parse::<u32>().unwrap_or(0) + refused.parse::<u32>().unwrap_or(0),
            665,
            "{}",
            browser.scene()
        );
        assert_eq!(records(&member), [], "a preview publishes nothing");
        world::keeps_nobody_out(&browser);
        browser.press(&browser.count("preview-confirm", new.parse().unwrap_or(0)));
        browser.until("the import is done", || {
            if !browser.reads().contains(&browser.say("done-new"))
                || !browser.offers(&browser.say("import-undo"))
            {
                // Without scripts progress is seen by looking again.
                browser.open(&browser.here());
                return None;
            }
            Some(())
        });
        assert_eq!(browser.texts("#new").concat(), new);
        world::keeps_nobody_out(&browser);
        let made = records(&member);
        assert_eq!(made.len().to_string(), new);
        assert!(made.iter().all(|(_, version)| *version == 1));

        browser.press(&browser.say("import-undo"));
        browser.until("the import is taken back", || {
            if !browser.reads().contains(&browser.say("import-undone")) {
                browser.open(&browser.here());
                return None;
            }
            Some(())
        });
        let left = records(&member);
        assert!(
            left.iter().all(|(_, version)| *version == 2),
            "{}",
            browser.scene()
        );
        let shown = member.ask(&["record", "show", &left[0].0]);
        assert!(shown.to_string().contains("\"cancelled\""), "{shown}");
    }
}

/// Id and version of every opportunity of the node.
fn records(member: &Member) -> Vec<(String, u64)> {
    let mut rows = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let mut args = vec!["record", "list", "--kind", "opportunity", "--limit", "200"];
        if let Some(cursor) = &cursor {
            args.extend(["--cursor", cursor]);
        }
        let page = member.ask(&args);
        for record in page["records"].as_array().into_iter().flatten() {
            let id = record["id"].as_str().unwrap_or_default().to_owned();
            rows.push((id, record["version"].as_u64().unwrap_or(0)));
        }
        cursor = page["next"].as_str().map(str::to_owned);
        if cursor.is_none() {
            return rows;
        }
    }
}
