//! What a user notices of the tokenizer: which words are found, whole and in parts, and where.

use super::*;
use crate::written::written;
use proptest::prelude::*;
use std::collections::HashSet;
use unicode_normalization::UnicodeNormalization;

fn all(text: &str, stream: Stream) -> Vec<Token> {
    let mut tokens = tokens(text);
    let mut out = Vec::new();
    while tokens.advance() {
        if tokens.token().stream == stream {
            out.push(tokens.token().clone());
        }
    }
    assert!(!tokens.advance(), "the end stays the end");
    out
}

/// The parts of `text` as written.
fn parts(text: &str) -> Vec<String> {
    written(text)
        .parts
        .into_iter()
        .map(|part| part.exact)
        .collect()
}

/// `position:term`, with `=` for a whole form and `~` for a variant.
fn show(text: &str, stream: Stream) -> String {
    let mark = |kind| match kind {
        TokenKind::Part => "",
        TokenKind::Whole => "=",
        TokenKind::Variant => "~",
        TokenKind::Start(_) => "|",
    };
    let terms = all(text, stream)
        .into_iter()
        .map(|t| format!("{}:{}{}", t.position, mark(t.kind), t.term));
    terms.collect::<Vec<_>>().join(" ")
}

fn check(cases: &[(&str, &str)], stream: Stream) {
    for (text, expected) in cases {
        assert_eq!(show(text, stream), *expected, "{text:?}");
    }
}

#[test]
fn plain_text_is_words_in_lower_case() {
    check(
        &[
            ("", ""),
            (" \n\t.,-'", ""),
            ("De Minister van BZK.", "0:de 1:minister 2:van 3:bzk"),
            ("één ĳsje, Straße (2024)", "0:een 1:ijsje 2:strasse 3:2024"),
            ("a e\u{301} 2\u{301}", "0:a 1:e 2:2"),
            ("Windows™ m² 5€", "0:windows 1:m2 2:5"),
        ],
        Stream::Exact,
    );
}

#[test]
fn written_words_are_found_whole_and_in_parts() {
    check(
        &[
            ("woo-verzoek", "0:=woo-verzoek 0:woo 1:verzoek"),
            (
                "Woo\u{2010}a woo\u{2011}b woo\u{2013}c",
                "0:=woo-a 0:woo 1:a 2:=woo-b 2:woo 3:b 4:=woo-c 4:woo 5:c",
            ),
            ("2023/4567 is uit", "0:=2023/4567 0:2023 1:4567 2:is 3:uit"),
            ("art. 5.1, lid 2", "0:art 1:=5.1 1:5 2:1 3:lid 4:2"),
            (
                "Jan.Jansen@MinVWS.nl",
                "0:=jan.jansen@minvws.nl 0:jan 1:jansen 2:minvws 3:nl",
            ),
            ("12,50 10:30", "0:=12,50 0:12 1:50 2:=10:30 2:10 3:30"),
            ("ja,nee a:b 1,b", "0:ja 1:nee 2:a 3:b 4:1 5:b"),
            (
                "R&D snake_case",
                "0:=r&d 0:r 1:d 2:=snake_case 2:snake 3:case",
            ),
            ("a--b a-/b -a- a–, 1 – 2", "0:a 1:b 2:a 3:b 4:a 5:a 6:1 7:2"),
            ("en/of.", "0:=en/of 0:en 1:of"),
        ],
        Stream::Exact,
    );
}

#[test]
fn an_inflection_behind_an_apostrophe_belongs_to_its_word() {
    check(
        &[
            ("nota's", "0:nota's"),
            (
                "Nota’s nota‘s notaʼs nota´s nota`s",
                "0:nota's 1:nota's 2:nota's 3:nota's 4:nota's",
            ),
            ("A4'tje AOW'ers sms'en", "0:a4'tje 1:aow'ers 2:sms'en"),
            ("'s-Gravenhage", "0:=s-gravenhage 0:s 1:gravenhage"),
            ("'s morgens 't", "0:s 1:morgens 2:t"),
            ("L'Oréal", "0:=l'oreal 0:l 1:oreal"),
            ("foto's/nota's", "0:=foto's/nota's 0:foto's 1:nota's"),
            ("rock'n'roll", "0:=rock'n'roll 0:rock'n 1:roll"),
            ("x's5 x'sé", "0:=x's5 0:x 1:s5 2:=x'se 2:x 3:se"),
        ],
        Stream::Exact,
    );
    check(
        &[
            ("nota nota's nota’s", "0:nota 1:nota 2:nota"),
            ("A4 A4'tje AOW AOW'er sms'en", "0:a4 1:a4 2:aow 3:aow 4:sms"),
            (
                "beleidsnota's foto-nota's",
                "0:beleidsnota 1:=foto-nota 1:=fotonota 1:foto 2:nota",
            ),
        ],
        Stream::Woordvorm,
    );
}

#[test]
fn invisible_characters_neither_break_words_nor_appear_in_them() {
    for ignored in [
        "\u{AD}",
        "\u{200B}",
        "\u{200C}",
        "\u{200D}",
        "\u{2060}",
        "\u{FEFF}",
        "\u{301}",
        "\u{AD}\u{200B}",
    ] {
        let text = format!("ver{ignored}zoek- woo-{ignored}b{ignored}");
        assert_eq!(
            show(&text, Stream::Exact),
            "0:verzoek 1:=woo-b 1:woo 2:b",
            "{ignored:?}"
        );
    }
}

#[test]
fn a_word_broken_over_a_line_end_is_one_word_and_its_pieces() {
    for line_end in [
        "-\n",
        "\u{AD}\n",
        "\u{2010}\n",
        "-\r\n",
        "-\u{C}",
        "- \t\n  ",
        "-\n\u{C}",
        "-\u{200B}\n",
    ] {
        let text = format!("de ver{line_end}gunning van");
        let expected = "0:de 1:vergunning 1:~ver-gunning 1:~ver 1:~gunning 2:van";
        assert_eq!(show(&text, Stream::Exact), expected, "{line_end:?}");
        let broken = &all(&text, Stream::Exact)[1..5];
        assert!(
            broken
                .iter()
                .all(|t| text[t.from..t.to] == format!("ver{line_end}gunning")),
            "{line_end:?}"
        );
    }
    check(
        &[
            ("onder-\nen bovengrens", "0:onder 1:en 2:bovengrens"),
            ("in-\n of uit-\nt/m", "0:in 1:of 2:uit 3:=t/m 3:t 4:m"),
            ("en-\nenig", "0:enenig 0:~en-enig 0:~en 0:~enig"),
            (
                "Noord-\nHolland 2023-\n4567 a-\n\nb",
                "0:noord 1:holland 2:2023 3:4567 4:a 5:b",
            ),
            ("3-\nvoud x -\ny", "0:3 1:voud 2:x 3:y"),
        ],
        Stream::Exact,
    );
}

#[test]
fn broken_words_may_have_joiners_inflections_and_more_breaks() {
    check(
        &[
            (
                "ver-\nant-\nwoord",
                "0:verantwoord 0:~ver-antwoord 0:~verant-woord 0:~ver-ant-woord 0:~ver 0:~ant 0:~woord",
            ),
            (
                "woo-verzoek-\nformulier",
                "0:=woo-verzoekformulier 0:~woo-verzoek-formulier 0:woo \
                 1:verzoekformulier 1:~verzoek-formulier 1:~verzoek 1:~formulier",
            ),
            (
                "jan-\nsen@x.nl",
                "0:=jansen@x.nl 0:~jan-sen@x.nl 0:jansen 0:~jan-sen 0:~jan 0:~sen 1:x 2:nl",
            ),
            ("no-\nta’s", "0:nota's 0:~no-ta's 0:~no 0:~ta's"),
        ],
        Stream::Exact,
    );
    check(
        &[(
            "woo-\nverzoeken",
            "0:wooverzoek 0:~woo-verzoek 0:~woo-verzoeken 0:~woo 0:~verzoek 0:~verzoeken",
        )],
        Stream::Woordvorm,
    );
}

#[test]
fn ideographs_and_kana_are_words_by_themselves() {
    let hangul = "한국".nfd().collect::<String>();
    check(
        &[(
            "東京カab日-本 한국",
            &format!("0:東 1:京 2:カ 3:ab 4:日 5:本 6:{hangul}"),
        )],
        Stream::Exact,
    );
}

#[test]
fn phrases_cannot_cross_a_record_separator() {
    check(
        &[
            ("a\u{1E}b\u{1E}\u{1E}c", "0:a 1001:b 3002:c"),
            ("\u{1E}a-b", "1000:=a-b 1000:a 1001:b"),
        ],
        Stream::Exact,
    );
}

#[test]
fn word_forms_fall_together() {
    check(
        &[
            ("steden stad", "0:stad 1:stad"),
            ("provincies provincie", "0:provincie 1:provincie"),
            (
                "woo-dossiers",
                "0:=woo-dossier 0:=woodossier 0:woo 1:dossier",
            ),
            (
                "dossiers-2023 covid19en",
                "0:=dossiers-2023 0:=dossiers2023 0:dossier 1:2023 2:covid19en",
            ),
        ],
        Stream::Woordvorm,
    );
}

#[test]
fn a_word_written_with_or_without_joiners_is_the_same_word() {
    check(
        &[
            ("e-mailtje email", "0:=e-mail 0:=email 0:e 1:mail 2:email"),
            ("B.V. bv", "0:=b.v 0:=bv 0:b 1:v 2:bv"),
            (
                "1.250.000 1.250.000,00",
                "0:=1.250.000 0:=1250000 0:1 1:250 2:000 3:=1.250.000,00 3:=1250000 3:1 4:250 5:000 6:00",
            ),
            ("32802-73", "0:=32802-73 0:=3280273 0:32802 1:73"),
            ("5.1 2023/4567", "0:=5.1 0:5 1:1 2:=2023/4567 2:2023 3:4567"),
        ],
        Stream::Woordvorm,
    );
}

#[test]
fn groups_of_a_number_are_marked_as_no_numbers_of_their_own() {
    check(
        &[
            ("1.250.000", "0:|pagina 0:getal 1:getal 2:getal"),
            ("€ 250.000,00", "0:|pagina 0:getal 1:getal"),
            ("250 000 5.1 12.5000 1.250-1.300 a.250", "0:|pagina"),
        ],
        Stream::Grens,
    );
    // A question has nothing of it.
    let asked = written("1.250");
    let all = asked.parts.iter().chain(&asked.whole);
    assert!(
        all.flat_map(|word| &word.lemmas)
            .all(|lemma| lemma != GROUP)
    );
}

#[test]
fn a_date_with_a_short_year_in_a_longer_word_is_marked() {
    check(
        &[
            ("nota_05-01-23.docx", "0:|pagina 1:05-01-23"),
            ("besluit-5/1/23 5.1.23-def", "0:|pagina 1:5/1/23 4:5.1.23"),
            ("2023_05-01-23", "0:|pagina 1:05-01-23"),
            (
                "5-1-23 06-12-34-56 10.0.0.12 2021-05-01-23 a-5-1-2023 a-5.1-23 a-005-1-23",
                "0:|pagina",
            ),
        ],
        Stream::Grens,
    );
    let text = "De nota_05-01-23.docx";
    let date = all(text, Stream::Grens)
        .into_iter()
        .find(|t| t.term != "pagina");
    let date = date.map(|t| text[t.from..t.to].to_owned());
    assert_eq!(date.as_deref(), Some("05-01-23"));
}

#[test]
fn offsets_point_at_the_text_as_it_was_written() {
    let text = "De ‘Nota’s’ e\u{301}n A\u{308}. jan@x.nl";
    let found: Vec<&str> = all(text, Stream::Woordvorm)
        .iter()
        .map(|t| &text[t.from..t.to])
        .collect();
    assert_eq!(
        found,
        [
            "De",
            "Nota’s",
            "e\u{301}n",
            "A\u{308}",
            "jan@x.nl",
            "jan",
            "x",
            "nl"
        ]
    );
}

#[test]
fn no_word_is_lost_for_its_length() {
    let text = format!("{0}x {0}y {0}", "a".repeat(300));
    let terms = parts(&text);
    assert!(
        terms
            .iter()
            .all(|t| t.len() == 200 && t.starts_with(&"a".repeat(160))),
        "{terms:?}"
    );
    assert!(terms[0] != terms[1] && terms[1] != terms[2]);
    let upper = text.to_uppercase();
    let forms = all(&upper, Stream::Woordvorm);
    assert!(terms.iter().eq(forms.iter().map(|form| &form.term)));
    let joined = all(&format!("{0}-{0}", "b".repeat(150)), Stream::Exact);
    assert_eq!(
        joined.iter().map(|t| t.term.len()).collect::<Vec<_>>(),
        [200, 150, 150]
    );
}

#[test]
fn a_word_of_too_many_parts_has_only_parts() {
    let wholes = |parts: usize| {
        let text = vec!["a"; parts].join("-");
        let terms = all(&text, Stream::Exact);
        assert_eq!(
            terms.iter().filter(|t| t.kind == TokenKind::Part).count(),
            parts
        );
        assert_eq!(terms.last().unwrap().position as usize, parts - 1);
        terms.len() - parts
    };
    assert_eq!(
        [
            wholes(1),
            wholes(2),
            wholes(64),
            wholes(65),
            wholes(128),
            wholes(200)
        ],
        [0, 1, 1, 0, 0, 0]
    );
}

/// A quadratic scan of any of these would take minutes, even in an optimised build.
#[test]
fn no_text_makes_the_scan_slow() {
    let begin = std::time::Instant::now();
    for unit in [
        "a",
        "é",
        "a-",
        "a.",
        "1:",
        "-",
        "\u{AD}",
        "a\u{AD}",
        "\u{AD}a-\u{AD}",
        "a-\n",
        "a-\n ",
        "-\n",
        "a'",
        "a's",
        "'s",
        "\u{1E}",
        "\u{301}",
        "日",
        "a- ",
        "a\u{AD}\n",
        "a'\u{AD}",
    ] {
        let text = unit.repeat(200_000 / unit.len());
        for prefix in ["", "a-", "a'", "a\u{AD}"] {
            let text = format!("{prefix}{text}");
            let mut tokens = tokens(&text);
            while tokens.advance() {}
            assert!(tokens.current.term.capacity() < 1_000);
            assert!(tokens.words.parts.capacity() <= 128 && tokens.words.breaks.capacity() <= 512);
        }
    }
    let spaces = format!("a-{}b", " ".repeat(1_000_000));
    assert_eq!(all(&spaces, Stream::Exact).len(), 2);
    assert!(begin.elapsed().as_secs() < 120, "{:?}", begin.elapsed());
}

/// Text with everything that the rules speak of.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-zA-Z]{1,6}",
        2 => "[0-9]{1,4}",
        3 => prop::sample::select(vec![
            "-", "/", ".", "@", "_", "&", "'", "’", ",", ":", "\u{2010}", "\u{2011}", "\u{2013}", "'s", "’en", "--",
        ]).prop_map(String::from),
        2 => prop::sample::select(vec![
            " ", "\n", "\r\n", "\u{C}", "-\n", "\u{AD}\n", "- \n ", "\u{1E}", "\t", "\u{A0}", " en ", "\u{2028}",
        ]).prop_map(String::from),
        2 => prop::sample::select(vec![
            "é", "e\u{301}", "\u{AD}", "\u{200B}", "ß", "ĳ", "ﬁ", "日", "カ\u{3099}", "한", "Å", "²", "\u{301}", "\u{323}",
        ]).prop_map(String::from),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    #[test]
    fn offsets_and_positions_are_sound(text in prop_oneof![texts(), any::<String>()]) {
        let mut covered = vec![false; text.len()];
        let exact = all(&text, Stream::Exact);
        let mut next = 0;
        let mut end = 0;
        for t in &exact {
            prop_assert!(!t.term.is_empty() && t.term.len() <= 200);
            prop_assert!(t.from < t.to && text.is_char_boundary(t.from) && text.is_char_boundary(t.to));
            match t.kind {
                TokenKind::Part => {
                    let gaps = text[end..t.from].matches('\u{1E}').count() as u32;
                    prop_assert_eq!(t.position, next + gaps * UNIT_GAP);
                    prop_assert!(t.from >= end);
                    (next, end) = (t.position + 1, t.to);
                    covered[t.from..t.to].fill(true);
                }
                _ => prop_assert!(t.position + 1 >= next),
            }
        }
        for (at, c) in text.char_indices() {
            prop_assert!(covered[at] || !matches!(classify(c), Class::Single) && !classify(c).is_run(), "{:?} lost", c);
        }
        let place = |t: &Token| (t.position, t.from, t.to, t.kind);
        let places: HashSet<_> = exact.iter().map(place).collect();
        let forms: HashSet<_> = all(&text, Stream::Woordvorm).iter().map(place).collect();
        prop_assert_eq!(&places, &forms);
        prop_assert!(all(&text, Stream::Deel).iter().map(place).all(|at| places.contains(&at)));
    }

    #[test]
    fn composed_and_decomposed_text_have_the_same_terms(text in prop_oneof![texts(), any::<String>()]) {
        for stream in [Stream::Exact, Stream::Woordvorm] {
            let given = show(&text, stream);
            prop_assert_eq!(&given, &show(&text.nfc().collect::<String>(), stream));
            prop_assert_eq!(&given, &show(&text.nfd().collect::<String>(), stream));
        }
    }

    #[test]
    fn a_word_has_the_same_parts_wherever_it_stands(text in texts()) {
        let text = text.replace(['\n', '\u{C}'], " ");
        let apart: Vec<String> = text.split_whitespace().flat_map(parts).collect();
        prop_assert_eq!(parts(&text), apart);
    }

    #[test]
    fn a_term_is_found_by_typing_it(text in texts()) {
        for t in all(&text, Stream::Exact).iter().filter(|t| t.kind != TokenKind::Variant) {
            let again = all(&t.term, Stream::Exact);
            // A few signs stand for several ideographs, each of which is typed as a word.
            let signs = t.term.chars().count() > 1 && t.term.chars().any(|c| classify(c) == Class::Single);
            prop_assert!(signs || again[0].term == t.term, "{:?} {:?}", t, again);
        }
    }
}

#[test]
fn every_character_has_the_same_terms_composed_and_decomposed() {
    for c in ('\0'..=char::MAX).filter(|c| !c.nfd().eq([*c])) {
        let text = format!("a{c}b-{c}1 {c} a-\n{c}");
        let (nfc, nfd) = (
            text.nfc().collect::<String>(),
            text.nfd().collect::<String>(),
        );
        assert_eq!(
            show(&nfc, Stream::Exact),
            show(&nfd, Stream::Exact),
            "{c:?}"
        );
    }
}

#[test]
fn only_one_written_word_has_a_whole_form() {
    let whole = |text| written(text).whole.map(|whole| whole.exact);
    assert_eq!(whole("Woo-verzoek").as_deref(), Some("woo-verzoek"));
    assert_eq!(whole("2023/4567,").as_deref(), Some("2023/4567"));
    for text in [
        "verzoek",
        "woo verzoek",
        "het woo-verzoek",
        "woo-verzoek oud",
        "woo-verzoek e-mail",
        "",
    ] {
        assert_eq!(whole(text), None, "{text}");
    }
}
