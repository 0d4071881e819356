//! Forms that come from elsewhere change nothing, on any page.

use erikti_node::web;
use erikti_tests::http::{Browser, administrator, encoded, person};

use super::{code, for_codes, node};

fn mutating() -> Vec<(&'static str, String)> {
    let routes = web::routes();
    let mutating: Vec<_> = routes
        .list()
        .iter()
        .filter(|(method, _)| *method != "GET")
        .map(|(method, path)| {
            let parts: Vec<_> = path
                .split('/')
                .map(|part| if part.starts_with('{') { "x" } else { part })
                .collect();
            (*method, parts.join("/"))
        })
        .collect();
    assert!(mutating.len() >= 10);
    mutating
}

#[test]
fn no_page_takes_a_form_from_elsewhere() {
    let member = node("Forms");
    let mut admin = administrator(&member);
    let word = |browser: &mut Browser| {
        let form = browser.get("/account").form("/account");
        form.fields
            .into_iter()
            .find_map(|(name, value)| (name == "csrf").then_some(value))
            .expect("every form has it")
    };
    let own = word(&mut admin);
    let another = word(&mut person(&member, "other", "administrator"));
    let mut admin = for_codes(&admin);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let own_body = format!("csrf={}", encoded(&own));
    for (method, path) in mutating() {
        let mut refused = |headers: &[(&str, &str)], body: &str, expected: &str| {
            let answer = admin.send(method, &path, headers, body.as_bytes());
            assert_eq!(
                code(&answer),
                expected,
                "{method} {path} {headers:?} {body}"
            );
        };
        for origin in [
            "https://evil.example",
            "null",
            "http://127.0.0.1",
            "http://localhost:1",
        ] {
            refused(&[form[0], ("origin", origin)], &own_body, "form.foreign");
        }
        for site in ["cross-site", "same-site", "none"] {
            refused(
                &[form[0], ("sec-fetch-site", site)],
                &own_body,
                "form.foreign",
            );
        }
        refused(&form, "", "form.foreign");
        refused(&form, "a=b", "form.foreign");
        refused(&form, &format!("csrf={another}"), "form.foreign");
        refused(
            &[("content-type", "text/plain")],
            &own_body,
            "usage.media_type",
        );
        refused(
            &[("content-type", "application/json")],
            "{\"csrf\":\"\"}",
            "usage.media_type",
        );
        refused(&[], &own_body, "usage.media_type");
        let parts = format!(
            "--b\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\n1\r\n--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{own}\r\n--b--\r\n"
        );
        refused(
            &[("content-type", "multipart/form-data; boundary=b")],
            &parts,
            "form.foreign",
        );
    }
    assert_eq!(
        admin.get("/account").status,
        200,
        "nothing was done: the account is still signed in"
    );
}

#[test]
fn a_form_of_ours_is_taken_from_the_page_it_stands_on_alone() {
    let member = node("Own forms");
    let mut admin = administrator(&member);
    let host = admin.host().to_owned();
    let form = admin
        .get("/account")
        .form("/account")
        .fill("shown", "Айгерім");
    let origin = format!("http://{host}");
    let mut browser = admin
        .clone()
        .with("origin", &origin)
        .with("sec-fetch-site", "same-origin");
    let answer = browser.submit(&form);
    assert_eq!(
        (answer.status, answer.header("location")),
        (303, Some("/account?done=profile"))
    );
    assert!(browser.get("/account").text().contains("Айгерім"));
    // A visitor's form is tied to the visitor: not even the sign-in form can be filled in by another site.
    let mut visitor = Browser::new(&member.pages);
    let sign_in = visitor
        .get("/signin")
        .form("/signin")
        .fill("name", "admin")
        .fill("password", "x");
    let mut elsewhere = for_codes(&Browser::new(&member.pages));
    assert_eq!(code(&elsewhere.submit(&sign_in)), "form.foreign");
    assert_eq!(visitor.submit(&sign_in).status, 422);
}
