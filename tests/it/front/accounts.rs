//! Accounts as people have them: the first link, invitations, sessions, tokens, wrong passwords.

use erikti_tests::http::{Browser, PASSWORD, administrator, follow_link, person, token};

use super::{code, for_codes, node};

fn sign_in(browser: &mut Browser, name: &str, password: &str) -> u16 {
    let form = browser.get("/signin").form("/signin");
    browser
        .submit(&form.fill("name", name).fill("password", password))
        .status
}

#[test]
fn the_first_link_makes_the_administrator_once() {
    let mut member = node("First");
    let link = member.first_administrator.clone();
    let path = &link[link.find("/link/").expect("a link")..];
    let mut visitor = Browser::new(&member.pages).with("accept-language", "ru");
    let page = visitor.get(path);
    assert_eq!(page.texts("h1"), ["Первый администратор"]);
    let weak = page
        .form(path)
        .fill("name", "Aigerim")
        .fill("password", "12345678");
    let again = visitor.submit(&weak);
    assert_eq!(again.status, 422);
    assert_eq!(
        again.texts("#password-wrong"),
        ["Такой пароль легко угадать. Выберите другой."]
    );
    let form = again.form(path);
    assert!(
        form.fields
            .contains(&("name".to_owned(), "Aigerim".to_owned())),
        "what was typed stays"
    );
    let done = visitor.submit(&form.fill("password", PASSWORD));
    assert_eq!(done.header("location"), Some("/account?done=welcome"));
    assert!(visitor.follow(done).text().contains("aigerim"));
    let gone = visitor.get(path);
    assert_eq!(gone.status, 410);
    assert_eq!(gone.texts("h1"), ["Эта ссылка больше не действует"]);
    assert_eq!(visitor.get("/link/x").status, 404);
    member.stop();
    member.start();
    assert_eq!(member.first_administrator, "", "there is an administrator");
    let mut after = Browser::new(&member.pages);
    after.cookies = visitor.cookies.clone();
    assert_eq!(
        after.get("/account").status,
        200,
        "the session survives a restart"
    );
}

#[test]
fn sessions_are_new_at_each_sign_in_listed_and_ended() {
    let member = node("Sessions");
    let mut phone = administrator(&member).with("user-agent", "Phone <b>1</b>");
    let mut laptop = Browser::new(&member.pages).with("user-agent", "Laptop");
    assert_eq!(sign_in(&mut laptop, "ADMIN", PASSWORD), 303);
    let before = laptop.cookies["session"].clone();
    let mut stolen = laptop.clone();
    // Signing in once more ends the session that the browser had.
    let form = laptop.get("/account").form("/signout");
    let mut other = laptop.clone();
    assert_eq!(
        other.submit(&form).header("location"),
        Some("/signin?done=signed-out")
    );
    assert_eq!(
        stolen.get("/account").status,
        303,
        "a copied cookie is worth nothing after signing out"
    );
    assert_eq!(sign_in(&mut laptop, "admin", PASSWORD), 303);
    assert_ne!(laptop.cookies["session"], before);
    let page = phone.get("/account");
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let cards = page.texts("section[aria-labelledby=sessions] li bdi");
    assert_eq!(cards.len(), 2, "{cards:?}");
    assert!(cards.contains(&"Laptop".to_owned()));
    let end = page
        .forms()
        .into_iter()
        .find(|form| form.action.ends_with("/end") && form.action != "/account/sessions/end")
        .expect("the other session can be ended");
    assert_eq!(phone.submit(&end).status, 303);
    assert_eq!(laptop.get("/account").status, 303);
    assert_eq!(phone.get("/account").status, 200);
    let listed = member.ask(&["user", "sessions", "admin"]);
    assert_eq!(listed["sessions"].as_array().map(Vec::len), Some(1));
    member.ask(&["user", "sessions", "admin", "--end"]);
    assert_eq!(
        phone.get("/account").header("location"),
        Some("/signin?to=/account")
    );
}

#[test]
fn every_page_of_somebody_signed_in_is_kept_nowhere() {
    let member = node("Kept nowhere");
    let mut admin = administrator(&member);
    for (method, path) in erikti_node::web::routes().list() {
        let open = path.contains('{') || path.starts_with("/assets");
        if *method != "GET" || open {
            continue;
        }
        let answer = admin.get(path);
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        assert_eq!(answer.header("content-encoding"), None, "{path}");
    }
}

#[test]
fn strangers_who_guess_are_slowed_down_and_the_owner_is_not() {
    let member = node("Guesses");
    let mut owner = administrator(&member);
    let form = owner.get("/account").form("/signout");
    owner.submit(&form);
    let mut stranger = Browser::new(&member.pages).with("accept-language", "en");
    let statuses: Vec<u16> = (0..12)
        .map(|number| sign_in(&mut stranger, "admin", &format!("guess {number}")))
        .collect();
    assert_eq!(statuses[..3], [422, 422, 422]);
    assert!(
        statuses[5..]
            .iter()
            .filter(|status| **status == 429)
            .count()
            >= 5,
        "{statuses:?}"
    );
    assert_eq!(
        sign_in(&mut stranger, "admin", PASSWORD),
        429,
        "not even the right one, from there"
    );
    assert_eq!(
        sign_in(&mut owner, "admin", PASSWORD),
        303,
        "the owner's own browser, from the same address"
    );
}

#[test]
fn an_invitation_a_role_a_reset_and_a_removal() {
    let member = node("People");
    administrator(&member);
    let mut dana = person(&member, "dana", "coordinator");
    let mut secret = token(&mut dana, &["read", "publish"]);
    let mut program = Browser::program(&member.pages, Some(&secret));
    assert_eq!(program.get("/v1/peers").status, 200);
    member.ask(&["user", "role", "dana", "volunteer"]);
    assert_eq!(
        program.get("/v1/peers").status,
        403,
        "a token may never do more than its owner"
    );
    let reset = member.ask(&["user", "reset", "dana"]);
    let link = reset["link"].as_str().expect("a link");
    let mut again = follow_link(&member.pages, link, "ignored");
    assert_eq!(
        dana.get("/account").status,
        303,
        "a new password ends old sessions"
    );
    assert_eq!(again.get("/account").status, 200);
    let listed = member.ask(&["user", "list"]);
    assert_eq!(listed["accounts"].as_array().map(Vec::len), Some(2));
    member.ask(&["user", "remove", "dana"]);
    assert_eq!(again.get("/account").status, 303);
    assert_eq!(program.get("/v1/peers").status, 401);
    let (_, refused) = member.refused(&["user", "remove", "admin"]);
    assert_eq!(refused["code"], "not_allowed");
    let (_, refused) = member.refused(&["user", "role", "nobody", "auditor"]);
    assert_eq!(refused["code"], "account.unknown");
    secret.clear();
    let mut anybody = for_codes(&Browser::new(&member.pages));
    let page = anybody.get("/link/AAAA");
    assert_eq!(code(&page), "link.unknown");
}

#[test]
fn pages_of_accounts_speak_three_languages_and_name_every_input() {
    let member = node("Languages");
    let mut admin = administrator(&member);
    let mut texts = Vec::new();
    for language in ["kk", "ru", "en"] {
        let mut visitor = Browser::new(&member.pages).with("accept-language", language);
        let own = admin.get(&format!("/language/{language}?to=/account"));
        let own = admin.follow(own);
        for page in [visitor.get("/signin"), own] {
            assert_eq!(page.status, 200);
            let html = page.html();
            let all =
                scraper::Selector::parse("input:not([type=hidden]), select").expect("a selector");
            for input in html.select(&all) {
                let id = input
                    .attr("id")
                    .unwrap_or_else(|| panic!("{}: an input has no id", page.path));
                let label =
                    scraper::Selector::parse(&format!("label[for=\"{id}\"]")).expect("a selector");
                assert_eq!(html.select(&label).count(), 1, "{}: {id}", page.path);
            }
            texts.push((page.path.clone(), page.texts("main").join(" ")));
        }
    }
    let distinct: std::collections::BTreeSet<_> = texts.iter().map(|(_, text)| text).collect();
    assert_eq!(distinct.len(), texts.len());
}
