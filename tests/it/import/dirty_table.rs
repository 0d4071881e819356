//! A table with one row for each way in which a row can be wrong.

use erikti_node::formats::{FormatFault, Import, Mapping, ROW_BYTES_MAX, csv};

use super::{account, organisation, rejections};

/// A mapping of the tables here.
pub(super) fn mapping() -> Mapping {
    Mapping::parse(
        "source = \"dirty\"\nid = \"id\"\n[columns]\n\"title.ru\" = \"title\"\ncapacity = \"places\"\n\
         startDate = \"from\"\nendDate = \"until\"\nallowsRemoteParticipation = \"remote\"\n\
         [formats]\nstartDate = \"%d.%m.%Y\"\nendDate = \"%d.%m.%Y\"\n[constants]\n\"place.country\" = \"KZ\"\n",
    )
    .expect("the mapping is right")
}

const HEADER: &str = "id,title,places,from,until,remote,note";

fn read(rows: &str) -> Import {
    let import = csv::read(
        format!("{HEADER}\n{rows}").as_bytes(),
        &mapping(),
        &organisation(),
    )
    .expect("it is a table");
    account(&import);
    import
}

#[test]
fn every_wrong_row_says_where_what_and_why() {
    let long = "ы".repeat(501);
    let import = read(&format!(
        "1,Сад,20,18.04.2026,31.10.2026,нет,good\n\
         ,Сад,20,,,,\n\
         1,Сад,20,,,,\n\
         2,,20,,,,\n\
         3,Сад,many,,,,\n\
         4,Сад,1000001,,,,\n\
         5,Сад,20,31.02.2026,,,\n\
         6,Сад,20,2026-04-18,,,\n\
         7,Сад,20,18.04.2026,17.04.2026,,\n\
         8,Сад,20,,,maybe,\n\
         9,Сад,20\n\
         10,{long},20,,,,\n\
         11,Сад,20,,,,,\n\
         12,Сад,20,,,,good\n"
    ));
    let of_column = |allowed: &str, column: &str| format!("expected {allowed} (column `{column}`)");
    let shown = format!("{}…", "ы".repeat(80));
    let people = of_column("a whole number from 0 to 1000000", "places");
    let written = |column: &str| of_column("a time written as the mapping's format says", column);
    let calendar = of_column("a day that the calendar has", "from");
    let yes = of_column("`true` or `false`", "remote");
    let title = of_column("one line of 1 to 500 characters", "title");
    let cells = "expected 7 cells, as in the header";
    assert_eq!(
        rejections(&import),
        [
            (
                3,
                "id",
                "nothing",
                "expected an id of 1 to 128 characters in column `id`"
            ),
            (4, "id", "1", "row 2 has this id already"),
            (
                5,
                "title",
                "nothing",
                "expected one line of 1 to 500 characters in each language"
            ),
            (6, "capacity", "many", &people),
            (7, "capacity", "1000001", &people),
            (8, "startDate", "31.02.2026", &calendar),
            (9, "startDate", "2026-04-18", &written("from")),
            (
                10,
                "endDate",
                "2026-04-17",
                "expected not before `startDate`, which is 2026-04-18"
            ),
            (11, "allowsRemoteParticipation", "maybe", &yes),
            (12, "", "3 cells", cells),
            (13, "title.ru", &shown, &title),
            (14, "", "8 cells", cells),
        ]
    );
    assert_eq!(
        import
            .things
            .iter()
            .map(|thing| thing.row)
            .collect::<Vec<_>>(),
        [2, 15]
    );
    assert_eq!(import.ignored_columns, ["note"]);
}

#[test]
fn a_row_may_be_long_but_not_longer_than_its_bound() {
    // Five cells are empty; the id has one byte and the title three.
    let row = |bytes: usize| format!("1,abc,,,,,{}\n2,abc,,,,,\n", "x".repeat(bytes - 4));
    assert_eq!(read(&row(ROW_BYTES_MAX)).things.len(), 2);
    let import = read(&row(ROW_BYTES_MAX + 1));
    assert_eq!(import.things.len(), 1);
    let reason =
        "expected at most 1048576 bytes; an unclosed quote makes a row of all that follows it";
    assert_eq!(rejections(&import), [(2, "", "1048577 bytes", reason)]);
}

#[test]
fn a_subject_that_fits_into_no_record_is_rejected() {
    let mapping = Mapping::parse(
        "source = \"s\"\nid = \"id\"\n[columns]\n\"title.en\" = \"id\"\n\"description.en\" = \"en\"\n\"description.ru\" = \"ru\"\n\"description.kk\" = \"kk\"\n",
    )
    .expect("the mapping is right");
    let table = |letters: usize| {
        let text = "ж".repeat(letters);
        format!("id,en,ru,kk\n1,{text},{text},{text}\n")
    };
    let read = |letters| {
        csv::read(table(letters).as_bytes(), &mapping, &organisation()).expect("it is a table")
    };
    assert_eq!(read(10_000).things.len(), 1);
    let import = read(12_000);
    account(&import);
    assert_eq!(
        import.rejected[0].reason,
        "expected at most 63488 in one record"
    );
}

#[test]
fn an_unclosed_quote_rejects_what_it_swallows_and_says_so() {
    let import = read("1,\"Сад,20,,,,\n2,Сад,20,,,,\n");
    assert_eq!(import.read, 1);
    assert_eq!(
        import.rejected[0].reason,
        "expected 7 cells, as in the header"
    );
}

#[test]
fn semicolons_tabs_marks_quotes_and_blank_rows_are_read_as_meant() {
    let expected = read("1,\"Сад, парк\",20,18.04.2026,,да,\n").things;
    for table in [
        "\u{feff}id,title,places,from,until,remote,note\r\n\r\n1,\"Сад, парк\",20,18.04.2026,,да,\r\n",
        "id;title;places;from;until;remote;note\n1;Сад, парк;20;18.04.2026;;да;\n",
        "id\ttitle\tplaces\tfrom\tuntil\tremote\tnote\n1\t Сад, парк \t20\t18.04.2026\t\tYES\t\n",
        "\"id\", title ,places,from,until,remote,note\n1,\"Сад, парк\",20,18.04.2026,,1,\n",
    ] {
        let import =
            csv::read(table.as_bytes(), &mapping(), &organisation()).expect("it is a table");
        assert_eq!(import.things, expected, "{table}");
    }
}

#[test]
fn a_header_that_does_not_fit_the_mapping_refuses_the_file() {
    let refused = |header: &str| {
        csv::read(
            format!("{header}\n").as_bytes(),
            &mapping(),
            &organisation(),
        )
        .expect_err("the header does not fit")
        .to_string()
    };
    assert_eq!(
        refused("id,titel,places,from,until,remote"),
        "the mapping's `columns.title.ru` names the column `title`, which the file does not have, did you mean `titel`?"
    );
    assert_eq!(
        refused("nr,title,places,from,until,remote"),
        "the mapping's `id` names the column `id`, which the file does not have"
    );
    assert_eq!(
        refused("id,title,title,places,from,until,remote"),
        "the column `title` stands 2 times in the header, so the mapping cannot tell which one it means"
    );
    let wide = format!("id{}", ",x".repeat(1_024));
    assert_eq!(
        refused(&wide),
        "the first row is not a header: it has 1025 columns, expected at most 1024"
    );
    let empty = csv::read(b"", &mapping(), &organisation());
    assert!(
        matches!(empty, Err(FormatFault::Header { .. })),
        "{empty:?}"
    );
}

#[test]
fn a_row_that_moves_keeps_its_id_and_an_edited_one_changes_alone() {
    let first = read("1,Сад,20,,,,\n2,Парк,30,,,,\n");
    let moved = read("2,Парк,30,,,,\n1,Сад,20,,,,\n");
    assert_eq!(super::changed(&first, &moved), 0);
    let edited = read("1,Сад,21,,,,\n2,Парк,30,,,,\n");
    assert_eq!(super::changed(&first, &edited), 1);
}

#[test]
fn no_changed_byte_breaks_the_reader() {
    let table = format!("{HEADER}\n1,\"Сад, парк\",20,18.04.2026,31.10.2026,да,\n2,Парк,7,,,1,x\n");
    let mut imported = 0;
    for at in 0..table.len() {
        for byte in [b'0', b'"', b',', b';', b'\n', 0xd2] {
            let mut changed = table.clone().into_bytes();
            changed[at] = byte;
            if let Ok(import) = csv::read(&changed, &mapping(), &organisation()) {
                account(&import);
                imported += import.things.len();
            }
        }
    }
    assert!(
        imported > table.len(),
        "many of the changed tables still say something: {imported}"
    );
}
