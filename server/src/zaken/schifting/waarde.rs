//! The values of a schifting with the rules for each: which reason goes with it, and what it cannot do without. Never
//! looks into the database.

use crate::store::StoreError;
use crate::zaken::{at_most, filled};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zv_shared::DocId;

/// Wat er bij de schifting van een document gevonden is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "kebab-case")]
#[schema(as = SchiftWaarde)]
pub enum Waarde {
    /// Hoort bij het verzoek.
    Relevant,
    /// Hoort er niet bij.
    NietRelevant,
    /// Moet nog eens bekeken worden.
    Twijfel,
    /// Valt buiten de afbakening.
    BuitenReikwijdte,
    /// De inhoud staat in een ander document van de zaak.
    Dubbel,
    /// Was al openbaar.
    ReedsOpenbaar,
    /// Er geldt een eigen regeling voor (Woo 8.8).
    BijzondereRegeling,
}

impl Waarde {
    /// All of them, in the order of the screens.
    pub const ALL: [Waarde; 7] = [
        Waarde::Relevant,
        Waarde::NietRelevant,
        Waarde::Twijfel,
        Waarde::BuitenReikwijdte,
        Waarde::Dubbel,
        Waarde::ReedsOpenbaar,
        Waarde::BijzondereRegeling,
    ];

    /// The name in the API and the database.
    pub fn name(self) -> &'static str {
        match self {
            Waarde::Relevant => "relevant",
            Waarde::NietRelevant => "niet-relevant",
            Waarde::Twijfel => "twijfel",
            Waarde::BuitenReikwijdte => "buiten-reikwijdte",
            Waarde::Dubbel => "dubbel",
            Waarde::ReedsOpenbaar => "reeds-openbaar",
            Waarde::BijzondereRegeling => "bijzondere-regeling",
        }
    }

    /// As it is shown.
    pub fn label(self) -> &'static str {
        match self {
            Waarde::Relevant => "relevant",
            Waarde::NietRelevant => "niet relevant",
            Waarde::Twijfel => "twijfel",
            Waarde::BuitenReikwijdte => "buiten reikwijdte",
            Waarde::Dubbel => "dubbel",
            Waarde::ReedsOpenbaar => "reeds openbaar",
            Waarde::BijzondereRegeling => "bijzondere regeling",
        }
    }

    /// The one with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    /// The reasons that go with it; when there are any, one of them is needed.
    pub fn reasons(self) -> &'static [Reden] {
        match self {
            Waarde::NietRelevant => &[
                Reden::AndereBetekenis,
                Reden::AlleenGenoemd,
                Reden::GeenInhoud,
                Reden::Anders,
            ],
            Waarde::BuitenReikwijdte => {
                &[Reden::Periode, Reden::Onderwerp, Reden::GeenPubliekeTaak]
            }
            _ => &[],
        }
    }
}

/// Waarom een document afvalt.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "kebab-case")]
#[schema(as = SchiftReden)]
pub enum Reden {
    /// Niet relevant: het gezochte woord betekent hier iets anders.
    AndereBetekenis,
    /// Niet relevant: het onderwerp wordt alleen genoemd.
    AlleenGenoemd,
    /// Niet relevant: er staat niets in, zoals in een leeg of automatisch bericht.
    GeenInhoud,
    /// Niet relevant om een andere reden; die staat in de toelichting.
    Anders,
    /// Buiten reikwijdte: buiten de periode.
    Periode,
    /// Buiten reikwijdte: een ander onderwerp dan is afgesproken.
    Onderwerp,
    /// Buiten reikwijdte: geen verband met de publieke taak (Woo 2.1).
    GeenPubliekeTaak,
}

impl Reden {
    /// All of them.
    pub const ALL: [Reden; 7] = [
        Reden::AndereBetekenis,
        Reden::AlleenGenoemd,
        Reden::GeenInhoud,
        Reden::Anders,
        Reden::Periode,
        Reden::Onderwerp,
        Reden::GeenPubliekeTaak,
    ];

    /// The name in the API and the database.
    pub fn name(self) -> &'static str {
        match self {
            Reden::AndereBetekenis => "andere-betekenis",
            Reden::AlleenGenoemd => "alleen-genoemd",
            Reden::GeenInhoud => "geen-inhoud",
            Reden::Anders => "anders",
            Reden::Periode => "periode",
            Reden::Onderwerp => "onderwerp",
            Reden::GeenPubliekeTaak => "geen-publieke-taak",
        }
    }

    /// As it is shown.
    pub fn label(self) -> &'static str {
        match self {
            Reden::AndereBetekenis => "het woord betekent hier iets anders",
            Reden::AlleenGenoemd => "het onderwerp wordt alleen genoemd",
            Reden::GeenInhoud => "leeg of automatisch bericht",
            Reden::Anders => "andere reden",
            Reden::Periode => "buiten de periode",
            Reden::Onderwerp => "ander onderwerp",
            Reden::GeenPubliekeTaak => "geen verband met de publieke taak (Woo 2.1)",
        }
    }

    /// The one with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }
}

/// Een waarde met wat erbij hoort.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Schifting {
    /// De waarde.
    pub waarde: Waarde,
    /// Waarom; verplicht bij niet relevant en buiten reikwijdte.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reden: Option<Reden>,
    /// Vrije tekst.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(max_length = 1000)]
    pub toelichting: String,
    /// Bij dubbel: het document waarin de inhoud staat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub dubbel_van: Option<DocId>,
    /// Bij reeds openbaar: waar het te vinden is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(max_length = 2048)]
    pub link: String,
    /// Bij een bijzondere regeling: welke bepaling.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(max_length = 500)]
    pub regeling: String,
}

impl Schifting {
    /// A value with nothing to it.
    #[cfg(test)]
    pub fn of(waarde: Waarde) -> Self {
        Schifting {
            waarde,
            reden: None,
            toelichting: String::new(),
            dubbel_van: None,
            link: String::new(),
            regeling: String::new(),
        }
    }

    /// The same, tidy.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when something is missing, or does not go with the value.
    pub fn checked(&self) -> Result<Self, StoreError> {
        let refused = |sentence: String| Err(StoreError::Refused(sentence));
        let name = self.waarde.label();
        at_most(self.toelichting.trim(), "de toelichting", 1_000)?;
        let tidy = Schifting {
            toelichting: self.toelichting.trim().to_owned(),
            link: checked_link(&self.link)?,
            regeling: self.regeling.trim().to_owned(),
            ..self.clone()
        };
        let reasons = self.waarde.reasons();
        match self.reden {
            None if !reasons.is_empty() => return refused(format!("kies een reden voor {name}")),
            Some(reden) if !reasons.contains(&reden) => {
                return refused(format!(
                    "de reden '{}' hoort niet bij {name}",
                    reden.label()
                ));
            }
            Some(Reden::Anders) if tidy.toelichting.is_empty() => {
                return refused("schrijf in de toelichting wat de andere reden is".to_owned());
            }
            _ => {}
        }
        let is = |waarde| self.waarde == waarde;
        if is(Waarde::Dubbel) != tidy.dubbel_van.is_some() {
            return refused(match tidy.dubbel_van {
                None => "wijs het document aan waarin de inhoud staat".to_owned(),
                Some(_) => format!("een ander document hoort niet bij {name}"),
            });
        }
        if is(Waarde::ReedsOpenbaar) {
            if tidy.link.is_empty() && tidy.toelichting.is_empty() {
                return refused(
                    "schrijf waar het document te vinden is, of waarom het openbaar is".to_owned(),
                );
            }
        } else if !tidy.link.is_empty() {
            return refused(format!("een link hoort niet bij {name}"));
        }
        if is(Waarde::BijzondereRegeling) {
            filled(&tidy.regeling, "welke bepaling geldt (Woo 8.8)", 500)?;
        } else if !tidy.regeling.is_empty() {
            return refused(format!("een bepaling hoort niet bij {name}"));
        }
        Ok(tidy)
    }
}

/// An address on the web, tidy; empty stays empty.
pub fn checked_link(link: &str) -> Result<String, StoreError> {
    let link = link.trim();
    at_most(link, "de link", 2_048)?;
    let host = link
        .strip_prefix("https://")
        .or_else(|| link.strip_prefix("http://"));
    let sound = host.is_some_and(|host| host.starts_with(char::is_alphanumeric))
        && !link.contains(|c: char| c.is_whitespace() || c.is_control() || "\"<>\\|".contains(c));
    match link.is_empty() || sound {
        true => Ok(link.to_owned()),
        false => Err(StoreError::refused(
            "een link begint met https:// en heeft geen spaties",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(schifting: &Schifting) -> bool {
        matches!(schifting.checked(), Err(StoreError::Refused(_)))
    }

    #[test]
    fn names_are_those_of_the_api() {
        for waarde in Waarde::ALL {
            assert_eq!(serde_json::json!(waarde), waarde.name());
            assert_eq!(Waarde::named(waarde.name()), Some(waarde));
        }
        for reden in Reden::ALL {
            assert_eq!(serde_json::json!(reden), reden.name());
            assert_eq!(Reden::named(reden.name()), Some(reden));
        }
    }

    #[test]
    fn who_excludes_says_why_with_a_reason_that_fits() {
        for waarde in Waarde::ALL {
            for reden in Reden::ALL {
                let one = Schifting {
                    reden: Some(reden),
                    toelichting: "omdat".into(),
                    ..Schifting::of(waarde)
                };
                if !waarde.reasons().contains(&reden) {
                    assert!(refused(&one), "{waarde:?} {reden:?}");
                } else {
                    assert!(one.checked().is_ok(), "{waarde:?} {reden:?}");
                }
            }
        }
        assert!(refused(&Schifting::of(Waarde::NietRelevant)));
        assert!(refused(&Schifting::of(Waarde::BuitenReikwijdte)));
        assert!(Schifting::of(Waarde::Relevant).checked().is_ok());
        assert!(Schifting::of(Waarde::Twijfel).checked().is_ok());
        let other = Schifting {
            reden: Some(Reden::Anders),
            toelichting: "  ".into(),
            ..Schifting::of(Waarde::NietRelevant)
        };
        assert!(refused(&other));
    }

    #[test]
    fn a_copy_points_to_its_document_and_nothing_else_does() {
        let other = Some(DocId([1; 16]));
        for waarde in Waarde::ALL {
            let one = Schifting {
                dubbel_van: other,
                reden: waarde.reasons().first().copied(),
                toelichting: "tekst".into(),
                regeling: match waarde {
                    Waarde::BijzondereRegeling => "Wet X artikel 1".into(),
                    _ => String::new(),
                },
                ..Schifting::of(waarde)
            };
            assert_eq!(one.checked().is_ok(), waarde == Waarde::Dubbel);
        }
        assert!(refused(&Schifting::of(Waarde::Dubbel)));
    }

    #[test]
    fn what_was_public_has_a_link_or_a_word_and_a_rule_is_named() {
        assert!(refused(&Schifting::of(Waarde::ReedsOpenbaar)));
        assert!(refused(&Schifting::of(Waarde::BijzondereRegeling)));
        let with = |link: &str| Schifting {
            link: link.into(),
            ..Schifting::of(Waarde::ReedsOpenbaar)
        };
        let tidy = with(" https://open.example/a?b=1 ")
            .checked()
            .expect("fits");
        assert_eq!(tidy.link, "https://open.example/a?b=1");
        for bad in [
            "javascript:alert(1)",
            "https://",
            "https:// x",
            "open.example",
            "https://a|b",
        ] {
            assert!(refused(&with(bad)), "{bad}");
        }
        let long = Schifting {
            toelichting: "é".repeat(1_001),
            ..Schifting::of(Waarde::Relevant)
        };
        assert!(refused(&long));
    }
}
