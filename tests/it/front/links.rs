//! Where one can go from the page that a refused form leads to.

use std::collections::BTreeSet;

use erikti_node::problem::Code;
use erikti_node::text::Language;
use erikti_node::web;
use erikti_tests::http::{Answer, Browser, administrator, encoded, person};
use erikti_tests::process::{Member, partner};

use super::node;

/// Addresses on this node that a page links to.
fn links(page: &Answer) -> BTreeSet<String> {
    let selector = scraper::Selector::parse("a[href^='/']").expect("a selector");
    let page = page.html();
    let links = page.select(&selector);
    links
        .filter_map(|link| link.attr("href"))
        .map(|to| to.split('#').next().unwrap_or(to).to_owned())
        .collect()
}

/// What may stand for the names in the paths of forms: things that there are.
struct There {
    record: String,
    import: String,
    account: String,
    hook: String,
    link: String,
    organisation: String,
}

impl There {
    fn make(member: &Member, other: &Member, admin: &mut Browser) -> Self {
        partner(member, other);
        let title = ["record", "new", "opportunity", "--set", "title.en=Here"];
        let text = |value: &serde_json::Value| value.as_str().expect("text").to_owned();
        let record = text(&member.ask(&title)["id"]);
        let form = admin.get("/manage/import").form("/manage/import");
        let brought = admin.submit_files(&form, &[("file", "a.csv", b"id,title\n1,A\n")]);
        let import = brought.header("location").expect("an import").to_owned();
        person(member, "other", "coordinator");
        let users = member.ask(&["user", "list"]);
        let users = users["accounts"].as_array().expect("accounts");
        let user = users.iter().find(|user| user["name"] == "other");
        let hook = member.ask(&["hook", "add", "https://hooks.example.org/"]);
        let invited = member.ask(&["user", "add", "third", "--role", "volunteer"]);
        let link = text(&invited["link"]);
        Self {
            record,
            import: import.rsplit('/').next().unwrap_or_default().to_owned(),
            account: text(&user.expect("the other one")["id"]),
            hook: text(&hook["id"]),
            link: link.rsplit('/').next().unwrap_or_default().to_owned(),
            organisation: other.organisation.clone(),
        }
    }

    fn filled(&self, path: &str) -> String {
        let id = [
            ("/manage/records/", &self.record),
            ("/manage/import/", &self.import),
            ("/admin/members/", &self.account),
            ("/admin/hooks/", &self.hook),
        ];
        let id = id.iter().find(|(start, _)| path.starts_with(start));
        let id = id.map_or(&self.organisation, |(_, id)| id);
        path.replace("{kind}", "opportunity")
            .replace("{link}", &self.link)
            .replace("{id}", id)
    }
}

#[test]
fn every_link_of_the_page_after_a_refused_form_leads_somewhere() {
    let member = node("Links");
    let other = node("Partner");
    let mut admin = administrator(&member);
    let there = There::make(&member, &other, &mut admin);
    let form = admin.get("/account").form("/account");
    let csrf = form.fields.iter().find(|(name, _)| name == "csrf");
    let body = format!("csrf={}&do=nothing", encoded(&csrf.expect("a word").1));
    let content = [("content-type", "application/x-www-form-urlencoded")];
    let mut looked_at = BTreeSet::new();
    let mut refused = 0;
    for (method, route) in web::routes().list() {
        // Whoever has signed out has no forms any more.
        if *method == "GET" || *route == "/signout" {
            continue;
        }
        let path = there.filled(route);
        let page = admin.send(method, &path, &content, body.as_bytes());
        if page.status < 400 {
            continue;
        }
        refused += 1;
        let links = links(&page);
        let languages = links.iter().filter(|to| to.starts_with("/language/"));
        assert_eq!(languages.count(), 3, "{route}: {}", page.text());
        for to in links {
            if !looked_at.insert(to.clone()) {
                continue;
            }
            let answer = admin.get(&to);
            assert!([200, 303].contains(&answer.status), "{route}: {to}");
            let Some(back) = answer.header("location").map(str::to_owned) else {
                continue;
            };
            let back = admin.get(&back);
            // Of a thing that is not there neither the form has a page nor the form's page.
            let gone = page.status == 404 && back.status == 404;
            assert!(
                gone || [200, 303].contains(&back.status),
                "{route}: {to} leads to {}",
                back.status
            );
        }
    }
    assert!(refused >= 20, "{refused}");
}

#[test]
fn another_language_after_a_refused_form_is_the_page_of_that_form() {
    let member = node("Languages");
    let other = node("Partner");
    let mut admin = administrator(&member);
    let there = There::make(&member, &other, &mut admin);
    let form = admin.get("/account").form("/account");
    let csrf = form.fields.iter().find(|(name, _)| name == "csrf");
    let body = format!("csrf={}", encoded(&csrf.expect("a word").1));
    let content = [("content-type", "application/x-www-form-urlencoded")];
    for (path, page) in [
        (
            "/admin/partners/invite".to_owned(),
            "/admin/partners".to_owned(),
        ),
        (
            "/admin/partners/accept".to_owned(),
            "/admin/partners".to_owned(),
        ),
        ("/account/tokens".to_owned(), "/account".to_owned()),
        (
            format!("/admin/members/{}", there.account),
            "/admin/members".to_owned(),
        ),
        (
            format!("/manage/import/{}/columns", there.import),
            format!("/manage/import/{}/columns", there.import),
        ),
        (
            "/admin/roots/none/trust".to_owned(),
            "/admin/accreditations".to_owned(),
        ),
        // An address that takes only forms, asked for as a page.
        (
            "GET /admin/partners/none/block".to_owned(),
            "/admin/partners/none".to_owned(),
        ),
    ] {
        let answer = match path.strip_prefix("GET ") {
            Some(path) => admin.get(path),
            None => admin.send("POST", &path, &content, body.as_bytes()),
        };
        assert!(answer.status >= 400, "{path}: {}", answer.status);
        let wanted = format!("/language/kk?to={page}");
        let found = links(&answer);
        assert!(
            found.contains(&wanted),
            "{path}: {wanted} is not in {found:?}"
        );
    }
}

#[test]
fn what_was_wrong_is_said_in_the_readers_language() {
    let member = node("Refusing");
    for language in Language::OFFERED {
        let name = format!("admin-{}", language.tag());
        let admin = person(&member, &name, "administrator");
        let mut admin = admin.with("accept-language", language.tag());
        let form = admin.get("/admin/partners").form("/admin/partners/look");
        let page = admin.submit(&form.fill("link", "no invitation"));
        assert_eq!(page.status, 422, "{}", page.text());
        let said = language.say(&Code::InvitationInvalid.key());
        assert_eq!(page.texts("#refused strong"), [said]);
    }
}
