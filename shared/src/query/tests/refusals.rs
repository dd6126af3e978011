//! What a user reads when a question cannot be understood, and where. Never touches an engine.

use crate::query::parse;

fn refused(cases: &[(&str, usize, &str)]) {
    for (text, position, says) in cases {
        let error = parse(text).expect_err(text);
        assert_eq!(error.positie, *position, "{text:?}: {error}");
        assert!(error.melding.contains(says), "{text:?}: {error}");
    }
}

#[test]
fn what_cannot_be_understood_is_refused_at_its_position() {
    refused(&[
        ("a (b", 2, "niet gesloten"),
        ("(", 0, "niet gesloten"),
        ("a) b", 1, "haakje openen"),
        (") b", 0, "haakje openen"),
        ("é \"b", 2, "niet gesloten"),
        ("EN x", 0, "Voor EN"),
        ("x OF", 2, "Na OF"),
        ("x NIET", 2, "Na NIET"),
        ("x EN OF y", 2, "Na EN"),
        ("x (OR y)", 3, "Voor OR"),
        ("a ()", 2, "staat niets"),
        ("a \"  \"", 2, "staat niets"),
        ("a §", 2, "geen letters"),
        ("a \"§ ...\"", 2, "geen letters"),
        ("a , b", 2, "geen letters"),
        ("a - b", 2, "geen letters"),
        ("Jansen & Zoon", 7, "Gebruik EN"),
        ("a || b", 2, "Gebruik OF"),
        (
            "a foo:bar",
            2,
            "foo: bestaat niet. De velden zijn titel:, van:, aan:, pad:, type:, datum:, grootte:, paginas: en binnen:.",
        ),
        ("foo:\"bar\"", 0, "bestaat niet"),
        ("foo:(bar)", 0, "bestaat niet"),
        ("zie http://x.nl/?a", 4, "webadres tussen aanhalingstekens"),
        ("titel: x", 5, "zonder spatie"),
        ("(a titel:)", 8, "zonder spatie"),
        ("datum:", 5, "zonder spatie"),
        ("titel:EN x", 0, "titel:\"EN\""),
        ("titel:(a van:b)", 9, "niet binnen een ander veld"),
        ("titel:van:b", 6, "niet binnen een ander veld"),
        ("titel:(a type:pdf)", 9, "niet binnen een ander veld"),
        ("titel:(a datum:2019)", 9, "niet binnen een ander veld"),
        ("type:a/b", 5, "letters en cijfers"),
        ("type:\"pdf\"", 5, "letters en cijfers"),
        ("type:(pdf EN docx)", 10, "met OF ertussen"),
        ("type:(pdf OF docx", 5, "niet gesloten"),
        ("type:(pdf OF", 10, "letters en cijfers"),
        ("datum:30-06-2021", 6, "geen datum die bestaat"),
        ("datum:2019-02-30", 6, "geen datum die bestaat"),
        ("datum:\"2019\"", 6, "ontbreekt een datum"),
        ("datum:*", 6, "begin of een eind"),
        ("datum:[* TO *]", 6, "begin of een eind"),
        ("datum:[2021 TO 2019]", 7, "vroegste datum voorop"),
        ("datum:[2019 2020]", 6, "geen periode"),
        ("datum:[2019 - 2020]", 6, "hoort TO"),
        ("datum:[2019 TO x]", 15, "geen datum"),
        ("datum:[2019 TO 2020", 6, "niet gesloten met ]"),
        ("a [b]", 2, "alleen bij een periode"),
        ("a -b", 2, "schrijf dan NIET"),
        ("a –b", 2, "schrijf dan NIET"),
        ("a -\"b c\"", 2, "schrijf dan NIET"),
        ("a !(b)", 2, "schrijf dan NIET"),
        ("+a", 0, "al verplicht"),
        ("titel:-a", 6, "schrijf dan NIET"),
        ("a EN, b", 2, "geen leestekens"),
        ("a\u{1e}b", 1, "stuurteken"),
    ]);
}

#[test]
fn proximity_that_cannot_be_is_refused_with_what_to_write_instead() {
    refused(&[
        ("a NEAR b", 2, "NEAR/5"),
        ("a NEAR/0 b", 2, "1 tot en met 999"),
        ("a w/1000 b", 2, "1 tot en met 999"),
        ("a NEAR/99999999999 b", 2, "1 tot en met 999"),
        ("a NEAR/x b", 2, "geen afstand"),
        ("a W/1/zin b", 2, "binnen:zin(a EN b)"),
        ("a P/5, b", 2, "geen leestekens"),
        ("a NEAR/5, b", 2, "geen leestekens"),
        ("NEAR/5 b", 0, "Voor NEAR/5"),
        ("a P/5", 2, "Na P/5"),
        ("a (PRE/5 b)", 3, "Voor P/5"),
        ("a NEAR/5 P/3 b", 2, "Na NEAR/5"),
        ("a NEAR/5 NIET b", 9, "(a NEAR/5 b) NIET c"),
        ("NIET a NEAR/5 b", 0, "NIET (a NEAR/5 b)"),
        ("NIET NIET a NEAR/5 b", 5, "NIET (a NEAR/5 b)"),
        ("NIET (a NEAR/3 b) NEAR/5 c", 0, "NIET (a NEAR/5 b)"),
        ("(a EN b) NEAR/5 c", 3, "(a NEAR/5 c) EN (b NEAR/5 c)"),
        ("c NEAR/5 (a b)", 9, "(a NEAR/5 c) EN (b NEAR/5 c)"),
        ("(a OF (NIET b)) NEAR/5 c", 7, "(a NEAR/5 b) NIET c"),
        ("titel:a NEAR/5 b", 0, "titel:(a NEAR/5 b)"),
        ("a NEAR/5 van:b", 9, "titel:(a NEAR/5 b)"),
        ("(a OF type:pdf) NEAR/5 b", 6, "EN datum:2019"),
        ("a NEAR/5 datum:2019", 9, "EN datum:2019"),
        ("a NEAR/5 paginas:2", 9, "EN datum:2019"),
        ("a NEAR/5 2 VAN (b, c)", 9, "2 VAN (a NEAR/5 d"),
        ("a NEAR/5 binnen:zin(b)", 9, "binnen:zin(a NEAR/5 b)"),
        ("titel:NEAR/5 b", 0, "titel:\"NEAR/5\""),
    ]);
}

#[test]
fn words_that_would_match_nearly_everything_are_refused() {
    refused(&[
        ("a *", 2, "hoort vast aan een woord"),
        ("a ? b", 2, "laat het dan weg"),
        ("a*", 1, "ten minste 2"),
        ("u?", 1, "gewoon vraagteken"),
        ("**a**", 0, "ten minste 2"),
        ("*.pdf", 0, "staat er een los"),
        ("hoge-*-dijk", 5, "staat er een los"),
        ("\"hoge *\"", 6, "hoort vast aan een woord"),
        ("\"wat is  u?\"", 10, "gewoon vraagteken"),
        ("\"hoge d*\"", 7, "ten minste 2"),
        ("\"hoge dijk\"*", 11, "hoort vast aan een woord"),
        ("jan~1", 3, "ten minste 4"),
        ("woo-verzoek~1", 11, "één woord"),
        ("jansen~3", 6, "1 of 2"),
        ("jansen~0", 6, "1 of 2"),
        ("jan~sen", 3, "1 of 2"),
        ("12~~24", 2, "1 of 2"),
        ("jans*n~1", 6, "gaan niet samen"),
        ("a ~ b", 2, "achter een woord"),
        ("\"a b\"~5", 5, "NEAR/5"),
        ("\"jansen~1 b\"", 7, "P/1"),
        ("=subsid*", 0, "laat de = weg"),
        ("=jansen~1", 0, "gaan niet samen"),
        ("=\"woord\"", 0, "al precies"),
        ("=(a OF b)", 0, "voor elk woord"),
        ("a = b", 2, "geen letters"),
    ]);
}

#[test]
fn quorums_units_and_ranges_are_refused_where_they_are_wrong() {
    refused(&[
        ("a 0 VAN (b, c)", 2, "Voor VAN staat 0"),
        (
            "4 VAN (a, b, c)",
            0,
            "Voor VAN staat 4, en tussen de haakjes staan 3 delen",
        ),
        ("2 VAN (1,2,3)", 0, "komma met een spatie"),
        ("99999999999999999999 VAN (a)", 0, "te groot"),
        ("2 VAN ()", 0, "staat niets"),
        ("2 VAN (a, b", 0, "niet gesloten"),
        ("2 VAN (a, b,)", 11, "Na deze komma"),
        ("2 VAN (, a)", 7, "Voor deze komma"),
        ("2 VAN (a, (b, c))", 12, "Schrijf hier EN of OF"),
        ("titel:2 VAN (a, b)", 0, "titel:(2 VAN (a, b, c))"),
        ("titel:(2 VAN (a, van:b))", 17, "niet binnen een ander veld"),
        ("2 of {a, b}", 5, "2 VAN (a, b, c)"),
        ("a binnen:zin", 9, "ontbreekt een groep"),
        ("binnen:zin b", 7, "ontbreekt een groep"),
        ("binnen:regel(b)", 7, "zin, alinea, pagina of familie"),
        ("binnen: zin(b)", 6, "zonder spatie"),
        ("binnen:zin()", 10, "staat niets"),
        (
            "binnen:zin(a binnen:pagina(b))",
            13,
            "niet in een ander binnen:",
        ),
        (
            "binnen:familie(binnen:zin(a))",
            15,
            "niet in een ander binnen:",
        ),
        ("binnen:zin(a titel:b)", 13, "geldt voor een heel document"),
        (
            "binnen:alinea(a type:pdf)",
            16,
            "geldt voor een heel document",
        ),
        (
            "binnen:pagina(a datum:2019)",
            16,
            "geldt voor een heel document",
        ),
        (
            "binnen:zin(a paginas:2)",
            13,
            "geldt voor een heel document",
        ),
        ("titel:(binnen:zin(a))", 7, "niet binnen een ander veld"),
        ("titel:(a grootte:5)", 9, "niet binnen een ander veld"),
        ("titel:binnen:zin(a)", 6, "niet binnen een ander veld"),
        ("a paginas:x", 10, "paginas:[10 TO *]"),
        ("paginas:5kB", 8, "paginas:[10 TO *]"),
        ("paginas:*", 8, "begin of een eind"),
        ("paginas:[5 TO 2]", 9, "kleinste getal voorop"),
        ("paginas:[5 2]", 8, "geen bereik"),
        ("paginas:[5 - 2]", 8, "hoort TO"),
        ("grootte:[1MB TO 2MB", 8, "Dit bereik wordt niet gesloten"),
        ("grootte:>5MB", 8, "grootte:[5MB TO *]"),
        ("grootte:1,5MB", 8, "hele getallen"),
        ("grootte:5 MB", 8, "Zet MB direct achter"),
        ("grootte:[1 MB TO 2 MB]", 8, "geen bereik"),
        ("grootte:99999999999GB", 8, "te groot"),
        ("grootte:\"5\"", 8, "ontbreekt een getal"),
    ]);
}

#[test]
fn switches_are_refused_where_they_do_not_belong() {
    refused(&[
        ("a {b}", 2, "direct achter een gewoon woord"),
        ("a} b", 1, "direct achter een gewoon woord"),
        ("\"a b\"{-deel}", 5, "geen frase"),
        ("=woord{-deel}", 6, "geen frase"),
        ("woord*{-deel}", 6, "geen frase"),
        ("woord~1{-deel}", 7, "geen frase"),
        ("a{-deel}{-vorm}", 8, "geen frase"),
        ("a{-deel", 1, "niet gesloten"),
        ("a{ }", 1, "staat niets"),
        ("a{deel}", 2, "begint elke schakelaar met - of +"),
        ("a{-delen}", 2, "De soort delen bestaat niet"),
        ("a{+deel}", 2, "alleen breed"),
        ("a{+breed -breed}", 9, "zowel aan als uit"),
        ("a{-\"b}", 3, "niet gesloten"),
        ("a{-\"§\"}", 3, "hoort een woord"),
        ("a{-\"b*\"}", 3, "hoort een woord"),
        ("type:pdf{-deel}", 5, "letters en cijfers"),
    ]);
}
