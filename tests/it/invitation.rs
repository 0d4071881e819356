//! Invitations: one link, the same six words on both sides, and a reason for every refusal.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails there")]

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use erikti_protocol::hash::Hash;
use erikti_protocol::id::OrgId;
use erikti_protocol::invitation::{
    ADDRESS_BYTES_MAX, ADDRESSES_MAX, Invitation, InvitationFault, InvitationSecret,
    LINK_BYTES_MAX, Link, NAME_CHARS_MAX, SCHEME,
};
use erikti_protocol::key::SecretKey;
use erikti_protocol::kind::Role;
use erikti_protocol::time::Timestamp;

use crate::log::{assert_frozen, origin};

const SEED: u8 = 11;

fn secret() -> SecretKey {
    SecretKey::from_seed(&[SEED; 32])
}

fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn invitation() -> Invitation {
    Invitation {
        addresses: vec![
            "/ip4/192.0.2.7/tcp/4001".to_owned(),
            "/dns/volunteers.example/tcp/4001".to_owned(),
        ],
        expires: time("2026-11-23T06:33:00Z"),
        name: "Ұлттық волонтёр орталығы".to_owned(),
        organisation: OrgId::from_founding(Hash::of(b"founding")),
        origin: origin(SEED),
        role: Role::Host,
        secret: InvitationSecret::from_bytes([42; 16]),
    }
}

#[test]
fn our_link_is_frozen_with_its_words() {
    let link = invitation().sign(&secret()).unwrap();
    let words = link.words();
    assert_frozen(
        "log/invitation.txt",
        &format!("{link}\n{}\n", words.join(" ")),
    );
    let read = Link::parse(&link.to_string()).unwrap();
    assert_eq!(read, link);
    assert_eq!(read.words(), words, "both sides see the same");
    let opened = read.open("demo", time("2026-11-23T06:32:59Z"));
    assert_eq!(opened, Ok(&invitation()));
}

#[test]
fn no_changed_lost_or_added_character_is_accepted() {
    let link = invitation().sign(&secret()).unwrap().to_string();
    let (mut altered, mut refused) = (0, 0);
    let mut judge = |text: &str, what: &str| match Link::parse(text) {
        Ok(_) => panic!("accepted with {what}"),
        Err(InvitationFault::Altered) => altered += 1,
        Err(_) => refused += 1,
    };
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_:= ";
    for at in 0..link.len() {
        let (before, after) = (&link[..at], &link[at + 1..]);
        for char in alphabet
            .chars()
            .filter(|char| !link[at..].starts_with(*char))
        {
            judge(&format!("{before}{char}{after}"), "a changed character");
        }
        judge(&format!("{before}{after}"), "a lost character");
        judge(&format!("{before}A{}", &link[at..]), "an added character");
    }
    judge(&format!("{link}A"), "an added character at the end");
    judge(&format!("{link}\n"), "a newline at the end");
    // Within the signed content a change is told from a typing slip: nearly all of them.
    assert!(altered > 9 * refused, "{altered} {refused}");
}

#[test]
fn each_refusal_has_its_own_reason() {
    let link = invitation().sign(&secret()).unwrap();
    let now = time("2026-11-22T06:33:00Z");
    let expires = time("2026-11-23T06:33:00Z");
    let expired = Err(InvitationFault::Expired { expires });
    assert!(link.open("demo", now).is_ok());
    assert_eq!(link.open("demo", expires), expired);
    assert_eq!(link.open("demo", expires.plus_seconds(1)), expired);
    assert_eq!(
        link.open("live", now),
        Err(InvitationFault::OtherNetwork {
            found: "demo".to_owned(),
            allowed: "live".to_owned()
        })
    );
    let text = link.to_string();
    for text in [
        "",
        "erikti:",
        "https://example.com",
        &text[1..],
        "erikti:AQ",
    ] {
        assert_eq!(Link::parse(text), Err(InvitationFault::Malformed), "{text}");
    }
    let mut content = URL_SAFE_NO_PAD.decode(&text[SCHEME.len()..]).unwrap();
    content[0] = 2;
    let version_2 = format!("{SCHEME}{}", URL_SAFE_NO_PAD.encode(content));
    assert_eq!(
        Link::parse(&version_2),
        Err(InvitationFault::Version { found: 2 })
    );
    let cut = &text[..text.len() - 4];
    assert_eq!(Link::parse(cut), Err(InvitationFault::Altered));
}

#[test]
fn a_link_speaks_for_the_key_that_signed_it_only() {
    let other = SecretKey::from_seed(&[12; 32]);
    let fault = invitation().sign(&other).unwrap_err();
    assert!(matches!(
        fault,
        InvitationFault::Field {
            field: "origin",
            ..
        }
    ));
    let link = invitation().sign(&secret()).unwrap();
    let same_words = |other: Invitation| other.sign(&secret()).unwrap().words() == link.words();
    assert!(same_words(invitation()));
    assert!(!same_words(Invitation {
        secret: InvitationSecret::from_bytes([43; 16]),
        ..invitation()
    }));
}

#[test]
fn the_content_has_one_spelling() {
    let link = invitation().sign(&secret()).unwrap().to_string();
    let content = URL_SAFE_NO_PAD.decode(&link[SCHEME.len()..]).unwrap();
    let (head, json) = content.split_at(1 + 32 + 64);
    let json = std::str::from_utf8(json).unwrap();
    let sign = |json: &str| {
        let domain = b"erikti-invitation/v1\n";
        let signed = [domain, &head[..33], json.as_bytes()].concat();
        let signature = secret().sign(&signed);
        let content = [&head[..33], signature.as_bytes(), json.as_bytes()].concat();
        Link::parse(&format!("{SCHEME}{}", URL_SAFE_NO_PAD.encode(content)))
    };
    assert!(sign(json).is_ok());
    let moved = json.replacen("{\"addresses\"", "{\"role\":\"host\",\"addresses\"", 1);
    let moved = moved.replace("\"role\":\"host\",\"secret\"", "\"secret\"");
    for other in [
        moved,
        json.replace("\"role\":\"host\"", "\"role\": \"host\""),
        json.replace("\"role\":\"host\"", "\"role\":\"h\\u006fst\""),
        json.replace("\"role\":\"host\"", "\"role\":\"host\",\"role\":\"host\""),
        json.replace("\"role\":\"host\"", "\"role\":\"host\",\"rule\":\"host\""),
        json.replace("\"role\":\"host\"", "\"role\":\"king\""),
        json.replace("\"role\":\"host\",", ""),
        json.replace("KioqKioqKioqKioqKioqKg", "KioqKioqKioqKioqKioqKh"),
        format!("{json} "),
        "{}".to_owned(),
        String::new(),
    ] {
        assert_ne!(other, json);
        assert_eq!(sign(&other), Err(InvitationFault::Malformed), "{other}");
    }
    let of_another = json.replace(origin(SEED).as_str(), origin(12).as_str());
    assert!(matches!(
        sign(&of_another),
        Err(InvitationFault::Field {
            field: "origin",
            ..
        })
    ));
}

#[test]
fn bounds_hold_at_the_bound() {
    let sign = |change: &dyn Fn(&mut Invitation)| {
        let mut changed = invitation();
        change(&mut changed);
        changed.sign(&secret())
    };
    let addresses =
        |count: usize| move |it: &mut Invitation| it.addresses = vec!["/a".to_owned(); count];
    assert!(sign(&addresses(1)).is_ok());
    assert!(sign(&addresses(ADDRESSES_MAX)).is_ok());
    let address = |bytes: usize| move |it: &mut Invitation| it.addresses = vec!["/".repeat(bytes)];
    assert!(sign(&address(ADDRESS_BYTES_MAX)).is_ok());
    let name = |chars: usize| move |it: &mut Invitation| it.name = "ә".repeat(chars);
    assert!(sign(&name(NAME_CHARS_MAX)).is_ok());
    let spelled = |text: &'static str| move |it: &mut Invitation| it.name = text.to_owned();
    let addressed =
        |text: &'static str| move |it: &mut Invitation| it.addresses = vec![text.to_owned()];
    let refused: [&dyn Fn(&mut Invitation); 8] = [
        &addresses(0),
        &addresses(ADDRESSES_MAX + 1),
        &address(ADDRESS_BYTES_MAX + 1),
        &name(0),
        &name(NAME_CHARS_MAX + 1),
        &spelled("a\nb"),
        &addressed("ip4/192.0.2.7"),
        &addressed("/ip4/192.0.2.7 /tcp/1"),
    ];
    for change in refused {
        assert!(matches!(sign(change), Err(InvitationFault::Field { .. })));
    }
    let long = |bytes: usize| {
        sign(&|it: &mut Invitation| {
            it.addresses = vec![format!("/{}", "a".repeat(bytes / 5)); 5];
            it.name = "n".repeat(1 + bytes % 5);
        })
    };
    let fits = (0..1_280).rev().find_map(|bytes| long(bytes).ok());
    let fits = fits.expect("short links fit").to_string().len();
    assert!(
        (LINK_BYTES_MAX - 8..=LINK_BYTES_MAX).contains(&fits),
        "{fits}"
    );
    assert!(matches!(
        long(1_279),
        Err(InvitationFault::TooLong { found }) if found > LINK_BYTES_MAX
    ));
    let text = format!("erikti:{}", "A".repeat(LINK_BYTES_MAX));
    let found = text.len();
    assert_eq!(Link::parse(&text), Err(InvitationFault::TooLong { found }));
}

#[test]
fn the_secret_is_kept_as_a_hash_and_never_printed() {
    let secret = InvitationSecret::from_bytes([42; 16]);
    assert_eq!(
        secret.hash(),
        Hash::of(&[b"erikti-invitation-secret/v1\n".as_slice(), &[42; 16]].concat())
    );
    let link = invitation().sign(&self::secret()).unwrap();
    let shown = format!("{link:?} {secret:?}");
    assert!(!shown.contains("42") && !shown.contains("Kioq"), "{shown}");
}
