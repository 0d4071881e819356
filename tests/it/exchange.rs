//! The exchange's bytes: messages within their bounds, packages that are what they claim.

mod bounds;

use erikti_protocol::codec::{Codec, Decoder, Encoder};
use erikti_protocol::exchange::message::{self, HEADS_MAX};
use erikti_protocol::exchange::package::{
    Check, Opener, PackageFault, Served, Status, Want, Writer,
};
use erikti_protocol::exchange::{
    BODY_BYTES_MAX, Consistency, FetchRequest, Head, Heads, HeadsRequest, Hello, PackageHeader,
    Refusal, RefusalCode, TableId, TileRequest,
};
use erikti_protocol::hash::Hash;
use erikti_protocol::id::{OrgId, Origin};
use erikti_protocol::key::SecretKey;
use erikti_protocol::log::{Class, Entry, tree};
use erikti_protocol::record::{ReadersClass, Verified};
use erikti_tests::chance::Chance;
use erikti_tests::sim::sign;

fn origin() -> Origin {
    Origin::new("test", &SecretKey::from_seed(&[7; 32]).public()).expect("`test` names a network")
}

/// A signed sample of a kind; `number` makes it differ from the others.
fn record(kind: &str, number: u32) -> Verified {
    let organisation = OrgId::from_founding(Hash::of(b"founding"));
    sign(kind, number.into(), Some(organisation))
}

struct Log {
    entries: Vec<(Entry, Vec<u8>)>,
}

impl Log {
    /// A log whose entry 0 is a control record, and the others are not.
    fn of(count: u32) -> Self {
        let mut log = Self {
            entries: Vec::new(),
        };
        for number in 0..count {
            let (kind, class) = match number {
                0 => ("accreditation", Class::Control),
                _ => ("service", Class::Record),
            };
            log.push(class, record(kind, number).bytes());
        }
        log
    }

    fn push(&mut self, class: Class, bytes: &[u8]) {
        let digest = Hash::of(bytes);
        self.entries.push((Entry { class, digest }, bytes.to_vec()));
    }

    fn leaves(&self) -> Vec<Hash> {
        self.entries.iter().map(|(entry, _)| entry.leaf()).collect()
    }

    fn want(&self, check: Check) -> Want {
        Want {
            package: 0,
            places: (0..self.entries.len() as u16).collect(),
            check,
        }
    }

    fn body(&self, codec: Codec) -> Vec<u8> {
        let mut encoder = Encoder::new();
        let mut writer = Writer::new(self.entries.len());
        for (entry, plain) in &self.entries {
            let mut stored = Vec::new();
            match codec {
                Codec::None => stored.extend_from_slice(plain),
                Codec::Zstd1 => encoder.encode(plain, &mut stored),
            }
            writer.entry(
                entry,
                Served::Present {
                    codec,
                    stored: &stored,
                },
            );
        }
        writer.finish()
    }
}

fn open(
    body: &[u8],
    want: &Want,
) -> Result<erikti_protocol::exchange::package::Opened, PackageFault> {
    Opener::new(Decoder::new()).open(body.to_vec(), want, &mut |_, _| ())
}

#[test]
fn a_package_opens_to_the_records_it_was_written_from_in_either_codec() {
    let log = Log::of(256);
    let root = tree::package_root(&log.leaves()).expect("256 leaves");
    for codec in [Codec::None, Codec::Zstd1] {
        let mut indexed = Vec::new();
        let opened = Opener::new(Decoder::new())
            .open(
                log.body(codec),
                &log.want(Check::Package(root)),
                &mut |index, record| indexed.push((index, record.id())),
            )
            .expect("the package is whole");
        assert_eq!(opened.leaves, log.leaves());
        assert_eq!(indexed.len(), 256);
        assert_eq!(opened.controls.len(), 1);
        assert_eq!(opened.controls[0].1.bytes(), log.entries[0].1);
        assert_eq!(opened.issuers.len(), 1, "one key signed them all");
        let mut decoder = Decoder::new();
        for (found, (entry, plain)) in opened.entries.iter().zip(&log.entries) {
            let mut unpacked = Vec::new();
            decoder
                .decode_as(found.codec, opened.stored(found), &mut unpacked)
                .expect("what opened unpacks");
            assert_eq!((&unpacked, found.entry), (plain, *entry));
            assert_eq!(found.plain_bytes as usize, plain.len());
        }
        assert_eq!(
            opened.entries[0].status,
            Status::Present {
                readers: ReadersClass::Control
            }
        );
    }
}

#[test]
fn a_present_record_costs_at_most_four_bytes_beside_its_own() {
    let log = Log::of(256);
    let plain: usize = log.entries.iter().map(|(_, plain)| plain.len()).sum();
    assert!(log.body(Codec::None).len() <= plain + 4 * 256);
}

#[test]
fn every_changed_byte_of_a_package_blames_the_server() {
    // Unpacked: a zstd frame has bits that change nothing.
    let log = Log::of(3);
    let body = log.body(Codec::None);
    let want = log.want(Check::Leaves(log.leaves()));
    assert!(open(&body, &want).is_ok());
    for at in 0..body.len() {
        let mut other = body.clone();
        other[at] ^= 1;
        assert!(open(&other, &want).is_err(), "byte {at}");
        assert!(open(&body[..at], &want).is_err(), "cut at {at}");
    }
    let longer = [&body[..], &[0]].concat();
    assert_eq!(
        open(&longer, &want).map(|_| ()),
        Err(PackageFault::Trailing { found: 1 })
    );
}

#[test]
fn what_the_author_logged_wrongly_is_bad_and_blames_no_server() {
    let mut log = Log::of(1);
    log.push(Class::Record, b"{}");
    log.push(Class::Record, record("accreditation", 9).bytes());
    log.push(Class::Control, record("service", 9).bytes());
    let text = String::from_utf8(record("accreditation", 10).bytes().to_vec()).expect("text");
    log.push(
        Class::Control,
        text.replace("\"version\":1", "\"version\":2").as_bytes(),
    );
    let opened = open(
        &log.body(Codec::None),
        &log.want(Check::Leaves(log.leaves())),
    )
    .expect("hashes are as wanted");
    let found: Vec<_> = opened
        .entries
        .iter()
        .map(|entry| (entry.status == Status::Bad, opened.stored(entry).len() > 2))
        .collect();
    // Bytes of bad control entries are kept, so that whoever asks next can see for themselves.
    assert_eq!(
        found,
        [
            (false, true),
            (true, false),
            (true, false),
            (true, true),
            (true, true)
        ]
    );
    assert_eq!(opened.controls.len(), 1);
}

#[test]
fn entries_without_records_carry_their_digests_and_control_entries_never_do() {
    let log = Log::of(4);
    let write = |served: [Served<'_>; 4]| {
        let mut writer = Writer::new(4);
        for ((entry, _), served) in log.entries.iter().zip(served) {
            writer.entry(entry, served);
        }
        writer.finish()
    };
    let want = log.want(Check::Leaves(log.leaves()));
    let present = Served::Present {
        codec: Codec::None,
        stored: &log.entries[0].1,
    };
    let erased = Served::Erased { by: Some(300) };
    let opened = open(
        &write([present, Served::Absent, erased, Served::Bad]),
        &want,
    )
    .expect("digests stand for records");
    let found: Vec<_> = opened.entries[1..]
        .iter()
        .map(|entry| entry.status)
        .collect();
    assert_eq!(
        found,
        [
            Status::Absent,
            Status::Erased { by: Some(300) },
            Status::Absent
        ]
    );
    assert_eq!(opened.called_bad, 1);
    for without in [Served::Absent, Served::Erased { by: None }, Served::Bad] {
        let body = write([without, Served::Absent, Served::Absent, Served::Absent]);
        assert_eq!(
            open(&body, &want).map(|_| ()),
            Err(PackageFault::Withheld { place: 0 })
        );
    }
}

#[test]
fn a_package_larger_than_a_body_comes_in_parts_that_are_checked_alone() {
    let mut log = Log {
        entries: Vec::new(),
    };
    for number in 0..256_u32 {
        // Not records, so they are bad, and that is none of the writer's business.
        let mut bytes = vec![b'x'; 60_000];
        bytes[..4].copy_from_slice(&number.to_be_bytes());
        log.push(Class::Record, &bytes);
    }
    let root = tree::package_root(&log.leaves()).expect("256 leaves");
    let body = log.body(Codec::None);
    assert!(body.len() <= BODY_BYTES_MAX);
    let opened = open(&body, &log.want(Check::Package(root))).expect("later ones carry digests");
    assert_eq!(opened.entries.len() + opened.later.len(), 256);
    assert!(opened.entries.len() >= 16);
    let from = opened.later[0];
    assert_eq!(usize::from(from), opened.entries.len());
    let rest = Log {
        entries: log.entries[usize::from(from)..].to_vec(),
    };
    let want = Want {
        package: 0,
        places: opened.later.clone(),
        check: Check::Leaves(opened.leaves[usize::from(from)..].to_vec()),
    };
    let next = open(&rest.body(Codec::None), &want).expect("the second part");
    assert_eq!(next.first(), Some(u64::from(from)));
}

#[test]
fn messages_round_trip_and_their_bounds_are_kept_on_both_sides() {
    let hello = Hello {
        network: "test".to_owned(),
        versions: vec![1],
        codecs: vec![message::CodecOffer {
            name: "none".to_owned(),
            dictionary: None,
        }],
        organisation: None,
        origin: None,
        size: 0,
        table: TableId([0xab; 16]),
        agent: "erikti 0.1".to_owned(),
    };
    let payload = message::write(&hello).expect("within bounds");
    assert_eq!(message::read::<Hello>(&payload), Ok(hello.clone()));
    let breaks: [fn(&mut Hello); 6] = [
        |hello| hello.network = "UPPER".to_owned(),
        |hello| hello.versions.clear(),
        |hello| hello.codecs.clear(),
        |hello| hello.organisation = Some(OrgId::from_founding(Hash::of(b"x"))),
        |hello| hello.agent = "a".repeat(65),
        |hello| hello.size = 1 << 53,
    ];
    for change in breaks {
        let mut other = hello.clone();
        change(&mut other);
        assert!(message::write(&other).is_err());
        let payload = serde_json::to_vec(&other).expect("it is JSON still");
        assert!(message::read::<Hello>(&payload).is_err());
    }
}

#[test]
fn unknown_members_are_skipped_and_known_ones_twice_are_not() {
    let zeros = "0".repeat(32);
    let plain = format!(r#"{{"table":"{zeros}","cursor":5,"later":[1]}}"#);
    let read = message::read::<HeadsRequest>(plain.as_bytes()).expect("a request that grew");
    assert_eq!((read.cursor, read.stay), (5, false));
    let twice = format!(r#"{{"table":"{zeros}","cursor":5,"cursor":5}}"#);
    assert!(message::read::<HeadsRequest>(twice.as_bytes()).is_err());
    assert!(message::read::<HeadsRequest>(b"[]").is_err());
    assert!(message::read::<HeadsRequest>(b"").is_err());
}

#[test]
fn an_answer_is_the_message_or_a_typed_refusal() {
    let refused = message::read_answer::<Consistency>(br#"{"refused":"busy","retry_ms":250}"#);
    assert_eq!(refused, Ok(Err(Refusal::busy(250))));
    let unknown = message::read_answer::<Consistency>(br#"{"refused":"moon-phase"}"#)
        .expect("a refusal")
        .expect_err("a refusal");
    assert_eq!(unknown.code, RefusalCode::Unknown);
    let root = Hash::of(b"root");
    let answer = format!(r#"{{"root":"{root}","hashes":[]}}"#);
    let answer = message::read_answer::<Consistency>(answer.as_bytes());
    assert_eq!(
        answer,
        Ok(Ok(Consistency {
            root,
            hashes: Vec::new()
        }))
    );
    for code in [
        RefusalCode::NotFound,
        RefusalCode::OtherNetwork,
        RefusalCode::BadRequest,
    ] {
        let payload =
            message::write(&Refusal::new(code, &"long ".repeat(100))).expect("cut to bounds");
        assert!(String::from_utf8_lossy(&payload).contains(code.as_str()));
    }
}

#[test]
fn fetch_requests_stay_within_the_tree_they_name() {
    let tile = |level, index, width| {
        let tile = TileRequest {
            level,
            index,
            width,
        };
        message::write(&FetchRequest::tile(origin(), 70_000, tile)).is_ok()
    };
    assert!(tile(0, 273, 112) && tile(1, 0, 256) && tile(1, 1, 17) && tile(2, 0, 1));
    assert!(!tile(0, 273, 113) && !tile(1, 1, 18) && !tile(2, 0, 2) && !tile(0, 0, 0));
    assert!(!tile(0, u64::MAX, 1) && !tile(200, 0, 1) && !tile(0, 0, 257));
    let package = |package, from, only: &[u16]| {
        let mut request = FetchRequest::package(origin(), 300, package, from);
        request.only = only.to_vec();
        message::write(&request).is_ok()
    };
    assert!(package(0, 255, &[]) && package(1, 43, &[]) && package(1, 0, &[0, 43]));
    assert!(!package(1, 44, &[]) && !package(2, 0, &[]) && !package(1, 0, &[44]));
    assert!(!package(0, 0, &[3, 3]) && !package(0, 0, &[4, 3]) && !package(0, 1, &[3]));
    assert!(!package(u64::MAX, 0, &[]));
    assert_eq!(
        FetchRequest::package(origin(), 300, 1, 42).places(),
        [42, 43]
    );
    let both = FetchRequest {
        package: Some(0),
        ..FetchRequest::tile(
            origin(),
            1,
            TileRequest {
                level: 0,
                index: 0,
                width: 1,
            },
        )
    };
    assert!(message::write(&both).is_err());
}

#[test]
fn headers_announce_no_more_than_a_body_may_have() {
    let package = |count, bytes| message::write(&PackageHeader { count, bytes }).is_ok();
    assert!(package(256, 256) && package(1, BODY_BYTES_MAX as u64));
    assert!(!package(256, 255) && !package(257, 1000) && !package(0, 0));
    assert!(!package(1, BODY_BYTES_MAX as u64 + 1));
}

#[test]
fn heads_are_bounded_in_number_and_length() {
    let heads = |count: usize, length: usize| {
        let head = Head {
            organisation: OrgId::from_founding(Hash::of(b"x")),
            checkpoint: "x".repeat(length),
            cosignatures: Vec::new(),
        };
        let heads = Heads {
            table: TableId::default(),
            heads: vec![head; count],
            cursor: 1,
            more: false,
        };
        message::write(&heads).is_ok()
    };
    assert!(heads(HEADS_MAX, 500) && heads(1, message::NOTE_BYTES_MAX));
    assert!(!heads(HEADS_MAX + 1, 500) && !heads(1, message::NOTE_BYTES_MAX + 1));
    assert!(
        !heads(HEADS_MAX, message::NOTE_BYTES_MAX),
        "longer than a frame"
    );
}

#[test]
fn hostile_bytes_never_open_to_what_was_not_wanted() {
    let log = Log::of(5);
    let body = log.body(Codec::Zstd1);
    let wanted = log.leaves();
    let want = log.want(Check::Leaves(wanted.clone()));
    let mut opener = Opener::new(Decoder::new());
    let mut chance = Chance::new(1);
    for _ in 0..20_000 {
        let mut other = body.clone();
        for _ in 0..=chance.number() % 3 {
            let at = chance.number() as usize % other.len();
            match chance.number() % 4 {
                0 => other[at] = chance.number() as u8,
                1 => other.truncate(at.max(1)),
                2 => other.insert(at, chance.number() as u8),
                _ => drop(other.splice(at..at, body[..at.min(body.len())].iter().copied())),
            }
        }
        if let Ok(opened) = opener.open(other, &want, &mut |_, _| ()) {
            assert_eq!(opened.leaves, wanted);
        }
    }
}

#[test]
fn hostile_frames_are_refused_without_a_panic() {
    let samples = [
        br#"{"network":"test","versions":[1],"codecs":[{"name":"none"}],"table":"00000000000000000000000000000000","agent":""}"#.to_vec(),
        br#"{"origin":"erikti/test/z6Mk","size":3,"package":0,"from":1,"only":[1,2]}"#.to_vec(),
        br#"{"table":"00000000000000000000000000000000","heads":[],"cursor":3,"more":false}"#.to_vec(),
    ];
    let mut chance = Chance::new(2);
    let mut refused = 0;
    for round in 0..20_000_usize {
        let mut payload = samples[round % samples.len()].clone();
        for _ in 0..=chance.number() % 4 {
            let at = chance.number() as usize % payload.len();
            payload[at] = chance.number() as u8;
        }
        refused += usize::from(message::read::<Hello>(&payload).is_err());
        refused += usize::from(message::read::<FetchRequest>(&payload).is_err());
        refused += usize::from(message::read_answer::<Heads>(&payload).is_err());
    }
    assert!(refused > 40_000, "most of them are no message: {refused}");
}
