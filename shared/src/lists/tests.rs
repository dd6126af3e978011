//! What a user notices of abbreviations and synonyms.

use super::*;
use std::collections::HashSet;
use std::fs;

fn built_in() -> Lists {
    Lists::built_in().unwrap()
}

fn synonyms(lists: &Lists, text: &str) -> Vec<String> {
    lists
        .synonyms(text)
        .into_iter()
        .map(|synonym| synonym.text)
        .collect()
}

fn has(text: &str, synonym: &str) -> bool {
    synonyms(&built_in(), text)
        .iter()
        .any(|found| found == synonym)
}

fn own(text: &str) -> Lists {
    let list = csv::parse("eigen.csv", Origin::Installatie, text.as_bytes()).expect(text);
    Lists::default().with(list)
}

#[test]
fn the_list_of_the_program_knows_the_government() {
    for (text, synonym) in [
        ("BZK", "Binnenlandse Zaken en Koninkrijksrelaties"),
        ("vws", "Volksgezondheid, Welzijn en Sport"),
        ("Woo", "Wet open overheid"),
        ("Wob", "Wet openbaarheid van bestuur"),
        ("V&W", "Verkeer en Waterstaat"),
        ("B&W", "college van burgemeester en wethouders"),
        ("'s-Gravenhage", "Den Haag"),
        ("den bosch", "'s-Hertogenbosch"),
        ("sofinummer", "burgerservicenummer"),
        ("BSN", "burgerservicenummer"),
        ("pgb's", "persoonsgebonden budget"),
        ("zzp'er", "zelfstandige zonder personeel"),
        ("zbos", "zelfstandig bestuursorgaan"),
    ] {
        assert!(
            has(text, synonym),
            "{text}: {:?}",
            synonyms(&built_in(), text)
        );
    }
    let abbreviations: HashSet<&str> = built_in_rows()
        .iter()
        .filter_map(|row| row.terms.first())
        .filter(|term| is_abbreviation(term))
        .map(String::as_str)
        .collect();
    assert!(abbreviations.len() >= 400, "{}", abbreviations.len());
}

fn built_in_rows() -> &'static [Row] {
    static LISTS: std::sync::LazyLock<Lists> = std::sync::LazyLock::new(built_in);
    LISTS.lists.first().unwrap().list.rows()
}

#[test]
fn an_abbreviation_with_two_meanings_gives_both_and_each_meaning_the_abbreviation() {
    let found = synonyms(&built_in(), "avg");
    for meaning in [
        "Algemene verordening gegevensbescherming",
        "arts voor verstandelijk gehandicapten",
    ] {
        assert!(found.iter().any(|text| text == meaning), "{found:?}");
        assert!(has(meaning, "AVG"), "{meaning}");
    }
    // The one meaning is no synonym of the other.
    assert!(!has(
        "Algemene verordening gegevensbescherming",
        "arts voor verstandelijk gehandicapten"
    ));
}

#[test]
fn an_abbreviation_that_is_a_word_counts_only_with_its_capitals() {
    assert!(has("OM", "Openbaar Ministerie"));
    assert!(has("OM's", "Openbaar Ministerie"));
    assert_eq!(synonyms(&built_in(), "om"), Vec::<String>::new());
    assert!(!has("Openbaar Ministerie", "OM"));
    // Nor does any list of the program find one of the words that nearly every text has.
    let common = [
        "om", "is", "er", "in", "of", "en", "de", "na", "af", "op", "me", "it", "at", "or", "nam",
        "zin", "big", "mw", "hr", "vb", "sla", "duo",
    ];
    for row in built_in_rows() {
        let found = if row.only_to.is_empty() {
            &row.terms
        } else {
            &row.only_to
        };
        for term in found {
            assert!(!common.contains(&term.to_lowercase().as_str()), "{row:?}");
        }
    }
}

#[test]
fn a_word_is_found_in_every_form_and_an_abbreviation_only_as_itself() {
    let lists = own("vergunning;ontheffing\nBOS;bestuurlijk overleg stikstof");
    assert_eq!(synonyms(&lists, "Vergunningen"), ["ontheffing"]);
    assert_eq!(synonyms(&lists, "bos"), ["bestuurlijk overleg stikstof"]);
    assert_eq!(synonyms(&lists, "bossen"), Vec::<String>::new());
}

#[test]
fn a_word_is_never_its_own_synonym_and_each_synonym_comes_once() {
    let lists = own("WOO;woo;Wet open overheid\nwoo;wet open overheid;openbaarheidswet")
        .with(csv::parse("zaak.csv", Origin::Zaak, b"woo;openbaarheidswet;dossier x").unwrap());
    let found = lists.synonyms("Woo");
    let shown: Vec<_> = found
        .iter()
        .map(|s| {
            let lists = s.lists.iter().map(|list| list.name.as_str());
            (s.text.as_str(), lists.collect::<Vec<_>>())
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("Wet open overheid", vec!["eigen.csv"]),
            ("openbaarheidswet", vec!["eigen.csv", "zaak.csv"]),
            ("dossier x", vec!["zaak.csv"])
        ]
    );
    let list = &found[2].lists[0];
    assert_eq!(list.origin, Origin::Zaak);
    assert_eq!(list.version.len(), 12, "{}", list.version);
}

#[test]
fn a_list_made_again_from_its_rows_is_the_same_list() {
    let list = csv::parse(
        "a.csv",
        Origin::Zaak,
        b"# versie: 7\nOM;=>;Openbaar Ministerie\na1;b1",
    )
    .unwrap();
    let stated = list.stated().map(str::to_owned);
    let again = List::of_rows("a.csv", Origin::Zaak, stated, list.rows().to_vec()).unwrap();
    assert_eq!(again, list);
    assert_eq!(list.hash().len(), 64);
    assert_eq!(list.version(), format!("7 ({})", &list.hash()[..12]));
    let other = list.clone().with_version(Some("8".to_owned()));
    assert_ne!(other.version(), list.version());
    assert_eq!(other.hash(), list.hash());
    // A row is checked like a line of a file, and named by its number.
    let wrong = |terms: &[&str]| {
        let terms = terms.iter().map(|term| (*term).to_owned()).collect();
        let rows = [
            list.rows()[1].clone(),
            Row {
                terms,
                only_to: Vec::new(),
            },
        ];
        List::of_rows("x", Origin::Zaak, None, rows).unwrap_err()
    };
    assert_eq!(wrong(&["subsid*", "toelage"]).regel, 2);
    assert_eq!(wrong(&["…", "toelage"]).regel, 2);
}

#[test]
fn words_that_follow_each_other_are_found_in_a_question() {
    let lists = built_in();
    let found = lists.sequences(&[
        "besluit",
        "Algemene",
        "verordening",
        "gegevensbescherming",
        "2018",
    ]);
    let [(range, synonyms)] = found.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!(*range, 1..4);
    assert_eq!(synonyms[0].text, "AVG");
    assert_eq!(synonyms[0].lists[0].name, BUILT_IN);
    assert_eq!(synonyms[0].lists[0].origin, Origin::Ingebouwd);

    let words = [
        "ministerie",
        "van",
        "binnenlandse",
        "zaken",
        "en",
        "koninkrijksrelaties",
    ];
    let ranges: Vec<_> = lists
        .sequences(&words)
        .into_iter()
        .map(|(range, _)| range)
        .collect();
    assert_eq!(ranges, [0..6, 0..4, 2..6, 2..4]);
    // Words with joiners are parts too; half a written word is not a term.
    assert_eq!(
        own("sociaal-economische raad;SER").sequences(&["sociaal", "economische", "raad"])[0].0,
        0..3
    );
    assert_eq!(
        own("economische raad;ER").sequences(&["sociaal-economische", "raad"]),
        []
    );
    assert_eq!(
        own("sociaal-economische raad;SER").sequences(&["sociaal-economische", "raad"])[0].0,
        0..2
    );
    assert_eq!(own("woo-verzoek;verzoek").sequences(&["woo-verzoek"]), []);
}

#[test]
fn an_installation_adds_its_own_lists() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    assert_eq!(Lists::load(&path("geen")).unwrap(), built_in());

    fs::write(path("b.csv"), "zaaknaam;dossier").unwrap();
    fs::write(
        path("A.TTL"),
        "<x> <http://www.w3.org/2004/02/skos/core#altLabel> \"a1\", \"b1\" .",
    )
    .unwrap();
    fs::write(path("leesmij.txt"), "Hier staan lijsten.").unwrap();
    let lists = Lists::load(folder.path()).unwrap();
    let names: Vec<(&str, usize)> = lists
        .lists()
        .map(|list| (list.name(), list.terms()))
        .collect();
    assert_eq!(names[1..], [("A.TTL", 2), ("b.csv", 2)]);
    assert_eq!(names[0].0, BUILT_IN);
    assert_eq!(synonyms(&lists, "dossiers"), ["zaaknaam"]);

    fs::write(path("c.csv"), "a;b\nc").unwrap();
    let error = Lists::load(folder.path()).unwrap_err().to_string();
    assert!(
        error.contains("c.csv") && error.contains("Regel 2"),
        "{error}"
    );
    fs::remove_file(path("c.csv")).unwrap();
    fs::create_dir(path("d.csv")).unwrap();
    assert!(matches!(
        Lists::load(folder.path()),
        Err(ListsError::Unreadable { .. })
    ));
}

#[test]
fn a_large_list_is_read_and_asked_quickly() {
    let lines: String = (0..MAX_TERMS / 2)
        .map(|i| format!("gemeente dorp {i};D{i}\n"))
        .collect();
    let began = std::time::Instant::now();
    let lists = own(&lines);
    assert_eq!(synonyms(&lists, "D4999"), ["gemeente dorp 4999"]);
    assert_eq!(
        lists.sequences(&["de", "gemeente", "dorp", "77"])[0].1[0].text,
        "D77"
    );
    assert!(began.elapsed().as_secs() < 60);
}
