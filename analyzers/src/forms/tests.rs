//! What a reader may expect of word forms and compounds.

use super::*;
use proptest::prelude::*;

fn lemmas(word: &str) -> Vec<String> {
    forms(word, false)
        .lemmas
        .iter()
        .map(|lemma| lemma.to_string())
        .collect()
}

fn parts(word: &str) -> Vec<String> {
    forms(word, false)
        .parts
        .iter()
        .map(|part| part.to_string())
        .collect()
}

fn together(one: &str, other: &str) -> bool {
    lemmas(one)
        .iter()
        .any(|lemma| lemmas(other).contains(lemma))
}

#[test]
fn who_looks_for_a_word_finds_its_inflected_forms() {
    for (word, form) in [
        ("advies", "adviezen"),
        ("overheid", "overheden"),
        ("categorie", "categorieen"),
        ("ministerie", "ministeries"),
        ("stad", "steden"),
        ("kind", "kinderen"),
        ("museum", "musea"),
        ("criterium", "criteria"),
        ("politicus", "politici"),
        ("schade", "schades"),
        ("tafel", "tafeltje"),
        ("lopen", "liep"),
        ("lopen", "gelopen"),
        ("brengen", "gebracht"),
        ("zijn", "was"),
        ("aanvragen", "aangevraagd"),
        ("aanvragen", "aanvroeg"),
        ("ontvangen", "ontving"),
        ("verzoeken", "verzocht"),
        ("toekennen", "toegekende"),
        ("terugbetalen", "terugbetaald"),
        ("openbaar", "openbare"),
        ("ministerieel", "ministeriele"),
        ("zwaar", "zwaardere"),
        ("goed", "beste"),
    ] {
        assert!(
            together(word, form),
            "{word} {form}: {:?} {:?}",
            lemmas(word),
            lemmas(form)
        );
    }
}

#[test]
fn a_word_is_not_found_by_one_that_only_looks_like_it() {
    for (one, other) in [
        ("minister", "mini"),
        ("overheid", "over"),
        ("openbaarheid", "open"),
        ("gemeente", "menen"),
        ("gesprek", "spreken"),
        ("ambtenaar", "ambt"),
        ("weten", "wet"),
        ("rechter", "recht"),
        ("bom", "boom"),
        ("toeslag", "slag"),
        ("anders", "ander"),
        ("organisatie", "organiseren"),
    ] {
        assert!(
            !together(one, other),
            "{one} {other}: {:?} {:?}",
            lemmas(one),
            lemmas(other)
        );
    }
}

#[test]
fn an_ambiguous_form_is_a_form_of_every_word_it_can_be() {
    assert_eq!(lemmas("wegen"), ["weg", "wegen"]);
    assert!(
        lemmas("raden").contains(&"raad".to_owned())
            && lemmas("raden").contains(&"raden".to_owned())
    );
    assert_eq!(lemmas("over"), ["over"]);
}

#[test]
fn a_verb_is_found_where_its_particle_stands_elsewhere() {
    for (separated, verb) in [
        ("kondigde", "aankondigen"),
        ("kondigt", "afkondigen"),
        ("kondigen", "aankondigen"),
        ("schafte", "afschaffen"),
        ("nodigden", "uitnodigen"),
        ("vaardigt", "uitvaardigen"),
        ("schortte", "opschorten"),
    ] {
        assert!(together(separated, verb), "{separated} {verb}");
    }
    // Another word first, or a verb by itself.
    for (word, verb) in [
        ("nodig", "uitnodigen"),
        ("burger", "inburgeren"),
        ("scherp", "aanscherpen"),
        ("sporen", "opsporen"),
        ("stelde", "voorstellen"),
        ("geeft", "aangeven"),
    ] {
        assert!(!together(word, verb), "{word} {verb}");
    }
}

#[test]
fn people_who_are_called_by_a_participle_are_found_by_their_verb() {
    for (noun, verb) in [
        ("betrokkenen", "betrekken"),
        ("gedupeerden", "duperen"),
        ("gemachtigden", "machtigen"),
        ("overledene", "overlijden"),
        ("gedetineerden", "gedetineerd"),
    ] {
        assert!(together(noun, verb), "{noun} {verb}");
    }
    assert!(together("mededeelde", "meedelen"));
}

#[test]
fn who_looks_for_a_word_finds_the_compounds_it_is_in() {
    for (compound, expected) in [
        (
            "kinderopvangtoeslag",
            &["kinderopvang", "kind", "opvang", "toeslag"][..],
        ),
        ("kinderopvangtoeslagen", &["kinderopvang", "toeslag"]),
        ("wetsvoorstel", &["wet", "voorstel"]),
        ("archiefwet", &["archief", "wet"]),
        ("dwangsom", &["dwang", "som"]),
        ("raadsleden", &["raad", "lid"]),
        ("hulpverlening", &["hulp", "verlening"]),
        ("terugbetaling", &["betaling"]),
        ("koninkrijksrelaties", &["koninkrijk", "relatie"]),
        ("staatsveiligheid", &["staat", "veiligheid"]),
        (
            "bezwaarschriftencommissie",
            &["bezwaarschrift", "bezwaar", "schrift", "commissie"],
        ),
        ("regelgeving", &["regel"]),
        ("snelweg", &["weg"]),
        ("weerbericht", &["weer", "bericht"]),
    ] {
        for part in expected {
            assert!(
                parts(compound).iter().any(|p| p == part),
                "{part} in {compound}: {:?}",
                parts(compound)
            );
        }
    }
}

#[test]
fn who_looks_for_a_part_finds_every_compound_of_that_kind() {
    for (first, lasts) in [
        (
            "kade",
            &[
                "herstel",
                "muur",
                "beheer",
                "plan",
                "onderzoek",
                "overleg",
                "lijst",
                "kaart",
                "bouw",
                "werk",
                "wand",
            ][..],
        ),
        ("bodem", &["herstel", "onderzoek", "toets", "kaart"]),
        ("dijk", &["herstel", "muur", "besluit", "bouw"]),
        ("natuur", &["herstel", "beheer", "toets", "plan"]),
        ("weg", &["herstel", "beheer"]),
        ("riool", &["herstel", "beheer", "plan"]),
        ("fundering", &["+herstel", "+onderzoek"]),
        ("schade", &["herstel", "verzoek", "lijst"]),
        ("gevel", &["herstel", "plan"]),
        ("wijk", &["overleg", "plan", "toets"]),
        ("huur", &["koop", "lijst", "besluit"]),
        ("woo", &["verzoek", "besluit", "toets"]),
        ("avg", &["verzoek", "toets"]),
        ("bibob", &["toets", "onderzoek"]),
        ("tussen", &["rapport", "besluit"]),
        ("mijn", &["bouw", "schade"]),
    ] {
        for last in lasts {
            // A + stands for the s between the words.
            let compound = format!("{first}{}", last.replace('+', "s"));
            let parts = parts(&compound);
            for part in [first, last.trim_start_matches('+')] {
                assert!(
                    parts.iter().any(|p| p == part),
                    "{part} in {compound}: {parts:?}"
                );
            }
        }
    }
}

#[test]
fn one_and_many_are_split_alike() {
    for (one, many) in [
        ("kademuur", "kademuren"),
        ("keermuur", "keermuren"),
        ("zeedijk", "zeedijken"),
        ("bodemkaart", "bodemkaarten"),
    ] {
        assert_eq!(parts(one), parts(many), "{one} {many}");
    }
}

#[test]
fn a_compound_in_the_plural_is_a_form_of_the_one() {
    // Of a plural that the dictionary knows as a verb only, as one word by itself, or not at all.
    for (one, many) in [
        ("bankoverval", "bankovervallen"),
        ("woninginbraak", "woninginbraken"),
        ("kabinetsbesluit", "kabinetsbesluiten"),
        ("zorgverstrekker", "zorgverstrekkers"),
        ("wijktros", "wijktrossen"),
    ] {
        assert!(together(one, many), "{one} {many}: {:?}", lemmas(many));
        assert_eq!(parts(one), parts(many), "{one} {many}");
    }
    for (part, many) in [
        ("overval", "bankovervallen"),
        ("inbraak", "woninginbraken"),
        ("besluit", "kabinetsbesluiten"),
    ] {
        assert!(parts(many).iter().any(|found| found == part), "{many}");
    }
}

#[test]
fn a_noun_behind_a_particle_is_a_part() {
    for (word, noun) in [
        ("heronderzoek", "onderzoek"),
        ("heronderzoeken", "onderzoek"),
        ("herindelingen", "indeling"),
        ("herbeoordelingsprocedure", "beoordeling"),
        ("hergebruik", "gebruik"),
        ("vooronderzoek", "onderzoek"),
        ("vooroverleg", "overleg"),
        ("tegenvoorstel", "voorstel"),
        ("nabetaling", "betaling"),
    ] {
        assert!(
            parts(word).iter().any(|part| part == noun),
            "{word}: {:?}",
            parts(word)
        );
    }
    for word in [
        "herstel",
        "herberg",
        "herkomst",
        "herroeping",
        "voorbehoud",
        "voorbeeld",
        "voordeel",
        "nadeel",
        "nazaat",
        "voorafbeelding",
    ] {
        assert_eq!(parts(word), Vec::<String>::new(), "{word}");
    }
}

#[test]
fn a_noun_that_is_also_a_stem_is_a_form_of_both() {
    assert_eq!(lemmas("herstel"), ["herstel", "herstellen"]);
    assert!(together("herstel", "hersteld"));
    assert_eq!(lemmas("gevelherstel"), ["gevelherstel"]);
    // Finite forms that end no compound are no nouns.
    for verb in ["herstelt", "vindt", "gebaseerd"] {
        assert!(
            lemmas(verb).iter().all(|lemma| lemma != verb),
            "{verb}: {:?}",
            lemmas(verb)
        );
    }
}

#[test]
fn a_word_that_is_not_a_compound_stays_whole() {
    for word in [
        "organisatie",
        "minister",
        "verantwoordelijkheid",
        "uitwisseling",
        "betrekking",
        "beschikking",
        "betrokken",
        "vaststelling",
        "toelichting",
        "cultuur",
        "bestuur",
        "verzekering",
        "wereld",
        "onderzoek",
        "samenwerking",
        "amsterdam",
        "democratie",
        "economisch",
        "gesprek",
        "mijnheer",
        "uitdraai",
    ] {
        assert_eq!(parts(word), Vec::<String>::new(), "{word}");
    }
}

#[test]
fn a_compound_that_no_list_knows_has_a_lemma() {
    assert_eq!(lemmas("stikstofuitstootkaarten"), ["stikstofuitstootkaart"]);
    assert!(together("mondkapjesdeal", "mondkapjesdeals"));
}

#[test]
fn old_and_deviating_spelling_meets_that_of_today() {
    for (old, new) in [
        ("paardebloem", "paardenbloem"),
        ("pannekoeken", "pannenkoek"),
        ("aktie", "actie"),
        ("produkten", "product"),
        ("kommissie", "commissie"),
        ("projektplan", "projectplan"),
        ("hooren", "horen"),
        ("nederlandsche", "nederlandse"),
        ("rechtzaak", "rechtszaak"),
        ("zyn", "zijn"),
        ("vryheid", "vrijheid"),
    ] {
        assert!(
            together(old, new),
            "{old} {new}: {:?} {:?}",
            lemmas(old),
            lemmas(new)
        );
    }
}

#[test]
fn names_stay_what_they_are() {
    assert_eq!(lemmas("amsterdam"), ["amsterdam"]);
    assert_eq!(*forms("vrolijksen", true).lemmas, ["vrolijksen".into()]);
    assert!(forms("bergen", true).lemmas.contains(&"bergen".into()));
}

#[test]
fn unknown_words_are_stemmed_carefully() {
    assert!(together("podcastje", "podcastjes"));
    assert!(together("blokchainen", "blokchainen"));
    for word in ["zzgt", "enen", "qwster", "tjes"] {
        assert!(
            lemmas(word).iter().all(|lemma| lemma.len() >= 3),
            "{word}: {:?}",
            lemmas(word)
        );
    }
}

#[test]
fn only_words_of_plain_letters_have_forms() {
    for word in ["covid19en", "οδοι", "", "x", &"besluiten".repeat(10)] {
        assert_eq!(lemmas(word), [word]);
        assert_eq!(parts(word), Vec::<String>::new());
    }
}

#[test]
fn the_forms_that_are_shown_have_the_lemma() {
    let forms = known_forms("lopen");
    for form in ["liep", "liepen", "loopt", "gelopen", "lopend"] {
        assert!(forms.iter().any(|f| f == form), "{form}: {forms:?}");
    }
    assert!(
        forms
            .iter()
            .all(|form| lemmas(form).iter().any(|lemma| lemma == "lopen"))
    );
}

#[test]
fn words_that_push_each_other_out_of_the_cache_keep_their_forms() {
    let mut used = std::collections::HashSet::new();
    for n in 0..CACHE_SLOTS + 1000 {
        let word: String = n
            .to_string()
            .bytes()
            .map(|b| char::from(b - b'0' + b'a'))
            .collect::<String>()
            + "en";
        used.insert(slot_of(&word, false));
        if n % 64 == 0 {
            for capitalised in [true, false, true] {
                let (mut lemmas, mut parts) = (Vec::new(), Vec::new());
                forms_of(&word, capitalised, |piece, text| match piece {
                    Piece::Lemma => lemmas.push(Box::from(text)),
                    Piece::Part => parts.push(Box::from(text)),
                });
                let cached = Forms {
                    lemmas: lemmas.into(),
                    parts: parts.into(),
                };
                assert_eq!(cached, forms(&word, capitalised));
            }
        }
    }
    assert!(used.len() > CACHE_SLOTS / 4, "{} slots used", used.len());
}

#[test]
fn spellings_that_lead_to_each_other_come_to_an_end() {
    for word in [
        "elektri",
        "electri",
        "electrielektri",
        "elektrielectrielektri",
    ] {
        assert!(!forms(word, false).lemmas.is_empty());
    }
}

proptest! {
    #[test]
    fn any_word_has_lemmas_and_its_parts_are_other_words(word in "[a-z]{0,70}", capitalised: bool) {
        let forms = forms(&word, capitalised);
        prop_assert!(!forms.lemmas.is_empty());
        prop_assert!(forms.parts.iter().all(|part| !part.is_empty() && !forms.lemmas.contains(part)));
    }

    #[test]
    fn words_made_of_words_have_lemmas(words in proptest::collection::vec("(raad|lid|s|en|wet|der|ver|tel|er|regel|kind)", 1..30)) {
        let word = words.concat();
        let forms = forms(&word, false);
        prop_assert!(!forms.lemmas.is_empty());
    }
}
