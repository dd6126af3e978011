//! From a sent search form to a question. Owns the names of its fields. Never trusts their values.

use crate::problem::Problem;
use crate::search::{Question, Wijze, collapse_named, date_field_named, mode_named, sort_named};
use std::collections::BTreeSet;
use zv_shared::index::FacetField;

/// Reads the fields of a form. A field that comes twice (a checkbox behind its hidden "no") counts as last sent.
pub fn question(fields: Vec<(String, String)>) -> Result<Question, Problem> {
    let mut question = Question::default();
    let mut meant = None;
    let mut changes = Vec::new();
    for (name, value) in fields {
        match name.as_str() {
            // Browsers send line ends as CR LF; a question has one line.
            "vraag" => question.vraag = value.replace(['\r', '\n'], " ").trim().to_owned(),
            "zaak" => question.zaak = Some(value).filter(|zaak| !zaak.is_empty()),
            "verfijnt" => question.verfijnt = Some(value).filter(|id| !id.is_empty()),
            "bedoeld" => meant = Some(value),
            "wijze" => {
                question.wijze = match value.as_str() {
                    "alle" => Wijze::Alle,
                    "een" => Wijze::Een,
                    _ => return Err(wrong(&name)),
                }
            }
            "sorteer" => question.sorteer = sort_named(&value).ok_or_else(|| wrong(&name))?,
            "datumveld" => {
                question.datumveld = date_field_named(&value).ok_or_else(|| wrong(&name))?
            }
            "breedte" => question.breedte = mode_named(&value).ok_or_else(|| wrong(&name))?,
            "samenvoegen" => {
                question.samenvoegen = collapse_named(&value).ok_or_else(|| wrong(&name))?
            }
            "ongedateerd" => question.ongedateerd = value == "ja",
            "weg" | "alleen" => changes.push((name, value)),
            _ => {
                let field = FacetField::parse(&name).ok_or_else(|| wrong(&name))?;
                question.filters.entry(field).or_default().insert(value);
            }
        }
    }
    if let Some(meant) = meant {
        question.vraag = meant;
        question.wijze = Wijze::Alle;
    }
    for (name, value) in changes {
        change(&mut question, &name, &value)?;
    }
    Ok(question)
}

/// `weg` takes a filter away (`soort=brief`, `soort` or `alles`), `alleen` makes it the only one of its field.
fn change(question: &mut Question, name: &str, value: &str) -> Result<(), Problem> {
    if name == "weg" && value == "alles" {
        question.filters.clear();
        return Ok(());
    }
    let (field, value) = match value.split_once('=') {
        Some((field, value)) => (field, Some(value)),
        None => (value, None),
    };
    let field = FacetField::parse(field).ok_or_else(|| wrong(name))?;
    let chosen = question.filters.entry(field).or_default();
    match value {
        Some(value) if name == "weg" => {
            chosen.remove(value);
        }
        Some(value) => *chosen = BTreeSet::from([value.to_owned()]),
        None => chosen.clear(),
    }
    question.filters.retain(|_, values| !values.is_empty());
    Ok(())
}

fn wrong(name: &str) -> Problem {
    Problem::request(format!("Het formulierveld '{name}' klopt niet."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(fields: &[(&str, &str)]) -> Result<Question, Problem> {
        question(
            fields
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
                .collect(),
        )
    }

    #[test]
    fn a_bare_question_also_finds_undated_documents() {
        assert!(sent(&[("vraag", "a")]).expect("valid").ongedateerd);
        assert!(
            !sent(&[("vraag", "a"), ("ongedateerd", "nee")])
                .expect("valid")
                .ongedateerd
        );
        assert!(
            sent(&[("ongedateerd", "nee"), ("ongedateerd", "ja")])
                .expect("valid")
                .ongedateerd
        );
    }

    #[test]
    fn filters_are_added_removed_and_replaced() {
        let all = [("soort", "brief"), ("soort", "nota"), ("taal", "nl")];
        let with = |change: &[(&'static str, &'static str)]| {
            sent(&[&all, change].concat()).expect("valid").filters
        };
        assert_eq!(with(&[])[&FacetField::Soort].len(), 2);
        assert_eq!(
            with(&[("weg", "soort=brief")])[&FacetField::Soort],
            BTreeSet::from(["nota".to_owned()])
        );
        assert!(!with(&[("weg", "taal=nl")]).contains_key(&FacetField::Taal));
        assert!(!with(&[("weg", "soort")]).contains_key(&FacetField::Soort));
        assert!(with(&[("weg", "alles")]).is_empty());
        assert_eq!(
            with(&[("alleen", "jaar=2019")])[&FacetField::Jaar],
            BTreeSet::from(["2019".to_owned()])
        );
    }

    #[test]
    fn unknown_fields_are_refused_not_dropped() {
        for wrong in [
            ("kleur", "rood"),
            ("sorteer", "x"),
            ("wijze", "x"),
            ("weg", "kleur=rood"),
            ("datumveld", ""),
        ] {
            assert_eq!(
                sent(&[wrong]).expect_err("refused").status(),
                400,
                "{wrong:?}"
            );
        }
    }
}
