//! Tests of the readers for binary Office files, on small files that LibreOffice wrote and that are damaged here.

use proptest::prelude::*;

use super::super::ole_info::testing::ole_file;
use super::super::testing::{Collected, read_bytes};
use super::*;

const DOC: &[u8] = include_bytes!("../../../tests/fixtures/brug.doc");
const XLS: &[u8] = include_bytes!("../../../tests/fixtures/kosten.xls");
const PPT: &[u8] = include_bytes!("../../../tests/fixtures/inloop.ppt");
const DOC_AROUND: &[u8] = include_bytes!("../../../tests/fixtures/rondom.doc");
const XLS_PERCENT: &[u8] = include_bytes!("../../../tests/fixtures/aandelen.xls");
const XLS_AROUND: &[u8] = include_bytes!("../../../tests/fixtures/rondom.xls");

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
             [opmerking van Pieter] Offerte nog opvragen.\nNieuwbouw\t240000.5\n\
             Totaal\t252500.5\t#DIV/0!\tWAAR\nPage\n",
            "Geheim\n[verborgen blad]\nReserve voor coördinatie\t5000\nPage\n",
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
            "Inloopavond over de brug\nBewoners van de Riedkade zijn welkom.\n\
             Vraag de wethouder om de opening.\n",
            "Planning\nDe bouw begint in het najaar – coördinatie door Beheer.\n",
        ]
    );
    assert_eq!(out.values(key::AUTHOR), ["Fatima el Amrani"]);
}

#[test]
fn hidden_text_of_a_word_document_stands_in_its_place_with_a_mark() {
    let (out, outcome) = read("doc", DOC_AROUND);
    assert_eq!(outcome, Outcome::Whole);
    let text = out.all_text();
    for expected in [
        "Gewone tekst [verborgen: VERBORGEN woorden é]  en verder. [verborgen: HELEALINEA verborgen]\n",
        "cel [verborgen: VERBORGENCEL] \n",
        "[verwijderd: WEGGEHAALD]",
        "VOETNOOT onderaan\n",
        "EINDNOOT achteraan\n",
        "OPMERKING termijn\n",
        "TEKSTVAK weegbrug\n",
        "KOPTEKST gemeente\n",
        "VOETTEKST concept\n",
    ] {
        assert!(text.contains(expected), "{expected:?} in {text}");
    }
}

#[test]
fn what_stands_around_the_cells_of_a_workbook_is_read() {
    let (out, outcome) = read("xls", XLS_AROUND);
    assert_eq!(outcome, Outcome::Whole);
    assert_eq!(
        out.pages,
        [
            "Begroting\nPost\t12\n[opmerking van Jan] OPMERKING offerte €\n\
             VORMTEKST de brug blijft dicht\ntweede regel van de vorm €\nTEKSTVAK los kader\n\
             KOPLINKS vertrouwelijk\tKOPMIDDEN café\nVOETMIDDEN Pagina\n",
            "Geheim\n[verborgen blad]\nReserve\n[opmerking] OPMERKING in leeg blad\nKOPTWEE\n",
            "Leeg\nTEKSTVAK op leeg blad\n\
             KOPLINKS vertrouwelijk\tKOPMIDDEN café\nVOETMIDDEN Pagina\n",
        ]
    );
}

#[test]
fn percentages_of_a_workbook_are_percentages_and_fractions_fractions() {
    let (out, outcome) = read("xls", XLS_PERCENT);
    assert_eq!(outcome, Outcome::Whole);
    assert_eq!(
        out.pages,
        [
            "Voortgang\nDeel\tGereed\tFactor\nBrug\t12.5%\t0.125\nSluis\t33.3333%\t100%\t200%\n\
             Samen\t25%\n[opmerking van Jan] Nog niet zeker\n7%\tklaar\nPage\n"
        ]
    );
}

/// A record of PowerPoint; a container holds others.
fn record(kind: u16, instance: u16, container: bool, content: &[u8]) -> Vec<u8> {
    let mark = instance << 4 | if container { 15 } else { 0 };
    let mut bytes = [mark.to_le_bytes(), kind.to_le_bytes()].concat();
    bytes.extend((content.len() as u32).to_le_bytes());
    bytes.extend(content);
    bytes
}

fn string(instance: u16, text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    record(4026, instance, false, &units)
}

/// A shape with a text, which may be a place to fill in.
fn shape(kind: u32, text: &str, asks: bool) -> Vec<u8> {
    let place = record(0xf011, 0, true, &record(3011, 0, false, &[0; 8]));
    let bytes = encoding_rs::WINDOWS_1252.encode(text).0;
    let said = [
        record(3999, 0, false, &kind.to_le_bytes()),
        record(4008, 0, false, &bytes),
    ]
    .concat();
    let boxed = record(0xf00d, 0, true, &said);
    let parts = if asks { [place, boxed].concat() } else { boxed };
    record(1036, 0, true, &record(0xf004, 0, true, &parts))
}

/// The atom of a slide, whose notes have this identity.
fn slide_atom(notes: u32) -> Vec<u8> {
    let mut atom = vec![0; 16];
    atom.extend(notes.to_le_bytes());
    atom.extend([0; 4]);
    record(1007, 0, false, &atom)
}

fn list(instance: u16, parts: &[(u32, u32)]) -> Vec<u8> {
    let places: Vec<u8> = parts
        .iter()
        .flat_map(|(number, id)| {
            let atom = [
                number.to_le_bytes(),
                [0; 4],
                [0; 4],
                id.to_le_bytes(),
                [0; 4],
            ]
            .concat();
            record(1011, 0, false, &atom)
        })
        .collect();
    record(4080, instance, true, &places)
}

/// A presentation with two slides, the second hidden; a master; notes of the second and notes that belong to nothing.
fn presentation() -> Vec<u8> {
    let comment = [
        string(0, "Jan Wiersma"),
        string(1, "te lang é"),
        string(2, "JW"),
    ]
    .concat();
    let tag = [
        string(0, "___PPT10"),
        record(5003, 0, false, &record(12_000, 0, true, &comment)),
    ]
    .concat();
    let first = [
        slide_atom(0),
        record(4057, 0, true, &string(2, "Voet van de dia")),
        shape(4, "Eerste dia", false),
        record(1036, 0, true, &drawing::tests::shape("CONCEPT")),
        record(5000, 0, true, &record(5002, 0, true, &tag)),
    ]
    .concat();
    let mut info = vec![0; 16];
    info[10] = 4;
    let second = [
        slide_atom(256),
        record(1017, 0, false, &info),
        shape(4, "Tweede dia", false),
    ]
    .concat();
    let notes = [
        shape(2, "Zeg dit hardop", false),
        shape(4, "En dit ook", false),
        record(4057, 4, true, &string(1, "Kop van de notities")),
    ]
    .concat();
    let master = [
        shape(0, "Klik om de titel te bewerken", true),
        shape(4, "VERTROUWELIJK", false),
    ]
    .concat();
    let document = [
        list(1, &[(2, 1)]),
        list(0, &[(3, 300), (4, 301)]),
        list(2, &[(5, 256), (6, 257)]),
        record(4057, 3, true, &string(2, "Voet van de dia")),
    ]
    .concat();
    let parts = [
        (1000, document),
        (1016, master),
        (1006, first),
        (1006, second),
        (1008, notes),
        (1008, shape(2, "Van een dia die weg is", false)),
    ];
    let mut stream = Vec::new();
    let mut places = vec![1 | 6 << 20];
    for (kind, content) in parts {
        places.push(stream.len() as u32);
        stream.extend(record(kind, 0, true, &content));
    }
    let directory = stream.len() as u32;
    let places: Vec<u8> = places.into_iter().flat_map(u32::to_le_bytes).collect();
    stream.extend(record(6002, 0, false, &places));
    let edit = stream.len() as u32;
    let atom: Vec<u8> = [301, 0, 0, directory, 1, 7, 0]
        .into_iter()
        .flat_map(u32::to_le_bytes)
        .collect();
    stream.extend(record(4085, 0, false, &atom));
    let mut user: Vec<u8> = [20, 0xe391_c05f, edit]
        .into_iter()
        .flat_map(u32::to_le_bytes)
        .collect();
    user.extend([0; 12]);
    ole_file(&[
        ("/Current User", &record(4086, 0, false, &user)),
        ("/PowerPoint Document", &stream),
    ])
}

#[test]
fn what_stands_around_the_slides_of_a_presentation_is_read() {
    let (out, outcome) = read("ppt", &presentation());
    assert_eq!(outcome, Outcome::Whole);
    assert_eq!(
        out.pages,
        [
            "Eerste dia\nCONCEPT\n[opmerking van Jan Wiersma] te lang é\nVoet van de dia\n",
            "[verborgen dia]\nTweede dia\nZeg dit hardop\nEn dit ook\nKop van de notities\n\
             Van een dia die weg is\nVERTROUWELIJK\n",
        ]
    );
}

#[test]
fn a_presentation_that_nobody_finds_the_way_in_still_gives_its_texts() {
    let mut bytes = presentation();
    let at = place(&bytes, &[0xf5, 0x0f, 28, 0, 0, 0]);
    bytes[at] ^= 1;
    let (out, outcome) = read("ppt", &bytes);
    assert_eq!(outcome, Outcome::Partial(damaged()));
    let text = out.all_text();
    for expected in [
        "Eerste dia\n",
        "Zeg dit hardop\n",
        "te lang é\n",
        "Voet van de dia\n",
    ] {
        assert!(text.contains(expected), "{expected:?} in {text}");
    }
    assert!(!text.contains("Klik om"), "{text}");
}

#[test]
fn a_workbook_that_the_library_gives_up_on_still_gives_its_texts() {
    let mut bytes = XLS.to_vec();
    // A mark of two bytes becomes a font, which has more.
    let mark = place(&bytes, &[0xb7, 1, 2, 0, 0, 0]);
    bytes[mark..mark + 2].copy_from_slice(&[0x31, 0]);
    let (out, outcome) = read("xls", &bytes);
    assert_eq!(outcome, Outcome::Partial(damaged()));
    let text = out.all_text();
    for expected in ["Sloopwerk\n", "Reserve voor coördinatie\n", "Geheim\n"] {
        assert!(text.contains(expected), "{expected:?} in {text}");
    }
}

#[test]
fn shared_texts_are_read_over_the_borders_of_records() {
    let begin = cell_record(0x809, &[0, 6, 5, 0]);
    let mut shared = vec![3, 0, 0, 0, 3, 0, 0, 0];
    // Six units of which three are here; then one with layout and pronunciation behind it.
    shared.extend([6, 0, 0]);
    shared.extend(b"kad");
    let mut more = vec![1];
    more.extend(units("e €"));
    more.extend([2, 0, 0x0c, 1, 0, 3, 0, 0, 0]);
    more.extend(b"ja");
    more.extend([0; 4]);
    let last = [vec![9; 3], vec![3, 0, 0], b"nee".to_vec()].concat();
    let book = [
        begin,
        cell_record(0xfc, &shared),
        cell_record(0x3c, &more),
        cell_record(0x3c, &last),
        cell_record(0x207, b"\x04\0\0som!"),
        cell_record(0x2f, &[]),
        cell_record(0x207, b"\x04\0\0gek!"),
    ]
    .concat();
    let texts = strings::every_text(&ole_file(&[("/Workbook", &book)]));
    assert_eq!(texts, ["kade €", "ja", "nee", "som!"]);
}

/// A record of Excel.
fn cell_record(kind: u16, content: &[u8]) -> Vec<u8> {
    let mut bytes = [kind.to_le_bytes(), (content.len() as u16).to_le_bytes()].concat();
    bytes.extend(content);
    bytes
}

fn units(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn a_text_in_a_shape_may_change_its_width_halfway_and_margins_of_other_pages_are_read() {
    let begin = |kind: u16| {
        let mut content = vec![0, 6];
        content.extend(kind.to_le_bytes());
        content.resize(16, 0);
        cell_record(0x809, &content)
    };
    let object = |kind: u16, number: u16| {
        let numbers = [0x15, 18, kind, number].map(u16::to_le_bytes).concat();
        cell_record(0x5d, &[numbers, vec![0; 14]].concat())
    };
    let mut text = vec![0; 18];
    text[10] = 9;
    let mut margins = vec![0; 30];
    margins.extend([0, 4, 0, 0].map(u16::to_le_bytes).concat());
    margins.extend([4, 0, 0]);
    margins.extend(b"&CVB");
    let sheet = [
        begin(0x10),
        cell_record(
            0x14,
            b"\x06\0\x01"
                .iter()
                .copied()
                .chain(units("&L€ 5 "))
                .collect::<Vec<u8>>()
                .as_slice(),
        ),
        object(6, 1),
        cell_record(0x1b6, &text),
        cell_record(0x3c, b"\0kade "),
        cell_record(0x3c, &[vec![1], units("€ 12")].concat()),
        cell_record(0x3c, &[0; 16]),
        cell_record(0xec, &drawing::tests::shape("CONCEPT")),
        begin(0x20),
        cell_record(0x100d, b"\0\0\x05\0Titel"),
        cell_record(0x100d, b"\0\0\x05\0Titel"),
        cell_record(0x0a, &[]),
        cell_record(0x89c, &margins),
        cell_record(0x0a, &[]),
    ]
    .concat();
    let globals = |at: u32| {
        let mut bound = at.to_le_bytes().to_vec();
        bound.extend([0, 0, 5, 0]);
        bound.extend(b"Blad1");
        [begin(5), cell_record(0x85, &bound), cell_record(0x0a, &[])].concat()
    };
    let at = globals(0).len() as u32 + 3;
    // Three bytes that belong to nothing stand between them.
    let book = [globals(at), vec![0; 3], sheet].concat();
    let sheets = workbook::sheets(&ole_file(&[("/Workbook", &book)]));
    let [sheet] = sheets.as_slice() else {
        panic!("{sheets:?}");
    };
    assert_eq!(sheet.shapes, ["kade € 12", "CONCEPT"]);
    assert_eq!(sheet.charts, ["Titel"]);
    assert_eq!(sheet.margins, ["€ 5", "VB"]);
    assert!(sheet.has_cells && !sheet.hidden && sheet.name == "Blad1");
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
        which in 0usize..6,
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let made = presentation();
        let files: [(&str, &[u8]); 6] = [
            ("doc", DOC), ("xls", XLS), ("ppt", PPT), ("doc", DOC_AROUND), ("xls", XLS_AROUND), ("ppt", &made),
        ];
        let (format, whole) = files[which];
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
