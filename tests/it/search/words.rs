//! Words in three languages, and whatever else people type.

use erikti_tests::shared;
use serde_json::json;

use super::{Desk, titled};

#[test]
fn kazakh_words_are_found_by_how_they_begin() {
    let desk = Desk::new();
    desk.publish(&[
        titled("kk", "Мектептеріміздегі кітапханаға көмек"),
        titled("kk", "Саябақта ағаштарды суару"),
        titled("kk", "Қала көшелерін тазалау"),
        titled("kk", "Өзен жағасында балалармен серуен"),
        titled("ru", "Уборка кладовой"),
    ]);
    let school = ["Мектептеріміздегі кітапханаға көмек"];
    for words in [
        "мектеп",
        "Мектеп",
        "мектептерде",
        "МЕКТЕПТІҢ",
        "кітапхана мектеп",
        "кітап",
    ] {
        assert_eq!(desk.find(words), school, "{words}");
    }
    assert_eq!(desk.find("ағаш"), ["Саябақта ағаштарды суару"]);
    assert_eq!(desk.find("балалар"), ["Өзен жағасында балалармен серуен"]);
    // Without the letters that other keyboards lack.
    assert_eq!(desk.find("кала"), ["Қала көшелерін тазалау"]);
    assert_eq!(desk.find("агаш"), ["Саябақта ағаштарды суару"]);
    assert_eq!(
        desk.find("озен жагасы"),
        ["Өзен жағасында балалармен серуен"]
    );
    assert_eq!(desk.find("мұнай"), Vec::<String>::new());
}

#[test]
fn what_is_spelt_as_typed_comes_first() {
    let desk = Desk::new();
    desk.publish(&[
        titled("kk", "Қар тазалау"),
        titled("ru", "Кар-караоке для детей"),
    ]);
    assert_eq!(desk.titles(&[("q", "қар")])[0], "Қар тазалау");
    let desk = Desk::new();
    desk.publish(&[
        json!({"title": {"en": "Read to children"}, "description": {"en": "Under the old trees."}}),
        titled("en", "Plant a tree"),
        titled("en", "Trees for the school"),
    ]);
    assert_eq!(
        desk.titles(&[("q", "trees")]),
        ["Trees for the school", "Plant a tree", "Read to children"]
    );
}

#[test]
fn russian_and_english_words_are_found_in_every_form() {
    let desk = Desk::new();
    desk.publish(&[
        titled("ru", "Посадка деревьев в городском парке"),
        titled("ru", "Деревня зовёт гостей"),
        titled("ru", "Ёлки для всех"),
        titled("en", "Planting trees by the rivers"),
        titled("en", "Teaching children to read"),
        titled("de", "Bäume für München"),
    ]);
    for words in ["дерево", "деревья", "деревьями", "парки", "городской парк"]
    {
        assert_eq!(
            desk.find(words),
            ["Посадка деревьев в городском парке"],
            "{words}"
        );
    }
    assert_eq!(desk.find("елка"), ["Ёлки для всех"]);
    for words in ["plant", "plants", "river tree", "planted"] {
        assert_eq!(
            desk.find(words),
            ["Planting trees by the rivers"],
            "{words}"
        );
    }
    assert_eq!(desk.find("teach child"), ["Teaching children to read"]);
    assert_eq!(desk.find("munchen"), ["Bäume für München"]);
    assert_eq!(desk.find("baume"), ["Bäume für München"]);
}

#[test]
fn all_words_are_wanted_and_some_will_do_when_nothing_has_all() {
    let desk = Desk::new();
    desk.publish(&[
        titled("en", "Cook soup for neighbours"),
        titled("en", "Carry soup to old people"),
        titled("en", "Sing in a choir"),
    ]);
    assert_eq!(desk.find("soup cook"), ["Cook soup for neighbours"]);
    let found = desk.ask(&[("q", "soup zeppelin")]);
    assert!(found.loosened);
    assert_eq!((found.total, found.rows.len()), (2, 2));
    assert!(!desk.ask(&[("q", "zeppelin airship")]).loosened);
    assert_eq!(desk.find("\"soup for\""), ["Cook soup for neighbours"]);
    assert_eq!(desk.find("«for soup»"), Vec::<String>::new());
    assert_eq!(
        desk.find("\"old people\" soup"),
        ["Carry soup to old people"]
    );
}

#[test]
fn the_author_the_place_and_the_text_are_looked_through() {
    let desk = Desk::new();
    desk.publish(&[json!({
        "title": {"en": "Open evening"},
        "description": {"kk": "Шай ішеміз", "ru": "Пьём чай"},
        "topics": ["Gardening"],
        "place": {"locality": "Талғар", "country": "KZ", "name": "Баум тоғайы"},
    })]);
    for words in [
        "ақ бұлақ",
        "талгар",
        "тоғай",
        "чаю",
        "шай",
        "gardens",
        "казахстан",
        "Қазақстан",
        "kazakhstan",
    ] {
        let found = desk.find(words);
        let wanted =
            !["казахстан", "Қазақстан", "kazakhstan"].contains(&words) || !found.is_empty();
        assert!(wanted && found == ["Open evening"], "{words}: {found:?}");
    }
}

#[test]
fn whatever_is_typed_gets_an_answer() {
    let desk = Desk::new();
    desk.publish(&[titled("en", "Plain words")]);
    let long = "слово ".repeat(33);
    let quotes = "\"".repeat(199);
    for words in [
        "\"",
        "\"\"",
        "«",
        "*",
        "a*",
        "AND",
        "OR NOT",
        "title:x",
        "+ -",
        "((((",
        "[1 TO 2]",
        "\\",
        "\u{0}",
        "\u{202e}abc",
        "🙂🙂",
        "ﷺ",
        "ﬀ",
        "İstanbul",
        "ß",
        "e\u{301}\u{301}\u{301}",
        "~1",
        "^5",
        "' OR 1=1 --",
        "<script>",
        "%00",
        long.trim(),
        &quotes,
    ] {
        let found = desk.ask(&[("q", words), ("place", words)]);
        assert!(found.total <= 1, "{words:?}");
    }
    let Some(path) = shared::path("vectors/naughty-strings/blns.txt") else {
        return;
    };
    let text = std::fs::read_to_string(path).expect("the strings can be read");
    let mut asked = 0;
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let line: String = line.chars().take(200).collect();
        desk.ask(&[("q", &line)]);
        asked += 1;
    }
    assert!(asked > 500, "{asked}");
}

#[test]
fn hostile_texts_of_records_are_kept_and_found() {
    let Some(path) = shared::path("vectors/naughty-strings/blns.txt") else {
        return;
    };
    let text = std::fs::read_to_string(path).expect("the strings can be read");
    let desk = Desk::new();
    let strange = |line: &&str| !line.is_empty() && line.chars().count() <= 500;
    let draft = |line: &str| {
        let subject = json!({"title": {"und": line}, "description": {"en": "common"}});
        let draft = desk.draft(&subject);
        let checked = kind_checks(&draft.subject);
        checked.then_some(draft)
    };
    let drafts: Vec<_> = text.lines().filter(strange).filter_map(draft).collect();
    let published = drafts.len() as u64;
    assert!(published > 300, "{published}");
    desk.node.ingest().publish(drafts).expect("published");
    desk.node.ingest().seal().expect("sealed");
    assert_eq!(desk.ask(&[("q", "common")]).total, published);
}

fn kind_checks(subject: &serde_json::Map<String, serde_json::Value>) -> bool {
    erikti_protocol::kind::opportunity::KIND
        .check_subject(subject)
        .is_ok()
}
