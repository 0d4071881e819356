//! Who belongs, decided through pages: invitations, accreditations, blocks, people.

use erikti_tests::http;
use erikti_tests::process::until;

use super::member;

#[test]
fn two_nodes_become_partners_through_their_pages_and_show_the_same_words() {
    let (inviting, accepting) = (member("Inviting"), member("Accepting"));
    let mut one = http::administrator(&inviting);
    let mut other = http::administrator(&accepting);
    let form = one.get("/admin/partners").form("/admin/partners/invite");
    let form = form.fill("role", "host").fill("hours", "2");
    let (answer, twice) = (one.submit(&form), one.submit(&form));
    assert_eq!(answer.header("location"), twice.header("location"));
    let made = one.follow(answer);
    let words = made.texts("#words li");
    assert_eq!(words.len(), 6, "{}", made.text());
    let link = made.texts("#link").concat();
    assert!(link.starts_with("erikti:"), "{link}");
    assert_eq!(made.texts("figure svg").len(), 1);

    let form = other.get("/admin/partners").form("/admin/partners/look");
    let wrong = other.submit(&form.clone().fill("link", &link[..link.len() - 4]));
    assert_eq!(wrong.status, 422, "{}", wrong.text());
    let seen = other.submit(&form.fill("link", &link));
    assert_eq!(seen.texts("#words li"), words);
    assert!(seen.text().contains("Inviting"));
    assert_eq!(
        accepting.ask(&["peer", "list"])["peers"]
            .as_array()
            .map(Vec::len),
        Some(0),
        "looking accepts nothing"
    );
    let answer = other.submit(&seen.form("/admin/partners/accept"));
    let accepted = other.follow(answer);
    assert_eq!(accepted.texts("#words li"), words);
    until("both name each other", || {
        one.get("/admin/partners").text().contains("Accepting")
            && other.get("/admin/partners").text().contains("Inviting")
    });

    // Accredited, then revoked, with what follows said in between.
    let page = one.get("/admin/accreditations");
    let form = page
        .form("/admin/accreditations")
        .fill("organisation", &accepting.organisation);
    assert_eq!(one.submit(&form).status, 422, "a role is needed");
    assert_eq!(one.submit(&form.fill("role", "host")).status, 303);
    let standing = || {
        let shown = inviting.ask(&["org", "show", &accepting.organisation]);
        shown["standing"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(standing(), "accredited");
    let ask = one.get(&format!(
        "/admin/accreditations/{}/revoke",
        accepting.organisation
    ));
    assert_eq!(ask.texts(".notice.warn li").len(), 4, "{}", ask.text());
    let revoke = ask.form(&format!(
        "/admin/accreditations/{}/revoke",
        accepting.organisation
    ));
    assert_eq!(one.submit(&revoke).status, 303);
    assert_eq!(one.submit(&revoke).status, 303, "pressed twice");
    assert_ne!(standing(), "accredited");

    // Blocked with a reason, and let in again.
    let partner = format!("/admin/partners/{}", accepting.organisation);
    let block = one.get(&partner).form(&format!("{partner}/block"));
    let answer = one.submit(&block.fill("reason", "Сынақ үшін"));
    assert_eq!(answer.status, 303, "{}", answer.text());
    let page = one.get(&partner);
    assert!(page.text().contains("Сынақ үшін"));
    let state = || inviting.ask(&["peer", "list"])["peers"][0]["state"].clone();
    assert_eq!(state(), "blocked");
    assert_eq!(
        one.submit(&page.form(&format!("{partner}/unblock"))).status,
        303
    );
    assert_ne!(state(), "blocked");
    let deeds = one.get("/admin/deeds").text();
    assert!(deeds.contains("admin") && deeds.contains(&accepting.organisation));
}

#[test]
fn people_are_invited_given_a_role_and_shown_the_door() {
    let member = member("People");
    let mut admin = http::administrator(&member);
    let form = admin.get("/admin/members").form("/admin/members");
    let answer = admin.submit(&form.fill("name", "dana").fill("role", "coordinator"));
    let made = admin.follow(answer);
    let link = made.texts("#link").concat();
    let mut dana = http::follow_link(&member.pages, &link, "dana");
    assert_eq!(dana.get("/today").status, 200);
    let change = |admin: &mut http::Browser, button: &str, role: &str| {
        let page = admin.get("/admin/members");
        let forms = page.forms();
        let form = forms
            .into_iter()
            .find(|form| form.action == "/admin/members/dana")
            .expect("dana is listed");
        let answer = admin.submit(&form.fill("do", button).fill("role", role));
        assert_eq!(answer.status, 303, "{}", answer.text());
    };
    change(&mut admin, "role", "auditor");
    assert_eq!(dana.get("/manage/records/new/opportunity").status, 403);
    change(&mut admin, "sessions", "auditor");
    assert_ne!(dana.get("/today").status, 200);
    change(&mut admin, "remove", "auditor");
    assert!(!admin.get("/admin/members").text().contains("dana"));
}

#[test]
fn every_page_of_an_administrator_opens_in_three_languages() {
    let member = member("Pages");
    let mut admin = http::administrator(&member);
    for language in ["kk", "ru", "en", "en-XA", "ar-XB"] {
        admin
            .cookies
            .insert("language".to_owned(), language.to_owned());
        for path in [
            "/today",
            "/manage/records",
            "/manage/records/new",
            "/manage/records/new/opportunity",
            "/manage/records/new/credential",
            "/manage/import",
            "/admin/members",
            "/admin/partners",
            "/admin/accreditations",
            "/admin/settings",
            "/admin/health",
            "/admin/deeds",
        ] {
            let page = admin.get(path);
            assert_eq!(page.status, 200, "{path} {language}: {}", page.text());
            assert_eq!(page.texts("h1").len(), 1, "{path}");
        }
    }
    let said = member.log();
    assert!(!said.contains("no such text"), "{said}");
    assert!(!said.contains("a text lacks a value"), "{said}");
}
