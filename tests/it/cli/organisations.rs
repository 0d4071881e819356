//! Organisations: who is known, trusted and accredited.

use erikti_tests::process::Member;
use serde_json::json;

use super::{STRANGER, both, names, plainly, refused, stdout};

#[test]
fn own_organisation_is_known_and_a_root_of_its_own_node() {
    for member in both("Own") {
        let answer = member.ask(&["org", "list"]);
        assert_eq!(
            answer,
            json!({"organisations": [{"organisation": member.organisation, "name": "Own", "country": "KZ", "standing": "root", "own": true}]})
        );
        let start = &member.organisation["urn:erikti:org:z".len()..][..6];
        let shown = member.ask(&["org", "show", start]);
        assert_eq!(
            names(&shown),
            [
                "card",
                "chain",
                "country",
                "logs",
                "name",
                "organisation",
                "own",
                "roles",
                "standing"
            ]
        );
        assert_eq!(
            (&shown["organisation"], &shown["logs"]),
            (&json!(member.organisation), &json!([member.origin]))
        );
        let told = stdout(&plainly(&member, &["org", "list"]));
        assert!(
            told.contains(&start[..6]) && told.lines().all(|line| line.chars().count() <= 80),
            "{told}"
        );
        let status = member.ask(&["status"]);
        assert_eq!(
            (&status["organisation"], &status["network"]),
            (&json!(member.organisation), &json!("test"))
        );
        assert!(
            status["node"]
                .as_str()
                .is_some_and(|node| member.origin.ends_with(node))
        );
        assert_eq!(status["listen"], json!(member.listen));
    }
}

#[test]
fn trust_makes_a_root_whether_the_organisation_is_known_or_not() {
    for member in both("Trust") {
        let answer = member.ask(&["org", "trust", STRANGER]);
        assert_eq!(
            answer,
            json!({"organisation": STRANGER, "standing": "root"})
        );
        assert_eq!(
            member.ask(&["org", "trust", STRANGER])["standing"],
            "root",
            "twice is as good"
        );
        let shown = member.ask(&["org", "show", STRANGER]);
        assert_eq!(
            (&shown["standing"], &shown["card"], &shown["logs"]),
            (&json!("root"), &json!(null), &json!([]))
        );
        // Now it is known, so the start of its id names it.
        assert_eq!(
            member.ask(&["org", "show", "Qu2pfM8V"])["organisation"],
            STRANGER
        );
        for (id, found) in [
            ("nobody", "nobody"),
            ("Qu2", "Qu2"),
            ("urn:erikti:org:zz", "urn:erikti:org:zz"),
        ] {
            let problem = refused(&member, &["org", "trust", id], "organisation.unknown");
            assert_eq!(
                (&problem["field"], &problem["found"]),
                (&json!("organisation"), &json!(found))
            );
        }
    }
}

#[test]
fn an_accreditation_is_given_changed_and_taken_back() {
    for member in both("Accredit") {
        let answer = member.ask(&[
            "org",
            "accredit",
            STRANGER,
            "--role",
            "host",
            "--role",
            "donor",
            "--until",
            "2999-12-31",
        ]);
        assert_eq!(
            (&answer["version"], &answer["standing"]),
            (&json!(1), &json!("accredited"))
        );
        let shown = member.ask(&["org", "show", STRANGER]);
        assert_eq!(shown["roles"], json!(["host", "donor"]));
        assert_eq!(shown["chain"][0]["accreditor"], member.organisation);
        let told = stdout(&plainly(&member, &["org", "show", STRANGER]));
        assert!(told.contains("accredited by Accredit"), "{told}");

        // A change is the next version of the same accreditation.
        let again = member.ask(&["org", "accredit", STRANGER, "--role", "auditor"]);
        assert_eq!(
            (&again["id"], &again["version"]),
            (&answer["id"], &json!(2))
        );
        assert_eq!(
            member.ask(&["org", "show", STRANGER])["roles"],
            json!(["auditor"])
        );
        let later = member.ask(&["org", "accredit", STRANGER, "--from", "2998-01-01"]);
        assert_eq!(later["standing"], "none", "its time has not come");
        member.ask(&["org", "accredit", STRANGER]);

        let revoked = member.ask(&["org", "revoke", STRANGER]);
        assert!(
            ["none", "former"].contains(&revoked["standing"].as_str().unwrap_or_default()),
            "{revoked}"
        );
        refused(&member, &["org", "revoke", STRANGER], "record.conflict");
        let given = member.ask(&["org", "accredit", STRANGER]);
        assert_eq!(given["standing"], "accredited");
    }
}

#[test]
fn wrong_roles_days_and_organisations_are_named() {
    let member = Member::init("Wrong", &[]);
    let problem = refused(
        &member,
        &["org", "accredit", STRANGER, "--role", "hots"],
        "usage",
    );
    assert_eq!(
        (&problem["field"], &problem["found"], &problem["hint"]),
        (
            &json!("role"),
            &json!("hots"),
            &json!("did you mean `host`?")
        )
    );
    assert!(
        problem["allowed"]
            .as_str()
            .is_some_and(|allowed| allowed.contains("insurer"))
    );
    let problem = refused(
        &member,
        &["org", "accredit", STRANGER, "--from", "soon"],
        "usage",
    );
    assert_eq!(
        (&problem["field"], &problem["found"]),
        (&json!("from"), &json!("soon"))
    );
    let backwards = [
        "org",
        "accredit",
        STRANGER,
        "--from",
        "2027-02-01",
        "--until",
        "2027-01-01",
    ];
    refused(&member, &backwards, "record.malformed");
    let own = member.organisation.clone();
    refused(&member, &["org", "accredit", &own], "not_allowed");
    refused(
        &member,
        &["org", "revoke", STRANGER],
        "organisation.unknown",
    );
    refused(&member, &["org", "show", "nobody"], "organisation.unknown");
    assert_eq!(
        member.ask(&["log", "status"])["logs"][0]["size"],
        2,
        "nothing was written"
    );
}
