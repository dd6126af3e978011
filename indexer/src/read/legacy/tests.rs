//! Tests of the readers for binary Office files, on small files that LibreOffice wrote and that are damaged here.

use proptest::prelude::*;

use super::super::testing::{Collected, read_bytes};
use super::*;

const DOC: &[u8] = include_bytes!("../../../tests/fixtures/brug.doc");
const XLS: &[u8] = include_bytes!("../../../tests/fixtures/kosten.xls");
const PPT: &[u8] = include_bytes!("../../../tests/fixtures/inloop.ppt");

fn read(expected: &str, bytes: &[u8]) -> (Collected, Outcome) {
    let (format, out, outcome) = read_bytes("x", bytes);
    assert_eq!(format, expected);
    (out, outcome)
}

#[test]
fn a_word_document_gives_body_notes_comments_boxes_and_headers() {
    let (out, outcome) = read("doc", DOC);
    assert_eq!(outcome, Outcome::Whole);
    let text = out.all_text();
    for expected in [
        "Collegevoorstel\n",
        "de oeververbinding over de Ried te vernieuwen. De brug",
        "dit is een [verwijderd: spoedeisende] zaak.",
        "Caféhouders en coöperaties – ook die aan de overkant – krijgen € 500.\n",
        "Onderdeel\tBedrag\nSloopwerk\t12.500\n",
        "Zie het inspectierapport van 2008.\n",
        "[opmerking] Graag de bezwaartermijn noemen.\n",
        "Kader: de weegbrug blijft open.\n",
        "Gemeente Waterveen, afdeling Beheer\n",
        "Vertrouwelijk tot besluit\n",
    ] {
        assert!(text.contains(expected), "{expected:?} in {text}");
    }
    assert_eq!(
        out.values(key::TITLE),
        ["Collegevoorstel brug over de Ried"]
    );
    assert_eq!(out.values(key::AUTHOR), ["Marieke de Vries"]);
    assert!(out.values(key::CREATED)[0].starts_with("2009-03-02T"));
    assert!(out.values(key::MODIFIED)[0].starts_with("2009-03-04T"));
}

#[test]
fn every_sheet_of_a_workbook_is_a_page_also_the_hidden_one() {
    let (out, outcome) = read("xls", XLS);
    assert_eq!(outcome, Outcome::Whole);
    assert_eq!(
        out.pages,
        [
            "Begroting\nPost\tBedrag\tDatum\nSloopwerk\t12500\t02-03-2009\n\
             [opmerking] Offerte nog opvragen.\nNieuwbouw\t240000.5\n\
             Totaal\t252500.5\t#DIV/0!\tWAAR\n",
            "Geheim\n[verborgen blad]\nReserve voor coördinatie\t5000\n",
        ]
    );
    assert_eq!(out.values(key::TITLE), ["Kosten van de brug"]);
}

#[test]
fn every_slide_of_a_presentation_is_a_page_and_notes_are_read() {
    let (out, outcome) = read("ppt", PPT);
    assert_eq!(outcome, Outcome::Whole);
    assert_eq!(
        out.pages,
        [
            "Inloopavond over de brug\nBewoners van de Riedkade zijn welkom.\n",
            "Planning\nDe bouw begint in het najaar – coördinatie door Beheer.\n\
             Vraag de wethouder om de opening.\n",
        ]
    );
    assert_eq!(out.values(key::AUTHOR), ["Fatima el Amrani"]);
}

/// Where the stream with this content begins in an OLE file whose streams are not scattered.
fn place(file: &[u8], content: &[u8]) -> usize {
    let found = file.windows(content.len()).position(|part| part == content);
    found.expect("the stream")
}

fn word_stream() -> usize {
    place(DOC, &[0xec, 0xa5])
}

#[test]
fn a_document_that_the_library_gives_up_on_still_gives_its_text() {
    let mut bytes = DOC.to_vec();
    // The index of paragraph formats then lies outside the file.
    let pair = word_stream() + 154 + 13 * 8;
    bytes[pair..pair + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    let (out, outcome) = read("doc", &bytes);
    assert_eq!(outcome, Outcome::Partial(damaged()));
    let text = out.all_text();
    assert!(text.contains("Sloopwerk\t12.500\n"), "{text}");
    assert!(text.contains("[opmerking] Graag de bezwaartermijn noemen."));
}

#[test]
fn an_encrypted_document_says_so() {
    let mut bytes = DOC.to_vec();
    bytes[word_stream() + 0x0b] |= 1;
    let (out, outcome) = read("doc", &bytes);
    assert_eq!(outcome, Outcome::Unreadable(Reason::Encrypted));
    assert_eq!(out.all_text(), "");
}

#[test]
fn a_length_that_cannot_be_is_damage_and_costs_no_memory() {
    let mut bytes = DOC.to_vec();
    let length = word_stream() + 0x4c;
    bytes[length..length + 4].copy_from_slice(&0x7fff_ffffu32.to_le_bytes());
    let (out, outcome) = read("doc", &bytes);
    assert_eq!(outcome, Outcome::Partial(damaged()));
    assert!(out.all_text().contains("Wethouder Jan Wiersma"));
}

#[test]
fn word_of_before_1993_is_named() {
    let (_, outcome) = read("doc", b"\xdb\xa5\x2d\0\0\0\x09\x04");
    assert!(
        matches!(&outcome, Outcome::Unreadable(Reason::Other(why)) if why.contains("Word 6")),
        "{outcome:?}"
    );
}

#[test]
fn a_file_that_is_too_big_is_not_loaded() {
    let mut input = super::super::testing::input("x.xls", XLS);
    input.size = MOST_BYTES + 1;
    let limits = super::super::testing::limits();
    for reader in [read_doc, read_xls, read_ppt] {
        let outcome = reader(&mut input, &limits, &mut Collected::default());
        assert!(matches!(outcome, Outcome::Unreadable(Reason::Limit(_))));
    }
}

#[test]
fn values_are_shown_as_in_newer_workbooks() {
    for (given, expected) in [
        ("2019-03-01", "01-03-2019"),
        ("2019-03-01T18:00:00", "01-03-2019 18:00"),
        ("2019-03-01T18:00:05", "01-03-2019 18:00:05"),
        ("2019-13-01", "2019-13-01"),
        ("20190301", "20190301"),
        ("Toezicht", "Toezicht"),
        ("#ERROR:#N/A", "#N/A"),
    ] {
        assert_eq!(shown(given), expected);
    }
}

#[test]
fn files_cut_off_at_every_64th_byte_end_with_a_reason() {
    for (format, whole) in [("doc", DOC), ("xls", XLS), ("ppt", PPT)] {
        let full = read(format, whole).0.given;
        for cut in (64..whole.len()).step_by(64) {
            let mut input = super::super::testing::input("x", &whole[..cut]);
            let mut out = Collected::default();
            let limits = super::super::testing::limits();
            let outcome = super::super::read(format, &mut input, &limits, &mut out);
            // Only unused space at the end may be missed without a word.
            let is_whole = outcome == Outcome::Whole && out.given == full;
            assert!(is_whole || outcome != Outcome::Whole, "{format} at {cut}");
        }
    }
}

proptest! {
    #[test]
    fn flipped_bytes_do_not_stop_the_reading(
        which in 0usize..3,
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let (format, whole) = [("doc", DOC), ("xls", XLS), ("ppt", PPT)][which];
        let mut damaged = whole.to_vec();
        for (place, value) in &flips {
            let place = place.index(damaged.len());
            damaged[place] ^= value;
        }
        // The worker turns a panic of the library into a damaged document.
        let _ = std::panic::catch_unwind(|| {
            let mut input = super::super::testing::input("x", &damaged);
            let limits = super::super::testing::limits();
            super::super::read(format, &mut input, &limits, &mut Collected::default())
        });
    }
}
