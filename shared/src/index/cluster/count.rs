//! Totals and facets of a search, in one question to the cluster: each facet under the filters of all others. Always exact: what
//! does not fit in an answer is asked for again, page by page.

use super::compile::{all_of, any_of, one_of, term};
use super::http::number;
use super::scope::Scope;
use super::state::{State, tally};
use super::template as field;
use crate::Likeness;
use crate::index::facets::{Tally, facet};
use crate::index::{Counts, DateField, FacetField, Facets, IndexError, Search};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// A question with its filters.
pub struct Asked<'a> {
    /// Where is searched.
    pub state: &'a State,
    /// The part of it.
    pub scope: Option<&'a Scope>,
    /// What is asked.
    pub search: &'a Search,
    /// What the question finds in the part, whatever the filters.
    pub found: Value,
}

impl Asked<'_> {
    /// All filters but that of `except`.
    fn filters(&self, except: Option<FacetField>) -> Result<Vec<Value>, IndexError> {
        let chosen = self.search.filters.iter();
        let chosen = chosen.filter(|(field, values)| !values.is_empty() && Some(**field) != except);
        chosen
            .map(|(field, values)| self.filter(*field, values))
            .collect()
    }

    fn filter(&self, of: FacetField, values: &BTreeSet<String>) -> Result<Value, IndexError> {
        if let (FacetField::Dubbel, Some(scope)) = (of, self.scope) {
            let each = Likeness::ALL.into_iter();
            let each = each.filter(|likeness| values.contains(likeness.name()));
            let each = each.map(|likeness| scope.alike(self.state, likeness));
            return Ok(any_of(each.collect::<Result<_, _>>()?));
        }
        let name = field::facet(of, self.search.dates.field);
        Ok(one_of(&name, values.iter().cloned()))
    }

    /// Everything that is found.
    ///
    /// # Errors
    /// Those of the cluster.
    pub fn hits(&self) -> Result<Value, IndexError> {
        let mut parts = self.filters(None)?;
        parts.insert(0, self.found.clone());
        Ok(all_of(parts))
    }

    /// Totals and the counts of `fields`; nothing is counted as hidden.
    ///
    /// # Errors
    /// Those of the cluster.
    pub fn facets(&self, fields: &[FacetField]) -> Result<Facets, IndexError> {
        let undated = term(field::UNDATED, self.search.dates.field.name());
        let mut questions = Map::new();
        questions.insert(
            "totaal".to_owned(),
            json!({
                "filter": all_of(self.filters(None)?),
                "aggs": {"zonder": {"filter": undated}}
            }),
        );
        for of in fields {
            let counted = json!({
                "filter": all_of(self.filters(Some(*of))?),
                "aggs": {"v": self.values(*of)?}
            });
            questions.insert(of.name().to_owned(), counted);
        }
        let body = json!({"query": self.found, "size": 0, "aggs": questions});
        let answer = self.state.search(body)?;
        let answers = &answer["aggregations"];
        let mut facets = Vec::with_capacity(fields.len());
        for of in fields {
            let tally = self.tally(*of, &answers[of.name()]["v"])?;
            facets.push(facet(*of, tally, &self.search.filters));
        }
        Ok(Facets {
            counts: Counts {
                total: number(&answers["totaal"]["doc_count"])?,
                undated: number(&answers["totaal"]["zonder"]["doc_count"])?,
                hidden: 0,
            },
            facets,
        })
    }

    fn values(&self, of: FacetField) -> Result<Value, IndexError> {
        if let (FacetField::Dubbel, Some(scope)) = (of, self.scope) {
            let mut each = Map::new();
            for likeness in Likeness::ALL {
                let found = scope.alike(self.state, likeness)?;
                each.insert(likeness.name().to_owned(), found);
            }
            return Ok(json!({"filters": {"filters": each}}));
        }
        let name = field::facet(of, self.search.dates.field);
        Ok(json!({"terms": {
            "field": name,
            "size": field::BUCKETS,
            "shard_size": field::BUCKETS
        }}))
    }

    fn tally(&self, of: FacetField, answer: &Value) -> Result<Tally, IndexError> {
        if let Some(named) = answer["buckets"].as_object() {
            let mut tally = Tally::new();
            for (value, bucket) in named {
                let count = number(&bucket["doc_count"])?;
                if count > 0 {
                    tally.insert(value.clone(), count);
                }
            }
            return Ok(tally);
        }
        if answer["sum_other_doc_count"] == 0 {
            return tally(answer);
        }
        let mut parts = self.filters(Some(of))?;
        parts.insert(0, self.found.clone());
        let name = field::facet(of, self.search.dates.field);
        let mut all = Tally::new();
        self.state
            .values(&all_of(parts), &name, &mut |value, count| {
                all.insert(value.to_owned(), count);
                Ok(())
            })?;
        Ok(all)
    }
}

/// How many hits of each source.
///
/// # Errors
/// Those of the cluster.
pub fn per_source(state: &State, query: &Value) -> Result<Tally, IndexError> {
    let name = field::facet(FacetField::Bron, DateField::default());
    let mut all = Tally::new();
    state.values(query, &name, &mut |value, count| {
        all.insert(value.to_owned(), count);
        Ok(())
    })?;
    Ok(all)
}
