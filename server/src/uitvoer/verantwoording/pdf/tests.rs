//! What somebody notices of the PDF, read back with Poppler (`pdfinfo`, `pdftotext`): everything is there, in order,
//! tagged, on the page, and nothing anybody wrote is taken for markup.

use super::super::tekst::{Blok, Stuk, Tabel};
use super::letters::Letters;
use super::wereld::{LETTERTYPEN, Wereld};
use super::*;
use proptest::prelude::*;
use std::process::Command;
use typst::World;

/// What a program of Poppler says of a PDF. It complains of nothing.
pub fn poppler(program: &str, options: &[&str], pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("verantwoording.pdf");
    std::fs::write(&path, pdf).expect("written");
    let mut command = Command::new(program);
    command.args(options).arg(&path);
    if program == "pdftotext" {
        command.arg("-");
    }
    let done = command
        .output()
        .expect("the Debian package poppler-utils is needed");
    // Of these two the standard says what we write, and Poppler expects something else.
    let known = [
        "Suspects object is wrong type (boolean)",
        "BorderColor value is of wrong type (array)",
    ];
    let said = String::from_utf8_lossy(&done.stderr);
    let mut complaints = said
        .lines()
        .filter(|line| !known.iter().any(|known| line.contains(known)));
    assert!(done.status.success());
    assert_eq!(complaints.next(), None, "{program}");
    // Poppler itself writes the name of a heading in no encoding at all.
    String::from_utf8_lossy(&done.stdout).into_owned()
}

/// The tags in order, with how deep they stand; a text stands as `"…"`.
pub fn tags(pdf: &[u8]) -> Vec<(usize, String)> {
    let told = poppler("pdfinfo", &["-struct-text"], pdf);
    let lines = told.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| (line.len() - line.trim_start().len(), line.trim()))
        .filter(|(_, line)| !line.starts_with('/'))
        .map(|(depth, line)| match line.starts_with('"') {
            true => (depth, line.to_owned()),
            false => (
                depth,
                line.split([' ', ':']).next().unwrap_or("").to_owned(),
            ),
        })
        .collect()
}

/// Every text below the tags, in their order, without what layout adds.
pub fn tagged_text(pdf: &[u8]) -> String {
    let texts = tags(pdf).into_iter().map(|(_, line)| line);
    let texts = texts.filter(|line| line.starts_with('"'));
    texts.map(|line| squeezed(line.trim_matches('"'))).collect()
}

/// Without spaces, line ends, and hyphens: broken words have them too.
pub fn squeezed(text: &str) -> String {
    let kept = |c: &char| !c.is_whitespace() && !"-\u{ad}\u{200b}\u{2010}".contains(*c);
    text.chars().filter(kept).collect()
}

/// Every text of an account, in order.
pub fn texts(stuk: &Stuk) -> Vec<&str> {
    let mut all = vec![stuk.titel.as_str()];
    for blok in &stuk.blokken {
        match blok {
            Blok::Kop(_, text, _) | Blok::Alinea(text) | Blok::Letterlijk(text) => all.push(text),
            Blok::Lijst(items) => all.extend(items.iter().map(String::as_str)),
            Blok::Gegevens(pairs) => {
                for (name, value) in pairs {
                    all.extend([name.as_str(), value.as_str()]);
                }
            }
            Blok::Tabel(tabel) => {
                all.push(&tabel.titel);
                all.extend(tabel.koppen.iter().map(|(name, _)| name.as_str()));
                all.extend(tabel.rijen.iter().flatten().map(String::as_str));
            }
        }
    }
    all
}

/// That all texts stand in the PDF, in their order.
pub fn assert_all_there(stuk: &Stuk, pdf: &[u8]) {
    let told = tagged_text(pdf);
    let mut rest = told.as_str();
    for text in texts(stuk) {
        let wanted = squeezed(text);
        let Some(at) = rest.find(&wanted) else {
            panic!("{text:?} is not there, or not in order; after it: {rest:.300}");
        };
        rest = &rest[at + wanted.len()..];
    }
}

/// An account with each text in every place where one can stand.
fn everywhere(texts: &[&str]) -> Stuk {
    let own = || texts.iter().map(|text| (*text).to_owned());
    let mut blokken = vec![Blok::Kop(2, "Begin".into(), "deel-0".into())];
    blokken.extend(own().map(|text| Blok::Kop(3, text, String::new())));
    blokken.extend(own().map(Blok::Alinea));
    blokken.extend(own().map(Blok::Letterlijk));
    blokken.push(Blok::Lijst(own().collect()));
    blokken.push(Blok::Gegevens(
        own().map(|text| ("Naam".to_owned(), text)).collect(),
    ));
    blokken.push(Blok::Gegevens(
        own().map(|text| (text, "waarde".to_owned())).collect(),
    ));
    blokken.extend(own().map(|text| {
        Blok::Tabel(Tabel {
            titel: text.clone(),
            koppen: vec![(text.clone(), false), ("Aantal".into(), true)],
            rijen: vec![vec![text.clone(), "1".into()], vec!["x".into(), text]],
        })
    }));
    Stuk {
        titel: texts.join(" "),
        blokken,
    }
}

fn made(stuk: &Stuk) -> Vec<u8> {
    bestand(stuk, Timestamp::UNIX_EPOCH).expect("a PDF")
}

/// The room that words take: left, right, in points.
fn edges(pdf: &[u8]) -> (f64, f64) {
    let boxes = poppler("pdftotext", &["-bbox"], pdf);
    let edge = |name: &str| -> Vec<f64> {
        let name = format!("{name}=\"");
        let found = boxes.split(&name).skip(1);
        found
            .map(|rest| {
                rest.split('"')
                    .next()
                    .expect("value")
                    .parse()
                    .expect("number")
            })
            .collect()
    };
    let least = edge("xMin").into_iter().fold(f64::MAX, f64::min);
    (least, edge("xMax").into_iter().fold(0.0, f64::max))
}

#[test]
fn nothing_that_anybody_wrote_is_markup() {
    let wrote = [
        "#let x = 1; #panic(\"nee\") #read(\"/etc/passwd\") #sys.inputs",
        "$ x^2 $ en $5",
        "*vet* _schuin_ `code` ```rust blok```",
        "\\ \\# \\u{41} \\\\server\\map\\",
        "@iemand <deel-0> <x>",
        "] } ) [inhoud] { \"aangehaald\" 'zo' «zo»",
        "= Kop",
        "== Kop",
        "- streep",
        "+ plus",
        "1. een",
        "/ term: uitleg",
        "// weg /* weg */ niet weg",
        "--- -- ... ~ a~b",
        "https://example.org/a?b=c#d",
        "sleutel:waarde; =exact kade* \"twee woorden\"~3",
    ];
    let stuk = everywhere(&wrote);
    assert_all_there(&stuk, &made(&stuk));
}

#[test]
fn every_kind_of_part_has_its_tag() {
    let stuk = everywhere(&["tekst"]);
    let pdf = made(&stuk);
    let tags = tags(&pdf);
    let count = |name: &str| tags.iter().filter(|(_, tag)| tag == name).count();
    assert_eq!((count("H1"), count("H2")), (2, 1), "{tags:?}");
    assert_eq!(
        (count("Table"), count("TR"), count("TH"), count("TD")),
        (1, 3, 4, 2)
    );
    assert_eq!((count("Caption"), count("BlockQuote")), (1, 1));
    assert!(count("LI") >= 3 && count("Lbl") >= 3 && count("LBody") >= 3);
    let facts = poppler("pdfinfo", &[], &pdf);
    for fact in [
        "Title:           tekst\n",
        "Tagged:          yes\n",
        "CreationDate:    Thu Jan  1 00:00:00 1970",
    ] {
        assert!(facts.contains(fact), "{fact}: {facts}");
    }
    let told = poppler("pdfinfo", &["-meta"], &pdf);
    for fact in ["<pdfuaid:part>1</pdfuaid:part>", "<rdf:li>nl-NL</rdf:li>"] {
        assert!(told.contains(fact), "{fact}: {told}");
    }
}

#[test]
fn the_first_cell_of_a_row_is_its_name_and_the_header_comes_back_on_each_page() {
    let rows = 200;
    let tabel = Tabel {
        titel: "Termen".into(),
        koppen: vec![("Zoekterm".into(), false), ("Treffers".into(), true)],
        rijen: (0..rows)
            .map(|n| vec![format!("term{n}"), n.to_string()])
            .collect(),
    };
    let stuk = Stuk {
        titel: "Lang".into(),
        blokken: vec![Blok::Tabel(tabel)],
    };
    let pdf = made(&stuk);
    assert_all_there(&stuk, &pdf);
    let tags = tags(&pdf);
    let count = |name: &str| tags.iter().filter(|(_, tag)| tag == name).count();
    assert_eq!((count("TH"), count("TD")), (2 + rows, rows));
    let scopes = poppler("pdfinfo", &["-struct"], &pdf);
    assert_eq!(scopes.matches("/Scope /Row").count(), rows);
    let text = poppler("pdftotext", &["-raw"], &pdf);
    let pages: Vec<&str> = text
        .split('\u{c}')
        .filter(|page| !page.is_empty())
        .collect();
    assert!(pages.len() > 3);
    for (at, page) in pages.iter().enumerate() {
        assert!(page.contains("Zoekterm Treffers"), "{page}");
        assert!(
            page.contains(&format!("bladzijde {} van {}", at + 1, pages.len())),
            "{page}"
        );
    }
}

#[test]
fn a_word_without_end_stays_on_the_page_and_is_whole() {
    let wide = "W".repeat(400);
    let path = "/archief/2020/map".repeat(20);
    let word = "meervoudigesamenwerkingsovereenkomstenadministratie";
    let hash = "0123456789abcdef".repeat(4);
    let mut stuk = everywhere(&[&wide, &path, &word.repeat(3), &hash]);
    let long = "w".repeat(10_000);
    stuk.blokken.push(Blok::Alinea(long.clone()));
    let seven = [
        "Bron",
        "Ingelezen",
        "Documenten",
        "Niet leesbaar",
        "Deels gelezen",
        "Overgeslagen",
        "Zoekacties",
    ];
    stuk.blokken.push(Blok::Tabel(Tabel {
        titel: "Zeven".into(),
        koppen: seven.map(|name| (name.to_owned(), false)).into(),
        rijen: vec![
            [word, &hash, word, &wide, &hash, "x", &long[..1_000]]
                .map(str::to_owned)
                .into(),
        ],
    }));
    let pdf = made(&stuk);
    assert_all_there(&stuk, &pdf);
    let (left, right) = edges(&pdf);
    assert!(
        left >= MARGE - 1.0 && right <= A4 - MARGE + 1.0,
        "{left} to {right}"
    );
}

#[test]
fn a_character_without_a_letter_becomes_its_number_and_is_counted() {
    let stuk = everywhere(&["中文 en 🧿"]);
    let told = tagged_text(&made(&stuk));
    let wanted = squeezed("[tekens U+4E2D U+6587] en [teken U+1F9FF]");
    assert!(told.matches(&wanted).count() >= 10, "{told}");
    assert!(told.contains(&squeezed(
        "waar het lettertype van deze PDF geen letter voor heeft"
    )));
    let plain = tagged_text(&made(&everywhere(&["gewoon"])));
    assert!(!plain.contains("Letop"));
}

#[test]
fn other_scripts_marks_and_what_shows_nothing_come_through() {
    let wrote = [
        "e\u{301}e\u{301}n Čapek Ωμέγα Привет",
        "\u{202e}omgedraaid\u{202c} \u{feff}begin \u{200d} \u{fe0f} zacht\u{ad}af",
        "مرحبا بالعالم לשלום",
        "😀 👍 ☎ → € ½ ﬁ",
        "een\ttab  twee spaties",
        "\u{0}\u{1b}\u{fffd}\u{fffe}\u{e000}\u{10ffff}",
        "\u{301}\u{301}los",
        "",
        " ",
    ];
    let mut stuk = everywhere(&wrote);
    // A heading says something.
    stuk.blokken
        .retain(|blok| !matches!(blok, Blok::Kop(_, text, _) if text.trim().is_empty()));
    let told = tagged_text(&made(&stuk));
    for text in [
        "Čapek",
        "Ωμέγα",
        "Привет",
        "omgedraaid",
        "zachtaf",
        "begin",
        "😀",
        "€½",
        "eentabtweespaties",
    ] {
        assert!(told.contains(text), "{text}: {told}");
    }
    assert!(told.contains(&squeezed("[tekens U+0000 U+001B]")), "{told}");
}

#[test]
fn the_same_account_gives_the_same_bytes() {
    let stuk = everywhere(&["een", "twee مرحبا"]);
    assert_eq!(made(&stuk), made(&stuk));
}

#[test]
fn what_is_not_pdf_ua_is_refused() {
    let stuk = Stuk {
        titel: "Leeg".into(),
        blokken: vec![Blok::Kop(2, String::new(), String::new())],
    };
    let refused = bestand(&stuk, Timestamp::UNIX_EPOCH).expect_err("refused");
    assert!(refused.to_string().contains("PDF/UA-1"), "{refused}");
}

#[test]
fn the_typesetter_reaches_nothing_else() {
    let wereld = Wereld::new(Dict::new());
    let template = wereld.source(wereld.main()).expect("the template");
    assert!(template.text().contains("sys.inputs"));
    assert!(wereld.file(wereld.main()).is_err());
    assert!(wereld.today(None).is_none());
}

#[test]
fn every_character_that_has_a_letter_can_be_set() {
    let book = LETTERTYPEN.fonts()[0].info().coverage.clone();
    let all: String = book
        .iter()
        .filter_map(char::from_u32)
        .filter(|c| !c.is_control())
        .collect();
    let whole: Vec<String> = all.chars().map(|c| format!("{c} ")).collect();
    let stuk = Stuk {
        titel: "Alles".into(),
        blokken: vec![
            Blok::Alinea(whole.concat()),
            Blok::Kop(2, whole.concat(), String::new()),
        ],
    };
    assert!(!made(&stuk).is_empty());
    let mut letters = Letters::new();
    letters.fit(&all, 1e9);
    assert_eq!(letters.unknown(), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_text_can_be_set(
        wild in prop::collection::vec("\\PC{0,40}", 1..8),
        marks in "[a-z\u{300}-\u{36f}\u{600}-\u{6ff}\u{5d0}-\u{5ea}\u{200b}-\u{200f}\u{202a}-\u{202e}\u{fe00}-\u{fe0f} ]{0,200}",
        title in "[\\PC]{1,60}",
    ) {
        let blokken = wild.into_iter().chain([marks]).map(Blok::Alinea).collect();
        let made = bestand(&Stuk { titel: format!("x{title}"), blokken }, Timestamp::UNIX_EPOCH);
        prop_assert!(made.is_ok(), "{:?}", made.err());
    }
}
