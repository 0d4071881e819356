//! Changing, closing, reverting, erasing: nothing is lost, and what cannot be taken back is asked twice.

use erikti_tests::http;

use super::{led_to, log_size, member, publish, show};

#[test]
fn of_two_who_change_one_record_neither_loses_anything() {
    let member = member("Conflict");
    let mut first = http::person(&member, "aigerim", "coordinator");
    let mut second = http::person(&member, "berik", "coordinator");
    let id = publish(&mut first, "Before");
    let to = format!("/manage/records/{id}/edit");
    let mine = second.get(&to).form(&to);
    let theirs = first.get(&to).form(&to);
    let theirs = theirs
        .fill("f.title.en", "Theirs")
        .fill("f.topics.0", "kept");
    assert_eq!(led_to(&first.submit(&theirs.fill("do", "publish"))), id);
    let mine = mine.fill("f.title.en", "Mine").fill("f.capacity", "7");
    let answer = second.submit(&mine.fill("do", "publish"));
    assert_eq!(answer.status, 409, "{}", answer.text());
    let said = answer.text();
    assert!(said.contains("Theirs") && said.contains("Mine"), "{said}");
    let subject = show(&member, &id)["credentialSubject"].clone();
    assert_eq!(
        subject["title"]["en"], "Theirs",
        "nothing was published over it"
    );
    // Their title, my number, and what only they changed.
    let chosen = answer.form(&to).fill("keep.f.title", "theirs");
    assert_eq!(led_to(&second.submit(&chosen)), id);
    let subject = show(&member, &id)["credentialSubject"].clone();
    assert_eq!(subject["title"]["en"], "Theirs");
    assert_eq!(subject["capacity"], 7);
    assert_eq!(subject["topics"], serde_json::json!(["kept"]));
    let page = first.get(&format!("/manage/records/{id}"));
    let history = page.texts("#history li");
    assert_eq!(history.len(), 3, "{history:?}");
    assert!(history[0].contains("berik") && history[2].contains("aigerim"));
}

#[test]
fn closing_and_reverting_take_one_click_and_one_click_back() {
    let member = member("Close");
    let mut browser = http::person(&member, "aigerim", "coordinator");
    let id = publish(&mut browser, "Open");
    let to = format!("/manage/records/{id}");
    let close = browser.get(&to).form(&format!("{to}/close"));
    let answer = browser.submit(&close);
    let page = browser.follow(answer);
    let status = || show(&member, &id)["credentialSubject"]["status"].clone();
    assert_eq!(status(), "closed");
    let undo = page.form(&format!("{to}/revert"));
    let answer = browser.submit(&undo);
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert_eq!(status(), "open");
    assert_eq!(show(&member, &id)["version"], 3);
}

#[test]
fn many_are_closed_at_once_and_opened_again() {
    let member = member("Bulk");
    let mut browser = http::person(&member, "aigerim", "coordinator");
    let ids = [publish(&mut browser, "One"), publish(&mut browser, "Two")];
    let mut form = browser.get("/manage/records").form("/manage/records/close");
    form.fields
        .extend(ids.iter().map(|id| ("id".to_owned(), id.clone())));
    let answer = browser.submit(&form);
    let page = browser.follow(answer);
    let status = |id: &str| show(&member, id)["credentialSubject"]["status"].clone();
    assert!(ids.iter().all(|id| status(id) == "closed"));
    let batch = page.path.split('?').next().unwrap_or_default().to_owned();
    let answer = browser.submit(&page.form(&format!("{batch}/undo")));
    assert_eq!(answer.status, 303, "{}", answer.text());
    erikti_tests::process::until("they are open again", || {
        ids.iter().all(|id| status(id) == "open")
    });
}

#[test]
fn a_record_is_erased_only_by_whoever_types_its_title() {
    let member = member("Erase");
    let mut browser = http::person(&member, "aigerim", "coordinator");
    let id = publish(&mut browser, "Gone for good");
    let to = format!("/manage/records/{id}/erase");
    let form = browser.get(&to).form(&to);
    let size = log_size(&member);
    for (reason, title) in [("mistake", "Gone"), ("", "Gone for good"), ("mistake", "")] {
        let wrong = form.clone().fill("reason", reason).fill("title", title);
        let answer = browser.submit(&wrong);
        assert_eq!(answer.status, 422, "{reason} {title}");
        let typed = answer.form(&to).fields;
        assert!(typed.contains(&("title".to_owned(), title.to_owned())));
    }
    assert_eq!(log_size(&member), size);
    let right = form
        .fill("reason", "mistake")
        .fill("title", "gone for  good");
    let answer = browser.submit(&right);
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert!(!member.run(&["record", "show", &id]).status.success());
    let page = browser.follow(answer);
    assert_eq!(page.status, 200, "{}", page.text());
    assert_eq!(
        browser.submit(&right).status,
        303,
        "sent twice is sent once"
    );
}
