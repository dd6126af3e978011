//! The closed list of grounds to refuse information (Woo and the older Wob), the four judgements, and which law a
//! decision falls under. A ground is always set by a person: nothing here chooses one. A code is never removed from
//! the list, because old decisions keep it.

use jiff::civil::Date;

/// A law on public access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wet {
    /// Wet open overheid.
    Woo,
    /// Wet openbaarheid van bestuur.
    Wob,
}

/// The day from which decisions fall under the Woo.
const WOO_VANAF: Date = Date::constant(2022, 5, 1);

/// The law that a decision of this day falls under. The day of the request does not matter, nor whether it is a
/// decision on bezwaar.
pub fn wet_op(besluitdatum: Date) -> Wet {
    if besluitdatum >= WOO_VANAF {
        Wet::Woo
    } else {
        Wet::Wob
    }
}

/// What kind of ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Soort {
    /// No weighing of interests.
    Absoluut,
    /// Only when the interest weighs more than public access.
    Relatief,
    /// Only for now.
    Tijdelijk,
    /// By a rule of its own.
    Overig,
}

/// A ground to refuse information.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grond {
    /// The canonical code, as in `5.1.2e`.
    pub code: &'static str,
    /// In a few words.
    pub tekst: &'static str,
    /// Of which law.
    pub wet: Wet,
    /// What kind.
    pub soort: Soort,
    /// Whether the receiver of a productierapport knows the code.
    pub bij_ontvanger: bool,
}

impl Grond {
    /// Whether refusing information older than five years on this ground needs a motivation (Woo 5.3): 5.1 lid 2,
    /// 5.1 lid 5 and 5.2.
    pub fn motivering_na_vijf_jaar(&self) -> bool {
        self.code.starts_with("5.1.2") || matches!(self.code, "5.1.5" | "5.2")
    }
}

/// The receiver's word for a document whose content was judged in another document.
pub const DUBBEL: &str = "dubbel";

/// All grounds, in the order of the laws.
pub const GRONDEN: [Grond; 30] = {
    use Soort::{Absoluut, Overig, Relatief, Tijdelijk};
    use Wet::{Wob, Woo};
    [
        grond_van("5.1.1a", "eenheid van de Kroon", Woo, Absoluut),
        grond_van("5.1.1b", "veiligheid van de Staat", Woo, Absoluut),
        grond_van(
            "5.1.1c",
            "vertrouwelijk meegedeelde bedrijfs- en fabricagegegevens",
            Woo,
            Absoluut,
        ),
        grond_van(
            "5.1.1d",
            "bijzondere of strafrechtelijke persoonsgegevens",
            Woo,
            Absoluut,
        ),
        grond_van("5.1.1e", "nationale identificatienummers", Woo, Absoluut),
        grond_van("5.1.2a", "internationale betrekkingen", Woo, Relatief),
        grond_van(
            "5.1.2b",
            "economische of financiële belangen van de overheid",
            Woo,
            Relatief,
        ),
        grond_van(
            "5.1.2c",
            "opsporing en vervolging van strafbare feiten",
            Woo,
            Relatief,
        ),
        grond_van("5.1.2d", "inspectie, controle en toezicht", Woo, Relatief),
        grond_van("5.1.2e", "persoonlijke levenssfeer", Woo, Relatief),
        grond_van(
            "5.1.2f",
            "andere concurrentiegevoelige bedrijfs- en fabricagegegevens",
            Woo,
            Relatief,
        ),
        grond_van("5.1.2g", "bescherming van het milieu", Woo, Relatief),
        grond_van(
            "5.1.2h",
            "beveiliging van personen en bedrijven, voorkomen van sabotage",
            Woo,
            Relatief,
        ),
        grond_van(
            "5.1.2i",
            "goed functioneren van de Staat, andere publiekrechtelijke lichamen of bestuursorganen",
            Woo,
            Relatief,
        ),
        Grond {
            bij_ontvanger: false,
            ..grond_van(
                "5.1.4",
                "tijdelijk: de geadresseerde neemt als eerste kennis",
                Woo,
                Tijdelijk,
            )
        },
        grond_van("5.1.5", "onevenredige benadeling", Woo, Overig),
        grond_van("5.2", "persoonlijke beleidsopvattingen", Woo, Overig),
        grond_van("5.4", "informatie van de formateur", Woo, Overig),
        Grond {
            bij_ontvanger: false,
            ..grond_van("5.4a", "ondersteuning van Kamerleden", Woo, Overig)
        },
        grond_van("10.1a", "eenheid van de Kroon", Wob, Absoluut),
        grond_van("10.1b", "veiligheid van de Staat", Wob, Absoluut),
        grond_van(
            "10.1c",
            "vertrouwelijk meegedeelde bedrijfs- en fabricagegegevens",
            Wob,
            Absoluut,
        ),
        grond_van("10.1d", "bijzondere persoonsgegevens", Wob, Absoluut),
        grond_van("10.2a", "internationale betrekkingen", Wob, Relatief),
        grond_van(
            "10.2b",
            "economische of financiële belangen van de overheid",
            Wob,
            Relatief,
        ),
        grond_van(
            "10.2c",
            "opsporing en vervolging van strafbare feiten",
            Wob,
            Relatief,
        ),
        grond_van("10.2d", "inspectie, controle en toezicht", Wob, Relatief),
        grond_van("10.2e", "persoonlijke levenssfeer", Wob, Relatief),
        grond_van(
            "10.2g",
            "onevenredige bevoordeling of benadeling",
            Wob,
            Relatief,
        ),
        grond_van("11.1", "persoonlijke beleidsopvattingen", Wob, Overig),
    ]
};

const fn grond_van(code: &'static str, tekst: &'static str, wet: Wet, soort: Soort) -> Grond {
    Grond {
        code,
        tekst,
        wet,
        soort,
        bij_ontvanger: true,
    }
}

/// The ground that somebody means: `5.1.2e`, `5.1.2.e`, `5.1.2 e`, `5.1 lid 2 sub e`,
/// `art. 5.1, tweede lid, onder e`. `None` when it is on no list.
pub fn grond(spelling: &str) -> Option<&'static Grond> {
    let (parts, wet) = parts(spelling)?;
    let mut code = String::new();
    for part in parts {
        if !code.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()) {
            // A number behind a letter belongs to no code.
            if code.ends_with(|c: char| c.is_ascii_lowercase()) {
                return None;
            }
            code.push('.');
        }
        code.push_str(&part);
    }
    // Decisions name the first lid of 5.2, though the code has none.
    if code == "5.2.1" {
        code.truncate(3);
    }
    GRONDEN
        .iter()
        .find(|grond| grond.code == code && wet.is_none_or(|wet| wet == grond.wet))
}

/// The numbers and the letter of a ground, without the words around them, and the law when it is said.
fn parts(spelling: &str) -> Option<(Vec<String>, Option<Wet>)> {
    const LEDEN: [&str; 7] = [
        "eerste", "tweede", "derde", "vierde", "vijfde", "zesde", "zevende",
    ];
    let lower = spelling.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let mut parts = Vec::new();
    let mut wet = None;
    for (at, word) in words.iter().enumerate() {
        match *word {
            "artikel" | "art" | "lid" | "sub" | "onder" | "onderdeel" | "letter" | "aanhef"
            | "en" | "van" | "de" => {}
            "woo" => wet = Some(Wet::Woo),
            "wob" => wet = Some(Wet::Wob),
            word => {
                if let Some(number) = LEDEN.iter().position(|lid| *lid == word) {
                    parts.push((number + 1).to_string());
                } else if let (Some(number), Some(&"lid")) = (ordinal(word), words.get(at + 1)) {
                    parts.push(number.to_owned());
                } else {
                    let digits =
                        word.len() - word.trim_start_matches(|c: char| c.is_ascii_digit()).len();
                    let (number, letter) = word.split_at(digits);
                    if !matches!(letter.as_bytes(), [] | [b'a'..=b'z']) {
                        return None;
                    }
                    parts.extend(
                        [number, letter]
                            .iter()
                            .filter(|part| !part.is_empty())
                            .map(|part| (*part).to_owned()),
                    );
                }
            }
        }
    }
    Some((parts, wet))
}

/// The number of `2e`, `2de` and `1ste`.
fn ordinal(word: &str) -> Option<&str> {
    let number = word.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let rest = &word[number.len()..];
    (matches!(rest, "e" | "de" | "ste") && number.bytes().all(|byte| byte.is_ascii_digit()))
        .then_some(number)
}

/// What was decided on a document. The receiver of a productierapport reads any other word as niet openbaar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oordeel {
    /// All of it.
    Openbaar,
    /// A part of it.
    DeelsOpenbaar,
    /// It was public before.
    ReedsOpenbaar,
    /// Nothing of it.
    NietOpenbaar,
}

impl Oordeel {
    /// All four.
    pub const ALL: [Oordeel; 4] = [
        Oordeel::Openbaar,
        Oordeel::DeelsOpenbaar,
        Oordeel::ReedsOpenbaar,
        Oordeel::NietOpenbaar,
    ];

    /// As every list says it.
    pub fn naam(self) -> &'static str {
        match self {
            Oordeel::Openbaar => "openbaar",
            Oordeel::DeelsOpenbaar => "deels openbaar",
            Oordeel::ReedsOpenbaar => "reeds openbaar",
            Oordeel::NietOpenbaar => "niet openbaar",
        }
    }

    /// Reads one of the four names, in capitals or not. Nothing else is a judgement.
    pub fn lees(naam: &str) -> Option<Self> {
        let naam = naam.trim().to_lowercase();
        Self::ALL.into_iter().find(|oordeel| oordeel.naam() == naam)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn a_decision_from_may_2022_falls_under_the_woo() {
        assert_eq!(wet_op(date(2022, 4, 30)), Wet::Wob);
        assert_eq!(wet_op(date(2022, 5, 1)), Wet::Woo);
        assert_eq!(wet_op(date(2026, 11, 22)), Wet::Woo);
    }

    #[test]
    fn the_list_is_the_one_of_both_laws() {
        let codes = |wet| -> Vec<&str> {
            let of_law = GRONDEN.iter().filter(|grond| grond.wet == wet);
            of_law.map(|grond| grond.code).collect()
        };
        assert_eq!(
            codes(Wet::Woo).join(" "),
            "5.1.1a 5.1.1b 5.1.1c 5.1.1d 5.1.1e 5.1.2a 5.1.2b 5.1.2c 5.1.2d 5.1.2e 5.1.2f 5.1.2g 5.1.2h 5.1.2i \
             5.1.4 5.1.5 5.2 5.4 5.4a"
        );
        assert_eq!(
            codes(Wet::Wob).join(" "),
            "10.1a 10.1b 10.1c 10.1d 10.2a 10.2b 10.2c 10.2d 10.2e 10.2g 11.1"
        );
        let of_kind = |soort| GRONDEN.iter().filter(|grond| grond.soort == soort).count();
        assert_eq!(of_kind(Soort::Absoluut), 5 + 4);
        assert_eq!(of_kind(Soort::Relatief), 9 + 6);
        assert_eq!(of_kind(Soort::Tijdelijk), 1);
    }

    #[test]
    fn the_receiver_does_not_know_two_of_them() {
        let unknown: Vec<_> = GRONDEN
            .iter()
            .filter(|grond| !grond.bij_ontvanger)
            .collect();
        let codes: Vec<_> = unknown.iter().map(|grond| grond.code).collect();
        assert_eq!(codes, ["5.1.4", "5.4a"]);
    }

    #[test]
    fn old_information_needs_a_motivation_on_lid_2_lid_5_and_opinions() {
        let needing: Vec<_> = GRONDEN
            .iter()
            .filter(|grond| grond.motivering_na_vijf_jaar())
            .map(|grond| grond.code)
            .collect();
        assert_eq!(
            needing.join(" "),
            "5.1.2a 5.1.2b 5.1.2c 5.1.2d 5.1.2e 5.1.2f 5.1.2g 5.1.2h 5.1.2i 5.1.5 5.2"
        );
    }

    #[test]
    fn people_write_a_ground_in_many_ways() {
        for spelling in [
            "5.1.2e",
            " 5.1.2E ",
            "5.1.2.e",
            "5.1.2 e",
            "5.1 lid 2 sub e",
            "art. 5.1, tweede lid, onder e",
            "Artikel 5.1, tweede lid, aanhef en onder e, van de Woo",
            "5.1, 2e lid, onder e",
            "art 5.1 lid 2 onderdeel e Woo",
        ] {
            assert_eq!(
                grond(spelling).map(|grond| grond.code),
                Some("5.1.2e"),
                "{spelling}"
            );
        }
        for (spelling, code) in [
            ("5.1 lid 5", "5.1.5"),
            ("art. 5.1, vierde lid", "5.1.4"),
            ("5.2, eerste lid", "5.2"),
            ("5.4.a", "5.4a"),
            ("artikel 10, tweede lid, aanhef en onder e, Wob", "10.2e"),
            ("10.2.g", "10.2g"),
            ("art. 11, eerste lid", "11.1"),
        ] {
            assert_eq!(
                grond(spelling).map(|grond| grond.code),
                Some(code),
                "{spelling}"
            );
        }
    }

    #[test]
    fn what_is_on_no_list_is_no_ground() {
        for spelling in [
            "",
            "e",
            "lid",
            "5",
            "5.1",
            "5.1.2",
            "5.1.2j",
            "5.1.1f",
            "5.1.3",
            "5.12e",
            "51.2e",
            "10.2f",
            "5.1.2e1",
            "5.1.2ee",
            "5.1.2e Wob",
            "10.2e Woo",
            "11",
            "5.1.2é",
            "dubbel",
            "privacy",
            "٥.1.2e",
        ] {
            assert_eq!(grond(spelling), None, "{spelling}");
        }
    }

    #[test]
    fn a_judgement_is_one_of_four_words() {
        assert_eq!(
            Oordeel::lees(" Deels Openbaar "),
            Some(Oordeel::DeelsOpenbaar)
        );
        assert_eq!(Oordeel::lees("Gedeeltelijk openbaar"), None);
        for oordeel in Oordeel::ALL {
            assert_eq!(Oordeel::lees(oordeel.naam()), Some(oordeel));
        }
    }

    proptest! {
        #[test]
        fn any_text_can_be_asked(spelling in "\\PC{0,40}") {
            if let Some(found) = grond(&spelling) {
                prop_assert!(GRONDEN.contains(found));
            }
        }
    }
}
