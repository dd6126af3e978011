//! What a user notices of the language: how questions are read, printed and refused. Never touches an engine.

mod lists;
mod manual;
mod random;
mod refusals;

use super::{
    ExpansionKind, Form, MAX_DEPTH, Near, NumberField, NumberSpan, Query, Switches, Unit, Word,
    parse, parse_plain,
};

fn canonical(text: &str) -> String {
    parse(text)
        .unwrap_or_else(|error| panic!("{text:?}: {error}"))
        .to_string()
}

#[test]
fn questions_read_as_their_canonical_form_says() {
    for (text, expected) in [
        ("", ""),
        (" \n\t ", ""),
        ("subsidie", "subsidie"),
        ("Subsidie woningbouw", "Subsidie EN woningbouw"),
        ("a EN b OF c NIET d", "(a EN b) OF (c EN NIET d)"),
        ("a AND b OR c AND NOT d", "(a EN b) OF (c EN NIET d)"),
        ("a of b", "a EN of EN b"),
        ("a (b OF c) d", "a EN (b OF c) EN d"),
        ("a (b (c d))", "a EN b EN c EN d"),
        ("a OF (b OF (c))", "a OF b OF c"),
        ("((a))", "a"),
        ("NIET a", "NIET a"),
        ("NIET a b", "NIET a EN b"),
        ("NIET (a b)", "NIET (a EN b)"),
        ("NIET NIET a", "NIET NIET a"),
        ("\"in  het\nkader\"", "\"in het kader\""),
        ("„hoge dijk” «x» “y“", "\"hoge dijk\" EN \"x\" EN \"y\""),
        ("a\"b\"(c)d", "a EN \"b\" EN c EN d"),
        ("\"EN\"", "\"EN\""),
        (
            "Titel:(a b) VAN:\"jan j\" aan:x pad:a/b",
            "titel:(a EN b) EN van:\"jan j\" EN aan:x EN pad:a/b",
        ),
        ("titel:(NIET a)", "titel:(NIET a)"),
        ("titel:((a))", "titel:a"),
        ("titel:10:30", "titel:10:30"),
        (
            "type:PDF type:(docx OF odt)",
            "type:pdf EN (type:docx OF type:odt)",
        ),
        ("type:(pdf)", "type:pdf"),
        (
            "datum:2019 datum:2019-06 datum:2021-06-30",
            "datum:2019 EN datum:2019-06 EN datum:2021-06-30",
        ),
        ("datum:[2019 TO 2021-06]", "datum:[2019 TO 2021-06]"),
        ("DATUM:[ 2019  tot * ]x", "datum:[2019 TO *] EN x"),
        ("datum:[* T/M 2019-02]", "datum:[* TO 2019-02]"),
        ("datum:[2019 TO 2019] a", "datum:2019 EN a"),
        (
            "woo-verzoek 2023/4567 art. 5.1, nota's; jan@min.nl!",
            "woo-verzoek EN 2023/4567 EN art EN 5.1 EN nota's EN jan@min.nl",
        ),
        ("10:30 zie: x", "10:30 EN zie EN x"),
        ("2 van de 3", "2 EN van EN de EN 3"),
        ("EN-norm EN ISO", "EN-norm EN ISO"),
        ("a NEAR/5 b", "a NEAR/5 b"),
        ("a w/5 b W/5 c", "(a NEAR/5 b) NEAR/5 c"),
        ("a near/3 (b PRE/5 c) pre/7 d", "(a NEAR/3 (b P/5 c)) P/7 d"),
        ("a b NEAR/3 c OF d", "(a EN (b NEAR/3 c)) OF d"),
        ("NIET (a NEAR/3 b)", "NIET (a NEAR/3 b)"),
        ("NIET a EN b NEAR/3 c", "NIET a EN (b NEAR/3 c)"),
        (
            "(subsid* OF toelage) NEAR/10 \"aardgas*\" NIET concept",
            "((subsid* OF toelage) NEAR/10 \"aardgas*\") EN NIET concept",
        ),
        ("titel:(a P/2 \"b c\")", "titel:(a P/2 \"b c\")"),
        ("p/e w/o near", "p/e EN w/o EN near"),
        ("Wat is dat?", "Wat EN is EN dat?"),
        ("*woord, wo?rd. a*b?c", "*woord EN wo?rd EN a*b?c"),
        ("\"aardgas*  ?winning\"", "\"aardgas* ?winning\""),
        ("=Woo =woo-verzoek, =EN", "=Woo EN =woo-verzoek EN =EN"),
        (
            "Jansen~ jansen~2 jansen.~1",
            "Jansen~1 EN jansen~2 EN jansen~1",
        ),
        ("2 VAN (a, b,c)", "2 VAN (a, b, c)"),
        (
            "1 VAN (a b, \"c d\",titel:e, f NEAR/3 g, 1,5 , 2 VAN (h, i))",
            "1 VAN ((a EN b), \"c d\", titel:e, (f NEAR/3 g), 1,5, 2 VAN (h, i))",
        ),
        (
            "2 VAN (1.250.00*,00, 12?,50,b,sub*,2019 , titel:1*5,?0)",
            "2 VAN (1.250.00*,00, 12?,50, b, sub*, 2019, titel:1*5,?0)",
        ),
        (
            "titel:(2 VAN (a, b)) NIET 1 VAN (c)",
            "titel:(2 VAN (a, b)) EN NIET 1 VAN (c)",
        ),
        ("2 van (a, b) VAN", "2 EN van EN a EN b EN VAN"),
        ("2 VAN a", "2 EN VAN EN a"),
        ("Binnen:Zin (a b) c", "binnen:zin(a EN b) EN c"),
        (
            "binnen:alinea(a) binnen:pagina(NIET a)",
            "binnen:alinea(a) EN binnen:pagina(NIET a)",
        ),
        (
            "binnen:familie(van:a type:pdf)",
            "binnen:familie(van:a EN type:pdf)",
        ),
        (
            "paginas:12 paginas:[10 TO *]",
            "paginas:12 EN paginas:[10 TO *]",
        ),
        (
            "grootte:1000000 grootte:[* TO 1500kb] grootte:0b grootte:[1GB tot 1000MB]",
            "grootte:1MB EN grootte:[* TO 1500kB] EN grootte:0 EN grootte:1GB",
        ),
        ("grootte:5 MBO", "grootte:5 EN MBO"),
        (
            "toeslag{ +breed, –„Huur toeslag” -synoniem -DEEL -deel}, a",
            "toeslag{-deel -synoniem -\"Huur toeslag\" +breed} EN a",
        ),
        ("titel:a.{-vorm}b", "titel:a{-vorm} EN b"),
    ] {
        assert_eq!(canonical(text), expected, "{text:?}");
        assert_eq!(canonical(expected), expected, "{text:?}");
    }
}

#[test]
fn hostile_length_and_depth_are_refused_and_what_is_accepted_reads_back() {
    let nested = |n: usize| format!("{}a{}", "(".repeat(n), ")".repeat(n));
    assert_eq!(canonical(&nested(MAX_DEPTH)), "a");
    for text in [
        nested(MAX_DEPTH + 1),
        nested(40_000),
        "(".repeat(90_000),
        "NIET ".repeat(15_000) + "a",
        "titel:".repeat(16_000),
        "a w/1 ".repeat(15_000) + "a",
        "1 VAN (".repeat(12_000),
        "binnen:zin(".repeat(9_000),
        "(a w/1 ".repeat(12_000),
        "(a w/1 b".to_owned() + &" w/1 c".repeat(98) + &") w/1 d".repeat(5),
    ] {
        assert!(parse(&text).is_err());
    }
    // Each of these levels becomes two in the canonical form.
    let mixed = |n: usize| format!("{}c{}", "a (b OF c ".repeat(n), ")".repeat(n));
    assert!(parse(&mixed(51)).unwrap_err().melding.contains("diep"));
    let deepest = canonical(&mixed(50));
    assert_eq!(canonical(&deepest), deepest);

    let chain = canonical(&("a".to_owned() + &" w/1 b".repeat(MAX_DEPTH + 1)));
    assert_eq!(canonical(&chain), chain);

    assert_eq!(parse(&"a".repeat(100_001)).unwrap_err().positie, 100_000);
    assert!(parse(&"a".repeat(100_000)).is_ok());
    assert!(
        parse(&"a ".repeat(49_000))
            .unwrap_err()
            .melding
            .contains("voluit")
    );
    let long = canonical(&"a ".repeat(19_000));
    assert_eq!(canonical(&long), long);
}

#[test]
fn plain_language_asks_for_any_of_the_words() {
    for (text, expected) in [
        (
            "Wat is \"de\" Woo? (de wet)",
            "Wat OF is OF de OF Woo OF wet",
        ),
        ("woo WOO § -Woo* titel:Woo", "woo OF titel"),
        (
            "EN of https://x.nl/a NEAR/5",
            "en OF of OF https OF x OF nl OF a OF near OF 5",
        ),
        ("woo-verzoek", "woo-verzoek"),
        (
            "=a b*c Wat? jansen~1 (1 VAN {x,y}) w/5",
            "a OF b OF c OF Wat OF jansen OF 1 OF VAN OF x,y OF w OF 5",
        ),
    ] {
        let query = parse_plain(text).unwrap();
        assert_eq!(query.to_string(), expected);
        assert_eq!(parse(expected), Ok(query));
    }
    for text in ["", " \n", "§ ... ?", "()"] {
        assert!(
            parse_plain(text)
                .unwrap_err()
                .melding
                .contains("geen woorden"),
            "{text:?}"
        );
    }
}

#[test]
fn a_question_is_stored_as_its_canonical_form() {
    let query = parse("a b OF titel:\"c d\"").unwrap();
    let json = serde_json::to_string(&query).unwrap();
    assert_eq!(json, r#""(a EN b) OF titel:\"c d\"""#);
    assert_eq!(serde_json::from_str::<Query>(&json).unwrap(), query);
    assert!(
        serde_json::from_str::<Query>("\"a OF\"")
            .unwrap_err()
            .to_string()
            .contains("Na OF")
    );
}

#[test]
fn words_are_numbered_in_the_order_of_the_question() {
    let mut query = parse(
        "a titel:(b OF \"c d\") NIET (e van:f) g NEAR/2 h type:pdf binnen:zin(i j) 1 VAN (k, l) datum:2019",
    )
    .unwrap();
    let found: Vec<Option<String>> = (0..13)
        .map(|number| query.word_mut(number).map(|word| word.text.clone()))
        .collect();
    let words = ["a", "b", "", "e", "f", "g", "h", "i", "j", "k", "l", "", ""];
    let expected = words.map(|word| (!word.is_empty()).then(|| word.to_owned()));
    assert_eq!(found, expected);
    assert_eq!(query.leaves_in_order(), 11);
    assert_eq!(Query::All.leaves_in_order(), 0);
}

#[test]
fn every_form_has_its_own_node() {
    let word = |text: &str, form| {
        Query::Word(Word {
            form,
            ..text.into()
        })
    };
    for (text, expected) in [
        ("woord", word("woord", Form::Woordvorm)),
        ("=woord", word("woord", Form::Exact)),
        ("wo*", word("wo*", Form::Pattern)),
        ("woord~2", word("woord", Form::Fuzzy(2))),
        (
            "a{-\"b\" -spelling -vorm +breed}",
            Query::Word(Word {
                switches: Switches {
                    off: [ExpansionKind::Vorm, ExpansionKind::Spelling].into(),
                    broad: true,
                    without: ["b".to_owned()].into(),
                },
                .."a".into()
            }),
        ),
        (
            "a P/3 b",
            Query::Near(Near {
                left: Box::new(word("a", Form::Woordvorm)),
                right: Box::new(word("b", Form::Woordvorm)),
                distance: 3,
                ordered: true,
            }),
        ),
        (
            "1 VAN (a)",
            Query::Quorum {
                at_least: 1,
                of: vec![word("a", Form::Woordvorm)],
            },
        ),
        (
            "binnen:familie(a)",
            Query::Within(Unit::Familie, Box::new(word("a", Form::Woordvorm))),
        ),
        (
            "grootte:[2kB TO *]",
            Query::Number(
                NumberField::Grootte,
                NumberSpan {
                    from: Some(2_000),
                    to: None,
                },
            ),
        ),
    ] {
        assert_eq!(parse(text), Ok(expected), "{text:?}");
    }
}
