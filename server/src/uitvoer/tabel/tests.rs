//! What a receiver of a table sees: each form is read back and compared.

pub mod lezen;

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use lezen::{cells, csv_rows, fgetcsv, member, ods_texts, xlsx_texts};

const KOLOMMEN: [Kolom<'static>; 3] = [
    Kolom::id("Nummer"),
    Kolom::new("Titel"),
    Kolom::new("=Reden"),
];

fn written(vorm: Vorm, rijen: &[[Cel<'_>; 3]]) -> (Vec<u8>, Geschreven) {
    let map = tempfile::tempdir().unwrap();
    let mut uit = Vec::new();
    let mut tabel = Tabel::new(vorm, "Treffers", &KOLOMMEN, &mut uit, map.path()).unwrap();
    for rij in rijen {
        tabel.row(rij).unwrap();
    }
    let done = tabel.finish().unwrap();
    assert_eq!(
        map.path().read_dir().unwrap().count(),
        0,
        "nothing stays behind"
    );
    (uit, done)
}

fn texts(vorm: Vorm, rijen: &[[String; 3]]) -> Vec<u8> {
    let cellen: Vec<_> = rijen
        .iter()
        .map(|rij| rij.each_ref().map(|text| Cel::Tekst(text)))
        .collect();
    written(vorm, &cellen).0
}

/// Texts that broke some table somewhere.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("=1+1".to_owned()),
        Just("-".to_owned()),
        Just("@".to_owned()),
        Just("\t".to_owned()),
        Just("\r".to_owned()),
        Just("\n".to_owned()),
        Just("\\".to_owned()),
        Just("\"".to_owned()),
        Just(";".to_owned()),
        Just(",".to_owned()),
        Just("'".to_owned()),
        Just("  ".to_owned()),
        Just("]]>&<b>".to_owned()),
        Just("_x0041_".to_owned()),
        Just("\u{0}\u{b}\u{1f}\u{feff}\u{ffff}".to_owned()),
        Just("\u{1f4c4}e\u{301}".to_owned()),
        "\\PC{0,8}",
        any::<String>(),
    ];
    prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

fn hostile_rows() -> impl Strategy<Value = Vec<[String; 3]>> {
    prop::collection::vec([hostile(), hostile(), hostile()], 0..6)
}

/// What a spreadsheet would take for a formula has an apostrophe in front.
fn neutralised(text: &str, id: bool) -> String {
    let starts = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let is_id = text
        .chars()
        .all(|c| c.is_alphanumeric() || ".-_~;,() ".contains(c));
    match starts && !(id && is_id) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

/// A space follows each backslash that stands before a quote or at the end.
fn spaced(text: &str) -> String {
    let mut whole = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        whole.push(c);
        if c == '\\' && matches!(chars.peek(), None | Some('"')) {
            whole.push(' ');
        }
    }
    whole
}

/// A control character is no text in XML, and a cell knows one line end.
fn in_sheet(text: &str) -> String {
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    lines
        .chars()
        .map(|c| match c {
            '\n' | '\t' => c,
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
            c => c,
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn csv_for_people_comes_back_as_it_was(rijen in hostile_rows()) {
        let bytes = texts(Vorm::Csv, &rijen);
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap();
        let read = csv_rows(bytes, b';');
        prop_assert_eq!(&read[0], &["Nummer", "Titel", "'=Reden"]);
        let meant: Vec<_> = rijen.iter().map(|[a, b, c]| {
            vec![neutralised(a, true), neutralised(b, false), neutralised(c, false)]
        }).collect();
        prop_assert_eq!(&read[1..], &meant[..]);
    }

    #[test]
    fn csv_for_the_platform_comes_back_in_both_ways_of_reading(rijen in hostile_rows()) {
        let bytes = texts(Vorm::CsvKomma, &rijen);
        prop_assert!(bytes.starts_with(b"Nummer,Titel,"));
        let meant: Vec<_> = rijen.iter().map(|[a, b, c]| {
            [neutralised(a, true), neutralised(b, false), neutralised(c, false)]
                .map(|text| spaced(&text)).to_vec()
        }).collect();
        prop_assert_eq!(&csv_rows(&bytes, b',')[1..], &meant[..]);
        prop_assert_eq!(&fgetcsv(std::str::from_utf8(&bytes).unwrap())[1..], &meant[..]);
    }

    #[test]
    fn a_workbook_holds_the_texts_unaltered(rijen in hostile_rows()) {
        let read = xlsx_texts(&texts(Vorm::Xlsx, &rijen), 1);
        let meant: Vec<Vec<_>> = rijen.iter().map(|rij| {
            rij.iter().map(|text| in_sheet(text)).filter(|text| !text.is_empty()).collect()
        }).collect();
        // A row without cells is not written.
        let meant: Vec<Vec<_>> = meant.into_iter().filter(|rij| !rij.is_empty()).collect();
        prop_assert_eq!(&read[0], &["Nummer", "Titel", "=Reden"]);
        prop_assert_eq!(&read[1..], &meant[..]);
    }

    #[test]
    fn an_opendocument_holds_the_texts_unaltered(rijen in hostile_rows()) {
        let read = ods_texts(&texts(Vorm::Ods, &rijen));
        let meant: Vec<Vec<_>> = rijen.iter().map(|rij| rij.iter().map(|text| in_sheet(text)).collect()).collect();
        prop_assert_eq!(&read[0], &["Nummer", "Titel", "=Reden"]);
        prop_assert_eq!(&read[1..], &meant[..]);
    }
}

#[test]
fn an_id_is_never_altered_and_a_formula_is_no_id() {
    let rijen = [
        [Cel::Tekst("-0012.1"), Cel::Tekst("-0012.1"), Cel::Leeg],
        [Cel::Tekst("=1+1"), Cel::Tekst("@SOM(1)"), Cel::Leeg],
        [Cel::Tekst("-2+3+cmd|' /C calc'!A0"), Cel::Leeg, Cel::Leeg],
    ];
    let (bytes, _) = written(Vorm::CsvKomma, &rijen);
    assert_eq!(
        String::from_utf8(bytes).unwrap(),
        "Nummer,Titel,'=Reden\n-0012.1,'-0012.1,\n'=1+1,'@SOM(1),\n'-2+3+cmd|' /C calc'!A0,,\n"
    );
}

#[test]
fn a_windows_path_at_the_end_does_not_swallow_the_next_cell() {
    let rijen = [[
        Cel::Tekst("1"),
        Cel::Tekst("H:\\Kade, oud\\"),
        Cel::Tekst("map \"\\\""),
    ]];
    let (bytes, _) = written(Vorm::CsvKomma, &rijen);
    let text = String::from_utf8(bytes).unwrap();
    let row = text.lines().nth(1).unwrap();
    assert_eq!(row, r#"1,"H:\Kade, oud\ ","map ""\ """"#);
    assert_eq!(fgetcsv(&text)[1], ["1", "H:\\Kade, oud\\ ", "map \"\\ \""]);
}

#[test]
fn numbers_and_days_are_numbers_and_days() {
    let rijen = [
        [
            Cel::Getal(1_234_567),
            Cel::Breuk(-0.25),
            Cel::Datum(date(2024, 12, 31)),
        ],
        [
            Cel::Getal(u64::MAX),
            Cel::Breuk(f64::NAN),
            Cel::Datum(date(1850, 7, 1)),
        ],
    ];
    let (bytes, done) = written(Vorm::Csv, &rijen);
    let expected = "\u{feff}Nummer;Titel;'=Reden\r\n1234567;-0,25;2024-12-31\r\n18446744073709551615;;1850-07-01\r\n";
    assert_eq!(String::from_utf8(bytes).unwrap(), expected);
    assert_eq!(
        done,
        Geschreven {
            rijen: 2,
            bladen: 1,
            ingekort: 0
        }
    );

    let (bytes, _) = written(Vorm::Ods, &rijen);
    let read = cells(&member(&bytes, "content.xml"));
    assert_eq!(read[1], ["float:1234567", "float:-0.25", "date:2024-12-31"]);
    assert_eq!(
        read[2],
        ["string:18446744073709551615", ":", "string:1850-07-01"]
    );

    let (bytes, _) = written(Vorm::Xlsx, &rijen);
    let read = cells(&member(&bytes, "xl/worksheets/sheet1.xml"));
    assert_eq!(read[1], [":1234567", ":-0.25", ":45657"]);
    assert_eq!(
        read[2],
        ["inlineStr:18446744073709551615", "inlineStr:1850-07-01"]
    );
    assert!(member(&bytes, "xl/styles.xml").contains("formatCode=\"yyyy-mm-dd\""));
}

#[test]
fn an_opendocument_begins_with_its_type_unpacked() {
    let (bytes, _) = written(Vorm::Ods, &[]);
    assert_eq!(&bytes[30..38], b"mimetype");
    assert_eq!(
        &bytes[38..38 + ods::MEDIATYPE.len()],
        ods::MEDIATYPE.as_bytes()
    );
    assert!(member(&bytes, "META-INF/manifest.xml").contains("full-path=\"content.xml\""));
}

#[test]
fn rows_beyond_a_sheet_come_on_a_second_one() {
    for vorm in [Vorm::Xlsx, Vorm::Ods] {
        let map = tempfile::tempdir().unwrap();
        let mut uit = Vec::new();
        let bladen = Bladen {
            naam: "Lijst: zaak 12/3 met een veel te lange naam".to_owned(),
            koppen: vec!["ID".to_owned()],
            rijen: 3,
            bytes: BYTES_PER_DEEL,
        };
        let mut tabel = Tabel::with_sheets(vorm, bladen, vec![true], &mut uit, map.path()).unwrap();
        for number in 1..=7 {
            tabel.row(&[Cel::Tekst(&format!("00{number}"))]).unwrap();
        }
        assert_eq!(
            tabel.finish().unwrap(),
            Geschreven {
                rijen: 7,
                bladen: 3,
                ingekort: 0
            }
        );
        let (names, rows): (_, Vec<_>) = match vorm {
            Vorm::Xlsx => (
                member(&uit, "xl/workbook.xml"),
                (1..=3)
                    .flat_map(|sheet| xlsx_texts(&uit, sheet))
                    .flatten()
                    .collect(),
            ),
            _ => (member(&uit, "content.xml"), ods_texts(&uit).concat()),
        };
        assert_eq!(rows.join(" "), "ID 001 002 003 ID 004 005 006 ID 007");
        for name in [
            "\"Lijst  zaak 12 3 met een veel t\"",
            "\"Lijst  zaak 12 3 met een ve (2)\"",
            "\"Lijst  zaak 12 3 met een ve (3)\"",
        ] {
            assert!(
                names.contains(&format!("name={name}")),
                "{name} not in {names}"
            );
        }
    }
}

#[test]
fn a_sheet_that_grows_too_large_is_followed_by_another_or_refused() {
    let map = tempfile::tempdir().unwrap();
    let text = "<&_x0041_>".repeat(1_000);
    for vorm in [Vorm::Xlsx, Vorm::Ods] {
        let mut uit = Vec::new();
        let bladen = Bladen {
            naam: "x".to_owned(),
            koppen: vec!["ID".to_owned()],
            rijen: RIJEN_PER_BLAD,
            bytes: 100_000,
        };
        let mut tabel =
            Tabel::with_sheets(vorm, bladen, vec![false], &mut uit, map.path()).unwrap();
        let written = (0..20).try_for_each(|_| tabel.row(&[Cel::Tekst(&text)]));
        if vorm == Vorm::Ods {
            let error = written.unwrap_err();
            assert_eq!(
                error.to_string(),
                "De tabel is te groot voor ODS (4 GB). Kies CSV of XLSX."
            );
            continue;
        }
        let done = tabel.finish().unwrap();
        assert!(done.rijen == 20 && done.bladen > 1);
        for sheet in 1..=done.bladen {
            let size = member(&uit, &format!("xl/worksheets/sheet{sheet}.xml")).len();
            assert!(size < 100_000 + 7 * text.len() + 2_000, "{size}");
        }
        let rows = (1..=done.bladen).map(|sheet| xlsx_texts(&uit, sheet).len() - 1);
        assert_eq!(rows.sum::<usize>(), 20);
    }
}

#[test]
fn a_sheet_always_gets_a_name() {
    for (naam, expected) in [
        ("", "Tabel"),
        ("'/'", "Tabel"),
        ("History", "Tabel"),
        ("Zaak 'a'", "Zaak 'a"),
    ] {
        let bladen = Bladen {
            naam: naam.to_owned(),
            koppen: Vec::new(),
            rijen: 1,
            bytes: 1,
        };
        assert_eq!(bladen.naam(1), expected);
        assert_eq!(bladen.naam(2), format!("{expected} (2)"));
    }
}

#[test]
fn only_a_workbook_cuts_long_text_and_says_so() {
    let exact = "\u{1f4c4}".repeat(16_383) + "x";
    let long = format!("{exact}y");
    let rijen = [[Cel::Tekst("1"), Cel::Tekst(&exact), Cel::Tekst(&long)]];
    let (bytes, done) = written(Vorm::Xlsx, &rijen);
    assert_eq!(done.ingekort, 1);
    let read = xlsx_texts(&bytes, 1);
    assert_eq!(read[1][1], exact);
    let cut = read[1][2].strip_suffix("[ingekort; zie CSV]").unwrap();
    assert!(long.starts_with(cut));
    assert_eq!(cut.chars().count(), (32_767 - 19) / 2);

    for vorm in [Vorm::Csv, Vorm::Ods] {
        let (bytes, done) = written(vorm, &rijen);
        assert_eq!(done.ingekort, 0);
        let read = match vorm {
            Vorm::Csv => csv_rows(&bytes, b';'),
            _ => ods_texts(&bytes),
        };
        assert_eq!(read[1][2], long);
    }
}

#[test]
fn a_row_of_another_width_is_refused_with_its_number() {
    for vorm in [Vorm::Csv, Vorm::CsvKomma, Vorm::Xlsx, Vorm::Ods] {
        let map = tempfile::tempdir().unwrap();
        let mut tabel = Tabel::new(vorm, "x", &KOLOMMEN, Vec::new(), map.path()).unwrap();
        tabel.row(&[Cel::Leeg; 3]).unwrap();
        let error = tabel.row(&[Cel::Leeg; 4]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "Rij 3 heeft 4 cellen, maar de kop heeft er 3."
        );
        assert_eq!(tabel.finish().unwrap().rijen, 1);
    }
}

#[test]
fn without_its_folder_a_workbook_does_not_begin() {
    let map = tempfile::tempdir().unwrap();
    let gone = map.path().join("weg");
    let error = Tabel::new(Vorm::Xlsx, "x", &KOLOMMEN, Vec::new(), &gone)
        .err()
        .unwrap();
    let begin = format!(
        "In de werkmap {} kan niet worden geschreven",
        gone.display()
    );
    assert!(error.to_string().starts_with(&begin), "{error}");
}

/// A disk with room for so many bytes.
struct Small(usize);

impl Write for Small {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.checked_sub(bytes.len()) {
            Some(left) => self.0 = left,
            None => return Err(io::ErrorKind::StorageFull.into()),
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_told_at_every_place_where_it_strikes() {
    for vorm in [Vorm::Csv, Vorm::CsvKomma, Vorm::Xlsx, Vorm::Ods] {
        let map = tempfile::tempdir().unwrap();
        let whole = texts(vorm, &[["1".into(), "a".repeat(20_000), "b".into()]]).len();
        for room in (0..whole).step_by(whole / 37 + 1) {
            let write = || -> Result<Geschreven, Fout> {
                let mut tabel = Tabel::new(vorm, "x", &KOLOMMEN, Small(room), map.path())?;
                tabel.row(&[
                    Cel::Tekst("1"),
                    Cel::Tekst(&"a".repeat(20_000)),
                    Cel::Tekst("b"),
                ])?;
                tabel.finish()
            };
            let error = write().unwrap_err();
            assert_eq!(
                error.to_string(),
                "De schijf is vol: het bestand is niet af.",
                "{vorm:?} {room}"
            );
        }
    }
}

#[test]
fn each_form_has_its_extension() {
    let endings = [Vorm::Csv, Vorm::CsvKomma, Vorm::Xlsx, Vorm::Ods].map(Vorm::extensie);
    assert_eq!(endings, ["csv", "csv", "xlsx", "ods"]);
    assert!(Vorm::Ods.mediatype().ends_with("opendocument.spreadsheet"));
}
