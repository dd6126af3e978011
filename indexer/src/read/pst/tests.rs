//! Tests of mailboxes, made by the writer in `testing`.

use proptest::prelude::*;

use super::super::outlook::props::{BINARY, OBJECT};
use super::super::package::testing::survives_damage;
use super::super::testing::{Collected, input, limits, read_bytes};
use super::super::{Limits, Outcome, Reason, key};
use super::read_pst;
use super::testing::{Item, Mailbox, bytes, made, mail, mailbox, number, text};

fn names(out: &Collected) -> Vec<&str> {
    out.children
        .iter()
        .map(|child| child.name.as_str())
        .collect()
}

/// The mailbox that the tests of damaged files cut and flip: this writer makes it, and this test keeps it the same.
/// Remove the file to have it made again.
#[test]
fn the_mailbox_beside_the_tests_is_what_this_writer_makes() {
    let inner = mail(
        "binnen@x",
        "Ingesloten",
        "Het ingesloten bericht over de dijk.",
    );
    let with = Item {
        attachments: vec![
            (
                vec![
                    text(0x3707, "nota.txt"),
                    bytes(0x3701, BINARY, b"Nota over de dijk.".to_vec()),
                ],
                None,
            ),
            (
                vec![text(0x3001, "Ingesloten"), number(0x3705, 5)],
                Some(inner),
            ),
        ],
        ..mail("vier@x", "Met bijlagen", "Zie de bijlagen.")
    };
    let long = "De dijk bij Waterveen is op deze plaats verzakt. ".repeat(300);
    let made = mailbox(&[
        (
            "Postvak IN",
            vec![
                mail("een@x", "Dijk", "water"),
                mail("twee@x", "Lang", &long),
            ],
        ),
        ("Verzonden", vec![mail("drie@x", "", "leem"), with]),
    ]);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/postvak.pst.gz");
    if !std::path::Path::new(path).exists() {
        let file = std::fs::File::create(path).unwrap();
        let mut packer = flate2::write::GzEncoder::new(file, flate2::Compression::best());
        std::io::Write::write_all(&mut packer, &made).unwrap();
        packer.finish().unwrap();
    }
    let mut kept = Vec::new();
    let file = std::fs::File::open(path).unwrap();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(file), &mut kept).unwrap();
    assert!(kept == made, "remove {path} and run this test again");
    let (_, out, outcome) = read_bytes("postvak.pst", &kept);
    assert_eq!((out.children.len(), outcome), (4, Outcome::Whole));
}

/// The original of a message is found by its bytes, so these may not depend on when they were read.
#[test]
fn the_same_mailbox_gives_the_same_bytes_every_time() {
    let packed = include_bytes!("../../../tests/fixtures/postvak.pst.gz");
    let mut all = Vec::new();
    let mut unpacked = flate2::read::GzDecoder::new(packed.as_slice());
    std::io::Read::read_to_end(&mut unpacked, &mut all).unwrap();
    let (_, first, _) = read_bytes("postvak.pst", &all);
    let (_, second, _) = read_bytes("postvak.pst", &all);
    assert_eq!(first.children.len(), 4);
    for (one, other) in first.children.iter().zip(&second.children) {
        assert!(one == other, "{}", one.name);
        let (format, inside, outcome) = read_bytes(&one.name, &one.bytes);
        assert_eq!((format.as_str(), outcome), ("msg", Outcome::Whole));
        let (_, again, _) = read_bytes(&one.name, &one.bytes);
        assert!(inside.children == again.children, "in {}", one.name);
    }
    let within = |child: &super::super::testing::Child| {
        read_bytes(&child.name, &child.bytes).1.children.len()
    };
    assert_eq!(first.children.iter().map(within).sum::<usize>(), 2);
}

#[test]
fn every_item_is_a_child_in_its_folder() {
    let folders = [
        (
            "Postvak IN",
            vec![
                mail("een@x", "\u{1}\u{5}RE: dijk", "water"),
                mail("twee@x", "RE: dijk", "hout"),
            ],
        ),
        ("Archief 2019", vec![mail("drie@x", "", "leem")]),
    ];
    for (code, version) in [(0, 23), (1, 23), (2, 23), (1, 14), (0, 36), (1, 36)] {
        let file = made(&Mailbox {
            folders: &folders,
            code,
            untold: 0,
            version,
        });
        let (format, out, outcome) = read_bytes("postvak.pst", &file);
        assert_eq!(
            (format.as_str(), outcome),
            ("pst", Outcome::Whole),
            "{code}"
        );
        assert_eq!(
            names(&out),
            [
                "Postvak IN/RE: dijk.msg",
                "Postvak IN/RE: dijk (2).msg",
                "Archief 2019/zonder onderwerp.msg"
            ]
        );
        let keys: Vec<&str> = out
            .children
            .iter()
            .map(|child| child.key.as_str())
            .collect();
        assert_eq!(keys, ["een@x", "twee@x", "drie@x"]);
        assert_eq!(out.values("berichten verwacht"), ["3"]);
        assert_eq!(out.values("berichten gelezen"), ["3"]);
        assert_eq!(out.values("berichten niet gelezen"), ["0"]);
        let (format, first, outcome) = read_bytes("x.msg", &out.children[0].bytes);
        assert_eq!((format.as_str(), outcome), ("msg", Outcome::Whole));
        assert_eq!(
            first.values(key::FROM),
            ["Fatima Bakker <fatima@waterveen.nl>"]
        );
        assert_eq!(first.values(key::TO), ["Jan <jan@waterveen.nl>"]);
        assert_eq!(first.values(key::TITLE), ["RE: dijk"]);
        assert_eq!(first.values("map"), ["Postvak IN"]);
        assert_eq!(first.rest, "water\n");
    }
}

#[test]
fn attachments_large_texts_and_items_within_items_survive() {
    let long = "een lange brief over de dijk ".repeat(20_000);
    let mut item = mail("een@x", "groot", &long);
    let receiver = |i: u32| {
        vec![
            number(0xc15, 2),
            text(0x3001, &format!("Ontvanger {i}")),
            text(0x39fe, &format!("o{i}@x.nl")),
        ]
    };
    item.recipients.extend((0..500).map(receiver));
    let content = vec![7; 100_000];
    let file = vec![
        text(0x3707, "plaat.bin"),
        number(0x3705, 1),
        bytes(0x3701, BINARY, content.clone()),
    ];
    let inner = Item {
        attachments: vec![(
            vec![
                text(0x3707, "diep.txt"),
                bytes(0x3701, BINARY, b"diep".to_vec()),
            ],
            None,
        )],
        ..mail("binnen@x", "binnenste", "klein")
    };
    let enclosed = vec![text(0x3001, "binnenste"), number(0x3705, 5)];
    item.attachments = vec![(file, None), (enclosed, Some(inner))];
    let (_, out, outcome) = read_bytes("a.pst", &mailbox(&[("Map", vec![item])]));
    assert_eq!(outcome, Outcome::Whole);
    let (_, item, outcome) = read_bytes("x.msg", &out.children[0].bytes);
    assert_eq!(outcome, Outcome::Whole);
    assert_eq!(item.rest.trim_end(), long.trim_end());
    assert_eq!(item.values(key::CC).len(), 500);
    assert_eq!(names(&item), ["plaat.bin", "binnenste.msg"]);
    assert_eq!(item.children[0].bytes, content);
    assert_eq!(item.children[1].key, "binnen@x");
    let (_, inner, _) = read_bytes("x.msg", &item.children[1].bytes);
    assert_eq!(inner.rest, "klein\n");
    assert_eq!(inner.children[0].bytes, b"diep");
}

#[test]
fn a_thousand_items_are_all_there() {
    let items: Vec<Item> = (0..1000)
        .map(|i| mail(&format!("{i}@x"), &format!("brief {i}"), "tekst"))
        .collect();
    let (_, out, outcome) = read_bytes("a.pst", &mailbox(&[("Map", items)]));
    assert_eq!(outcome, Outcome::Whole);
    let mut keys: Vec<&str> = out
        .children
        .iter()
        .map(|child| child.key.as_str())
        .collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 1000);
}

#[test]
fn items_that_are_missing_are_counted() {
    let folders = [("Map", vec![mail("een@x", "dijk", "water")])];
    let file = made(&Mailbox {
        folders: &folders,
        code: 1,
        untold: 2,
        version: 23,
    });
    let (_, out, outcome) = read_bytes("a.pst", &file);
    let Outcome::Partial(Reason::Broken(reason)) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(reason, "2 van de 3 berichten zijn niet te lezen");
    assert_eq!(out.values("berichten niet gelezen"), ["2"]);
    let broken = Item {
        attachments: vec![(
            vec![number(0x3705, 6), bytes(0x3701, OBJECT, vec![9; 8])],
            None,
        )],
        ..mail("een@x", "dijk", "water")
    };
    let (_, out, outcome) = read_bytes("a.pst", &mailbox(&[("Map", vec![broken])]));
    assert_eq!(outcome, Outcome::Whole);
    let (_, item, _) = read_bytes("x.msg", &out.children[0].bytes);
    assert!(item.children[0].unreadable.is_some());
}

#[test]
fn a_full_mailbox_tells_that_it_is_cut() {
    let one = Limits {
        children: 1,
        ..limits()
    };
    let file = mailbox(&[(
        "Map",
        vec![mail("een@x", "a", "b"), mail("twee@x", "a", "b")],
    )]);
    let mut out = Collected::default();
    let outcome = read_pst(&mut input("a.pst", &file), &one, &mut out);
    assert!(
        matches!(outcome, Outcome::Partial(Reason::Limit(_))),
        "{outcome:?}"
    );
    assert_eq!(out.children.len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn damage_never_panics(
        cut: prop::sample::Index,
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..40),
    ) {
        let item = Item {
            attachments: vec![(vec![text(0x3707, "a.txt"), bytes(0x3701, BINARY, vec![7; 9000])], None)],
            ..mail("een@x", "dijk", "water")
        };
        let folders = [("Map", vec![item, mail("twee@x", "a", "b")])];
        let file = made(&Mailbox { folders: &folders, code: 0, untold: 0, version: 23 });
        survives_damage(&file, cut, &flips, |bytes| {
            let mut out = Collected::default();
            read_pst(&mut input("a.pst", bytes), &limits(), &mut out);
            for child in &out.children {
                read_bytes("x.msg", &child.bytes);
            }
        });
    }
}
