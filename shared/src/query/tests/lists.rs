//! What a user notices of term lists. Never touches an engine.

use crate::query::{list_terms, parse, parse_list};

fn terms(text: &str) -> Vec<(usize, String, String)> {
    list_terms(text)
        .unwrap_or_else(|error| panic!("{text:?}: {error}"))
        .into_iter()
        .map(|(line, term, query)| (line, term, query.to_string()))
        .collect()
}

fn words(text: &str) -> Vec<String> {
    terms(text).into_iter().map(|(_, term, _)| term).collect()
}

#[test]
fn each_line_is_a_question_and_the_list_asks_for_any_of_them() {
    let list = "\u{feff}# termen van team A\r\nsubsidie\r\n\r\n  hoge dijk \n\"hoge dijk\"\na OF b\n#c\n2 VAN (d, e)\n";
    assert_eq!(
        terms(list),
        [
            (2, "subsidie".to_owned(), "subsidie".to_owned()),
            (4, "hoge dijk".to_owned(), "hoge EN dijk".to_owned()),
            (5, "\"hoge dijk\"".to_owned(), "\"hoge dijk\"".to_owned()),
            (6, "a OF b".to_owned(), "a OF b".to_owned()),
            (8, "2 VAN (d, e)".to_owned(), "2 VAN (d, e)".to_owned()),
        ]
    );
    let query = parse_list(list).unwrap();
    let canonical = "subsidie OF (hoge EN dijk) OF \"hoge dijk\" OF a OF b OF 2 VAN (d, e)";
    assert_eq!(query.to_string(), canonical);
    assert_eq!(parse(canonical), Ok(query));
    assert_eq!(parse_list("\nsubsidie\n").unwrap().to_string(), "subsidie");
}

#[test]
fn of_a_csv_the_first_column_counts() {
    assert_eq!(
        words("Zoekterm;Toelichting\nsubsidie;x\n\"hoge \"\"dijk\"\"\";\"y;z\"\n;leeg\n"),
        ["subsidie", "hoge \"dijk\""]
    );
    assert_eq!(words("a\t1\tx\nb c\t2\ty"), ["a", "b c"]);
    assert_eq!(
        words("a,1\n\"b,c\",2\n1 VAN (d, e),3"),
        ["a", "b,c", "1 VAN (d, e)"]
    );
    // No CSV: not on every line as many, behind a space, in a phrase or between parentheses.
    assert_eq!(words("a;b\nc"), ["a;b", "c"]);
    assert_eq!(words("a;b\nc;d;e"), ["a;b", "c;d;e"]);
    assert_eq!(
        words("Jansen, Piet\nBakker, Jan"),
        ["Jansen, Piet", "Bakker, Jan"]
    );
    assert_eq!(words("\"a,b\"\n„c,d”"), ["\"a,b\"", "„c,d”"]);
    assert_eq!(
        words("1 VAN (a,b)\n1 VAN (c,d)"),
        ["1 VAN (a,b)", "1 VAN (c,d)"]
    );
    assert_eq!(words("term\nvraag"), ["term", "vraag"]);
}

#[test]
fn a_list_that_cannot_be_read_names_its_line() {
    let error = parse_list("# x\n\nsubsidie\nwo (rd\n").unwrap_err();
    assert_eq!((error.regel, error.fout.positie), (4, 3));
    assert!(error.to_string().starts_with("regel 4: Dit haakje"));
    assert_eq!(list_terms("a;1\nu*;2").unwrap_err().regel, 2);

    for text in ["", "\n \n# a\n", "term;uitleg\n"] {
        let error = parse_list(text).unwrap_err();
        assert!(error.fout.melding.contains("geen enkele term"), "{text:?}");
    }

    let long = "woord\n".repeat(20_000);
    let error = parse_list(&long).unwrap_err();
    assert!(error.fout.melding.contains("te lang"));
    assert_eq!(list_terms(&long).unwrap().len(), 20_000);
    let accepted = "woord\n".repeat(error.regel - 1);
    let query = parse_list(&accepted).unwrap();
    assert_eq!(parse(&query.to_string()), Ok(query));
}
