//! From what is sent to the rows of a list: a file as the lists of an installation are (CSV, SKOS), or terms of the
//! zoekplan. Owns what of a zoekplan can be a synonym. A term that cannot is an error, never left out in silence.

use super::super::Zaak;
use super::super::plan::Begrip;
use crate::problem::Problem;
use crate::store::{Store, StoreError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zv_shared::lists::{List, ListError, Origin, Row, csv, skos};
use zv_shared::query::{Form, Query, Word, parse};

/// De vorm van een bestand met een woordenlijst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = WoordenlijstVorm)]
pub enum Vorm {
    /// CSV: op elke regel termen die hetzelfde betekenen.
    Csv,
    /// SKOS in RDF/XML.
    Rdf,
    /// SKOS in Turtle.
    Ttl,
}

impl Vorm {
    /// All of them.
    pub const ALL: [Vorm; 3] = [Vorm::Csv, Vorm::Rdf, Vorm::Ttl];

    /// The name in the API, which is also how a file of it ends.
    pub fn name(self) -> &'static str {
        match self {
            Vorm::Csv => "csv",
            Vorm::Rdf => "rdf",
            Vorm::Ttl => "ttl",
        }
    }

    /// The form with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|vorm| vorm.name().eq_ignore_ascii_case(name))
    }
}

/// Waar de regels van een woordenlijst vandaan komen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "soort", rename_all = "kebab-case", deny_unknown_fields)]
#[schema(as = WoordenlijstInhoud)]
pub enum Inhoud {
    /// De tekst van een bestand.
    Tekst {
        /// De vorm.
        vorm: Vorm,
        /// De hele tekst.
        #[schema(
            min_length = 1,
            max_length = 500_000,
            example = "toeslag;toelage;tegemoetkoming"
        )]
        tekst: String,
    },
    /// Begrippen van het zoekplan, elk met zijn termen.
    Zoekplan {
        /// De versie van het zoekplan.
        versie: u32,
        /// De namen van de begrippen.
        #[schema(min_items = 1)]
        begrippen: Vec<String>,
    },
}

/// Rows, and what they were read from.
pub struct Gelezen {
    /// The rows.
    pub lijst: List,
    /// What they were read from.
    pub bron: String,
}

/// A list that cannot be used.
fn wrong(error: ListError) -> Problem {
    Problem::refused(format!("Regel {}: {}", error.regel, error.melding))
}

/// Reads the bytes of a file.
pub fn of_bytes(vorm: Vorm, bytes: &[u8]) -> Result<Gelezen, Problem> {
    let parse = match vorm {
        Vorm::Csv => csv::parse,
        Vorm::Rdf => skos::parse_xml,
        Vorm::Ttl => skos::parse_turtle,
    };
    Ok(Gelezen {
        lijst: parse("", Origin::Zaak, bytes).map_err(wrong)?,
        bron: vorm.name().to_owned(),
    })
}

impl Inhoud {
    /// Reads what was sent.
    pub fn read(&self, store: &Store, zaak: &Zaak) -> Result<Gelezen, Problem> {
        match self {
            Inhoud::Tekst { vorm, tekst } => of_bytes(*vorm, tekst.as_bytes()),
            Inhoud::Zoekplan { versie, begrippen } => {
                let plans = store.zoekplannen(&zaak.id)?;
                let plan = plans.iter().find(|plan| plan.nummer == *versie);
                let plan = plan.ok_or(StoreError::Missing(
                    "deze versie van het zoekplan is er niet",
                ))?;
                Ok(Gelezen {
                    lijst: of_plan(&plan.inhoud.begrippen, begrippen)?,
                    bron: format!("zoekplan {versie}"),
                })
            }
        }
    }
}

/// The rows of the concepts with these names.
fn of_plan(known: &[Begrip], names: &[String]) -> Result<List, Problem> {
    if names.is_empty() {
        return Err(refused("kies ten minste een begrip".to_owned()));
    }
    let mut rows = Vec::with_capacity(names.len());
    for name in names {
        let concept = known.iter().find(|concept| concept.naam == *name);
        let concept =
            concept.ok_or_else(|| refused(format!("het zoekplan heeft geen begrip “{name}”")))?;
        rows.push(row(concept)?);
    }
    let wrong = |error: ListError| {
        let name = names.get(error.regel.saturating_sub(1));
        let name = name.map(String::as_str).unwrap_or_default();
        refused(format!("begrip “{name}”: {}", error.melding))
    };
    List::of_rows("", Origin::Zaak, None, rows).map_err(wrong)
}

fn refused(why: String) -> Problem {
    StoreError::Refused(why).into()
}

/// The name of a concept and its terms, which all mean the same.
fn row(concept: &Begrip) -> Result<Row, Problem> {
    let mut terms = Vec::with_capacity(concept.termen.len() + 1);
    for term in std::iter::once(&concept.naam).chain(&concept.termen) {
        terms.push(plain(term).ok_or_else(|| {
            refused(format!(
                "“{term}” van begrip “{}” kan geen synoniem zijn: dat bestaat uit gewone woorden, zonder jokertekens \
                 of operatoren. Maak voor dit begrip zelf een lijst",
                concept.naam
            ))
        })?);
    }
    terms.dedup();
    if terms.len() < 2 {
        return Err(refused(format!(
            "begrip “{}” heeft geen andere termen dan zijn naam",
            concept.naam
        )));
    }
    Ok(Row {
        terms,
        only_to: Vec::new(),
    })
}

/// A term of a zoekplan as plain words; none when it asks for something else than these words.
fn plain(term: &str) -> Option<String> {
    let spaced = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let word = |query: &Query| match query {
        Query::Word(Word {
            text,
            form: Form::Woordvorm,
            switches,
        }) if *switches == Default::default() => Some(text.clone()),
        _ => None,
    };
    let text = match parse(term).ok()? {
        Query::Phrase(phrase) if !phrase.text.contains(['*', '?']) => {
            return Some(spaced(&phrase.text));
        }
        Query::And(parts) => parts
            .iter()
            .map(word)
            .collect::<Option<Vec<_>>>()?
            .join(" "),
        query => word(&query)?,
    };
    // What the question language took for a sign of its own is no plain word.
    (text == spaced(term)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn concept(naam: &str, termen: &[&str]) -> Begrip {
        Begrip {
            naam: naam.to_owned(),
            termen: termen.iter().map(|term| (*term).to_owned()).collect(),
        }
    }

    #[test]
    fn concepts_of_a_zoekplan_become_rows() {
        let known = [
            concept("toeslag", &["toelage", "\"tegemoetkoming in de kosten\""]),
            concept(
                "Belastingdienst",
                &["fiscus", "R&D-bijdrage", "'s-Gravenhage"],
            ),
        ];
        let names = ["Belastingdienst".to_owned(), "toeslag".to_owned()];
        let list = of_plan(&known, &names).expect("a list");
        let rows: Vec<_> = list.rows().iter().map(|row| row.terms.join("|")).collect();
        assert_eq!(
            rows,
            [
                "Belastingdienst|fiscus|R&D-bijdrage|'s-Gravenhage",
                "toeslag|toelage|tegemoetkoming in de kosten"
            ]
        );
    }

    #[test]
    fn what_is_no_plain_word_is_refused_and_named() {
        for term in [
            "subsid*",
            "\"subsid* x\"",
            "toelage~1",
            "=toelage",
            "a OF b",
            "a EN b",
            "a NEAR/3 b",
            "van:jansen",
            "toelage{-deel}",
            "(toelage)",
            "NIET a",
            "",
        ] {
            let known = [concept("toeslag", &[term])];
            let error = of_plan(&known, &["toeslag".to_owned()])
                .map(|_| ())
                .expect_err(term);
            assert_eq!(error.status(), 422, "{term}");
            assert!(
                error.detail.contains(&format!("“{term}”")),
                "{}",
                error.detail
            );
        }
        let known = [concept("toeslag", &["toeslag"])];
        assert!(of_plan(&known, &["toeslag".to_owned()]).is_err());
        assert!(of_plan(&known, &["iets anders".to_owned()]).is_err());
        assert!(of_plan(&known, &[]).is_err());
    }

    #[test]
    fn what_is_wrong_in_a_file_is_said_with_its_line() {
        let error = of_bytes(Vorm::Csv, b"a1;b1\nc1\n")
            .map(|_| ())
            .expect_err("wrong");
        assert_eq!(error.status(), 422);
        assert!(error.detail.starts_with("Regel 2: "), "{}", error.detail);
    }
}
