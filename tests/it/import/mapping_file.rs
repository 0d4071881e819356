//! Mapping files that cannot work are refused before a table is touched.

use erikti_node::formats::{Mapping, mapping::MAPPING_BYTES_MAX};

const TOP: &str = "source = \"s\"\nid = \"nr\"\n";

fn refused(text: &str) -> String {
    Mapping::parse(text)
        .expect_err("the mapping is wrong")
        .to_string()
}

#[test]
fn a_right_mapping_is_taken_in_either_spelling() {
    for columns in [
        "[columns]\n\"place.address\" = \"Street\"\n\"title.kk\" = \"Atauy\"\n",
        "[columns]\nplace.address = \"Street\"\ntitle.kk = \"Atauy\"\n",
        "[columns]\ntitle = \"Title\"\nskills = \"Skills\"\n\"schedule.0.byDay\" = \"Days\"\n",
    ] {
        assert!(
            Mapping::parse(&format!("{TOP}{columns}")).is_ok(),
            "{columns}"
        );
    }
    assert!(
        Mapping::parse(&format!(
            "{TOP}kind = \"organisation\"\n[columns]\nname = \"Name\"\n"
        ))
        .is_ok()
    );
}

#[test]
fn what_is_unknown_is_named_with_the_nearest_name() {
    for (text, fault) in [
        (
            "colums = 1",
            "mapping: `colums` is not known, did you mean `columns`?",
        ),
        (
            "[columns]\ntitel = \"x\"",
            "mapping: [columns] names `titel`, which `opportunity` does not have, did you mean `title`?",
        ),
        (
            "[columns]\n\"place.adress\" = \"x\"",
            "mapping: [columns] names `place.adress`, which `opportunity` does not have, did you mean `place.address`?",
        ),
        (
            "[columns]\n\"capacity.x\" = \"x\"",
            "mapping: [columns] names `capacity.x`, which `opportunity` does not have, did you mean `capacity`?",
        ),
        (
            "[constants]\ncountry = \"KZ\"",
            "mapping: [constants] names `country`, which `opportunity` does not have, did you mean `place.country`?",
        ),
        (
            "kind = \"oportunity\"",
            "mapping: `kind` is `oportunity`, expected a kind of record, such as `opportunity`",
        ),
    ] {
        assert_eq!(refused(&format!("{TOP}{text}\n")), fault);
    }
}

#[test]
fn what_cannot_work_is_refused_with_the_mapping_and_not_in_every_row() {
    for (text, fault) in [
        (
            "[columns]\nstartDate = \"x\"\n[formats]\nstartDate = \"%B %d\"",
            "mapping: `formats.startDate` is `%B %d`, expected a day, month and year",
        ),
        (
            "[columns]\nstartDate = \"x\"\n[formats]\nstartDate = \"DD.MM\"",
            "mapping: `formats.startDate` is `DD.MM`, expected a date format such as `%d.%m.%Y`, or zeros such as `00000` for a whole number",
        ),
        (
            "[columns]\ntitle = \"x\"\n[formats]\ntitle = \"%d\"",
            "mapping: `formats.title` is `%d`, expected no date format: this field holds no date and no time",
        ),
        (
            "[formats]\nstartDate = \"%d.%m.%Y\"",
            "mapping: `formats.startDate` is `%d.%m.%Y`, expected nothing, or a column for `startDate` in [columns]",
        ),
        (
            "[columns]\nstatus = \"x\"\n[constants]\nstatus = \"open\"",
            "mapping: `constants.status` is `open`, expected nothing, since [columns] gives `status` already",
        ),
        (
            "[constants]\ncapacity = \"many\"",
            "mapping: `constants.capacity` is `many`, expected a whole number from 0 to 1000000",
        ),
        (
            "[constants]\ncapacity = []",
            "mapping: `constants.capacity` is `0 items`, expected a text, a number, true or false, or a list of them",
        ),
        (
            "[columns]\ntitle = 3",
            "mapping: `columns.title` is `3`, expected a text of 1 to 128 characters",
        ),
        (
            "columns = 3",
            "mapping: `columns` is `3`, expected a table, written [columns]",
        ),
    ] {
        assert_eq!(refused(&format!("{TOP}{text}\n")), fault);
    }
}

#[test]
fn what_every_mapping_needs_is_asked_for() {
    assert_eq!(
        refused("id = \"nr\"\n"),
        "mapping: `source` is missing: a short name of where the table comes from, such as `city-open-data`"
    );
    assert_eq!(
        refused("source = \"s\"\n"),
        "mapping: `id` is missing: the column that holds the source's own id of each row"
    );
    assert_eq!(
        refused("source = \"\"\nid = \"nr\"\n"),
        "mapping: `source` is ``, expected a text of 1 to 128 characters"
    );
    assert!(refused("source = \n").starts_with("mapping: line 1, column "));
    assert!(
        refused(&"#".repeat(MAPPING_BYTES_MAX + 1)).starts_with("the mapping has 131073 bytes")
    );
}
