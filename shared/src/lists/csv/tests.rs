//! What a user notices of lists as CSV.

use super::*;
use crate::lists::list::{MAX_ROW, MAX_TERM_LENGTH, MAX_TERMS};
use proptest::prelude::*;

fn read(text: &str) -> List {
    parse("eigen.csv", Origin::Installatie, text.as_bytes()).expect(text)
}

fn error(text: &str) -> ListError {
    parse("eigen.csv", Origin::Installatie, text.as_bytes()).expect_err(text)
}

fn terms(list: &List) -> Vec<Vec<&str>> {
    let of =
        |row: &'_ Row| -> Vec<String> { row.terms.iter().chain(&row.only_to).cloned().collect() };
    let rows = list.rows();
    assert!(rows.iter().all(|row| !of(row).is_empty()));
    rows.iter()
        .map(|row| {
            row.terms
                .iter()
                .chain(&row.only_to)
                .map(String::as_str)
                .collect()
        })
        .collect()
}

#[test]
fn a_list_reads_the_same_however_the_spreadsheet_wrote_it() {
    let expected = [
        vec!["AVG", "Algemene verordening gegevensbescherming"],
        vec!["zzp", "zelfstandige zonder personeel"],
    ];
    for text in [
        "AVG;Algemene verordening gegevensbescherming\nzzp;zelfstandige zonder personeel",
        "term;synoniem\r\nAVG;Algemene verordening gegevensbescherming\r\n\r\nzzp;zelfstandige  zonder personeel;;\r\n",
        "Afkorting\tVoluit 1\nAVG\tAlgemene verordening gegevensbescherming\nzzp\tzelfstandige zonder personeel\n",
        "\"AVG\",\"Algemene verordening gegevensbescherming\"\n\"zzp\" , zelfstandige zonder personeel",
        "\u{feff}AVG;\"Algemene\nverordening gegevensbescherming\"\nzzp;zelfstandige zonder personeel",
    ] {
        assert_eq!(terms(&read(text)), expected, "{text}");
        assert_eq!(
            read(text).version(),
            read("AVG;Algemene verordening gegevensbescherming\nzzp;zelfstandige zonder personeel")
                .version()
        );
    }
}

#[test]
fn a_list_of_an_old_spreadsheet_keeps_its_accents() {
    let (bytes, ..) = encoding_rs::WINDOWS_1252.encode("MinFin;Ministerie van Financiën");
    let list = parse("oud.csv", Origin::Installatie, &bytes).unwrap();
    assert_eq!(terms(&list), [["MinFin", "Ministerie van Financiën"]]);
    let utf16: Vec<u8> = "\u{feff}a1;é2"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(
        terms(&parse("u.csv", Origin::Zaak, &utf16).unwrap()),
        [["a1", "é2"]]
    );
}

#[test]
fn a_version_is_what_the_list_states_and_what_it_holds() {
    let list = read("# versie: 2024-1;;\nterm;synoniem\na1;b1\n");
    assert_eq!(list.stated(), Some("2024-1"));
    assert!(list.version().starts_with("2024-1 ("));
    let other = read("# Versie: 2024-1\na1;b2");
    assert_ne!(list.version(), other.version());
    assert_ne!(read("a;b\nc;d").version(), read("a;b;c;d").version());
    assert_ne!(read("a;b").version(), read("a;=>;b").version());
}

#[test]
fn one_way_terms_are_kept_apart() {
    let list = read("OM;=>;Openbaar Ministerie;staande magistratuur");
    assert_eq!(list.rows()[0].terms, ["OM"]);
    assert_eq!(
        list.rows()[0].only_to,
        ["Openbaar Ministerie", "staande magistratuur"]
    );
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    let long = "a".repeat(MAX_TERM_LENGTH + 1);
    for (text, line, said) in [
        ("", 1, "geen termen"),
        ("term;synoniem\n", 2, "geen termen"),
        ("a;b\n\nc", 3, "geen twee termen"),
        ("a;b\nc;c;!?", 2, "geen letter of cijfer"),
        ("a;\"b\nc\"\nd;e\nf;", 4, "geen twee termen"),
        ("a;b\n\"c;d\ne;f", 2, "nergens sluit"),
        ("a;\"b\" c", 1, "staat nog tekst"),
        ("a;b\nc;=>", 2, "Voor en achter =>"),
        ("a;b\n=>;c", 2, "Voor en achter =>"),
        ("a;=>;b;=>;c", 1, "twee keer"),
        ("a;b\u{7}b", 1, "stuurteken"),
        (&format!("a;b\nb;{long}"), 2, "te lang"),
    ] {
        let found = error(text);
        assert_eq!(found.regel, line, "{text}: {found}");
        assert!(found.melding.contains(said), "{text}: {found}");
    }
}

#[test]
fn a_list_has_limits() {
    let group = |n: usize| {
        (0..n)
            .map(|i| format!("t{i}"))
            .collect::<Vec<_>>()
            .join(";")
    };
    assert_eq!(read(&group(MAX_ROW)).terms(), MAX_ROW);
    assert!(
        error(&group(MAX_ROW + 1))
            .melding
            .contains("splits de groep")
    );
    let lines = |n: usize| (0..n).map(|i| format!("a{i};b{i}\n")).collect::<String>();
    assert_eq!(read(&lines(MAX_TERMS / 2)).terms(), MAX_TERMS);
    let found = error(&lines(MAX_TERMS / 2 + 1));
    assert_eq!(found.regel, MAX_TERMS / 2 + 1);
    assert!(found.melding.contains("100.000"));
}

fn term() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9é;,\"'#=>.& -]{1,12}",
        Just("term".to_owned()),
        Just("# versie: 3".to_owned()),
    ]
}

proptest! {
    #[test]
    fn exporting_and_reading_gives_the_same_list(
        rows in prop::collection::vec((prop::collection::vec(term(), 1..4), prop::collection::vec(term(), 0..3)), 1..6),
        stated in prop::option::of("[a-z0-9.-]{1,8}[a-z0-9]"),
    ) {
        let mut builder = Builder::default();
        builder.stated = stated;
        for (terms, only_to) in rows {
            let checked = |terms: Vec<String>| -> Vec<String> {
                terms.iter().filter_map(|term| Builder::term(term, 1).ok()).collect()
            };
            let row = Row { terms: checked(terms), only_to: checked(only_to) };
            let distinct: std::collections::HashSet<_> = row.terms.iter().collect();
            if !row.terms.is_empty() && (distinct.len() > 1 || !row.only_to.is_empty()) {
                builder.add(row, 1).unwrap();
            }
        }
        let Ok(list) = builder.finish("eigen.csv", Origin::Zaak, 1) else { return Ok(()) };
        let back = parse("eigen.csv", Origin::Zaak, export(&list).as_bytes());
        prop_assert_eq!(back, Ok(list));
    }

    #[test]
    fn no_file_makes_the_reader_fail(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse("x", Origin::Zaak, &bytes);
    }

    #[test]
    fn nothing_is_lost_in_silence(text in "[ab;\"\n\r ,=>]{0,40}") {
        if let Ok(list) = parse("x", Origin::Zaak, text.as_bytes()) {
            let kept: String = list.rows().iter().flat_map(|row| row.terms.iter().chain(&row.only_to)).cloned().collect();
            for letter in ['a', 'b'] {
                prop_assert_eq!(text.contains(letter), kept.contains(letter));
            }
        }
    }
}
