//! What every page must be, whoever reads it: complaints about one that is not.

use std::collections::BTreeSet;

use erikti_node::text::{Language, sources};
use scraper::{ElementRef, Html, Selector};

/// What is wrong with a page.
pub(super) fn faults(page: &Html, language: Language) -> Vec<String> {
    let mut faults = Vec::new();
    let all = |selector: &str| -> Vec<ElementRef<'_>> {
        page.select(&Selector::parse(selector).expect("a selector"))
            .collect()
    };
    let mut expect = |what: &str, right: bool| {
        if !right {
            faults.push(what.to_owned());
        }
    };
    expect("one h1", all("h1").len() == 1);
    expect("one main", all("main").len() == 1);
    let titles = all("title");
    expect(
        "a title",
        titles.first().is_some_and(|title| !text(*title).is_empty()),
    );
    let html = all("html");
    let said = html
        .first()
        .map(|html| (html.attr("lang"), html.attr("dir")));
    expect(
        "its language and direction",
        said == Some((Some(language.tag()), Some(language.direction()))),
    );
    expect("no styles inside", all("[style], style").is_empty());
    expect("no scripts inside", all("script:not([src])").is_empty());
    let handlers = all("*")
        .into_iter()
        .flat_map(|element| element.value().attrs());
    expect(
        "no handlers",
        handlers
            .into_iter()
            .all(|(name, _)| !name.starts_with("on")),
    );
    expect(
        "a skip link that leads somewhere",
        all("a.skip[href='#main']").len() == 1 && all("main#main").len() == 1,
    );
    expect(
        "navigations with names",
        all("nav")
            .iter()
            .all(|nav| nav.attr("aria-label").is_some()),
    );
    faults.extend(twice(&all("[id]")));
    faults.extend(unlabelled(page, &all("input, select, textarea")));
    faults.extend(dangling(
        page,
        &all("[aria-labelledby], [aria-describedby]"),
    ));
    faults.extend(skipped(&all("h1, h2, h3, h4")));
    faults.extend(untranslated(page));
    for link in all("a[href^='http'], a[href^='mailto:']") {
        if link.attr("rel") != Some("noopener nofollow ugc") {
            faults.push(format!(
                "a link elsewhere without rel: {:?}",
                link.attr("href")
            ));
        }
    }
    for table in all("table") {
        let heads = Selector::parse("th[scope]").expect("a selector");
        if table.select(&heads).next().is_none() {
            faults.push("a table without heads".to_owned());
        }
    }
    for picture in all("svg") {
        if picture.attr("aria-hidden") != Some("true") && picture.attr("role") != Some("img") {
            faults.push("a picture that is neither described nor hidden".to_owned());
        }
    }
    faults
}

fn text(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().trim().to_owned()
}

fn twice(elements: &[ElementRef<'_>]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let ids = elements.iter().filter_map(|element| element.attr("id"));
    ids.filter(|id| !seen.insert(*id))
        .map(|id| format!("the id `{id}` stands twice"))
        .collect()
}

fn unlabelled(page: &Html, fields: &[ElementRef<'_>]) -> Vec<String> {
    let labels = Selector::parse("label[for]").expect("a selector");
    let labelled: BTreeSet<&str> = page
        .select(&labels)
        .filter_map(|label| label.attr("for"))
        .collect();
    let seen = fields
        .iter()
        .filter(|field| field.attr("type") != Some("hidden"));
    seen.filter(|field| {
        let inside = field
            .ancestors()
            .filter_map(ElementRef::wrap)
            .any(|above| above.value().name() == "label");
        !inside && !field.attr("id").is_some_and(|id| labelled.contains(id))
    })
    .map(|field| format!("a field without a label: {:?}", field.attr("name")))
    .collect()
}

fn dangling(page: &Html, elements: &[ElementRef<'_>]) -> Vec<String> {
    let ids = Selector::parse("[id]").expect("a selector");
    let ids: BTreeSet<&str> = page
        .select(&ids)
        .filter_map(|element| element.attr("id"))
        .collect();
    let named = elements.iter().flat_map(|element| {
        [
            element.attr("aria-labelledby"),
            element.attr("aria-describedby"),
        ]
        .into_iter()
        .flatten()
    });
    named
        .flat_map(str::split_whitespace)
        .filter(|id| !ids.contains(id))
        .map(|id| format!("`{id}` is referred to and is not there"))
        .collect()
}

/// Headings that go down by more than one level.
fn skipped(headings: &[ElementRef<'_>]) -> Vec<String> {
    let levels: Vec<u32> = headings
        .iter()
        .filter_map(|heading| heading.value().name().get(1..)?.parse().ok())
        .collect();
    levels
        .windows(2)
        .filter(|pair| pair[1] > pair[0] + 1)
        .map(|pair| format!("a heading of level {} follows one of {}", pair[1], pair[0]))
        .collect()
}

/// Texts that are keys: a text that is missing is shown as its key.
fn untranslated(page: &Html) -> Vec<String> {
    let keys: BTreeSet<&str> = sources()[2]
        .lines()
        .filter_map(|line| line.split_once(" =").map(|(key, _)| key))
        // Keys of one word may well be said by somebody.
        .filter(|key| key.contains('-') && !key.starts_with(' '))
        .collect();
    let names = ["aria-label", "data-label", "title", "placeholder"];
    let attributes = page
        .tree
        .values()
        .filter_map(|node| node.as_element())
        .flat_map(|element| names.into_iter().filter_map(|name| element.attr(name)));
    let texts = page
        .tree
        .values()
        .filter_map(|node| node.as_text())
        .map(|text| text.trim());
    texts
        .chain(attributes)
        .filter(|text| keys.contains(text.trim_matches(['\u{200f}', '[', ']', '~'])))
        .map(|text| format!("`{text}` is not translated"))
        .collect()
}
