//! The values of a facet, whatever the engine: the names of years and months, and the order in which a user sees values.
//! Never counts.

use super::{Facet, FacetField, FacetValue, Filters};
use crate::date::day_from_number;
use crate::{DayRange, PartialDate};
use std::collections::BTreeMap;

/// How often each value is met.
pub type Tally = BTreeMap<String, u64>;

/// The values of `field` in the order in which a user sees them; chosen ones are there at 0 too.
pub fn facet(field: FacetField, mut tally: Tally, filters: &Filters) -> Facet {
    for value in chosen(filters, field) {
        tally.entry(value.clone()).or_default();
    }
    let is_chosen = |value: &String| {
        let values = filters.get(&field);
        values.is_some_and(|values| values.contains(value))
    };
    let values = tally.into_iter().map(|(value, count)| FacetValue {
        chosen: is_chosen(&value),
        value,
        count,
    });
    let mut values: Vec<FacetValue> = values.collect();
    match field {
        FacetField::Jaar | FacetField::Maand => values.reverse(),
        _ => values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value))),
    }
    Facet { field, values }
}

/// Chosen values that can be met at all: facets list them at 0 otherwise.
pub fn chosen(filters: &Filters, field: FacetField) -> impl Iterator<Item = &String> {
    filters.get(&field).into_iter().flatten()
}

/// The days of a year (`2021`) or month (`2021-06`) facet value; `None` when it is not one.
pub fn period(field: FacetField, value: &str) -> Option<DayRange> {
    let length = if field == FacetField::Jaar { 4 } else { 7 };
    let date = PartialDate::parse(value).filter(|_| value.len() == length)?;
    Some(date.days())
}

/// The period that holds all of `days`, when one does: a date that is only a year has no month.
pub fn period_of(field: FacetField, days: DayRange) -> Option<(DayRange, i32)> {
    let first = day_from_number(days.first)?;
    let year = i32::from(first.year());
    let number = if field == FacetField::Jaar {
        year
    } else {
        year * 12 + i32::from(first.month()) - 1
    };
    let period = period(field, &period_name(field, number))?;
    (days.last <= period.last).then_some((period, number))
}

/// A year, or a month, as facets name it.
pub fn period_name(field: FacetField, number: i32) -> String {
    if field == FacetField::Jaar {
        return format!("{number:04}");
    }
    format!(
        "{:04}-{:02}",
        number.div_euclid(12),
        number.rem_euclid(12) + 1
    )
}
