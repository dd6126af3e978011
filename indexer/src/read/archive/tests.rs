//! ZIP archives as people find them: whole, locked, damaged and hostile.

use std::io::{Cursor, Write};

use proptest::prelude::*;
use zip::unstable::write::FileOptionsExt;
use zip::write::SimpleFileOptions;

use super::*;
use crate::read::package::testing::{packed, survives_damage};
use crate::read::testing::{Collected, input, limits, read_locked};

fn read_with(bytes: &[u8], limits: &Limits) -> (Collected, Outcome) {
    let mut out = Collected::default();
    let outcome = read_zip(&mut input("a.zip", bytes), limits, &mut out);
    (out, outcome)
}

fn names(out: &Collected) -> Vec<&str> {
    out.children
        .iter()
        .map(|child| child.name.as_str())
        .collect()
}

#[test]
fn members_come_in_order_under_harmless_names() {
    let bytes = packed(&[
        ("map/", ""),
        ("map/b.txt", "tweede"),
        ("../../a.txt", "eerste"),
        ("win\\c\u{7}.txt", "derde"),
    ]);
    let (out, outcome) = read_with(&bytes, &limits());
    assert_eq!(outcome, Outcome::Whole);
    assert_eq!(
        names(&out),
        ["map/b.txt", "../../a.txt", "win/c\u{fffd}.txt"]
    );
    assert_eq!(out.children[0].bytes, b"tweede");
    assert!(out.children.iter().all(|child| child.ended));
}

#[test]
fn old_names_are_read_as_code_page_437() {
    // The same length, so that only the bytes of the name change: é is 0x82 in code page 437.
    let mut bytes = packed(&[("caf#.txt", "x")]);
    for byte in &mut bytes {
        if *byte == b'#' {
            *byte = 0x82;
        }
    }
    let (out, _) = read_with(&bytes, &limits());
    assert_eq!(names(&out), ["caf\u{e9}.txt"]);
}

#[test]
fn two_members_of_the_same_name_are_both_there() {
    let mut bytes = packed(&[("a.txt", "een"), ("b.txt", "twee")]);
    let find = |bytes: &[u8]| bytes.windows(5).position(|window| window == b"b.txt");
    while let Some(at) = find(&bytes) {
        bytes[at] = b'a';
    }
    let (out, outcome) = read_with(&bytes, &limits());
    assert_eq!(outcome, Outcome::Whole);
    assert_eq!(names(&out), ["a.txt", "a.txt"]);
    assert_eq!(out.children[1].bytes, b"twee");
}

#[test]
fn an_encrypted_member_is_told_and_the_others_are_read() {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let secret = SimpleFileOptions::default()
        .with_deprecated_encryption(b"geheim")
        .unwrap();
    zip.start_file("dicht.txt", secret).unwrap();
    zip.write_all(b"inhoud").unwrap();
    zip.start_file("open.txt", SimpleFileOptions::default())
        .unwrap();
    zip.write_all(b"leesbaar").unwrap();
    let bytes = zip.finish().unwrap().into_inner();
    let (out, outcome) = read_with(&bytes, &limits());
    assert_eq!(outcome, Outcome::Whole);
    assert_eq!(out.children[0].unreadable, Some(Reason::Encrypted));
    assert_eq!(out.children[1].bytes, b"leesbaar");
}

/// With two locked members, each under its own password, and an open one.
fn locked() -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let old = SimpleFileOptions::default()
        .with_deprecated_encryption(b"dijk 2019")
        .unwrap();
    zip.start_file("oud.txt", old).unwrap();
    zip.write_all(b"inhoud van oud").unwrap();
    let new = SimpleFileOptions::default().with_aes_encryption(zip::AesMode::Aes256, "geheim");
    zip.start_file("nieuw.txt", new).unwrap();
    zip.write_all(b"inhoud van nieuw").unwrap();
    zip.start_file("open.txt", SimpleFileOptions::default())
        .unwrap();
    zip.write_all(b"leesbaar").unwrap();
    zip.finish().unwrap().into_inner()
}

#[test]
fn the_right_password_of_a_list_opens_each_member() {
    let none: Vec<String> = (0..600).map(|number| format!("fout {number}")).collect();
    let mut list: Vec<&str> = none.iter().map(String::as_str).collect();
    let (out, outcome) = read_locked("a.zip", &locked(), &list);
    // An old archive checks a password by one byte: two or three of 600 pass, and are wrong all the same.
    assert_eq!(outcome, Outcome::Whole);
    assert_eq!(out.children[0].unreadable, Some(Reason::Encrypted));
    assert_eq!(out.children[1].unreadable, Some(Reason::Encrypted));
    assert!(out.values("versleuteld").is_empty());
    list.extend(["geheim", "dijk 2019"]);
    let (out, outcome) = read_locked("a.zip", &locked(), &list);
    assert_eq!(outcome, Outcome::Whole);
    let bytes: Vec<&[u8]> = out
        .children
        .iter()
        .map(|child| child.bytes.as_slice())
        .collect();
    assert_eq!(
        bytes,
        [&b"inhoud van oud"[..], b"inhoud van nieuw", b"leesbaar"]
    );
    assert_eq!(
        out.values("versleuteld"),
        ["geopend met een wachtwoord van de lijst"]
    );
    let told = format!("{:?}", out.properties);
    assert!(!told.contains("geheim") && !told.contains("dijk"), "{told}");
}

#[test]
fn a_damaged_member_costs_only_itself() {
    let mut bytes = packed(&[
        ("een.txt", "aaaaaaaaaaaaaaaaaaaaaaaaab"),
        ("twee.txt", "goed"),
    ]);
    // The first byte after the local header of 30 bytes and the name of 7: the packed data.
    bytes[37] ^= 0xff;
    let (out, outcome) = read_with(&bytes, &limits());
    assert_eq!(outcome, Outcome::Whole);
    assert!(matches!(
        out.children[0].unreadable,
        Some(Reason::Broken(_))
    ));
    assert_eq!(out.children[1].bytes, b"goed");
}

#[test]
fn every_limit_says_which_it_is_and_keeps_what_came_before() {
    let bytes = packed(&[("a", "eerste"), ("b", "tweede"), ("c", "derde")]);
    let two = Limits {
        children: 2,
        ..limits()
    };
    let (out, outcome) = read_with(&bytes, &two);
    assert_eq!(names(&out), ["a", "b"]);
    let reason = Reason::Limit("meer dan 2 bestanden in dit archief".into());
    assert_eq!(outcome, Outcome::Partial(reason));

    let small = Limits {
        children_bytes: 8,
        ..limits()
    };
    let (out, outcome) = read_with(&bytes, &small);
    assert_eq!(out.children[0].bytes, b"eerste");
    let reason = Reason::Limit("uitgepakt groter dan 8 bytes".into());
    assert_eq!(out.children[1].unreadable, Some(reason.clone()));
    assert_eq!(outcome, Outcome::Partial(reason));

    let bomb = packed(&[("klein", "tekst"), ("bom", &"0".repeat(40 << 20))]);
    let strict = Limits {
        ratio: 100,
        ..limits()
    };
    let (out, outcome) = read_with(&bomb, &strict);
    assert_eq!(out.children[0].unreadable, None);
    assert!(out.children[1].bytes.len() < 20 << 20);
    let reason = "uitgepakt meer dan 100 keer zo groot als ingepakt";
    assert_eq!(outcome, Outcome::Partial(Reason::Limit(reason.into())));
}

fn account(out: &Collected) -> Vec<&str> {
    ["verwacht", "gelezen", "niet gelezen"]
        .iter()
        .flat_map(|which| out.values(&format!("onderdelen {which}")))
        .collect()
}

#[test]
fn an_archive_tells_how_many_members_it_has_and_how_many_were_had() {
    let bytes = packed(&[
        ("map/", ""),
        ("a", "eerste"),
        ("b", "tweede"),
        ("c", "derde"),
    ]);
    let (out, _) = read_with(&bytes, &limits());
    assert_eq!(account(&out), ["3", "3", "0"]);
    let one = Limits {
        children: 1,
        ..limits()
    };
    let (out, _) = read_with(&bytes, &one);
    assert_eq!(account(&out), ["3", "1", "2"]);

    // A table of contents of which the last entry is damaged: what it should hold is known.
    let mut damaged = bytes.clone();
    let last = damaged
        .windows(4)
        .rposition(|window| window == b"PK\x01\x02");
    damaged[last.unwrap()] = 0;
    let (out, outcome) = read_with(&damaged, &limits());
    assert!(matches!(outcome, Outcome::Partial(Reason::Broken(_))));
    assert_eq!(names(&out), ["a", "b"]);
    assert_eq!(account(&out), ["3", "2", "1"]);
}

#[test]
fn of_an_archive_without_its_end_the_members_before_it_are_had() {
    let bytes = packed(&[("a", "eerste"), ("b", "tweede")]);
    let (out, outcome) = read_with(&bytes[..bytes.len() - 10], &limits());
    assert!(
        matches!(outcome, Outcome::Partial(Reason::Broken(_))),
        "{outcome:?}"
    );
    assert_eq!(out.children[1].bytes, b"tweede");
    assert_eq!(account(&out), ["ten minste 2", "2", "ten minste 0"]);

    // The limit on members leaves the second one out, which was seen all the same.
    let one = Limits {
        children: 1,
        ..limits()
    };
    let (out, outcome) = read_with(&bytes[..bytes.len() - 10], &one);
    let reason = Reason::Limit("meer dan 1 bestanden in dit archief".into());
    assert_eq!(outcome, Outcome::Partial(reason));
    assert_eq!(account(&out), ["ten minste 2", "1", "ten minste 1"]);

    // Within the bytes of the second member, behind its header of 30 bytes and its name.
    let second = bytes.windows(4).rposition(|window| window == b"PK\x03\x04");
    let (out, outcome) = read_with(&bytes[..second.unwrap() + 34], &limits());
    assert!(matches!(outcome, Outcome::Partial(Reason::Broken(_))));
    assert_eq!(out.children[0].bytes, b"eerste");
    assert!(out.children[1].unreadable.is_some());
    assert_eq!(account(&out), ["ten minste 2", "1", "ten minste 1"]);

    let (out, outcome) = read_with(&bytes[..20], &limits());
    assert!(matches!(outcome, Outcome::Unreadable(Reason::Broken(_))));
    assert!(out.properties.is_empty());
}

proptest! {
    #[test]
    fn damage_never_panics(
        cut: prop::sample::Index,
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        noise: Vec<u8>,
    ) {
        let bytes = packed(&[("a.txt", "tekst tekst tekst"), ("b/c.txt", "meer")]);
        survives_damage(&bytes, cut, &flips, |bytes| { read_with(bytes, &limits()); });
        read_with(&noise, &limits());
    }
}
