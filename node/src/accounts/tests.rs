use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::unix::fs::PermissionsExt;

use erikti_protocol::hash::Hash;
use erikti_protocol::time::Timestamp;

use super::*;

/// A folder that goes when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("erikti-accounts-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).expect("a fresh folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const GOOD: &str = "жеті өлшеп бір кес";

fn at(seconds: i64) -> Timestamp {
    Timestamp::parse("2026-11-22T06:00:00Z")
        .expect("a time written here")
        .plus_seconds(seconds)
}

fn browser(last: u8) -> Browser {
    Browser {
        address: IpAddr::V4(Ipv4Addr::new(203, 0, 113, last)),
        device: None,
        session: None,
        words: "Browser/1.0\n(phone)".to_owned(),
    }
}

fn newcomer(name: &str) -> NewPerson {
    NewPerson {
        name: name.to_owned(),
        shown: String::new(),
        password: GOOD.to_owned(),
    }
}

/// Accounts with one administrator, who has the id returned.
fn with_administrator(folder: &Folder) -> (Accounts, String) {
    let accounts = Accounts::open(&folder.0).expect("nothing is kept yet");
    let link = accounts
        .first_link(at(0))
        .expect("it can be written")
        .expect("there is no administrator");
    let identity = accounts
        .follow(&link, &newcomer("Aigerim"), at(1))
        .expect("the link is good");
    assert_eq!(
        (identity.name.as_str(), identity.role),
        ("aigerim", Role::Administrator)
    );
    (accounts, identity.id)
}

fn code<T>(answer: Result<T, Problem>) -> Code {
    answer.map(|_| ()).expect_err("this must be refused").code
}

#[test]
fn the_first_link_makes_one_administrator_within_half_an_hour() {
    let folder = Folder::new("first");
    let accounts = Accounts::open(&folder.0).expect("nothing is kept yet");
    let first = |now| accounts.first_link(at(now)).expect("it can be written");
    let old = first(0).expect("there is no administrator");
    let link = first(10).expect("there is still none");
    assert_eq!(code(accounts.link(&old, at(11))), Code::LinkUnknown);
    assert_eq!(
        accounts.link(&link, at(10 + FIRST_LINK_SECONDS - 1)),
        Ok(Grant::FirstAdministrator)
    );
    assert_eq!(
        code(accounts.link(&link, at(10 + FIRST_LINK_SECONDS))),
        Code::LinkGone
    );
    let weak = NewPerson {
        password: "12345678".to_owned(),
        ..newcomer("a")
    };
    assert_eq!(
        code(accounts.follow(&link, &weak, at(12))),
        Code::PasswordWeak
    );
    accounts
        .follow(&link, &newcomer("a"), at(13))
        .expect("a failure uses nothing up");
    assert_eq!(
        code(accounts.follow(&link, &newcomer("b"), at(14))),
        Code::LinkGone
    );
    assert_eq!(first(15), None);
    assert_eq!(
        code(
            accounts.remove(
                &accounts
                    .look(|book| book.accounts.keys().next().cloned())
                    .expect("one account")
            )
        ),
        Code::NotAllowed
    );
}

#[test]
fn secrets_are_not_on_the_disk_and_everything_else_survives_a_restart() {
    let folder = Folder::new("kept");
    let (accounts, id) = with_administrator(&folder);
    let link = accounts
        .invite("Dana", "Dana K.", Role::Auditor, 24, at(2))
        .expect("it can be written");
    let signed_in = accounts
        .sign_in("AIGERIM ", GOOD, &browser(1), at(3))
        .expect("the password is right");
    let token = accounts
        .make_token(&id, "script", &BTreeSet::from([Scope::Read]), 30, at(4))
        .expect("within what an administrator may");
    let text = fs::read_to_string(folder.0.join(FILE_NAME)).expect("written");
    for secret in [
        &link,
        &signed_in.session,
        &signed_in.device,
        &token,
        &token[TOKEN_PREFIX.len()..].to_owned(),
        &GOOD.to_owned(),
    ] {
        assert!(!text.contains(secret.as_str()), "{secret}");
    }
    let mode = fs::metadata(folder.0.join(FILE_NAME))
        .expect("written")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let again = Accounts::open(&folder.0).expect("what was written");
    assert_eq!(
        again
            .session(&signed_in.session, at(5))
            .expect("it lasts")
            .id,
        id
    );
    assert_eq!(
        again.token(&token, at(5)).expect("it is good").1,
        BTreeSet::from([Scope::Read])
    );
    let identity = again
        .follow(&link, &newcomer("somebody else"), at(6))
        .expect("the link is good");
    assert_eq!(
        (
            identity.name.as_str(),
            identity.shown.as_str(),
            identity.role
        ),
        ("dana", "Dana K.", Role::Auditor)
    );
}

#[test]
fn a_session_lasts_twelve_hours_is_new_at_each_sign_in_and_is_ended_by_its_owner_alone() {
    let folder = Folder::new("session");
    let (accounts, id) = with_administrator(&folder);
    let first = accounts
        .sign_in("aigerim", GOOD, &browser(1), at(100))
        .expect("right");
    assert!(
        accounts
            .session(&first.session, at(100 + SESSION_SECONDS - 1))
            .is_some()
    );
    assert!(
        accounts
            .session(&first.session, at(100 + SESSION_SECONDS))
            .is_none()
    );
    let same = Browser {
        session: Some(first.session.clone()),
        device: Some(first.device.clone()),
        ..browser(1)
    };
    let second = accounts
        .sign_in("aigerim", GOOD, &same, at(200))
        .expect("right");
    assert_ne!(first.session, second.session);
    assert!(
        accounts.session(&first.session, at(201)).is_none(),
        "the old session ended"
    );
    let other = accounts
        .sign_in("aigerim", GOOD, &browser(2), at(300))
        .expect("right");
    let listed = accounts.sessions(&id, at(301));
    assert_eq!(listed.len(), 2);
    assert_eq!(listed[0].1.browser, "Browser/1.0(phone)");
    assert_eq!(
        code(accounts.end_session("another", &handle(&listed[0].0))),
        Code::SessionUnknown
    );
    accounts
        .end_session(&id, &handle(&listed[0].0))
        .expect("it is open");
    assert!(accounts.session(&other.session, at(302)).is_none());
    assert!(accounts.session(&second.session, at(302)).is_some());
    for number in 0..=SESSIONS_MAX {
        let now = at(400 + i64::try_from(number).expect("small"));
        accounts
            .sign_in("aigerim", GOOD, &browser(3), now)
            .expect("right");
    }
    assert_eq!(accounts.sessions(&id, at(500)).len(), SESSIONS_MAX);
    assert!(
        accounts.session(&second.session, at(500)).is_none(),
        "the oldest made room"
    );
    assert_eq!(accounts.end_sessions(&id, None), Ok(SESSIONS_MAX));
}

#[test]
fn a_new_password_ends_what_the_old_one_opened() {
    let folder = Folder::new("password");
    let (accounts, id) = with_administrator(&folder);
    let left_open = accounts
        .sign_in("aigerim", GOOD, &browser(1), at(10))
        .expect("right");
    let new = "тау мен тасты су бұзар";
    assert_eq!(
        code(accounts.change_password(&id, "not this", new, &browser(1), at(20))),
        Code::SignInRefused
    );
    assert_eq!(
        code(accounts.change_password(&id, GOOD, "aigerim", &browser(1), at(21))),
        Code::PasswordWeak
    );
    let after = accounts
        .change_password(&id, GOOD, new, &browser(1), at(30))
        .expect("right");
    assert!(accounts.session(&left_open.session, at(31)).is_none());
    assert!(accounts.session(&after.session, at(31)).is_some());
    let link = accounts.reset(&id, at(40)).expect("it can be written");
    accounts
        .follow(&link, &newcomer("ignored"), at(41))
        .expect("the link is good");
    assert!(accounts.session(&after.session, at(42)).is_none());
    assert_eq!(
        code(accounts.sign_in("aigerim", new, &browser(4), at(50))),
        Code::SignInRefused
    );
    accounts
        .sign_in("aigerim", GOOD, &browser(4), at(60))
        .expect("the new password");
}

#[test]
fn a_token_does_what_its_owner_may_and_no_more() {
    let folder = Folder::new("token");
    let (accounts, _) = with_administrator(&folder);
    let link = accounts
        .invite("dana", "", Role::Coordinator, 1, at(2))
        .expect("it can be written");
    let id = accounts
        .follow(&link, &newcomer(""), at(3))
        .expect("the link is good")
        .id;
    let make = |scopes: &[Scope], days| {
        accounts.make_token(&id, "x", &scopes.iter().copied().collect(), days, at(10))
    };
    assert_eq!(code(make(&[Scope::Manage], 1)), Code::NotAllowed);
    assert_eq!(code(make(&[], 1)), Code::Usage);
    assert_eq!(code(make(&[Scope::Read], 0)), Code::Usage);
    assert_eq!(code(make(&[Scope::Read], TOKEN_DAYS_MAX + 1)), Code::Usage);
    let token = make(&[Scope::Read, Scope::Publish], 1).expect("a coordinator may");
    assert!(token.starts_with("erikti_"));
    assert!(accounts.token(&token, at(10 + 86_399)).is_some());
    assert!(accounts.token(&token, at(10 + 86_400)).is_none());
    let listed = accounts.tokens(&id, at(11));
    assert_eq!(listed.len(), 1);
    accounts
        .revoke_token(&id, &handle(&listed[0].0))
        .expect("it is there");
    assert!(accounts.token(&token, at(12)).is_none());
    for _ in 0..TOKENS_MAX {
        make(&[Scope::Read], 1).expect("there is room");
    }
    assert_eq!(code(make(&[Scope::Read], 1)), Code::Busy);
    accounts.remove(&id).expect("not the last administrator");
    assert!(accounts.look(|book| book.tokens.is_empty()));
}

fn guesser(address: IpAddr, device: Option<u8>) -> Guesser {
    Guesser {
        account: Hash::of(b"aigerim"),
        address,
        device: device.map(|device| Hash::of(&[device])),
    }
}

/// How many of so many guesses pass, one a minute.
fn passed(guesses: &mut Guesses, guesser: impl Fn(u32) -> Guesser, from: i64, count: u32) -> u32 {
    (0..count)
        .filter(|number| guesses.guess(&guesser(*number), from).is_ok())
        .count()
        .try_into()
        .expect("few")
}

#[test]
fn wrong_passwords_are_counted_by_address_by_account_and_by_known_browser() {
    let v4 = |number: u32| IpAddr::V4(Ipv4Addr::from_bits(0xcb00_7100 + number));
    let mut guesses = Guesses::default();
    // One address, a try a minute, so that the growing delay is over each time.
    let mut good = 0;
    for minute in 0..12 {
        good += passed(&mut guesses, |_| guesser(v4(0), None), minute * 60, 1);
    }
    assert_eq!(good as usize, ADDRESS_FAILURES_MAX);
    // The first was at 0: it stops counting after a quarter of an hour, not a second before.
    assert_eq!(
        guesses
            .guess(&guesser(v4(0), None), WINDOW_SECONDS - 1)
            .err(),
        Some(1)
    );
    assert!(guesses.guess(&guesser(v4(0), None), WINDOW_SECONDS).is_ok());
    // Two mistakes cost nothing, the third two seconds.
    let mut guesses = Guesses::default();
    assert_eq!(passed(&mut guesses, |_| guesser(v4(1), None), 0, 10), 3);
    assert_eq!(guesses.guess(&guesser(v4(1), None), 1).err(), Some(1));
    assert!(guesses.guess(&guesser(v4(1), None), 2).is_ok());
    assert_eq!(guesses.guess(&guesser(v4(1), None), 2).err(), Some(4));
    // Neighbours in one IPv6 network are one address.
    let v6 = |number: u32| {
        IpAddr::V6(Ipv6Addr::from_bits(
            0x2001_0db8_0000_0000_0000_0000_0000_0000 + u128::from(number),
        ))
    };
    let mut guesses = Guesses::default();
    assert_eq!(
        passed(&mut guesses, |number| guesser(v6(number), None), 0, 100),
        3
    );
    // Ten thousand addresses within a quarter of an hour.
    let mut guesses = Guesses::default();
    let mut good = 0;
    for second in 0..u32::try_from(WINDOW_SECONDS).expect("small") {
        good += passed(
            &mut guesses,
            |number| guesser(v4(second * 12 + number), None),
            second.into(),
            12,
        );
    }
    assert_eq!(good as usize, ACCOUNT_FAILURES_MAX);
    // None of which concerns the browser that the owner uses.
    let mut own = 0;
    for second in 0..WINDOW_SECONDS {
        own += passed(&mut guesses, |_| guesser(v4(0), Some(1)), second, 1);
    }
    assert_eq!(own as usize, DEVICE_FAILURES_MAX);
}

#[test]
fn what_is_counted_has_a_bound_and_newcomers_share_one_count_beyond_it() {
    let mut guesses = Guesses::default();
    for number in 0..200_000_u32 {
        let one = Guesser {
            account: Hash::of(&number.to_be_bytes()),
            address: IpAddr::V4(Ipv4Addr::from_bits(number)),
            device: None,
        };
        let _ = guesses.guess(&one, 0);
        assert!(guesses.len() <= COUNTS_MAX + 1);
    }
    assert!(
        guesses
            .guess(&guesser(IpAddr::V4(Ipv4Addr::LOCALHOST), Some(1)), 0)
            .is_ok()
    );
    let late = guesser(IpAddr::V4(Ipv4Addr::LOCALHOST), None);
    assert!(guesses.guess(&late, 1).is_err());
    assert!(
        guesses.guess(&late, WINDOW_SECONDS).is_ok(),
        "old counts make room"
    );
}

#[test]
fn ten_thousand_guesses_reach_the_hash_at_most_thirty_times_and_never_lock_the_owner_out() {
    let folder = Folder::new("guesses");
    let (accounts, _) = with_administrator(&folder);
    let owner = accounts
        .sign_in("aigerim", GOOD, &browser(1), at(10))
        .expect("right");
    let (before, _) = accounts.hashing().counted();
    std::thread::scope(|scope| {
        for thread in 0..8_u32 {
            let accounts = &accounts;
            scope.spawn(move || {
                for number in 0..1_250_u32 {
                    let address =
                        Ipv4Addr::from_bits(0x0a00_0000 + (thread * 1_250 + number) % 4_000);
                    let stranger = Browser {
                        address: IpAddr::V4(address),
                        ..browser(9)
                    };
                    let now = at(20 + i64::from(number) * 8 / 12);
                    let guess = format!("guess {thread} {number}");
                    let code = code(accounts.sign_in("aigerim", &guess, &stranger, now));
                    assert!(
                        matches!(code, Code::SignInRefused | Code::SignInLimited | Code::Busy),
                        "{code:?}"
                    );
                }
            });
        }
    });
    let (after, most) = accounts.hashing().counted();
    assert!(
        after - before <= 30,
        "{} guesses were hashed",
        after - before
    );
    assert!(most <= HASHES_AT_ONCE_MAX);
    let known = Browser {
        device: Some(owner.device),
        ..browser(200)
    };
    accounts
        .sign_in("aigerim", GOOD, &known, at(855))
        .expect("the owner's own browser is never shut out, wherever it is");
}

#[test]
fn who_has_no_account_is_answered_as_whoever_is_wrong() {
    let folder = Folder::new("unknown");
    let (accounts, _) = with_administrator(&folder);
    let (before, _) = accounts.hashing().counted();
    let known = accounts
        .sign_in("aigerim", "wrong", &browser(1), at(5))
        .expect_err("wrong");
    let unknown = accounts
        .sign_in("nobody", "wrong", &browser(2), at(5))
        .expect_err("wrong");
    assert_eq!(known, unknown);
    assert_eq!(
        accounts.hashing().counted().0 - before,
        2,
        "both were hashed"
    );
    let mut limited = Vec::new();
    for name in ["aigerim", "nobody"] {
        let answers: Vec<_> = (0..6)
            .map(|number| {
                let stranger = browser(10 + number);
                code(accounts.sign_in(name, "wrong", &stranger, at(6)))
            })
            .collect();
        limited.push(answers);
    }
    assert_eq!(limited[0], limited[1]);
}
