//! Tests of the readers for archives of DOS, on archives that LHA and ARJ wrote and on own ones.

use proptest::prelude::*;

use super::super::package::testing::survives_damage;
use super::super::testing::{Collected, input, limits, read_bytes};
use super::*;

const LZH: &[u8] = include_bytes!("../../../tests/fixtures/dos.lzh");
const ARJ: &[u8] = include_bytes!("../../../tests/fixtures/dos.arj");
const ARJ_FAST: &[u8] = include_bytes!("../../../tests/fixtures/dos-snel.arj");
const ARJ_LOCKED: &[u8] = include_bytes!("../../../tests/fixtures/dos-dicht.arj");

fn letter() -> String {
    let lines = (0..300).map(|at| {
        let number = at * 7919 % 1000;
        format!("Regel {at} over de dijk en de sluis nummer {number}.\n")
    });
    "Beste Jan,\n".to_owned() + &lines.collect::<String>()
}

fn texts(out: &Collected) -> Vec<(String, String)> {
    let child = |child: &super::super::testing::Child| {
        assert_eq!(child.unreadable, None, "{}", child.name);
        let text = String::from_utf8_lossy(&child.bytes);
        (child.name.to_uppercase(), text.into_owned())
    };
    out.children.iter().map(child).collect()
}

fn expected() -> Vec<(String, String)> {
    [
        ("BRIEF.TXT", letter()),
        ("KORT.TXT", "kort".to_owned()),
        ("MAP/NOTA.TXT", "De nota over de dijk. ".repeat(200)),
    ]
    .map(|(name, text)| (name.to_owned(), text))
    .to_vec()
}

#[test]
fn every_member_is_a_child_however_it_is_packed() {
    for (format, archive) in [("lha", LZH), ("arj", ARJ), ("arj", ARJ_FAST)] {
        let (found, out, outcome) = read_bytes("x", archive);
        assert_eq!((found.as_str(), outcome), (format, Outcome::Whole));
        assert_eq!(texts(&out), expected());
        assert_eq!(out.values("onderdelen verwacht"), ["3"]);
        assert_eq!(out.values("onderdelen niet gelezen"), ["0"]);
    }
}

#[test]
fn a_member_behind_a_password_is_listed_with_the_reason() {
    let (_, out, outcome) = read_bytes("x.arj", ARJ_LOCKED);
    assert_eq!(outcome, Outcome::Partial(Reason::Encrypted));
    assert_eq!(out.children[0].unreadable, Some(Reason::Encrypted));
    assert_eq!(out.values("onderdelen niet gelezen"), ["1"]);
}

/// Bits, the highest first.
#[derive(Default)]
struct Writer {
    bytes: Vec<u8>,
    used: usize,
}

impl Writer {
    fn put(&mut self, number: u32, bits: u32) {
        for at in (0..bits).rev() {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            let bit = (number >> at & 1) as u8;
            *self.bytes.last_mut().unwrap() |= bit << (7 - self.used % 8);
            self.used += 1;
        }
    }
}

/// One block: these bytes as they are, then a reference to all of them from the begin on.
fn packed(text: &[u8], bits: u32, class: u32) -> Vec<u8> {
    let mut out = Writer::default();
    out.put(text.len() as u32 + 1, 16);
    // Codes of lengths: only that of nine bits, as every sign has.
    out.put(0, 5);
    out.put(9 + 2, 5);
    out.put(510, 9);
    // One class of distances.
    out.put(0, bits);
    out.put(class, bits);
    for byte in text {
        out.put(u32::from(*byte), 9);
    }
    // A reference of the longest kind.
    out.put(256 + 253, 9);
    let distance = text.len() as u32 - 1;
    out.put(distance - (1 << (class - 1)), class - 1);
    out.bytes
}

/// A header of form 0, 1, 2 or 3.
fn header(form: u8, method: &str, name: &str, packed: &[u8], text: &[u8]) -> Vec<u8> {
    let sum = crc16(0, text).to_le_bytes();
    let more: u32 = match form {
        1 => 3 + 4 + name.len() as u32,
        _ => 0,
    };
    let mut middle = method.as_bytes().to_vec();
    middle.extend((packed.len() as u32 + more).to_le_bytes());
    middle.extend((text.len() as u32).to_le_bytes());
    middle.extend([0, 0, 0, 0, 0x20, form]);
    let further = |width: usize| {
        let number = |number: usize| (number as u64).to_le_bytes()[..width].to_vec();
        let folder = b"MAP\xffDIEP\xff";
        [
            number(1 + folder.len() + width),
            [&[2], &folder[..]].concat(),
            number(1 + name.len() + width),
            [&[1], name.as_bytes()].concat(),
            number(0),
        ]
        .concat()
    };
    match form {
        0 | 1 => {
            let short = if form == 0 { name } else { "" };
            middle.push(short.len() as u8);
            middle.extend(short.as_bytes());
            middle.extend(sum);
            if form == 1 {
                middle.push(b'M');
                middle.extend((3 + name.len() as u16).to_le_bytes());
            }
            let check = middle
                .iter()
                .fold(0_u8, |all, byte| all.wrapping_add(*byte));
            let mut head = [vec![middle.len() as u8, check], middle].concat();
            if form == 1 {
                // A name, and a comment without anything.
                head.extend([&[1], name.as_bytes(), &4_u16.to_le_bytes()].concat());
                head.extend([0x3f, 0, 0, 0]);
            }
            head
        }
        2 => {
            let further = further(2);
            let length = 24 + further.len() as u16;
            [&length.to_le_bytes()[..], &middle, &sum, b"M", &further].concat()
        }
        _ => {
            let further = further(4);
            let length = 28 + further.len() as u32;
            let start = [&4_u16.to_le_bytes()[..], &middle, &sum, b"M"].concat();
            [&start[..], &length.to_le_bytes(), &further].concat()
        }
    }
}

fn own(form: u8) -> Vec<u8> {
    // A reference further back than the smaller windows reach.
    let first: Vec<u8> = (0..40_000_u32)
        .map(|at| b'a' + (at * at % 23) as u8)
        .collect();
    let whole = [&first[..], &first[..256]].concat();
    let large = packed(&first, 5, 16);
    let small = packed(&first[..5000], 4, 13);
    let small_whole = [&first[..5000], &first[..256]].concat();
    [
        header(form, "-lh7-", "groot.txt", &large, &whole),
        large,
        header(form, "-lh5-", "klein.txt", &small, &small_whole),
        small,
        header(form, "-lh0-", "zo.txt", b"zo", b"zo"),
        b"zo".to_vec(),
        header(form, "-lh1-", "oud.txt", b"??", b"niet"),
        b"??".to_vec(),
        vec![0],
    ]
    .concat()
}

#[test]
fn the_four_forms_of_headers_and_the_large_windows_are_read() {
    for form in 0..4 {
        let (format, out, outcome) = read_bytes("x.lzh", &own(form));
        assert_eq!(format, "lha");
        assert!(
            matches!(outcome, Outcome::Partial(Reason::Other(_))),
            "{form}: {outcome:?}"
        );
        let folder = if form > 1 { "MAP/DIEP/" } else { "" };
        let names: Vec<String> = out
            .children
            .iter()
            .map(|child| child.name.clone())
            .collect();
        let expected = ["groot.txt", "klein.txt", "zo.txt", "oud.txt"];
        assert_eq!(
            names,
            expected.map(|name| format!("{folder}{name}")),
            "{form}"
        );
        let reasons: Vec<bool> = out
            .children
            .iter()
            .map(|it| it.unreadable.is_some())
            .collect();
        assert_eq!(
            reasons,
            [false, false, false, true],
            "{form}: {:?}",
            out.children[0].unreadable
        );
        assert_eq!(out.children[0].bytes.len(), 40_256);
    }
}

#[test]
fn a_changed_byte_is_noticed() {
    let mut archive = header(2, "-lh0-", "zo.txt", b"zo", b"zo");
    archive.extend(b"za\0");
    let (_, out, outcome) = read_bytes("x.lzh", &archive);
    assert!(matches!(outcome, Outcome::Partial(Reason::Broken(_))));
    assert!(out.children[0].unreadable.is_some());
    assert_eq!(out.values("onderdelen verwacht"), ["1"]);
}

#[test]
fn a_cut_archive_tells_that_more_may_have_followed() {
    for (archive, at) in [(LZH, 700), (ARJ, 800)] {
        let (_, out, outcome) = read_bytes("x", &archive[..at]);
        assert!(
            matches!(outcome, Outcome::Partial(Reason::Broken(_))),
            "{outcome:?}"
        );
        assert!(out.children.iter().all(|child| child.ended));
        assert!(out.values("onderdelen verwacht")[0].starts_with("ten minste"));
    }
}

#[test]
fn an_archive_with_more_members_than_a_limit_tells_so() {
    let few = Limits {
        children: 2,
        ..limits()
    };
    let mut out = Collected::default();
    let outcome = read_arj(&mut input("x.arj", ARJ), &few, &mut out);
    assert!(matches!(outcome, Outcome::Partial(Reason::Limit(_))));
    assert_eq!(out.values("onderdelen verwacht"), ["ten minste 3"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn damage_never_panics(
        which in 0..4_usize,
        cut in any::<prop::sample::Index>(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
    ) {
        let own = own(1);
        let archive = [LZH, ARJ, ARJ_FAST, own.as_slice()][which];
        survives_damage(archive, cut, &flips, |bytes| { read_bytes("a.lzh", bytes); });
    }
}
